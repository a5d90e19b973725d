"""OpenAPI 3.1 of what one caller may see and do."""

from __future__ import annotations

from typing import Any

from dougong.screens.description import ApiDescription, AppDescription, EntityDescription, FieldDescription
from dougong_renderers.api import (
    approvals,
    audit,
    calendar,
    definitions,
    parts,
    people,
    rights,
    transfer,
    views,
    work,
)

Document = dict[str, Any]


def openapi(description: ApiDescription) -> Document:
    """The whole document."""
    paths: Document = {
        "/api/v1/apps": {"get": parts.operation("listApps", "Apps", parts.ok(parts.anything()))},
        "/api/v1/undo": {
            "post": parts.operation(
                "undo", "Undo", work.now_or_later(parts.ok(parts.anything())), body=parts.UNDO
            )
        },
    }
    paths |= rights.why_paths(description.is_admin)
    paths |= people.delegation_paths() | approvals.inbox_paths() | transfer.file_paths() | work.work_paths()
    if description.is_admin:
        paths |= calendar.calendar_paths() | audit.audit_paths() | people.people_paths()
    schemas: Document = {**parts.SCHEMAS, **approvals.SCHEMAS, **work.SCHEMAS, **views.SCHEMAS}
    schemas |= people.DELEGATION
    if description.is_admin:
        schemas |= people.SCHEMAS
    for app in description.apps:
        paths[f"/api/v1/{app.id}"] = {
            "get": parts.operation(f"{app.id}.describe", app.label, parts.ok(parts.anything()))
        }
        paths |= _figures(app)
        if app.may_design:
            paths |= definitions.definition_paths(app.id, app.label)
        for entity in app.entities:
            name = f"{entity.app}.{entity.id}"
            schemas[name] = record_schema(entity)
            schemas[f"{name}.values"] = values_schema(entity, needs_required=False)
            schemas[f"{name}.new"] = values_schema(entity, needs_required=True)
            paths |= _entity(entity, name)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": description.title, "version": description.version},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"problem": parts.PROBLEM_RESPONSE},
        },
    }


# -- schemas ------------------------------------------------------------------------------------------------------------


def record_schema(entity: EntityDescription) -> Document:
    """A record as it is answered: every field may be empty, only those asked for are there, and links to expand have titles."""
    properties = {
        field.id: _nullable(_expandable(_value(field)) if field.id in entity.links else _value(field))
        | _words(field)
        for field in entity.fields
    }
    return {
        "type": "object",
        "title": entity.label,
        "description": entity.help,
        "properties": {**parts.SYSTEM_PROPERTIES, **properties},
        "required": ["id", "version"],
        "additionalProperties": False,
    }


def values_schema(entity: EntityDescription, needs_required: bool) -> Document:
    """The values that may be sent."""
    writable = [field for field in entity.fields if field.writable]
    document: Document = {
        "type": "object",
        "properties": {
            field.id: _nullable(_value(field, writing=True)) | _words(field) for field in writable
        },
        "additionalProperties": False,
    }
    if needs_required:
        document["required"] = [field.id for field in writable if field.required]
    return document


def _expandable(schema: Document) -> Document:
    """A link as its id, or where it was expanded with the title of what it points to; each of several by itself."""
    if schema.get("type") == "array":
        return schema | {"items": _expandable(schema["items"])}
    return {"anyOf": [schema, parts.reference("expanded")]}


def _value(field: FieldDescription, writing: bool = False) -> Document:
    if not field.rows:
        return dict(field.schema)
    rows = [each for each in field.rows if each.writable or not writing]
    properties = {each.id: _nullable(dict(each.schema)) | _words(each) for each in rows}
    item = {
        "type": "object",
        "properties": {"id": parts.IDENTIFIER, **properties},
        "additionalProperties": False,
    }
    return {"type": "array", "items": item}


def _nullable(schema: Document) -> Document:
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema and "const" not in schema:
        return schema | {"type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _words(field: FieldDescription) -> Document:
    found = {"title": field.label, "description": field.help, "readOnly": not field.writable}
    return {name: value for name, value in found.items() if value}


# -- paths --------------------------------------------------------------------------------------------------------------


def _figures(app: AppDescription) -> Document:
    paths: Document = {}
    for kind, names in (("reports", app.reports), ("dashboards", app.dashboards)):
        for name in names:
            narrowing = [parts.query("filter", parts.TEXT), views.PARAMETER] if kind == "reports" else []
            operation = parts.operation(
                f"{app.id}.{kind}.{name}", name, parts.ok(parts.anything()), parameters=narrowing
            )
            paths[f"/api/v1/{app.id}/{kind}/{name}"] = {"get": operation}
    return paths


def _entity(entity: EntityDescription, name: str) -> Document:
    base = f"/api/v1/{entity.app}/{entity.id}"
    record = parts.reference(name)
    copied: Document = {}
    collection: Document = {"get": _list(entity, name, record)}
    one: Document = {"parameters": [parts.ID_PARAMETER], "get": _read(entity, name, record)}
    if "create" in entity.actions:
        collection["post"] = parts.operation(
            f"{name}.create",
            entity.label,
            parts.created(record),
            body=parts.reference(f"{name}.new"),
            parameters=[parts.CONFIRM],
        )
        copied[f"{base}/{{id}}/copy"] = {
            "parameters": [parts.ID_PARAMETER],
            "post": parts.operation(
                f"{name}.copy",
                entity.label,
                parts.created(record),
                body=parts.copy_of(name),
                parameters=[parts.CONFIRM],
            ),
        }
    if "update" in entity.actions:
        one["patch"] = parts.operation(
            f"{name}.update",
            entity.label,
            parts.ok(record, etag=True),
            body=parts.reference(f"{name}.values"),
            parameters=[parts.IF_MATCH, parts.CONFIRM],
        )
    if "delete" in entity.actions:
        one["delete"] = parts.operation(
            f"{name}.delete", entity.label, parts.no_content(), parameters=[parts.IF_MATCH]
        )
    paths = {base: collection, f"{base}/{{id}}": one, f"{base}/aggregate": {"get": _aggregate(entity, name)}}
    paths |= copied | _details(entity, name, base) | transfer.transfer_paths(entity, name, base)
    paths |= views.view_paths(entity, name, base)
    return paths | approvals.action_paths(entity, name, base)


def _list(entity: EntityDescription, name: str, record: Document) -> Document:
    answer = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": record}, "page": parts.reference("page")},
        "required": ["data", "page"],
    }
    expand = [parts.query("expand", parts.names(entity.links))] if entity.links else []
    fields = parts.query("fields", parts.names(tuple(field.id for field in entity.fields)))
    return parts.operation(
        f"{name}.list",
        entity.plural,
        parts.ok(answer),
        parameters=[*parts.LIST, fields, *expand, views.PARAMETER],
    )


