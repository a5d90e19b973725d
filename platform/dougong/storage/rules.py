"""What a new version of a field refuses that it took before: every setting of the definition has an answer here.

A setting either narrows what values are taken (then the rows are counted, with samples and ways to mend them), or another step counts
it, or it needs no rows, and the reason stands here. A test walks the registry of field types: a new setting without an answer fails it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid, Problem
from dougong.fieldtypes.numbers import constant_bound
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.storage.conversion import Change

Rule = tuple[str, str]
"""A setting of the definition and what it says now."""
Narrowing = Callable[[Field, Field], str]
"""What a setting says now, of a field before and after, where it takes less than before; else nothing."""


def _minimum(old: Field, new: Field) -> str:
    low, before = constant_bound(new.minimum), constant_bound(old.minimum)
    return f"{low:f}" if low is not None and (before is None or low > before) else ""


def _maximum(old: Field, new: Field) -> str:
    high = constant_bound(new.maximum)
    return f"{high:f}" if high is not None and _is_below(high, constant_bound(old.maximum)) else ""


def _max_length(old: Field, new: Field) -> str:
    longest = new.max_length
    return str(longest) if longest is not None and _is_below(longest, old.max_length) else ""


def _pattern(old: Field, new: Field) -> str:
    return new.pattern if new.pattern != old.pattern else ""


def _max_size(old: Field, new: Field) -> str:
    return str(new.max_size) if new.max_size < old.max_size else ""


def _accept(old: Field, new: Field) -> str:
    is_wider = bool(old.accept) and set(old.accept) <= set(new.accept)
    return ", ".join(new.accept) if new.accept and not is_wider else ""


def _multiple(old: Field, new: Field) -> str:
    return "1" if old.multiple and not new.multiple else ""


def _lower(name: str) -> Narrowing:
    """A limit that is narrower when it is lower; left out, it is what the type says."""

    def narrowing(old: Field, new: Field) -> str:
        usual = TYPES[new.type].defaults.get(name)
        value, before = new.extra.get(name, usual), old.extra.get(name, usual)
        return str(value) if value is not None and _is_below(value, before) else ""

    return narrowing


def _suggestions(old: Field, new: Field) -> str:
    """Tags that may no longer be chosen: others than those suggested, or suggestions that went."""
    if new.extra.get("free", True):
        return ""
    left = set(new.extra.get("suggestions") or ())
    is_wider = not old.extra.get("free", True) and set(old.extra.get("suggestions") or ()) <= left
    return "" if is_wider else ", ".join(sorted(left)) or "0"


def _china(old: Field, new: Field) -> str:
    now = new.extra.get("country")
    return str(now) if now == "china" and old.extra.get("country") != now else ""


def _is_below(high: Decimal | int, before: Decimal | int | None) -> bool:
    return before is None or high < before


NARROWINGS: Mapping[str, Narrowing] = MappingProxyType(
    {
        "min": _minimum,
        "max": _maximum,
        "max_length": _max_length,
        "pattern": _pattern,
        "accept": _accept,
        "max_size": _max_size,
        "multiple": _multiple,
        "digits": _lower("digits"),
        "max_count": _lower("max_count"),
        "max_depth": _lower("max_depth"),
        "max_bytes": _lower("max_bytes"),
        "free": _suggestions,
        "country": _china,
    }
)
"""Settings that decide which values a field takes, beside those that a type names itself (`narrowing`, `widening`): the rows are
counted (`TightenField`)."""

COUNTED_BY: Mapping[str, str] = MappingProxyType(
    {
        "required": "SetRequired, or RequireOthers where links or rows are asked for",
        "unique": "AddIndex",
        "options": "RemoveOptions",
        "pipeline": "RemoveOptions, by the stages",
        "decimals": "ChangeType, as values are rounded",
        "precision": "ChangeType, as times are written anew",
        "formula": "RemoveColumn and AddColumn, as the values that people wrote go out of sight",
        "stored": "AddColumn and a computation of every record, or RemoveColumn",
        "to": "RemoveColumn and AddColumn, as ids mean nothing elsewhere",
        "on_delete": "ChangeReference",
        "rules": "CheckRule, over the rows",
        "fields": "the operations on the table of the rows",
        "was_entity": "EmbedRecords",
    }
)
"""Settings whose rows are counted by another operation."""

NEEDS_NO_ROWS: Mapping[str, str] = MappingProxyType(
    {
        "default": "fills new records; those that are there keep what they have",
        "suggestions": "counts only where other tags are refused, together with `free`",
        "frozen": "how many columns of rows stay in sight",
        "mask": "hides parts of a value from readers, and refuses none",
        "pattern_hint": "words for people",
        "currency": "the currency in which an amount is read; amounts stay, and the plan tells that it changes",
        "unit": "the unit in which a duration is read and entered; the stored length stays",
        "map": "where a place is shown",
        "tree": "in which steps a record is chosen",
        "within": "limits who can be chosen from now on; whoever was chosen stays",
        "roles": "limits who can be chosen from now on; whoever was chosen stays",
        "inverse": "the list on the other side",
        "inverse_label": "the title of that list",
        "fill": "gives values when a link is chosen",
        "filter": "limits what can be chosen from now on; what was chosen stays",
        "longest_side": "how large pictures are kept from now on",
        "parts": "how numbers are drawn from now on; those that were given stay, `renumber` gives others",
        "reset": "when counting begins again; numbers that were given stay",
        "per": "what is counted apart; numbers that were given stay",
        "start": "the first number; those that were given stay",
        "mode": "how numbers are drawn from now on",
        "url": "an address that is put together when it is shown",
    }
)
"""Settings by which no value is refused that is there already, and why."""


def tightened(old: Field, new: Field) -> tuple[Rule, ...]:
    """The rules of a field by which it may refuse what it took before."""
    return () if new.is_computed else tuple(_tightened(old, new))


def _tightened(old: Field, new: Field) -> Iterator[Rule]:
    own = TYPES[new.type].settings.get("properties", {})
    for name, narrowing in NARROWINGS.items():
        if name in own and (said := narrowing(old, new)):
            yield _WORDS.get(name, "extra" if name in new.extra else name), said
    for name in TYPES[new.type].narrowing:
        if new.extra.get(name) and new.extra.get(name) != old.extra.get(name):
            yield "extra", str(new.extra[name])
    for name in TYPES[new.type].widening:
        if old.extra.get(name) and not new.extra.get(name):
            yield "extra", f"{name}: false"


_WORDS: Mapping[str, str] = MappingProxyType({"min": "minimum", "max": "maximum"})
"""Settings that a field knows by another name."""


def takes(new: Field) -> Callable[[Value], bool]:
    """Whether the rules of a field let a value pass."""
    change = standing(new)

    def does(value: Value) -> bool:
        try:
            change(value)
        except Invalid:
            return False
        return True

    return does


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


def _refusal(value: Value, new: Field) -> Problem | None:
    """Why a field does not take a value of its own type any longer."""
    kind = TYPES[new.type]
    try:
        found = kind.validate(kind.coerce(value, new) if kind.widening else value, new)
    except Invalid as error:
        return error.problem
    return found[0] if found else None


def staying(change: Change, new: Field) -> Change:
    """The same for values of the same type, which must also be what somebody could enter: some settings are asked only then."""

    def changed(value: Value) -> Value:
        made = change(value)
        if made is not None:
            TYPES[new.type].coerce(made, new)
        return checked(made, new)

    return changed


def standing(new: Field) -> Change:
    """What becomes of a value that stands there under tighter rules: itself; Invalid when the field would not take it anew."""
    return staying(lambda value: value, new)
