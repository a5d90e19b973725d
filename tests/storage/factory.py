"""Apps built by hand from compact descriptions, whose only source file is the description itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Literal, Type
from dougong.model.field import Field, LinkTarget, Option
from dougong.model.role import Permission, Role
from dougong.model.text import Text
from dougong.model.unique import Unique

SOURCE = "app.json"

_KNOWN = {each.name for each in fields(Field)} | {"to", "on_delete", "inverse", "inverse_label", "fill"}
"""Settings that are no `extra` ones."""


def build(description: Mapping[str, Any]) -> App:
    """An app from `{"id", "entities": {id: {"fields": {id: {"type", …}}, "was", "unique", "indexes", "search"}}, "roles"}`."""
    app_id = description.get("id", "shop")
    entities: dict[str, Entity] = {}
    for name, each in description.get("entities", {}).items():
        entities.update(_entity(app_id, name, each))
    return App(
        id=app_id,
        version=description.get("version", "1"),
        label=Text.of(description.get("label", app_id)),
        icon="box",
        languages=("zh", "en"),
        entities=entities,
        forms={},
        views={},
        workflows={},
        reports={},
        dashboards={},
        roles={name: _role(app_id, name, each) for name, each in description.get("roles", {}).items()},
        menu=(),
        requires=tuple(description.get("requires", ())),
        sources={SOURCE: json.dumps(description, ensure_ascii=False)},
    )


def compile_app(sources: Mapping[str, str], installed: Mapping[str, App]) -> App | list[Diagnostic]:
    """What the compiler does for real definitions."""
    return build(json.loads(sources[SOURCE]))


def _entity(app: str, name: str, data: Mapping[str, Any], parent: str = "") -> dict[str, Entity]:
    known = {each: _field(app, name, each, settings) for each, settings in data["fields"].items()}
    entity = Entity(
        app=app,
        id=name,
        label=Text.of(name),
        plural=Text.of(name),
        fields=known,
        unique=tuple(Unique(tuple(each)) for each in data.get("unique", ())),
        indexes=tuple(tuple(each) for each in data.get("indexes", ())),
        search=tuple(data.get("search", ())),
        was=data.get("was", ""),
        parent=parent,
        title=data.get("title", ""),
        title_parts=_title_parts(data.get("title", "")),
    )
    found = {name: entity}
    for each, settings in data["fields"].items():
        if settings["type"] == "table":
            found.update(_entity(app, f"{name}/{each}", {"fields": settings["fields"]}, f"{app}.{name}"))
    return found


def _title_parts(template: str) -> tuple[str, ...]:
    return tuple(re.split(r"\{(\w+)\}", template)) if template else ()


def _field(app: str, entity: str, name: str, settings: Mapping[str, Any]) -> Field:
    target = settings.get("to")
    default = settings.get("default")
    return Field(
        id=name,
        type=settings["type"],
        label=Text.of(settings.get("label", name)),
        required=settings.get("required", False),
        unique=settings.get("unique", False),
        default=_literal(default) if default is not None else None,
        decimals=settings.get("decimals", 2),
        digits=settings.get("digits", 18),
        minimum=_bound(settings.get("minimum")),
        maximum=_bound(settings.get("maximum")),
        max_length=settings.get("max_length"),
        pattern=settings.get("pattern", ""),
        options=tuple(Option(each, Text.of(each)) for each in settings.get("options", ())),
        target=_target(app, target, settings) if target else None,
        multiple=settings.get("multiple", False),
        accept=tuple(settings.get("accept", ())),
        max_size=settings.get("max_size", 20 * 1024 * 1024),
        was=settings.get("was", ""),
        backfill=settings.get("backfill", ""),
        unfit=settings.get("unfit", ""),
        table=f"{app}.{entity}/{name}" if settings["type"] == "table" else "",
        extra={key: value for key, value in TYPES[settings["type"]].defaults.items() if key not in _KNOWN}
        | settings.get("extra", {}),
    )


def _bound(value: Any) -> Decimal | None:
    return Decimal(str(value)) if value is not None else None


def _target(app: str, key: str, settings: Mapping[str, Any]) -> LinkTarget:
    own, _, entity = key.rpartition(".")
    return LinkTarget(own or app, entity, settings.get("on_delete", "restrict"), settings.get("inverse", ""))


def _literal(value: Any) -> Expression:
    constant = (
        Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
    )
    type_ = Type("text")
    return Expression(repr(value), Literal(constant, type_), type_)


def _role(app: str, name: str, grants: Mapping[str, Any]) -> Role:
    return Role(
        name,
        app,
        Text.of(name),
        {
            entity: {
                action: Permission(action, None, tuple(except_fields))
                for action, except_fields in actions.items()
            }
            for entity, actions in grants.items()
        },
    )
