"""Files of records: kept in a store under random names, attached by who uploaded them, given to who may see the field."""

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

from dougong.diagnostics import Refusal
from dougong.fieldtypes.file import FILES, PICTURES, accepted
from dougong.fieldtypes.signature import LONGEST_SIDE
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.doors import open_door
from dougong.records.file_limits import check_room, is_what_it_says
from dougong.records.messages import refuse
from dougong.records.pictures import NoPicture, redraw, small, small_path
from dougong.records.selection import stands
from dougong.records.shape import Shape, shape_of
from dougong.records.withheld import unseen_in
from dougong.storage.stores.base import Absent, Store
from dougong.storage.system import FILE

LARGEST = 100 * 1024 * 1024
_BLOCK = 1024 * 1024
_LONGEST_NAME = 200
SMALL_ENDING = ".small"
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place; everything else is saved, so that no upload runs as a page of this site."""

HARMLESS = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "text/plain",
        "text/csv",
        "application/zip",
    }
)


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
    """A file ready to be sent: its content, or the address that a browser may fetch it from, and the headers that go with it.

    Who is given the content closes it.
    """

    content: BinaryIO | None
    file: StoredFile
    disposition: str
    address: str = ""


def upload(call: Call, store: Store, key: str, field_path: str, name: str, source: BinaryIO) -> StoredFile:
    """Store a file for a field (`scan`, or `lines.picture`) that the actor may write; it must then be attached to a record."""
    stored = receive(call, store, key, field_path, name, source)
    keep(call, stored)
    return stored


def receive(call: Call, store: Store, key: str, field_path: str, name: str, source: BinaryIO) -> StoredFile:
    """Take in the content alone; `keep` then makes a file of it. This writes nothing into the database, however long it takes.

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
    with store.workspace() as folder:
        path = folder / identifier
        size, digest = _take_in(call, path, source, min(field.max_size, LARGEST), field)
        if field.type in PICTURES:
            clean, kind, size, digest = _as_picture(call, path, clean, field)
        elif not is_what_it_says(path, clean):
            refuse("invalid", call.language, "file_content", field.id, value=clean)
        check_room(call, store.quota, key, size, field.id)
        store.put(identifier, path)
        if field.type in PICTURES:
            _put_small(store, identifier, small_path(path))
    return StoredFile(identifier, clean, kind, size, digest)


def _put_small(store: Store, identifier: str, path: Path) -> None:
    """The thumbnail, without which the picture would be of no use in lists."""
    try:
        store.put(f"{identifier}{SMALL_ENDING}", path)
    except Refusal:
        store.delete(identifier)
        raise


def keep(call: Call, stored: StoredFile) -> None:
    """Make a file of content that was received: the upload of the actor, who may attach it to a record."""
    row = {
        "key": stored.id,
        "name": stored.name,
        "type": stored.type,
        "size": stored.size,
        "sha256": stored.sha256,
        "created_at": call.at,
        "created_by": call.actor.id,
    }
    call.connection.execute(insert(FILE).values(row))


def _as_picture(call: Call, path: Path, name: str, field: Field) -> tuple[str, str, int, str]:
    """The upload drawn anew, with its thumbnail beside it; its name, type, size and digest then. Nothing is left of what is no picture."""
    longest = int(field.extra.get("longest_side", LONGEST_SIDE))
    try:
        kind, ending = redraw(path, longest, "PNG" if field.type == "signature" else "")
        small(path)
    except NoPicture as reason:
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


def _take_in(call: Call, path: Path, source: BinaryIO, largest: int, field: Field) -> tuple[int, str]:
    """Write what comes in to a file of the workspace; its size and digest."""
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while block := source.read(_BLOCK):
            size += len(block)
            if size > largest:
                refuse("too_large", call.language, "file_too_large", field.id, limit=largest)
            digest.update(block)
            target.write(block)
    return size, digest.hexdigest()


def download(call: Call, store: Store, identifier: str) -> Download:
    """A file that the actor may see: one of a record and field that they may read, or their own upload not yet attached."""
    stored = visible_file(call, identifier)
    how = disposition(stored.name, stored.type)
    address = store.address(identifier, how, served_type(stored.type))
    try:
        content = None if address else store.opened(identifier)
    except Absent:
        refuse("missing", call.language, "file_missing")
    return Download(content, stored, how, address)


def visible_file(call: Call, identifier: str) -> StoredFile:
    """What is known of a file that the actor may see; refused (missing) for any other."""
    row = (
        call.connection.execute(select(FILE).where(FILE.c.key == identifier, FILE.c.deleted_at.is_(None)))
        .mappings()
        .first()
    )
    if row is None or not _may_see(
        call, row["entity"], row["record_id"], row["field"], row["created_by"], identifier
    ):
        refuse("missing", call.language, "not_found")
    return StoredFile(row["key"], row["name"], row["type"], row["size"], row["sha256"])


def thumbnail(call: Call, store: Store, identifier: str) -> Download:
    """The thumbnail of a picture that the actor may see; a file that is no picture has none."""
    stored = visible_file(call, identifier)
    name = f"{identifier}{SMALL_ENDING}"
    try:
        content = store.opened(name)
    except Absent:
        content = _made_small(call, store, identifier)
    content.seek(0, os.SEEK_END)
    size = content.tell()
    content.seek(0)
    shown = replace(stored, sha256=f"{stored.sha256}-small", size=size)
    return Download(content, shown, disposition(stored.name, stored.type))


def _made_small(call: Call, store: Store, identifier: str) -> BinaryIO:
    """The thumbnail of a picture that has none yet, as those of older releases."""
    with store.workspace() as folder:
        path = folder / identifier
        try:
            with store.opened(identifier) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            store.put(f"{identifier}{SMALL_ENDING}", small(path))
            return store.opened(f"{identifier}{SMALL_ENDING}")
        except (NoPicture, Absent):
            return refuse("missing", call.language, "not_found")


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


def served_type(kind: str) -> str:
    """The type that a file is sent under; whatever a browser might run is sent as plain bytes to be saved."""
    return kind if kind in HARMLESS else "application/octet-stream"


def duplicate(call: Call, store: Store, identifier: str) -> str:
    """A file of its own with the same content as one that the actor may see; it waits to be attached."""
    stored, made = visible_file(call, identifier), secrets.token_urlsafe(24)
    with store.workspace() as folder:
        path = folder / made
        try:
            with store.opened(identifier) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        except Absent:
            refuse("missing", call.language, "file_missing")
        store.put(made, path)
    keep(call, replace(stored, id=made))
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
