"""Files of records: kept in a folder under random names, attached by who uploaded them, given to who may see the field."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from sqlalchemy import insert, select, update

from dougong.fieldtypes.file import FILES, PICTURES, accepted
from dougong.fieldtypes.signature import LONGEST_SIDE
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.pictures import NoPicture, redraw, small, small_path
from dougong.records.selection import stands
from dougong.records.shape import Shape, shape_of
from dougong.records.withheld import unseen_in
from dougong.storage.system import FILE

LARGEST = 100 * 1024 * 1024
_BLOCK = 1024 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
_LONGEST_NAME = 200
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place; everything else is saved, so that no upload runs as a page of this site."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file: `id` is its stable, unguessable name."""

    id: str
    name: str
    type: str
    size: int
    sha256: str

    def value(self) -> dict[str, Value]:
        """What a file field holds of it."""
        return {"id": self.id, "name": self.name, "size": self.size, "type": self.type}


@dataclass(frozen=True, slots=True)
class Download:
    """A file ready to be sent: where it lies, and the headers that go with it."""

    path: Path
    file: StoredFile
    disposition: str


def upload(call: Call, folder: Path, key: str, field_path: str, name: str, source: BinaryIO) -> StoredFile:
    """Store a file for a field (`scan`, or `lines.picture`) that the actor may write; it must then be attached to a record.

    Size and kind are limited by the field while the file comes in; what the sender says about its type is not believed.
    """
    field = _writable_field(call, key, field_path)
    clean = clean_name(name)
    if not clean:
        refuse("invalid", call.language, "file_name", field.id)
    kind = mimetypes.guess_type(clean)[0] or "application/octet-stream"
    if field.accept and not accepted({"name": clean, "type": kind}, field):
        label = field.label.get(call.language)
        refuse("invalid", call.language, "file_type", field.id, label=label, value=clean)
    identifier = secrets.token_urlsafe(24)
    path = path_of(folder, identifier)
    size, digest = _store(call, path, source, min(field.max_size, LARGEST), field)
    if field.type in PICTURES:
        clean, kind, size, digest = _as_picture(call, path, clean, field)
    stored = StoredFile(identifier, clean, kind, size, digest)
    row = {
        "key": identifier,
        "name": clean,
        "type": kind,
        "size": size,
        "sha256": digest,
        "created_at": call.at,
        "created_by": call.actor.id,
    }
    call.connection.execute(insert(FILE).values(row))
    return stored


def _as_picture(call: Call, path: Path, name: str, field: Field) -> tuple[str, str, int, str]:
    """The stored upload drawn anew; its name, type, size and digest then. Nothing is left of what is no picture."""
    longest = int(field.extra.get("longest_side", LONGEST_SIDE))
    try:
        kind, ending = redraw(path, longest, "PNG" if field.type == "signature" else "")
        small(path)
    except NoPicture as reason:
        path.unlink(missing_ok=True)
        small_path(path).unlink(missing_ok=True)
        refuse("invalid", call.language, reason.code, field.id, limit=reason.limit, value=name)
    content = path.read_bytes()
    stem = name.rpartition(".")[0] or name
    return clean_name(f"{stem}{ending}"), kind, len(content), hashlib.sha256(content).hexdigest()


def _writable_field(call: Call, key: str, path: str) -> Field:
    """The file field at a path that the actor may write when creating or when updating."""
    shape = open_door(call, key, "read")
    name, _, rest = path.partition(".")
    if rest and name in shape.tables:
        shape, name = shape.tables[name], rest
    field = shape.entity.fields.get(name)
    answers = [access(call.release, call.actor, shape.key, action) for action in ("create", "update")]
    if field is None or field.type not in FILES or all(name in answer.hidden for answer in answers):
        refuse("invalid", call.language, "unknown_field", "field", name=path)
    if not any(answer.allowed and name not in answer.locked for answer in answers):
        refuse("forbidden", call.language, "locked_field", name, label=field.label.get(call.language))
    return field


def clean_name(name: str) -> str:
    """A file name without folders, control characters and surrogates, short enough for every file system."""
    base = re.split(r"[/\\]", name)[-1]
    printable = "".join(
        each for each in base if each.isprintable() and not 0xD800 <= ord(each) <= 0xDFFF
    ).strip(" .")
    stem, dot, ending = printable.rpartition(".")
    if len(printable) > _LONGEST_NAME and dot and len(ending) <= 10:
        return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return printable[:_LONGEST_NAME]


