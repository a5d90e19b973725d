"""A server killed in the middle of an import that a person began in the browser: started again, it goes on by itself."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from dougong.jobs import queue
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.system import HISTORY, IMPORT, JOB
from dougong.web import importing
from dougong.web.importing import Upload
from tests.cli.test_serving import free_port
from tests.installed import open_database
from tests.records.conftest import Shop, publish_shop

ROOT = Path(__file__).parents[2]
KEY = "shop.customer"
LINES = 14_000


def test_an_import_goes_on_when_its_server_was_killed(database_url: str, tmp_path: Path) -> None:
    publish_shop(database_url)
    database = open_database(database_url)
    shop, files = Shop(database), tmp_path / "files"
    begun = _begin(shop, files)
    _serve_until(database_url, tmp_path, files, lambda: _noted(database, "added") > 0)
    assert 0 < _noted(database, "added") < LINES, "the server was killed too late to prove anything"
    _let_time_pass(database)
    _serve_until(
        database_url,
        tmp_path,
        files,
        lambda: _state(database, begun) in {queue.DONE, queue.FAILED, queue.CANCELLED},
    )
    table = shop.release.table(KEY)
    with database.reading() as connection:
        found = importing.load(connection, shop.people["mia"].id, KEY, begun.token)
        names = connection.execute(select(func.count(table.c.name.distinct()), func.count())).one()
        created = select(func.count()).where(HISTORY.c.door == "import", HISTORY.c.action == "create")
        assert connection.execute(created).scalar_one() == LINES
        assert verify(connection) == []
    assert (found.error, tuple(names)) == ("", (LINES, LINES))
    assert (_noted(database, "added"), _noted(database, "failed")) == (LINES, 0)
    database.dispose()


def _begin(shop: Shop, files: Path) -> Upload:
    """What a person does: upload a file, look at it, start the import."""
    lines = "\n".join(f"N{number},n{number}@x.example" for number in range(LINES))
    kept = importing.keep(files, "customers.csv", io.BytesIO(f"name,email\n{lines}\n".encode()))
    looked = importing.look(kept.file(files), kept.name, "en")
    with shop.writing("mia") as call:
        return importing.start(call, importing.begin(call, KEY, kept, looked), dry_run=False)


def _serve_until(url: str, folder: Path, files: Path, is_over: Callable[[], bool]) -> None:
    """A server as people start one, killed without a warning as soon as something has happened."""
    environment: dict[str, str] = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in ("platform", "renderers")),
        "DOUGONG_DATABASE": url,
        "DOUGONG_FILES": str(files),
    }
    command = [sys.executable, "-m", "dougong", "serve", "--port", str(free_port())]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        end = time.monotonic() + 300
        while not is_over():
            assert server.poll() is None, (folder / "log").read_text()[-3_000:]
            assert time.monotonic() < end, (folder / "log").read_text()[-3_000:]
            time.sleep(0.01)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _noted(database: Database, column: str) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(IMPORT.c[column])).scalar_one_or_none() or 0)


def _state(database: Database, upload: Upload) -> Any:
    with database.reading() as connection:
        found = queue.get(connection, upload.job)
    return found.state if found else ""


def _let_time_pass(database: Database) -> None:
    """Half a minute later the job counts as abandoned."""
    with database.writing() as connection:
        earlier = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(update(JOB).where(JOB.c.lease_until.is_not(None)).values(lease_until=earlier))
