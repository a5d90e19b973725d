"""Files in a folder of this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from dougong.storage.stores.base import NAME, Absent, checked

_WORK = ".work"


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Every file under its name, in folders of the first two letters; readable by the owner alone."""

    folder: Path
    quota: int = 0

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """In the same file system, so that putting a file is one step."""
        root = self.folder / _WORK
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=root) as made:
            yield Path(made)

    def path(self, name: str) -> Path:
        """Where a file lies."""
        return self.folder / checked(name)[:2] / name

    def put(self, name: str, source: Path) -> None:
        """Move the file to its place."""
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source.chmod(0o600)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        try:
            source.replace(target)
        except OSError:
            partial = target.with_name(f"{target.name}.{os.getpid()}.part")
            try:
                shutil.copyfile(source, partial)
                partial.chmod(0o600)
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)

    def opened(self, name: str) -> BinaryIO:
        """The file itself."""
        try:
            return self.path(name).open("rb")
        except FileNotFoundError:
            raise Absent(name) from None

    def size(self, name: str) -> int | None:
        """As the file system knows it."""
        with suppress(FileNotFoundError):
            return self.path(name).stat().st_size
        return None

    def delete(self, name: str) -> None:
        """Take the file away."""
        self.path(name).unlink(missing_ok=True)

    def names(self, before: datetime | None = None) -> Iterator[str]:
        """What lies where this store puts files; other things in the folder are none of its business."""
        if not self.folder.is_dir():
            return
        for part in sorted(self.folder.iterdir()):
            if len(part.name) == 2 and part.is_dir():
                for each in sorted(part.iterdir()):
                    if (
                        NAME.fullmatch(each.name)
                        and each.name.startswith(part.name)
                        and _is_older(each, before)
                    ):
                        yield each.name

    def address(self, name: str, disposition: str, kind: str) -> str:
        """None: a folder is nobody's to look into."""
        return ""


def _is_older(path: Path, before: datetime | None) -> bool:
    return before is None or datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