def _read(entity: EntityDescription, name: str, record: Document) -> Document:
    expand = [parts.query("expand", parts.names(entity.links))] if entity.links else []
    return parts.operation(f"{name}.read", entity.label, parts.ok(record, etag=True), parameters=expand)


def _aggregate(entity: EntityDescription, name: str) -> Document:
    parameters = [
        parts.query(each, parts.TEXT) for each in ("group", "measures", "filter", "having", "sort", "q")
    ]
    parameters.append(views.PARAMETER)
    return parts.operation(
        f"{name}.aggregate", entity.plural, parts.ok(parts.anything()), parameters=parameters
    )


def _shares(entity: EntityDescription, name: str, base: str) -> Document:
    made = parts.created(parts.anything(), located=False)
    share_id = {**parts.ID_PARAMETER, "name": "share"}
    return {
        f"{base}/{{id}}/shares": {
            "parameters": [parts.ID_PARAMETER],
            "get": parts.operation(f"{name}.shares", entity.label, parts.ok(parts.listing())),
            "post": parts.operation(f"{name}.share", entity.label, made, body=parts.SHARE),
        },
        f"{base}/{{id}}/shares/{{share}}": {
            "parameters": [parts.ID_PARAMETER, share_id],
            "delete": parts.operation(f"{name}.unshare", entity.label, parts.no_content()),
        },
    }


def _details(entity: EntityDescription, name: str, base: str) -> Document:
    paths: Document = {}
    paths[f"{base}/{{id}}/access"] = {
        "parameters": [parts.ID_PARAMETER],
        "get": rights.access_operation(name, entity.label),
    }
    for detail in ("history", "comments", "attachments"):
        operations: Document = {"parameters": [parts.ID_PARAMETER]}
        operations["get"] = parts.operation(
            f"{name}.{detail}",
            detail,
            parts.ok(parts.listing()),
            parameters=parts.PAGES if detail == "history" else (),
        )
        if detail == "comments":
            operations["post"] = parts.operation(
                f"{name}.comment", detail, parts.created(parts.anything(), located=False), body=parts.COMMENT
            )
        paths[f"{base}/{{id}}/{detail}"] = operations
    paths[f"{base}/{{id}}/history/{{entry}}/undo"] = {
        "parameters": [parts.ID_PARAMETER, {**parts.ID_PARAMETER, "name": "entry"}],
        "post": parts.operation(
            f"{name}.undo", entity.label, parts.ok(parts.anything()), body=parts.UNDO_CHANGE
        ),
    }
    paths[f"{base}/{{id}}/duplicates"] = {
        "parameters": [parts.ID_PARAMETER],
        "get": parts.operation(f"{name}.duplicates", entity.plural, parts.ok(parts.listing())),
    }
    for inverse in entity.inverses:
        listed = parts.operation(
            f"{name}.related.{inverse}", inverse, parts.ok(parts.anything()), parameters=parts.LIST
        )
        paths[f"{base}/{{id}}/related/{inverse}"] = {"parameters": [parts.ID_PARAMETER], "get": listed}
    checked = parts.operation(f"{name}.check", entity.plural, parts.ok(parts.anything()), body=parts.CHECK)
    paths[f"{base}/check"] = {"post": checked}
    if entity.actions & {"create", "update", "delete"}:
        paths[f"{base}/batch"] = {
            "post": parts.operation(
                f"{name}.batch",
                entity.plural,
                parts.each_for_itself(parts.anything()),
                body=parts.BATCH,
                parameters=[parts.CONFIRM],
            )
        }
    if {"update", "delete"} <= entity.actions:
        merged = parts.operation(
            f"{name}.merge", entity.plural, parts.ok(parts.anything(), etag=True), body=parts.MERGE
        )
        paths[f"{base}/merge"] = {"post": merged}
    if "purge" in entity.actions:
        purged = parts.operation(f"{name}.purge", entity.plural, parts.ok(parts.anything()), body=parts.PURGE)
        paths[f"{base}/purge"] = {"post": purged}
    if "transfer" in entity.actions:
        given = parts.operation(
            f"{name}.transfer", entity.plural, parts.ok(parts.anything()), body=parts.TRANSFER
        )
        paths[f"{base}/transfer"] = {"post": given}
    if "share" in entity.actions:
        paths |= _shares(entity, name, base)
    if "delete" in entity.actions:
        restored = parts.operation(
            f"{name}.restore", entity.label, parts.ok(parts.reference(name), etag=True)
        )
        paths[f"{base}/{{id}}/restore"] = {"parameters": [parts.ID_PARAMETER], "post": restored}
    return paths
