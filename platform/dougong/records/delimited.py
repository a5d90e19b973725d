"""Reads delimited text: finds its encoding and its delimiter, unless they are told, and gives its rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dougong.fieldtypes.escape import unescaped
from dougong.records.messages import refuse

ENCODINGS: tuple[str, ...] = (
    "utf-8",
    "gb18030",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "latin-1",
    "big5",
)
"""The encodings that a person may name; all but the last are found by themselves."""
DELIMITERS: tuple[str, ...] = (",", ";", "\t", "|")
"""In the order in which they occur inside cells by accident, a decimal comma first."""
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1024 * 1024
_SAMPLE = 65_536
_SAMPLED_ROWS = 200
_LONGEST_CELL = 32 * 1024 * 1024
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1b")
_COMMON = 0.5
"""The share of common Chinese characters above which text that GB18030 can decode is taken for Chinese."""


@dataclass(frozen=True, slots=True)
class OpenText:
    """A delimited text that is being read: how it was read, and its rows with the number of the line they end in."""

    encoding: str
    delimiter: str
    rows: Iterator[tuple[int, Sequence[str]]]


@contextmanager
def open_text(path: Path, encoding: str, delimiter: str, language: str) -> Iterator[OpenText]:
    """Open a text; refuses an encoding or a delimiter that is not known, and a text that the encoding cannot read."""
    if encoding and encoding not in ENCODINGS:
        refuse("invalid", language, "import_bad_encoding", "encoding", value=encoding[:40])
    if delimiter and delimiter not in DELIMITERS:
        refuse("invalid", language, "import_bad_delimiter", "delimiter", value=delimiter[:40])
    with path.open("rb") as source:
        found = encoding or _encoding(source, language)
        source.seek(0)
        codec = "utf-8-sig" if found == "utf-8" else found
        with io.TextIOWrapper(source, encoding=codec, newline="") as text:
            try:
                start = text.read(_SAMPLE)
            except UnicodeError:
                refuse("invalid", language, "import_encoding")
            said, skipped = _said(start)
            chosen = delimiter or said or _delimiter(start)
            text.seek(0)
            yield OpenText(found, chosen, _rows(text, chosen, skipped, language))


def _rows(
    text: io.TextIOWrapper, delimiter: str, skipped: int, language: str
) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if reader.line_num > skipped:
                yield reader.line_num, unescaped(cells)
    except UnicodeError:
        refuse("invalid", language, "import_encoding")
    except csv.Error as error:
        refuse("invalid", language, "import_format", value=f"{reader.line_num}: {error}")


def _encoding(source: io.BufferedReader, language: str) -> str:
    """A mark decides; a NUL means UTF-16; then the first that can read the whole file, Chinese only where it reads as Chinese."""
    start = source.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if 0 in start:
        candidates = ["utf-16-le" if start[1::2].count(0) >= start[0::2].count(0) else "utf-16-be"]
    else:
        candidates = ["utf-8", "gb18030", "cp1252", "latin-1"]
    for encoding in candidates:
        source.seek(0)
        if _reads(source, encoding) and (encoding not in _JUDGED or _JUDGED[encoding](source)):
            return encoding
    return refuse("invalid", language, "import_encoding")


def _reads(source: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := source.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(source: io.BufferedReader) -> bool:
    """Letters with accents decode as rare characters, Chinese text mostly as those of the older, smaller standard."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder("gb18030")()
    counted = common = 0
    while counted < _SAMPLE and (block := source.read(_BLOCK)):
        for sign in decoder.decode(block):
            if ord(sign) > 127:
                counted += 1
                common += _is_common(sign)
            if counted >= _SAMPLE:
                break
    return common >= counted * _COMMON


def _looks_printable(source: io.BufferedReader) -> bool:
    """One byte a character reads everything, also what is no text at all; that is full of control characters."""
    source.seek(0)
    return not _CONTROLS.intersection(source.read(_SAMPLE))


_JUDGED: dict[str, Callable[[io.BufferedReader], bool]] = {
    "gb18030": _looks_chinese,
    "cp1252": _looks_printable,
    "latin-1": _looks_printable,
}


def _is_common(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _said(start: str) -> tuple[str, int]:
    """The delimiter that a first line such as `sep=;` names, and how many lines that takes."""
    first = start.partition("\n")[0].rstrip("\r")
    named = first[4:5] if first[:4].casefold() == "sep=" and len(first) == 5 else ""
    return (named, 1) if named in DELIMITERS and named else ("", 0)


def _delimiter(start: str) -> str:
    """The sign that divides the rows most evenly; of several the one that makes more columns, then the rarer one."""
    complete = start if len(start) < _SAMPLE else start[: start.rfind("\n") + 1] or start
    scores = {sign: (*_evenness(complete, sign), place) for place, sign in enumerate(DELIMITERS)}
    best = max(DELIMITERS, key=lambda sign: scores[sign])
    return best if scores[best][1] > 1 else ","


def _evenness(text: str, sign: str) -> tuple[float, int]:
    """The share of rows as wide as the header, and that width; nothing for a sign that divides nothing."""
    try:
        rows = [
            row
            for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), _SAMPLED_ROWS)
            if any(row)
        ]
    except csv.Error:
        return 0.0, 0
    if not rows or len(rows[0]) < 2:
        return 0.0, 0
    width = len(rows[0])
    even = sum(len(row) == width for row in rows) / len(rows)
    return (1.0 if even > 0.9 else round(even, 1)), width
