"""What every test may ask for: fresh databases on both engines, and a real browser."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import werkzeug.test
from playwright.sync_api import expect

from tests import needs
from tests.expressions import compared
from tests.servers.databases import DIALECTS, Databases

ROOT = Path(__file__).resolve().parents[1]
SESSION_FOLDER = pytest.StashKey[Path]()
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """One folder is shared by all processes of a session; the first process makes it and removes it."""
    config.pluginmanager.register(compared)
    # The test client keeps large uploads in temporary files that it never closes; whichever test comes when they are
    # collected would be blamed for them.
    vars(werkzeug.test)["TemporaryFile"] = lambda mode: io.BytesIO()
    shared: dict[str, str] | None = getattr(config, "workerinput", None)
    if shared is not None:
        config.stash[SESSION_FOLDER] = Path(shared["session_folder"])
    else:
        config.stash[SESSION_FOLDER] = Path(tempfile.mkdtemp(prefix="dougong-tests-"))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[SESSION_FOLDER], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["session_folder"] = str(node.config.stash[SESSION_FOLDER])
    node.workerinput["session_process"] = os.getpid()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes, copies and drops databases; for fixtures that prepare one and share it."""
    shared: dict[str, int] = getattr(request.config, "workerinput", {})
    return Databases(
        tmp_path_factory.mktemp("databases"),
        request.config.stash[SESSION_FOLDER],
        shared.get("session_process", os.getpid()),
    )


@pytest.fixture
def sqlite_url(databases: Databases) -> Iterator[str]:
    with databases.database("sqlite") as url:
        yield url


@pytest.fixture
def postgresql_url(databases: Databases) -> Iterator[str]:
    with databases.database("postgresql") as url:
        yield url


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A fresh database, once on each engine."""
    with databases.database(request.param) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The machine's own Chromium; a test that needs a browser fails where there is none."""
    found = needs.find_chromium()
    if found is None:
        pytest.fail("no Chromium on this machine: install Debian's chromium package", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """How pytest-playwright starts the browser: `page`, `context` and `browser` then work as documented."""
    # A busy machine is slow, not wrong: what a test expects may take its time to appear.
    expect.set_options(timeout=30_000)
    return {"executable_path": chromium, "args": BROWSER_FLAGS, "headless": True}


@pytest.fixture(scope="session")
def assets() -> Path:
    """The folder of the built front end, brought up to date; every test that shows a page needs it."""
    building = subprocess.run(
        [sys.executable, str(ROOT / "hatch_build.py")], capture_output=True, text=True, check=False
    )
    if building.returncode:
        pytest.fail(f"{building.stdout}\n{building.stderr}", pytrace=False)
    return ROOT / "renderers/dougong_renderers/html/static/dist"


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name whole addresses. Without this, pytest-playwright's own fixture makes pytest 9 warn."""
