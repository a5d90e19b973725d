"""The constant rules of a field about single values: bounds, lengths, patterns; which are tighter than before, and what breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid, Problem
from dougong.fieldtypes.numbers import constant_bound
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.storage.conversion import Change

Rule = tuple[str, str]
"""A setting of the definition and what it says now."""


def tightened(old: Field, new: Field) -> tuple[Rule, ...]:
    """The rules of a field by which it may refuse what it took before."""
    return () if new.is_computed else tuple(_tightened(old, new))


def _tightened(old: Field, new: Field) -> Iterator[Rule]:
    low, high = constant_bound(new.minimum), constant_bound(new.maximum)
    if low is not None and _is_above(low, constant_bound(old.minimum)):
        yield "minimum", f"{low:f}"
    if high is not None and _is_below(high, constant_bound(old.maximum)):
        yield "maximum", f"{high:f}"
    if new.max_length is not None and _is_below(new.max_length, old.max_length):
        yield "max_length", str(new.max_length)
    if new.pattern and new.pattern != old.pattern:
        yield "pattern", new.pattern
    if old.type != new.type:
        return
    for name in TYPES[new.type].narrowing:
        if new.extra.get(name) and new.extra.get(name) != old.extra.get(name):
            yield "extra", str(new.extra[name])
    for name in TYPES[new.type].widening:
        if old.extra.get(name) and not new.extra.get(name):
            yield "extra", f"{name}: false"


def _is_above(low: Decimal, before: Decimal | None) -> bool:
    return before is None or low > before


def _is_below(high: Decimal | int, before: Decimal | int | None) -> bool:
    return before is None or high < before


def takes(new: Field) -> Callable[[Value], bool]:
    """Whether the rules of a field let a value pass."""
    return lambda value: value is None or _refusal(value, new) is None


def _refusal(value: Value, new: Field) -> Problem | None:
    """Why a field does not take a value of its own type any longer."""
    kind = TYPES[new.type]
    try:
        found = kind.validate(kind.coerce(value, new) if kind.widening else value, new)
    except Invalid as error:
        return error.problem
    return found[0] if found else None


def fitting(change: Change, new: Field) -> Change:
    """The conversion, which raises Invalid also for what the rules of the new field refuse."""

    def changed(value: Value) -> Value:
        return checked(change(value), new)

    return changed


def checked(value: Value, new: Field) -> Value:
    """The value itself; Invalid when the rules of the field refuse it."""
    found = _refusal(value, new) if value is not None else None
    if found is not None:
        raise Invalid(found.code, **dict(found.parameters))
    return value
