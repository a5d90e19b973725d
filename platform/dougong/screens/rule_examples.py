"""Rules that would make sense for an entity, to begin with: made of its own fields, so that each can be saved as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dougong.expressions.completion import Surroundings
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.screens.addresses import with_query
from dougong.screens.shape import RuleExample
from dougong.screens.texts import text

NUMBERS = frozenset({"integer", "decimal", "money"})
MOST = 6


@dataclass(frozen=True, slots=True)
class Example:
    """A rule with what it is called and what it does in words."""

    id: str
    icon: str
    words: Mapping[str, str]
    document: Mapping[str, Any]


def examples(entity: Entity, about: Surroundings) -> list[Example]:
    """The examples that the fields of an entity allow."""
    makers: tuple[Callable[[Entity, Surroundings], Iterator[Example]], ...] = (
        _by_choice,
        _dates,
        _large,
        _budget,
        _stock,
    )
    return [each for make in makers for each in make(entity, about)][:MOST]


def example_cards(entity: Entity, about: Surroundings, path: str, table: str) -> tuple[RuleExample, ...]:
    """The examples as cards that open the editor."""
    language = about.language
    return tuple(
        RuleExample(
            text(f"example_{each.id}", language),
            text(f"example_{each.id}_text", language, **each.words),
            each.icon,
            with_query(path, [("table", table), ("rule", "new"), ("example", each.id)]),
        )
        for each in examples(entity, about)
    )


def _entered(entity: Entity, *types: str) -> list[Field]:
    return [each for each in entity.fields.values() if each.type in types and not each.is_computed]


def _amounts(entity: Entity) -> list[Field]:
    """The numbers that people enter, sums of money first."""
    return [each for kind in ("money", "decimal", "integer") for each in _entered(entity, kind)]


def _label(field: Field, about: Surroundings) -> str:
    return field.label.get(about.language)


def _messages(example: str, labels: Mapping[str, Field]) -> dict[str, str]:
    return {
        language: text(
            f"example_{example}_message",
            language,
            **{name: field.label.get(language) for name, field in labels.items()},
        )
        for language in ("zh", "en")
    }


def _by_choice(entity: Entity, about: Surroundings) -> Iterator[Example]:
    choices = [each for each in _entered(entity, "choice") if each.options]
    others = [
        each
        for each in _entered(entity, "text", "long_text", "date", "integer", "money", "decimal", "url")
        if not each.required and not each.unique
    ]
    if not choices or not others:
        return
    choice, field = choices[0], others[-1]
    option = choice.options[-1]
    words = {
        "choice": _label(choice, about),
        "option": option.label.get(about.language),
        "field": _label(field, about),
    }
    when = f"{choice.id} = '{option.id}'"
    yield Example("require", "input-check", words, {"when": when, "require": [field.id]})
    yield Example("show", "eye", words, {"when": when, "show": [field.id]})


def _dates(entity: Entity, about: Surroundings) -> Iterator[Example]:
    days = _entered(entity, "date") or _entered(entity, "datetime")
    if len(days) < 2:
        return
    first, last = days[0], days[1]
    named = {"first": first, "last": last}
    words = {name: _label(each, about) for name, each in named.items()}
    when = f"{last.id} < {first.id}"
    yield Example(
        "dates", "calendar", words, {"when": when, "block": _messages("dates", named), "fields": [last.id]}
    )


def _large(entity: Entity, about: Surroundings) -> Iterator[Example]:
    amounts = _amounts(entity)
    if not amounts:
        return
    field = amounts[0]
    document = {
        "when": f"{field.id} > 10000",
        "warn": _messages("large", {"field": field}),
        "fields": [field.id],
    }
    yield Example("large", "alert-triangle", {"field": _label(field, about)}, document)


def _lists(entity: Entity, about: Surroundings) -> Iterator[tuple[str, str, Entity]]:
    """The sub-tables of a record and the lists of records that link to it: name, label, what they hold."""
    for field in entity.fields.values():
        rows = about.find(field.table) if field.type == "table" else None
        if rows is not None:
            yield field.id, _label(field, about), rows
    for name, inverse in entity.inverses.items():
        found = about.find(inverse.key)
        if found is not None and name not in entity.fields:
            yield name, inverse.label.get(about.language), found


def _budget(entity: Entity, about: Surroundings) -> Iterator[Example]:
    limits = _amounts(entity)
    for name, label, rows in _lists(entity, about):
        parts = [each for each in rows.fields.values() if each.type in NUMBERS]
        if not parts or not limits:
            continue
        like = [(limit, part) for part in parts for limit in limits if limit.type == part.type]
        limit, part = like[0] if like else (limits[0], parts[-1])
        named = {"part": part, "limit": limit}
        words = {key: _label(each, about) for key, each in named.items()} | {"rows": label}
        when = f"SUM({name}.{part.id}) > {limit.id}"
        yield Example(
            "budget",
            "math-function",
            words,
            {"when": when, "block": _messages("budget", named), "fields": [limit.id]},
        )
        return


def _stock(entity: Entity, about: Surroundings) -> Iterator[Example]:
    links = [each for each in _entered(entity, "link") if each.one_of is None]
    amounts = _amounts(entity)
    if entity.parent or not links or not amounts:
        return
    link, field = links[0], amounts[0]
    words = {
        "link": _label(link, about),
        "field": _label(field, about),
        "records": entity.plural.get(about.language),
    }
    when = f"SUM(ALL({entity.id}).{field.id} WHERE {link.id} = this.{link.id}) < 0"
    yield Example(
        "stock",
        "stack-2",
        words,
        {"when": when, "block": _messages("stock", {"field": field}), "fields": [field.id]},
    )
