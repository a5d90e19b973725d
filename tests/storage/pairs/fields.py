"""Random fields of any registered type, and what can be said about them."""

from __future__ import annotations

from random import Random
from typing import Any

from dougong.fieldtypes import TYPES
from tests.storage.pairs.parts import Condition, Definition, Part, Whole

OPTIONS = ("x", "y", "z", "w")
NAMES = ("alpha", "beta", "gamma", "delta", "order", "select", "eps", "zeta", "eta", "theta", "iota", "kappa")
_NEEDY = frozenset({"serial", "stage", "link", "links", "table", "embed"})
PLAIN = tuple(name for name in TYPES if name not in _NEEDY)
"""Every registered type whose values a record holds by itself; a type that is added takes part at once."""
NUMBERS = frozenset({"integer", "decimal", "money"})
_DIGITS = {0: 18, 2: 20, 4: 30}
_SORTED = ("text", "integer", "decimal", "money", "date", "choice", "email")
_CONDITIONS = {
    "integer": ("§ >= 3", "§ < 40", "§ BETWEEN 1 AND 30"),
    "decimal": ("§ >= 3", "§ < 40"),
    "text": ("§ = 'x'", "§ IS NOT EMPTY", "§ IN ('x', 'z', '12')"),
    "choice": ("§ IS NOT EMPTY", "§ IS EMPTY"),
    "boolean": ("§", "NOT §"),
    "date": ("§ IS NOT EMPTY", "§ IS EMPTY"),
}
_SERIALS: tuple[dict[str, Any], ...] = (
    {"parts": ["S-", {"count": 3}]},
    {"parts": [{"date": "yyyyMM"}, "-", {"count": 2}], "reset": "month"},
    {"parts": ["F", {"count": 1}], "mode": "fast"},
)


def new_part(random: Random, definition: Definition, entity: Whole, taken: frozenset[str]) -> Part | None:
    """A field of any type under a free name, with which the entity can live."""
    name = free_name(random, {each.name for each in entity.fields} | taken)
    if name is None:
        return None
    part = Part(definition.next_number(), name, {"type": _type(random, entity)})
    _complete(random, definition, entity, part)
    return part


def _type(random: Random, entity: Whole) -> str:
    chance = random.random()
    if chance < 0.25:
        return "text"
    if chance < 0.6:
        return random.choice(PLAIN)
    return random.choice(("link", "link", "links", "table", "table", "serial", "stage", "integer", "embed"))


def _complete(random: Random, definition: Definition, entity: Whole, part: Part) -> None:
    settings, kind = part.settings, part.type
    others = [each.number for each in definition.entities]
    if kind == "link":
        settings["to"] = random.choice(others)
        if random.random() < 0.2 and len(others) > 1:
            settings["to"] = random.sample(others, 2)
        settings["on_delete"] = random.choice(("restrict", "cascade", "clear"))
    elif kind == "links":
        settings["to"] = random.choice(others)
        settings["on_delete"] = random.choice(("restrict", "cascade", "clear"))
    elif kind == "table":
        part.rows = [
            new_column(random, definition, name) for name in random.sample(NAMES, random.randint(1, 3))
        ]
        part.rows.append(Part(definition.next_number(), "size", {"type": "integer"}))
    elif kind == "serial":
        settings |= random.choice(_SERIALS)
    elif kind == "stage":
        if any(each.type == "stage" for each in entity.fields):
            settings["type"] = "text"
        else:
            settings["pipeline"] = "road"
    elif kind == "embed":
        settings["url"] = "https://maps.example.com/search?q=1"
    else:
        plain_settings(random, settings)
        _formula(random, entity, part)


def new_column(random: Random, definition: Definition, name: str) -> Part:
    """A column of a sub-table."""
    part = Part(definition.next_number(), name, {"type": random.choice((*PLAIN, "text", "text", "link"))})
    if part.type == "link":
        part.settings["to"] = random.choice(definition.entities).number
    else:
        plain_settings(random, part.settings)
    return part


def plain_settings(random: Random, settings: dict[str, Any]) -> None:
    """What a field of a plain type needs besides its type."""
    if settings["type"] in {"choice", "choices"}:
        settings["options"] = list(OPTIONS[: random.randint(2, 4)])
    if settings["type"] in {"decimal", "money"}:
        size(random, settings)


def size(random: Random, settings: dict[str, Any]) -> None:
    """Decimals and digits of a number, so that other decimals mean another kind of column."""
    settings["decimals"] = random.choice([0, 2, 4])
    settings["digits"] = _DIGITS[settings["decimals"]]


def _formula(random: Random, entity: Whole, part: Part) -> None:
    """Some texts and numbers are computed from another field, and some of those only when they are read."""
    texts = {"text": "UPPER(§) & '!'", "integer": "§ * 2"}
    sources = [each for each in entity.fields if each.type == part.type and not each.uses]
    if part.type in texts and sources and random.random() < 0.2:
        part.settings["formula"] = texts[part.type]
        part.uses = (random.choice(sources).number,)
        if random.random() < 0.4:
            part.settings["stored"] = False


def free_name(random: Random, taken: set[str] | frozenset[str]) -> str | None:
    """A name that nothing has."""
    free = [each for each in NAMES if each not in taken]
    return random.choice(free) if free else None


def condition(random: Random, entity: Whole) -> Condition | None:
    """A condition over some field."""
    known = [each for each in entity.fields if each.type in _CONDITIONS and not each.uses]
    if not known:
        return None
    chosen = random.choice(known)
    return Condition(chosen.number, chosen.type, random.choice(_CONDITIONS[chosen.type]))


def sortable(random: Random, entity: Whole, count: int = 1) -> tuple[tuple[int, str], ...]:
    """Some fields that lists can be sorted by and that can be unique."""
    known = [each for each in entity.fields if each.type in _SORTED and not each.uses]
    chosen = random.sample(known, min(count, len(known)))
    return tuple((each.number, each.type) for each in chosen)
