"""Every bundled app: applied on both databases, nothing is left to plan and the database verifies."""

from pathlib import Path

import pytest

from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import Releases

FOLDER = Path(__file__).parents[2] / "app_definitions"
APPS = sorted(path.name for path in FOLDER.iterdir() if (path / "app.yaml").exists())


def _sources(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".yaml", ".json"}]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


@pytest.mark.parametrize("name", APPS)
def test_bundled_app(name: str, database_url: str) -> None:
    database = Database(database_url)
    install(database)
    app = check_sources(_sources(FOLDER / name), {})
    assert isinstance(app, App), app
    with database.reading() as connection:
        first = plan(None, app, connection)
    apply(first, database)
    releases = Releases(database)
    with database.reading() as connection:
        again = plan(releases.recorded(connection, app.id), app, connection)
        assert again.is_empty, again.describe("en", technical=True)
        assert verify(connection) == []
    database.dispose()
