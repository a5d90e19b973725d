"""What a trial shows of the changes that it would have made: a field of a record before and after."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dougong.fieldtypes import TYPES
from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.masking import shown_of
from dougong.records.shape import Shape
from dougong.records.titles import target_key
from dougong.records.withheld import unseen_in

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a record that a line of the file changes, as people read it."""

    line: int
    record: int
    field: str
    label: str
    before: str
    after: str


def differences_in(call: Call, shape: Shape, line: int, draft: Draft) -> list[Difference]:
    """The fields that a draft changes, without those that the actor may not see."""
    before = draft.before or {}
    hidden = access(call.release, call.actor, shape.key, "read").hidden | unseen_in(call, shape, [draft.id])
    return [
        Difference(
            line,
            draft.id,
            name,
            shape.field(name).label.get(call.language) or name,
            _text(call, shape, name, shown_of(call, shape.key, name, before.get(name))),
            _text(call, shape, name, shown_of(call, shape.key, name, draft.values.get(name))),
        )
        for name in draft.changed
        if name in shape.entity.fields and name not in shape.tables and name not in hidden
    ]


def _text(call: Call, shape: Shape, name: str, value: Value) -> str:
    field = shape.field(name)
    if value is None:
        return ""
    if target_key(field):
        numbers = value if isinstance(value, tuple) else (value,)
        return ", ".join(f"#{each}" for each in numbers)
    text = TYPES[field.type].to_text(value, field, call.language, ZoneInfo(call.timezone))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
