"""What limits uploads beyond their field: the room that an app has, and content that is not what its name says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import func, select

from dougong.records.call import Call
from dougong.records.messages import refuse
from dougong.storage.system import FILE

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "gz": (b"\x1f\x8b",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    **dict.fromkeys(("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"), _ZIP),
    **dict.fromkeys(("doc", "xls", "ppt"), _OLE),
}
"""Ending → what such a file begins with. Old offices write other formats under their endings too, so they are looked at twice."""
_PDF = b"%PDF"
_PDF_WITHIN = 1024
_ALSO: Mapping[str, tuple[bytes, ...]] = dict.fromkeys(
    ("doc", "xls", "ppt"), (*_ZIP, b"{\\rtf", b"<?xml", b"\x09\x08")
)


def is_what_it_says(path: Path, name: str) -> bool:
    """Whether content can be what the ending of its name says; endings that nothing is known of are believed."""
    ending = name.rpartition(".")[2].casefold()
    with path.open("rb") as file:
        begin = file.read(_PDF_WITHIN)
    if not begin:
        return True
    if ending == "pdf":
        return _PDF in begin
    known = _BEGINNINGS.get(ending)
    return known is None or begin.startswith((*known, *_ALSO.get(ending, ())))


def check_room(call: Call, quota: int, key: str, size: int, field: str) -> None:
    """Refuse (too_large) what the files of an app have no room for; without a quota there is always room."""
    if not quota:
        return
    app = key.partition(".")[0]
    used = select(func.coalesce(func.sum(FILE.c.size), 0)).where(
        FILE.c.entity >= f"{app}.", FILE.c.entity < f"{app}/", FILE.c.deleted_at.is_(None)
    )
    if int(call.connection.execute(used).scalar_one()) + size > quota:
        refuse("too_large", call.language, "file_quota", field, limit=quota)
