"""The one reader and writer of zip archives: backups and packed apps. What an archive claims is never believed.

Sizes are counted while inflating; names must be plain relative paths; links, devices, doubles and encrypted members are refused.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from dougong.diagnostics import Refusal
from dougong.storage.problems import refusal

CHUNK = 1 << 16
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""All that the standard library raises when an archive lies about itself."""
_HARMLESS = 1 << 20
"""Up to this size nobody asks how well a file is packed."""
_OLDEST = (1980, 1, 1, 0, 0, 0)
_HIDDEN_BY_SYSTEMS = frozenset('<>:"|?*\\') | {chr(code) for code in range(32)}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold at most, in bytes after inflating and in files."""

    total: int = 64 << 20
    member: int = 16 << 20
    count: int = 4_000
    ratio: int = 200
    """How many bytes one packed byte may become; beyond that an archive is a bomb, not a document."""


DEFINITIONS = Limits()
BACKUP = Limits(total=1 << 40, member=1 << 40, count=1_000_000, ratio=2_000)


class Reader:
    """An opened archive whose table of contents was checked; what it inflates to is counted as it is read."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._inflated = 0
        self._members = {each.filename: each for each in _checked(archive, limits)}

    @property
    def names(self) -> list[str]:
        """The paths of the files, in order."""
        return sorted(self._members)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file, piece by piece; Refusal as soon as it is more than allowed or damaged."""
        info = self._members.get(name)
        if info is None:
            raise _refusal("missing", name)
        size = 0
        allowed = min(self._limits.member, max(_HARMLESS, info.compress_size * self._limits.ratio))
        try:
            with self._archive.open(info) as content:
                while chunk := content.read(CHUNK):
                    size += len(chunk)
                    self._inflated += len(chunk)
                    if size > allowed or self._inflated > self._limits.total:
                        raise _refusal("large", name)
                    yield chunk
        except DAMAGE as error:
            raise _refusal("damaged", name) from error

    def read(self, name: str) -> bytes:
        """The whole content of a file."""
        return b"".join(self.chunks(name))


def open_archive(source: Path | IO[bytes], limits: Limits = DEFINITIONS) -> Reader:
    """An archive for reading; Refusal when it is none or its table of contents is not acceptable."""
    try:
        archive = zipfile.ZipFile(source)
    except DAMAGE as error:
        raise _refusal("damaged") from error
    return Reader(archive, limits)


def write_archive(target: Path | IO[bytes], files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> None:
    """Write files into an archive that is the same, byte by byte, whenever and wherever it is written."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(_checked_name(name), _OLDEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            with archive.open(info, "w", force_zip64=True) as member:
                for chunk in [content] if isinstance(content, bytes) else content:
                    member.write(chunk)


def _checked(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    members = [each for each in archive.infolist() if not each.filename.endswith("/")]
    if len(members) > limits.count:
        raise _refusal("many", count=limits.count)
    seen: set[str] = set()
    for each in members:
        _checked_name(each.filename)
        kind = stat.S_IFMT(each.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise _refusal("link", each.filename)
        if each.flag_bits & 0x1:
            raise _refusal("secret", each.filename)
        folded = each.filename.casefold()
        if folded in seen:
            raise _refusal("double", each.filename)
        seen.add(folded)
    if sum(each.file_size for each in members) > limits.total:
        raise _refusal("large")
    return members


def _checked_name(name: str) -> str:
    path = PurePosixPath(name)
    parts = name.split("/")
    plain = not path.is_absolute() and not any(
        part in {"", ".", ".."} or part.endswith((" ", ".")) for part in parts
    )
    if not plain or _HIDDEN_BY_SYSTEMS.intersection(name) or len(name) > 240 or not name.isprintable():
        raise _refusal("name", name)
    return name


def _refusal(variant: str, name: str = "", **words: object) -> Refusal:
    shown = name.encode("ascii", "backslashreplace").decode()[:200]
    return refusal(
        "too_large" if variant in {"large", "many"} else "invalid", f"P140/{variant}", shown, **words
    )
