"""What a keystroke costs in a real browser: a form of two hundred rows that computes as one types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import needs
from tests.conftest import BROWSER_FLAGS
from tests.live.keystrokes import EVERY_ROW, ONE_ROW, milliseconds, open_long_form
from tests.live.workshop import SOURCES
from tests.performance import bars
from tests.performance.bars import Measured
from tests.servers.databases import Databases
from tests.web_server import listening, serving_app

RUNS = 5


def in_a_browser(databases: Databases, dialect: str, folder: Path) -> Iterator[Measured]:
    """The middle one of 300 keystrokes, in a cell and in an input that every row reads."""
    folder.mkdir()
    with (
        serving_app(databases, dialect, SOURCES, folder) as server,
        listening(server) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=needs.find_chromium(), args=BROWSER_FLAGS)
        page = browser.new_page()
        open_long_form(page, address, server)
        for name, into in ((bars.KEYSTROKE, ONE_ROW), (bars.EVERY_ROW, EVERY_ROW)):
            # What else the machine does only ever adds to it.
            yield Measured(name, min(milliseconds(page, into) for _ in range(RUNS)), None)
        browser.close()
