"""What a store of files can do; its names are made by the platform, never by people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

NAME = re.compile(r"[A-Za-z0-9_-]{32}(?:\.[a-z]{1,10})?")
"""A random key, and what is derived from the file of that key: `.small` for its thumbnail."""


class Absent(Exception):
    """There is nothing under that name."""


class Store(Protocol):
    """Keeps whole files under names: each is there completely or not at all, and is never changed.

    A store that cannot be reached refuses (unavailable); nothing is half written then.
    """

    @property
    def quota(self) -> int:
        """How many bytes the files of one app may have together; 0 is no limit."""
        ...

    def workspace(self) -> AbstractContextManager[Path]:
        """A folder in which files are made before they are put; it goes with what is left in it."""
        ...

    def put(self, name: str, source: Path) -> None:
        """Keep a file of the workspace, which may be gone afterwards."""
        ...

    def opened(self, name: str) -> BinaryIO:
        """The whole content, from its beginning, in a file that can be sought in; Absent where there is none."""
        ...

    def size(self, name: str) -> int | None:
        """How many bytes there are; None where there is nothing."""
        ...

    def delete(self, name: str) -> None:
        """Forget a file; nothing happens where there is none."""
        ...

    def names(self, before: datetime | None = None) -> Iterator[str]:
        """The names of everything that is kept, or of what was put before a moment, in no order."""
        ...

    def address(self, name: str, disposition: str, kind: str) -> str:
        """Where a browser may fetch the file for a moment, under that type and disposition; empty when it goes through the server."""
        ...


def checked(name: str) -> str:
    """The name, which must be one that the platform made; ValueError for any other."""
    if not NAME.fullmatch(name):
        raise ValueError("not the name of a stored file")
    return name
