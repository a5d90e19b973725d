"""What a saved view may say of a list, looked at before it is kept: names that its maker may read, and a filter that compiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.messages import refuse
from dougong.records.order import MOST_KEYS, SYSTEM_KEYS, parse_sort
from dougong.records.scope import condition
from dougong.records.selection import is_storable

LONGEST_NAME = 60
LONGEST_FILTER = 10_000
MOST_COLUMNS = 60
SIZES = (25, 50, 100)
SYSTEM_COLUMNS = ("created_at", "created_by", "updated_at", "updated_by", "id")
KINDS = ("grid", "kanban")
_PILED = frozenset({"choice", "member", "boolean", "stage"})


def checked_name(call: Call, given: Any) -> str:
    """A name without surrounding space; refused when it is none."""
    name = given.strip() if isinstance(given, str) else ""
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable() and is_storable(name)):
        refuse("invalid", call.language, "view_name", "name", limit=LONGEST_NAME)
    return name


def checked_sharing(call: Call, key: str, given: Any, everybody: str) -> tuple[str, ...]:
    """The roles of the entity's app that are named, or everybody; everybody makes roles superfluous."""
    words = _texts(call, "shared", given)
    roles = call.release.app(key.partition(".")[0]).roles
    for word in words:
        if word != everybody and word not in roles:
            refuse("invalid", call.language, "view_role", "shared", name=word[:60])
    return (everybody,) if everybody in words else words


def checked(call: Call, key: str, given: Mapping[str, Any], group: str = "") -> dict[str, Any]:
    """The settings that are given, as they are kept; `group` is what a board of the view goes by so far."""
    entity = call.release.entity(key)
    found = {name: _CHECKS[name](call, entity, value) for name, value in given.items()}
    if found.get("kind") == "kanban" and not found.get("group", group) and entity.stage_field is None:
        refuse("invalid", call.language, "view_group", "group", name="")
    return found


def readable(call: Call, entity: Entity) -> dict[str, Field]:
    """The fields that may be shown."""
    hidden = access(call.release, call.actor, entity.key, "read").hidden
    return {name: each for name, each in entity.fields.items() if name not in hidden}


def sortable(call: Call, entity: Entity) -> tuple[str, ...]:
    """What a list may be put in order by."""
    kept = concealed(call.release, call.actor, entity.key)
    own = (name for name, each in entity.fields.items() if name not in kept and TYPES[each.type].sortable)
    return (*own, *SYSTEM_KEYS)


def groupable(call: Call, entity: Entity) -> tuple[str, ...]:
    """The fields whose values can be the columns of a board."""
    kept = concealed(call.release, call.actor, entity.key)
    return tuple(name for name, each in entity.fields.items() if name not in kept and each.type in _PILED)


def _filter(call: Call, entity: Entity, given: Any) -> str:
    text = _text(call, "filter", given).strip()
    if len(text) > LONGEST_FILTER or not is_storable(text):
        refuse("invalid", call.language, "view_setting", "filter", name="filter", expected="an expression")
    if text:
        condition(call, entity.key, text)
    return text


def _sort(call: Call, entity: Entity, given: Any) -> str:
    sorts = parse_sort(_text(call, "sort", given))
    if len(sorts) > MOST_KEYS:
        refuse("invalid", call.language, "too_many", "sort", limit=MOST_KEYS)
    known = sortable(call, entity)
    for each in sorts:
        if each.field not in known:
            refuse("invalid", call.language, "unsortable", "sort", name=each.field[:60])
    return ",".join(f"-{each.field}" if each.descending else each.field for each in sorts)


def _columns(call: Call, entity: Entity, given: Any) -> list[str]:
    names = _texts(call, "columns", given)
    if len(names) > MOST_COLUMNS:
        refuse("invalid", call.language, "too_many", "columns", limit=MOST_COLUMNS)
    known = readable(call, entity)
    for name in names:
        if name not in known and name not in SYSTEM_COLUMNS:
            refuse("invalid", call.language, "view_column", "columns", name=name[:60])
    return list(names)


def _kind(call: Call, entity: Entity, given: Any) -> str:
    if given not in KINDS:
        refuse("invalid", call.language, "view_kind", "kind")
    return str(given)


def _group(call: Call, entity: Entity, given: Any) -> str:
    name = _text(call, "group", given)
    if name and name not in groupable(call, entity):
        refuse("invalid", call.language, "view_group", "group", name=name[:60])
    return name


def _size(call: Call, entity: Entity, given: Any) -> int:
    if isinstance(given, bool) or given not in (0, *SIZES):
        refuse("invalid", call.language, "view_size", "size", allowed=", ".join(map(str, SIZES)))
    return int(given)


def _text(call: Call, name: str, given: Any) -> str:
    if not isinstance(given, str):
        refuse("invalid", call.language, "view_setting", name, name=name, expected="a text")
    return given


def _texts(call: Call, name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, str) for each in given):
        refuse("invalid", call.language, "view_setting", name, name=name, expected="a list of texts")
    return tuple(dict.fromkeys(given))


_CHECKS: Mapping[str, Callable[[Call, Entity, Any], Any]] = {
    "filter": _filter,
    "sort": _sort,
    "columns": _columns,
    "kind": _kind,
    "group": _group,
    "size": _size,
}
