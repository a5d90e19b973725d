"""Lists what is in the recycle bin of an entity, newest first, found by words of the fields that the actor may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, and_, bindparam, false, func, or_

from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.query import Narrow, Query, list_narrowed
from dougong.records.record import Page
from dougong.records.shape import Shape
from dougong.records.visible import Columns

LONGEST = 200
MOST_WORDS = 10
_TEXTS: frozenset[str] = frozenset({"text", "email", "phone", "url", "serial"})
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


def list_deleted(call: Call, key: str, q: str = "", limit: int = 50, offset: int = 0) -> Page:
    """A page of the deleted records that the actor may bring back; `q` looks for words in their texts, as they have no index."""
    shape = open_door(call, key, "delete")
    words = q[:LONGEST].replace("\x00", "").split()[:MOST_WORDS]
    query = Query(sort="-updated_at", limit=limit, offset=offset, deleted=True)
    return list_narrowed(call, key, query, _holds(call, shape, words) if words else None)


def _holds(call: Call, shape: Shape, words: list[str]) -> Narrow:
    hidden = concealed(call.release, call.actor, shape.key)
    own = Columns(call, shape.key, shape.table)
    columns = [
        own.seen(field.id)
        for field in shape.entity.fields.values()
        if field.type in _TEXTS and field.id not in hidden and field.id in shape.table.c
    ]
    names = [f"word_{place}" for place in range(len(words))]
    condition = and_(*(or_(false(), *(_contains(column, name) for column in columns)) for name in names))
    return Narrow(("bin", str(len(words))), condition, dict(zip(names, map(_pattern, words), strict=True)))


def _contains(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return func.lower(column).like(bindparam(name, type_=Text()), escape="\\")


def _pattern(word: str) -> str:
    plain = word.translate(_SMALL).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