def path_of(folder: Path, identifier: str) -> Path:
    """Where a file lies; only names that this module gave are paths."""
    if not _KEY.fullmatch(identifier):
        raise ValueError("not the id of a stored file")
    return folder / identifier[:2] / identifier


def _store(call: Call, path: Path, source: BinaryIO, largest: int, field: Field) -> tuple[int, str]:
    """Write the file beside its place and move it there when it is complete; nothing is left of one that is too large."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".part")
    size, digest = 0, hashlib.sha256()
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > largest:
                    refuse("too_large", call.language, "file_too_large", field.id, limit=largest)
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return size, digest.hexdigest()


def download(call: Call, folder: Path, identifier: str) -> Download:
    """A file that the actor may see: one of a record and field that they may read, or their own upload not yet attached."""
    row = (
        call.connection.execute(select(FILE).where(FILE.c.key == identifier, FILE.c.deleted_at.is_(None)))
        .mappings()
        .first()
    )
    if row is None or not _may_see(
        call, row["entity"], row["record_id"], row["field"], row["created_by"], identifier
    ):
        refuse("missing", call.language, "not_found")
    path = path_of(folder, identifier)
    if not path.is_file():
        refuse("missing", call.language, "file_missing")
    stored = StoredFile(row["key"], row["name"], row["type"], row["size"], row["sha256"])
    return Download(path, stored, disposition(stored.name, stored.type))


def thumbnail(call: Call, folder: Path, identifier: str) -> Download:
    """The thumbnail of a picture that the actor may see; a file that is no picture has none."""
    found = download(call, folder, identifier)
    try:
        path = small(found.path)
    except NoPicture:
        refuse("missing", call.language, "not_found")
    sha256 = f"{found.file.sha256}-small"
    return replace(found, path=path, file=replace(found.file, sha256=sha256, size=path.stat().st_size))


def _may_see(
    call: Call, key: str | None, record: int | None, field: str | None, uploader: int | None, identifier: str
) -> bool:
    if key is None or record is None or field is None:
        return uploader == call.actor.id
    app = call.release.apps.get(key.partition(".")[0])
    if app is None or key.partition(".")[2] not in app.entities:
        return False
    shape = shape_of(call.release, key)
    answer = access(call.release, call.actor, key, "read")
    if not answer.allowed or field in answer.hidden or field not in shape.table.c:
        return False
    statement = select(shape.table).where(shape.table.c.id == record)
    values = call.connection.execute(statement).mappings().first()
    if values is None or identifier not in {each["id"] for each in values[field] or ()}:
        return False
    owner, owner_id = (shape, record)
    if shape.entity.parent:
        owner, owner_id = shape_of(call.release, shape.entity.parent), values["parent_id"]
    name = f"{shape.entity.id.rpartition('/')[2]}.{field}" if shape.entity.parent else field
    kept = unseen_in(call, owner, [owner_id])
    return name not in kept and name.partition(".")[0] not in kept and stands(call, owner, owner_id)


def disposition(name: str, kind: str) -> str:
    """The Content-Disposition of a file: pictures are shown, everything else is saved, the name kept in every script."""
    how = "inline" if kind in _SHOWN else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def duplicate(call: Call, folder: Path, identifier: str) -> str:
    """A file of its own with the same content as one that the actor may see; it waits to be attached."""
    original = download(call, folder, identifier)
    made = secrets.token_urlsafe(24)
    target = path_of(folder, made)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(original.path, target)
    target.chmod(0o600)
    stored = original.file
    row = {"name": stored.name, "type": stored.type, "size": stored.size, "sha256": stored.sha256}
    call.connection.execute(
        insert(FILE).values(key=made, created_at=call.at, created_by=call.actor.id, **row)
    )
    return made


def release_files(call: Call, keys: Sequence[str]) -> None:
    """Take files off the records they belong to, as if the actor had just uploaded them, to be attached again by this call."""
    for chunk in chunks(keys):
        call.connection.execute(
            update(FILE)
            .where(FILE.c.key.in_(chunk), FILE.c.deleted_at.is_(None))
            .values(entity=None, record_id=None, field=None, created_by=call.actor.id)
        )


def claim(call: Call, shape: Shape, field: Field, owners: Iterable[tuple[int, Sequence[Value]]]) -> None:
    """Note of newly attached files which record they belong to."""
    for identifier, values in owners:
        keys = [each["id"] for each in values]
        call.connection.execute(
            update(FILE)
            .where(FILE.c.key.in_(keys), FILE.c.entity.is_(None))
            .values(entity=shape.key, record_id=identifier, field=field.id)
        )
