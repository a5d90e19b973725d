"""Exports with their files: an archive of the table and of every file that it names, which an import takes back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from dougong.model.sheet import Sheet
from dougong.storage.archive import write_archive
from dougong.storage.stores.base import Absent, Store

_BLOCK = 1 << 20
_UNUSUAL = str.maketrans(dict.fromkeys('<>:"|?*\\/;；', "_"))
_LONGEST = 120


class Packing:
    """Gives every file of an export a path of its own, in a folder for each record."""

    def __init__(self) -> None:
        self.files: list[tuple[str, str]] = []
        self._record, self._names = 0, set[str]()

    def cell(self, record: int, value: Sequence[Mapping[str, str]]) -> str:
        """The cell that names the files of a field."""
        if record != self._record:
            self._record, self._names = record, set()
        return "; ".join(self._path(record, each) for each in value)

    def _path(self, record: int, file: Mapping[str, str]) -> str:
        stem, dot, ending = file.get("name", file["id"]).translate(_UNUSUAL).rpartition(".")
        if not dot:
            stem, ending = ending, ""
        stem, ending = stem[:_LONGEST].strip(" .") or "file", ending[:20].strip(" .")
        number = 1
        while True:
            name = f"{stem}{f' {number}' if number > 1 else ''}{f'.{ending}' if ending else ''}"
            if name.casefold() not in self._names:
                break
            number += 1
        self._names.add(name.casefold())
        path = f"{record}/{name}"
        self.files.append((path, file["id"]))
        return path


def write_packed(
    sheet: Sheet, write: Callable[[Sheet, BinaryIO], int], name: str, target: BinaryIO, store: Store
) -> int:
    """Write the table under that name, and its files beside it; returns the number of lines. A lost file is left out."""
    with tempfile.TemporaryFile() as table:
        count = write(sheet, cast(BinaryIO, table))
        table.seek(0)
        write_archive(target, _contents(name, cast(BinaryIO, table), sheet.files, store))
    return count


def _contents(
    name: str, table: BinaryIO, files: Sequence[tuple[str, str]], store: Store
) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield name, _blocks(table)
    for path, identifier in files:
        try:
            content = store.opened(identifier)
        except Absent:
            continue
        with content:
            yield path, _blocks(content)


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    while block := source.read(_BLOCK):
        yield block
