"""From a value of one field to a value of another: the one place that says what every pair of types means.

A pair is decided by what the types say of themselves (`expression_type`), never by their names, so a new type takes part by being
registered. What no rule speaks of goes through the text that exports write and imports read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.texts import LineType
from dougong.model.expression import Type, Value
from dougong.model.field import Field

Change = Callable[[Value], Value]
HABITS = Habits(bare_percent="fraction")
_REFERRING = frozenset({"record", "member", "department"})
"""Kinds whose values are ids of other things, which mean nothing anywhere else."""
_LISTED = frozenset({"choice", *_REFERRING})
"""Kinds of which a single value is a list of one, and a list of one a single value."""
_WRITTEN = ("precision",)
"""Settings that decide how a value of the same type is written."""
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Names:
    """What the things that ids stand for are called, so that links and text can become each other."""

    of_id: Mapping[int, str] = field(default_factory=dict)
    of_name: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def name(self, identifier: int) -> str:
        """The name of a thing; what has none is called by its number."""
        return self.of_id.get(identifier) or f"#{identifier}"

    def find(self, written: str) -> int:
        """The one thing of that name; Invalid when there is none, or more than one."""
        found = self.of_name.get(written.strip(), ())
        if len(found) != 1:
            code = "not_an_option" if not found else "ambiguous_option"
            raise Invalid(
                code, value=shown(written), hint="", options=", ".join(f"#{each}" for each in found)
            )
        return found[0]


NOBODY = Names()


def is_possible(old: Field, new: Field) -> bool:
    """Whether values of one field mean anything in another; where they do not, the new field begins empty."""
    before, after = kind_of(old), kind_of(new)
    if _REFERRING.isdisjoint({before.kind, after.kind}):
        return True
    if before.kind == after.kind:
        return before.entity == after.entity
    return "text" in {before.kind, after.kind} and not (before.many or after.many)


def refers(field_: Field) -> bool:
    """Whether the values of a field are ids of other things."""
    return kind_of(field_).kind in _REFERRING


def kind_of(field_: Field) -> Type:
    """The type that the values of a field have in expressions."""
    return TYPES[field_.type].expression_type(field_)


def is_written_anew(old: Field, new: Field) -> bool:
    """Whether values of one type are written in another way than before, though the column is the same."""
    return old.type == new.type and any(old.extra.get(each) != new.extra.get(each) for each in _WRITTEN)


def keeps_text(old: str, new: str) -> bool:
    """Whether values of one type may stand as they are in a field of another: any line of text does in plain text."""
    return new in {"text", "long_text"} and (old == "text" or isinstance(TYPES[old], LineType))


def conversion(old: Field, new: Field, names: Names = NOBODY) -> Change:
    """The function from a value of one field to a value of another; it raises Invalid for what does not fit."""
    before, after = kind_of(old), kind_of(new)
    if old.type == new.type and before.kind not in {"number", "choice"} and not is_written_anew(old, new):
        return lambda value: value
    if before.kind in _REFERRING and after.kind == "text":
        return lambda value: TYPES[new.type].parse(names.name(value), new, HABITS)
    if before.kind == "text" and after.kind in _REFERRING:
        return names.find
    if before.kind == after.kind and before.kind in _LISTED:
        return _among_options(old, new) if before.kind == "choice" else _listed(new, before, after)
    special = _SPECIAL.get((before.kind, after.kind))
    if special is not None and not (before.many or after.many):
        return special(old, new)
    return _through_text(old, new)


def _through_text(old: Field, new: Field) -> Change:
    read, write = TYPES[new.type], TYPES[old.type]

    def change(value: Value) -> Value:
        return read.parse(write.to_cell(value, old, HABITS.language), new, HABITS)

    return change


def _listed(new: Field, before: Type, after: Type) -> Change:
    target = TYPES[new.type]

    def change(value: Value) -> Value:
        if before.many and not after.many:
            return _only(value)
        return target.coerce((value,), new) if after.many and not before.many else target.coerce(value, new)

    return change


def _only(value: Value) -> Value:
    if len(value) > 1:
        raise Invalid("too_many", maximum=1, count=len(value))
    return value[0] if value else None


def _among_options(old: Field, new: Field) -> Change:
    """Options are the same when their ids are; else what they are called decides."""
    ids = {option.id for option in new.options}
    target, many = TYPES[new.type], kind_of(new).many
    write, was_many = TYPES[old.type], kind_of(old).many

    def option(value: Value) -> Value:
        if value in ids:
            return value
        one = target.parse(write.to_cell((value,) if was_many else value, old, HABITS.language), new, HABITS)
        return _only(one) if many else one

    def change(value: Value) -> Value:
        found = [option(each) for each in (value if was_many else (value,))]
        return target.coerce(found, new) if many else _only(found)

    return change


# ------------------------------------------------------------------ pairs whose text would say too little
def _numbers(old: Field, new: Field) -> Change:
    target, through_text = TYPES[new.type], _through_text(old, new)

    def change(value: Value) -> Value:
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            try:
                return target.assign(value, new)
            except Invalid:
                pass
        return through_text(value)

    return change


def _day_of(old: Field, new: Field) -> Change:
    return lambda value: value.astimezone(UTC).date()


def _midnight_of(old: Field, new: Field) -> Change:
    return lambda value: datetime.combine(value, _MIDNIGHT, UTC)


def _one_or_zero(old: Field, new: Field) -> Change:
    return lambda value: TYPES[new.type].assign(Decimal(int(value)), new)


def _true_or_false(old: Field, new: Field) -> Change:
    def change(value: Value) -> Value:
        if value not in (0, 1):
            raise Invalid("not_a_boolean", value=shown(str(value)))
        return value == 1

    return change


_SPECIAL: Mapping[tuple[str, str], Callable[[Field, Field], Change]] = {
    ("number", "number"): _numbers,
    ("datetime", "date"): _day_of,
    ("date", "datetime"): _midnight_of,
    ("boolean", "number"): _one_or_zero,
    ("number", "boolean"): _true_or_false,
}


def is_narrowed(before: Value, after: Value) -> bool:
    """Whether a value lost something on the way: digits of a number, the time of a moment."""
    if isinstance(before, Decimal) and isinstance(after, Decimal | int):
        return before != after
    if isinstance(before, datetime) and not isinstance(after, datetime):
        return before.astimezone(UTC).time() != _MIDNIGHT and not isinstance(after, str)
    return False
