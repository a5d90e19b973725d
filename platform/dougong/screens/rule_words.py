"""A rule of a definition in the words of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.compiler.rule_scopes import DOORS
from dougong.definitions.schemas.entity import SCHEMA
from dougong.expressions.completion import Surroundings, reading
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.screens.rule_entry import FIELDS, MESSAGES
from dougong.screens.texts import listed, text

ICONS: Mapping[str, str] = {
    "show": "eye",
    "hide": "eye-off",
    "require": "input-check",
    "readonly": "lock",
    "set": "pencil",
    "options": "list-check",
    "block": "hand-stop",
    "warn": "alert-triangle",
    "check": "circle-check",
    "lock": "shield-lock",
}
USUAL = ("create", "update")
"""What rules are about where they do not say."""
_ACTS = {"create": "rule_on_create", "update": "rule_on_update", "delete": "rule_on_delete"}


def acts() -> tuple[str, ...]:
    """What rules can be about, as definitions write it."""
    found = SCHEMA["properties"]["rules"]["items"]["properties"]["on"]["items"]["enum"]
    return tuple(str(each) for each in found)


def act_label(act: str, language: str) -> str:
    """What a rule is about, in words."""
    return text(_ACTS[act], language)


def door_label(door: str, app: App, language: str) -> str:
    """A door in words; that of a workflow or of one of its nodes by their labels."""
    if door in DOORS:
        return text(f"rule_door_{door}", language)
    _, _, name = door.partition(".")
    workflow = app.workflows.get(name.partition(".")[0])
    if workflow is None:
        return door
    node = name.partition(".")[2]
    return " · ".join(filter(None, (workflow.label.get(language), node)))


def labels_of(entity: Entity, language: str) -> dict[str, str]:
    """The labels of fields by their ids."""
    return {name: field.label.get(language) for name, field in entity.fields.items()}


def when_words(document: Mapping[str, Any], about: Surroundings) -> str:
    """When a rule applies."""
    language, written = about.language, str(document.get("when") or "")
    if not written:
        return text("rule_always", language)
    return text("rule_when", language, condition=reading(written, about) or written)


def only_words(document: Mapping[str, Any], app: App, language: str) -> str:
    """What a rule is about and at which doors it holds; nothing where both are as usual."""
    on, doors = document.get("on"), document.get("doors")
    said = []
    if isinstance(on, list) and set(on) != set(USUAL):
        said += [act_label(str(each), language) for each in on if each in _ACTS]
    if isinstance(doors, list):
        said += [door_label(str(each), app, language) for each in doors]
    return text("rule_only", language, doors=listed(said, language)) if said else ""


def in_words(document: Mapping[str, Any], app: App, entity: Entity, about: Surroundings) -> str:
    """The whole rule in one sentence."""
    does = [words for _, words in does_words(document, entity, about)]
    said = text(
        "rule_sentence",
        about.language,
        when=when_words(document, about),
        does=text("rule_and", about.language).join(does),
    )
    only = only_words(document, app, about.language)
    return f"{said} ({only})" if only and about.language != "zh" else f"{said}（{only}）" if only else said


def does_words(
    document: Mapping[str, Any], entity: Entity, about: Surroundings
) -> tuple[tuple[str, str], ...]:
    """What a rule does, each with its icon."""
    labels, language = labels_of(entity, about.language), about.language
    found = []
    for action in ICONS:
        said = _said(action, document, labels, entity, about)
        found += [(ICONS[action], each) for each in said]
    return tuple(found) or ((("point"), text("rule_does_nothing", language)),)


def _said(
    action: str, document: Mapping[str, Any], labels: Mapping[str, str], entity: Entity, about: Surroundings
) -> list[str]:
    given, language = document.get(action), about.language
    if given is None:
        return []
    if action in FIELDS:
        names = [labels.get(str(each), str(each)) for each in given] if isinstance(given, list) else []
        return [text(f"rule_does_{action}", language, fields=listed(names, language))]
    if action in MESSAGES:
        return [text(f"rule_does_{action}", language, message=_in(given, language))]
    if action == "lock":
        return [text("rule_does_lock", language)]
    if action == "check":
        words = reading(str(given), about) or str(given)
        return [text("rule_does_check", language, condition=words)]
    if not isinstance(given, Mapping):
        return []
    if action == "set":
        return [
            text(
                "rule_does_set",
                language,
                field=labels.get(name, name),
                value=reading(str(value), about) or str(value),
            )
            for name, value in given.items()
        ]
    return [
        text(
            "rule_does_options",
            language,
            field=labels.get(name, name),
            options=listed(_option_labels(entity, name, allowed, language), language),
        )
        for name, allowed in given.items()
    ]


def _option_labels(entity: Entity, name: str, allowed: object, language: str) -> list[str]:
    field = entity.fields.get(name)
    known = {each.id: each.label.get(language) for each in field.options} if field else {}
    return [known.get(str(each), str(each)) for each in allowed] if isinstance(allowed, list) else []


def _in(given: object, language: str) -> str:
    if isinstance(given, Mapping):
        return str(given.get(language) or next(iter(given.values()), ""))
    return str(given)
