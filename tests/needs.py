"""What the tests need from the machine; `python -m tests.needs` names what is missing and fails when anything is."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.servers import postgresql

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing outside Python; `find` gives where it is, or None."""

    name: str
    package: str
    find: Callable[[], str | None]


def find_chromium() -> str | None:
    """The machine's own Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def find_chinese_font() -> str | None:
    """The first font that can show Chinese."""
    if shutil.which("fc-list") is None:
        return None
    command = ["fc-list", ":lang=zh-cn", "family"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    return next(iter(listed.stdout.splitlines()), None)


def find_postgresql() -> str | None:
    """The folder of PostgreSQL's server binaries."""
    try:
        return str(postgresql.binaries())
    except postgresql.NoPostgreSQL:
        return None


NEEDS = (
    Need("Chromium", "chromium", find_chromium),
    Need("a Chinese font", "fonts-noto-cjk fontconfig", find_chinese_font),
    Need("PostgreSQL's server", "postgresql", find_postgresql),
)


def main() -> int:
    missing = [need for need in NEEDS if need.find() is None]
    for need in missing:
        print(f"missing: {need.name}; on Debian: apt-get install {need.package}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
