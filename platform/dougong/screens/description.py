"""What the HTTP API offers one caller: the entities, fields and actions of the installed apps that concern them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.references import REFERRING
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.role import ACTIONS
from dougong.policy.access import access, may
from dougong.policy.offers import may_design, may_open_report, readable_entities
from dougong.records.call import Call
from dougong.screens.navigation import open_apps
from dougong.workflow.submit import workflows_of


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """A field that the caller may see. `schema` is the JSON Schema of a value that is not empty."""

    id: str
    label: str
    help: str
    schema: Mapping[str, Any]
    required: bool
    writable: bool
    rows: tuple[FieldDescription, ...] = ()
    """For a sub-table: the fields of its rows."""


@dataclass(frozen=True, slots=True)
class EntityDescription:
    """An entity that the caller may read, and what else may be done with it."""

    app: str
    id: str
    label: str
    plural: str
    help: str
    fields: tuple[FieldDescription, ...]
    actions: frozenset[str]
    links: tuple[str, ...]
    inverses: tuple[str, ...]
    workflows: tuple[str, ...] = ()
    """The workflows to which a record of it may be submitted."""
    files: tuple[str, ...] = ()
    """The fields that files may be uploaded for."""
    serials: tuple[str, ...] = ()
    """The fields whose numbers the caller may give again."""


@dataclass(frozen=True, slots=True)
class AppDescription:
    """An app that concerns the caller."""

    id: str
    label: str
    entities: tuple[EntityDescription, ...]
    reports: tuple[str, ...]
    dashboards: tuple[str, ...]
    may_design: bool


@dataclass(frozen=True, slots=True)
class ApiDescription:
    """Everything that the caller may call."""

    title: str
    version: str
    apps: tuple[AppDescription, ...]
    is_admin: bool = False


def describe(call: Call, title: str, version: str) -> ApiDescription:
    """The API as the actor may use it."""
    apps = tuple(_app(call, app.id) for app in open_apps(call))
    return ApiDescription(title, version, apps, call.actor.is_admin)


def _app(call: Call, app_id: str) -> AppDescription:
    app = call.release.app(app_id)
    entities = readable_entities(call.release, call.actor, app_id)

    def may_open(name: str) -> bool:
        return may_open_report(call.release, call.actor, app_id, name)

    return AppDescription(
        app_id,
        app.label.get(call.language),
        tuple(_entity(call, entity) for entity in entities),
        tuple(filter(may_open, app.reports)),
        tuple(filter(may_open, app.dashboards)),
        may_design(call.release, call.actor, app_id),
    )


def _entity(call: Call, entity: Entity) -> EntityDescription:
    language = call.language
    readable = [
        name
        for name, inverse in entity.inverses.items()
        if may(call.release, call.actor, inverse.key, "read")
    ]
    fields = _fields(call, entity)
    seen = {field.id for field in fields}
    return EntityDescription(
        entity.app,
        entity.id,
        entity.label.get(language),
        entity.plural.get(language),
        entity.help.get(language),
        fields,
        frozenset(action for action in ACTIONS if may(call.release, call.actor, entity.key, action)),
        tuple(name for name, field in entity.fields.items() if name in seen and field.type in REFERRING),
        tuple(readable),
        tuple(each.id for each in workflows_of(call, entity.key) if each.start_on == "submit"),
        tuple(each.id for each in fields if each.writable and entity.fields[each.id].type in FILES),
        _serials(call, entity),
    )


def _serials(call: Call, entity: Entity) -> tuple[str, ...]:
    if not call.actor.is_admin:
        return ()
    return tuple(name for name, field in entity.fields.items() if field.type == "serial")


def _fields(call: Call, entity: Entity) -> tuple[FieldDescription, ...]:
    reading = access(call.release, call.actor, entity.key, "read")
    writing = [access(call.release, call.actor, entity.key, action) for action in ("create", "update")]
    return tuple(
        _field(call, field, any(answer.allowed and name not in answer.locked for answer in writing))
        for name, field in entity.fields.items()
        if name not in reading.hidden
    )


def _field(call: Call, field: Field, unlocked: bool) -> FieldDescription:
    rows = _fields(call, call.release.entity(field.table)) if field.type == "table" else ()
    return FieldDescription(
        field.id,
        field.label.get(call.language),
        field.help.get(call.language),
        TYPES[field.type].json_schema(field),
        field.required,
        unlocked and not field.is_computed,
        rows,
    )
