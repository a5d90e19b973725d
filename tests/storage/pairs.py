"""Random pairs of versions of an app with random data of the first: what a plan says is compared with what applying it does."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.numbers import EXACT
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.storage.conversion import kind_of
from tests.storage.factory import build

Description = dict[str, Any]
NAMES = ("alpha", "beta", "gamma", "delta", "order", "select", "eps", "zeta", "eta", "theta")
OPTIONS = ("x", "y", "z", "w")
_DIGITS = {0: 18, 2: 20, 4: 30}
"""All digits of a number by its decimals, so that other decimals mean another kind of column."""
_WORDS = (
    "12",
    "7.50",
    "007",
    "x",
    "z",
    "2026-03-01",
    "是",
    "no",
    "Großer Name",
    "客户 一",
    "a@example.com",
    "-3",
    "1e3",
)
_HELD = frozenset({"serial", "stage", "link", "links", "table", "formula"})
PLAIN = (
    *(name for name, kind in TYPES.items() if name not in _HELD and not kind.settings.get("required", ())),
    "choice",
    "choices",
)
"""Every registered type whose values stand in a column and need nothing else, found by walking the registry."""


def first_version(random: Random, app: str) -> Description:
    """A version of an app: a few entities with fields of any type, links, sub-tables, rules and rights."""
    description: Description = {"id": app, "version": "1", "entities": {}, "roles": {}}
    for name in random.sample(NAMES, random.randint(1, 3)):
        description["entities"][name] = {"fields": {}}
    for name in description["entities"]:
        for _ in range(random.randint(2, 4)):
            _add_field(random, description, name)
        if random.random() < 0.4:
            _search(description["entities"][name])
    _grant(random, description)
    return description


def next_version(random: Random, before: Description) -> Description:
    """Another version of it: some things added, taken away, renamed, of another type, with other rules and rights."""
    description = copy.deepcopy(before)
    description["version"] = "2"
    for entity in description["entities"].values():
        for each in entity["fields"].values():
            each.pop("was", None)
    renamed: set[str] = set()
    for _ in range(random.randint(1, 5)):
        action = random.choice(
            (_add_entity, _remove_entity, _rename_entity, _add, _add, _remove, _rename, _retype, _retype,
             _retype, _decimals, _require, _tighten, _tighten,
             _make_unique, _options, _toggle_search, _toggle_index, _grant_again, _widen_link)
        )  # fmt: skip
        action(random, description, renamed)
    return description


# ------------------------------------------------------------------ changes
def _settings(random: Random, description: Description) -> dict[str, Any]:
    chance = random.random()
    if chance < 0.12:
        return {"type": "link", "to": random.choice(list(description["entities"]))}
    if chance < 0.2:
        return {"type": "links", "to": random.choice(list(description["entities"]))}
    if chance < 0.28:
        return {"type": "table", "fields": {"number": {"type": "integer"}, "name": {"type": "text"}}}
    settings: dict[str, Any] = {"type": random.choice(PLAIN) if chance < 0.75 else "text"}
    return _with_options(random, settings)


def _with_options(random: Random, settings: dict[str, Any]) -> dict[str, Any]:
    if settings["type"] in {"choice", "choices"}:
        settings["options"] = list(OPTIONS[: random.randint(2, 4)])
    if settings["type"] in {"decimal", "money"}:
        _size(random, settings)
    return settings


def _size(random: Random, settings: dict[str, Any]) -> None:
    settings["decimals"] = random.choice([0, 2, 4])
    settings["digits"] = _DIGITS[settings["decimals"]]


def _add_field(random: Random, description: Description, entity: str) -> None:
    fields = description["entities"][entity]["fields"]
    free = [name for name in NAMES if name not in fields]
    if free:
        fields[random.choice(free)] = _settings(random, description)


def _entity(random: Random, description: Description) -> tuple[str, dict[str, Any]]:
    name = random.choice(list(description["entities"]))
    return name, description["entities"][name]


def _plain(random: Random, description: Description) -> tuple[dict[str, Any], str, dict[str, Any]] | None:
    found = [
        (entity, name, each)
        for entity in description["entities"].values()
        for name, each in entity["fields"].items()
        if each["type"] in PLAIN and not each.get("new")
    ]
    return random.choice(found) if found else None


def _add_entity(random: Random, description: Description, renamed: set[str]) -> None:
    free = [name for name in NAMES if name not in description["entities"] and name not in renamed]
    name = random.choice(free)
    description["entities"][name] = {"fields": {}, "new": True}
    _add_field(random, description, name)
    renamed.add(name)


def _remove_entity(random: Random, description: Description, renamed: set[str]) -> None:
    if len(description["entities"]) < 2:
        return
    name, entity = _entity(random, description)
    if name in renamed or any(
        entity is not other and field.get("to") == name
        for other in description["entities"].values()
        for field in other["fields"].values()
    ):
        return
    del description["entities"][name]
    renamed.add(name)
    for role in description["roles"].values():
        role.pop(name, None)


def _rename_entity(random: Random, description: Description, renamed: set[str]) -> None:
    name, entity = _entity(random, description)
    free = [each for each in NAMES if each not in description["entities"] and each not in renamed]
    if name in renamed or entity.get("new"):
        return
    new = random.choice(free)
    renamed |= {name, new}
    description["entities"] = {
        (new if each == name else each): value for each, value in description["entities"].items()
    }
    description["entities"][new]["was"] = name
    for other in description["entities"].values():
        for field in other["fields"].values():
            if field.get("to") == name:
                field["to"] = new
    for role in description["roles"].values():
        if name in role:
            role[new] = role.pop(name)


def _add(random: Random, description: Description, renamed: set[str]) -> None:
    _, entity = _entity(random, description)
    fields = entity["fields"]
    free = [each for each in NAMES if each not in fields and each not in entity.get("gone", ())]
    if not free:
        return
    new = random.choice(free)
    settings = {**_settings(random, description), "new": True}
    if settings["type"] == "text" and random.random() < 0.5:
        texts = [each for each, value in fields.items() if value["type"] == "text" and not value.get("new")]
        if texts and not any(fields[each].get("was") or fields[each].get("retyped") for each in texts):
            settings["backfill"] = f"UPPER({random.choice(texts)}) & '!'"
    elif settings["type"] in {"integer", "decimal"} and random.random() < 0.5:
        settings |= {"default": 3, "required": random.random() < 0.5}
    fields[new] = settings


def _remove(random: Random, description: Description, renamed: set[str]) -> None:
    _, entity = _entity(random, description)
    names = [name for name, each in entity["fields"].items() if not each.get("new")]
    if len(names) < 2:
        return
    name = random.choice(names)
    entity.setdefault("gone", []).append(name)
    del entity["fields"][name]
    _forget(entity, name)


def _forget(entity: dict[str, Any], name: str) -> None:
    entity["search"] = [each for each in entity.get("search", []) if each != name]
    entity["indexes"] = [each for each in entity.get("indexes", []) if name not in each]


def _rename(random: Random, description: Description, renamed: set[str]) -> None:
    _, entity = _entity(random, description)
    fields = entity["fields"]
    free = [each for each in NAMES if each not in fields and each not in entity.get("gone", ())]
    names = [name for name, each in fields.items() if not each.get("new") and not each.get("was")]
    if not free or not names:
        return
    old, new = random.choice(names), random.choice(free)
    entity.setdefault("gone", []).append(old)
    entity["fields"] = {(new if name == old else name): each for name, each in fields.items()}
    entity["fields"][new]["was"] = old
    entity["search"] = [new if each == old else each for each in entity.get("search", [])]
    entity["indexes"] = [[new if each == old else each for each in one] for one in entity.get("indexes", [])]


def _retype(random: Random, description: Description, renamed: set[str]) -> None:
    chosen = _plain(random, description)
    if chosen is None:
        return
    entity, name, each = chosen
    kept = {key: value for key, value in each.items() if key in {"was", "required"}}
    settings = _with_options(random, {"type": random.choice(PLAIN), "retyped": True})
    mend = random.random()
    if mend < 0.5:
        settings["unfit"] = "aside"
    elif mend < 0.6 and settings["type"] in {"integer", "decimal"}:
        settings |= {"unfit": "default", "default": 9}
    entity["fields"][name] = {**settings, **kept}
    if settings["type"] != "text":
        _forget(entity, name)


def _widen_link(random: Random, description: Description, renamed: set[str]) -> None:
    """A link becomes links, or the other way round."""
    _, entity = _entity(random, description)
    found = [
        each
        for each in entity["fields"].values()
        if each["type"] in {"link", "links"} and not each.get("new")
    ]
    if found:
        chosen = random.choice(found)
        chosen["type"] = "links" if chosen["type"] == "link" else "link"


def _decimals(random: Random, description: Description, renamed: set[str]) -> None:
    chosen = _plain(random, description)
    if chosen is not None and chosen[2]["type"] in {"decimal", "money"}:
        _size(random, chosen[2])


def _require(random: Random, description: Description, renamed: set[str]) -> None:
    chosen = _plain(random, description)
    if chosen is None or chosen[2]["type"] not in {"text", "integer", "decimal"}:
        return
    settings = chosen[2]
    settings["required"] = not settings.get("required", False)
    if random.random() < 0.7:
        settings["default"] = "new" if settings["type"] == "text" else 5
        settings["unfit"] = "default"


def _tighten(random: Random, description: Description, renamed: set[str]) -> None:
    """Bounds, lengths and patterns that some of the values that stand there may break."""
    chosen = _plain(random, description)
    if chosen is None:
        return
    settings = chosen[2]
    if settings["type"] in {"integer", "decimal", "money"}:
        settings[random.choice(("minimum", "maximum"))] = random.choice((-5, 0, 10, 40, 500))
    elif settings["type"] in {"text", "long_text"}:
        settings["max_length"] = random.choice((2, 5, 12))
        if settings["type"] == "text" and random.random() < 0.4:
            settings["pattern"] = random.choice((r"[0-9]+", r"[^@]*"))
    else:
        return
    if random.random() < 0.6 and not settings.get("required"):
        settings["unfit"] = "aside"


def _make_unique(random: Random, description: Description, renamed: set[str]) -> None:
    chosen = _plain(random, description)
    if chosen is None or chosen[2]["type"] not in {"text", "integer"}:
        return
    chosen[2]["unique"] = not chosen[2].get("unique", False)
    if random.random() < 0.7 and not chosen[2].get("required"):
        chosen[2]["unfit"] = "aside"


def _options(random: Random, description: Description, renamed: set[str]) -> None:
    chosen = _plain(random, description)
    if chosen is None or "options" not in chosen[2]:
        return
    chosen[2]["options"] = list(OPTIONS[random.randint(0, 1) : random.randint(2, 4)])
    if random.random() < 0.6:
        chosen[2]["unfit"] = "aside"


def _search(entity: dict[str, Any]) -> None:
    entity["search"] = [name for name, each in entity["fields"].items() if each["type"] == "text"]


def _toggle_search(random: Random, description: Description, renamed: set[str]) -> None:
    _, entity = _entity(random, description)
    if entity.get("search"):
        entity["search"] = []
    else:
        _search(entity)


def _toggle_index(random: Random, description: Description, renamed: set[str]) -> None:
    _, entity = _entity(random, description)
    short = [
        name for name, each in entity["fields"].items() if each["type"] in {"integer", "date", "decimal"}
    ]
    entity["indexes"] = [[random.choice(short), "id"]] if short and not entity.get("indexes") else []


def _grant(random: Random, description: Description) -> None:
    for role in ("clerk", "boss"):
        description["roles"][role] = {
            name: {
                action: random.sample(list(entity["fields"]), 1) if random.random() < 0.3 else []
                for action in random.sample(["read", "create", "update", "delete"], random.randint(1, 4))
            }
            for name, entity in description["entities"].items()
        }


def _grant_again(random: Random, description: Description, renamed: set[str]) -> None:
    _grant(random, description)


# ------------------------------------------------------------------ data
def value_for(random: Random, field: Field) -> Value:
    """Some value of a field, or none."""
    if random.random() < 0.2:
        return None
    kind = kind_of(field)
    if field.type in {"text", "long_text"}:
        return random.choice(_WORDS)
    if field.type in {"choice", "choices"}:
        ids = [option.id for option in field.options]
        chosen = tuple(sorted(random.sample(ids, random.randint(1, min(2, len(ids)))), key=ids.index))
        return chosen if field.type == "choices" else chosen[0]
    if field.type == "integer":
        return random.randint(-5, 50)
    if field.type in {"decimal", "money"}:
        number = random.randint(-500, 99_999)
        if number % 5 == 0:
            number *= 10 ** (field.digits - 5) + 1
        return Decimal(number).scaleb(-field.decimals, EXACT)
    if kind.kind == "boolean":
        return random.random() < 0.5
    if field.type == "date":
        return date(2026, 1, 1) + timedelta(days=random.randint(0, 400))
    if field.type == "datetime":
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=random.randint(0, 99) * 12)
    return TYPES[field.type].example(field)


def fields_of(description: Description, entity: str) -> dict[str, Field]:
    """The fields of an entity of a description."""
    return dict(build(description).entities[entity].fields)
