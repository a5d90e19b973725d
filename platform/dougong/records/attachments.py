"""Files that the cells of an import name, out of an archive that came with it."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.files import LARGEST, SMALL_ENDING, upload
from dougong.records.messages import refuse
from dougong.storage.archive import Limits, Reader, open_archive
from dougong.storage.stores.base import Store
from dougong.storage.stores.folder import FolderStore

ARCHIVE = Limits(total=8 << 30, member=LARGEST, count=20_000, ratio=1_000)
_SEPARATORS = re.compile(r"[;；\n]")


class Attachments:
    """The files of one archive, by path and, where that is the only one, by name; stored when a record takes them."""

    def __init__(self, archive: Reader, store: Store) -> None:
        self._archive, self._store = archive, store
        self._paths: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        for path in archive.names:
            for written in {path, _as_chinese(path)}:
                self._paths[written.casefold()] = path
                self._names.setdefault(PurePosixPath(written).name.casefold(), []).append(path)
        self._stored: list[str] = []

    def take(self, call: Call, key: str, field_path: str, cell: str) -> Value:
        """Store the files that a cell names, and give what the field holds of them; a name of no file, or of several, is refused."""
        found = []
        for name in (part.strip() for part in _SEPARATORS.split(cell)):
            if name:
                path = self._path(call, name, field_path)
                content = io.BytesIO(self._archive.read(path))
                plain = PurePosixPath(name.replace("\\", "/")).name
                stored = upload(call, self._store, key, field_path, plain, content)
                self._stored.append(stored.id)
                found.append(stored.value())
        return tuple(found) or None

    def _path(self, call: Call, name: str, field_path: str) -> str:
        folded = name.replace("\\", "/").removeprefix("./").casefold()
        exact = self._paths.get(folded)
        if exact is not None:
            return exact
        found = sorted(set(self._names.get(folded, ())))
        if len(found) == 1:
            return found[0]
        code = "import_several_files" if found else "import_no_file"
        return refuse(
            "invalid", call.language, code, field_path, value=name[:100], candidates=", ".join(found[:5])
        )

    def settle(self) -> None:
        """What was stored belongs to records that are committed."""
        self._stored.clear()

    def discard(self) -> None:
        """Take away what was stored for records that were not committed."""
        for identifier in self._stored:
            self._store.delete(identifier)
            self._store.delete(f"{identifier}{SMALL_ENDING}")
        self._stored.clear()


def _as_chinese(path: str) -> str:
    """The path as it is meant where an older program wrote Chinese names without saying so."""
    try:
        return path.encode("cp437").decode("gb18030")
    except UnicodeError:
        return path


@contextmanager
def open_attachments(archive: Path | None, store: Store | None) -> Iterator[Attachments | None]:
    """The files of an archive, to be kept in a store (without one, for as long as a trial takes); nothing without an archive."""
    if archive is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="dougong-trial-") as aside, archive.open("rb") as source:
        yield Attachments(open_archive(source, ARCHIVE), store or FolderStore(Path(aside)))
