"""What the OpenAPI document says about people and the organisation."""

from __future__ import annotations

from typing import Any

from dougong_renderers.api import parts, work
from dougong_renderers.tables import MEDIA_TYPES

Document = dict[str, Any]
_ID: Document = {
    "type": ["string", "integer"],
    "pattern": "^[0-9]{1,18}$",
    "minimum": 0,
    "maximum": 10**18 - 1,
}
_NO_ID: Document = {**_ID, "type": ["string", "integer", "null"]}
_SHOWN_ID: Document = {"type": ["string", "null"], "pattern": "^[0-9]{1,18}$"}
_NAME: Document = {"type": "string", "minLength": 1, "maxLength": 100}
_FORMATS = ("csv", "xlsx")
"""What the organisation is written as."""
_KINDS: Document = {"enum": ["member", "partner", "portal"]}
_ROLES: Document = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}$"},
    "maxItems": 1000,
}
_CHANGES: Document = {
    "name": {"type": "string", "maxLength": 100},
    "email": {"type": "string", "maxLength": 254},
    "phone": {"type": "string", "maxLength": 30},
    "language": {"enum": ["zh", "en"]},
    "timezone": {"type": "string", "maxLength": 60},
    "admin": {"type": "boolean"},
    "kind": _KINDS,
    "company": {
        "type": ["string", "null"],
        "maxLength": 200,
        "description": "app.entity:id, for partners and portal users",
    },
    "superior": _NO_ID,
    "roles": _ROLES,
    "departments": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"id": _ID, "position": _NO_ID, "main": {"type": "boolean"}},
            "required": ["id"],
            "additionalProperties": False,
        },
        "maxItems": 100,
    },
}
_LOGIN: Document = {"type": "string", "pattern": r"^[a-z0-9][a-z0-9._@+\-]{1,59}$"}


def _object(properties: Document, *required: str) -> Document:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _shown(properties: Document) -> Document:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _listed(name: str, *more: str) -> Document:
    properties: Document = {"data": {"type": "array", "items": parts.reference(name)}}
    return _shown(properties | {each: {"type": "integer"} for each in more})


SCHEMAS: Document = {
    "person": _shown(
        {
            "id": parts.IDENTIFIER,
            **{
                name: {"type": "string"}
                for name in ("login", "name", "email", "phone", "language", "timezone")
            },
            "admin": {"type": "boolean"},
            "disabled": {"type": "boolean"},
            "kind": _KINDS,
            "company": {"type": ["string", "null"]},
            "superior": _SHOWN_ID,
            "roles": {"type": "array", "items": {"type": "string"}},
            "departments": {
                "type": "array",
                "items": _shown({"id": parts.IDENTIFIER, "position": _SHOWN_ID, "main": {"type": "boolean"}}),
            },
            "created_at": parts.INSTANT,
            "last_seen_at": parts.INSTANT,
        }
    ),
    "department": _shown(
        {
            "id": parts.IDENTIFIER,
            "name": {"type": "string"},
            "path": {"type": "string", "description": "the names from the top down, such as Company/Sales"},
            "parent": _SHOWN_ID,
            "head": _SHOWN_ID,
            "people": {"type": "integer"},
        }
    ),
    "position": _shown({"id": parts.IDENTIFIER, "name": {"type": "string"}, "people": {"type": "integer"}}),
    "team": {
        **_shown(
            {
                "id": parts.IDENTIFIER,
                "name": {"type": "string"},
                "lead": _SHOWN_ID,
                "people": {"type": "integer"},
                "members": {"type": "array", "items": parts.IDENTIFIER},
            }
        ),
        "required": ["id", "name", "lead", "people"],
    },
}
_FIND: list[Document] = [
    parts.query("q", {"type": "string", "maxLength": 200}),
    *(parts.query(name, parts.IDENTIFIER) for name in ("department", "team", "position", "superior")),
    parts.query("role", _ROLES["items"]),
    parts.query("state", {"enum": ["active", "disabled", "all"], "default": "active"}),
    parts.query("kind", _KINDS),
    parts.query("company", {"type": "string", "maxLength": 200}),
    parts.query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    parts.query("offset", {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0}),
]


def people_paths() -> Document:
    """Everything that administrators may do about people and the organisation."""
    return _people() | _departments() | _positions() | _teams() | _roster()


def _roster() -> Document:
    base, label = "/api/v1/organisation", "Organisation"
    body = _object({"file": {"type": "string", "contentMediaType": "text/csv"}}, "file")
    kind = parts.query("format", {"enum": list(_FORMATS), "default": "csv"})
    content = {MEDIA_TYPES[each]: {"schema": {"type": "string", "format": "binary"}} for each in _FORMATS}
    file: Document = {"200": {"description": "The file", "content": content}}
    return {
        f"{base}/import": {
            "post": parts.operation(
                "organisation.import",
                label,
                work.now_or_later(parts.ok(parts.anything())),
                body=body,
                parameters=[parts.query("dry_run", {"enum": ["true", "false"]})],
                sent_as=parts.MULTIPART,
            )
        },
        f"{base}/export": {"get": parts.operation("organisation.export", label, file, parameters=[kind])},
    }


def _people() -> Document:
    base, person = "/api/v1/people", parts.reference("person")
    new = {
        "login": _LOGIN,
        "password": {"type": "string", "maxLength": 256},
        "must_change_password": {"type": "boolean", "default": False},
        **_CHANGES,
    }
    return {
        base: {
            "get": parts.operation(
                "people.list", "People", parts.ok(_listed("person", "count")), parameters=_FIND
            ),
            "post": parts.operation("people.create", "People", _made(person), body=_object(new, "login")),
        },
        f"{base}/{{id}}": {
            "parameters": [parts.ID_PARAMETER],
            "get": parts.operation("people.read", "People", parts.ok(person)),
            "patch": parts.operation("people.update", "People", parts.ok(person), body=_object(_CHANGES)),
        },
        **{
            f"{base}/{{id}}/{name}": {
                "parameters": [parts.ID_PARAMETER],
                "post": parts.operation(
                    f"people.{name}", "People", parts.ok(person), parameters=[parts.IDEMPOTENCY]
                ),
            }
            for name in ("disable", "enable")
        },
        **_handover(f"{base}/{{id}}/handover"),
    }


def _handover(base: str) -> Document:
    names: Document = {"type": "array", "items": {"type": "string", "maxLength": 150}, "maxItems": 1000}
    body = _object({"to": _ID, "fields": names, "parts": names, "disable": {"type": "boolean"}}, "to")
    later = work.later()
    return {
        base: {
            "parameters": [parts.ID_PARAMETER],
            "get": parts.operation("people.belongings", "People", parts.ok(parts.anything())),
            "post": parts.operation("people.handover", "People", later, body=body),
        },
        f"{base}/undo": {
            "parameters": [parts.ID_PARAMETER],
            "post": parts.operation("people.handover.undo", "People", later, parameters=[parts.IDEMPOTENCY]),
        },
    }


def _made(schema: Document) -> Document:
    return parts.created(schema, located=False)


def _departments() -> Document:
    new = {"name": _NAME, "parent": _NO_ID, "head": _NO_ID}
    return _collection("departments", "department", new, new | {"before": _NO_ID}, reads_one=True)


def _positions() -> Document:
    return _collection("positions", "position", {"name": _NAME}, {"name": _NAME}, reads_one=False)


def _teams() -> Document:
    new = {"name": _NAME, "lead": _NO_ID, "members": {"type": "array", "items": _ID, "maxItems": 10_000}}
    return _collection("teams", "team", new, new, reads_one=True)


def _collection(plural: str, name: str, new: Document, changes: Document, reads_one: bool) -> Document:
    label, one = plural.capitalize(), parts.reference(name)
    required = [] if reads_one else ["name"]
    item: Document = {
        "parameters": [parts.ID_PARAMETER],
        "patch": parts.operation(f"{plural}.update", label, parts.ok(one), body=_object(changes, *required)),
        "delete": parts.operation(f"{plural}.delete", label, parts.no_content()),
    }
    if reads_one:
        item["get"] = parts.operation(f"{plural}.read", label, parts.ok(one))
    return {
        f"/api/v1/{plural}": {
            "get": parts.operation(f"{plural}.list", label, parts.ok(_listed(name))),
            "post": parts.operation(f"{plural}.create", label, _made(one), body=_object(new, "name")),
        },
        f"/api/v1/{plural}/{{id}}": item,
    }


_SOMEBODY: Document = _shown({"id": parts.IDENTIFIER, "title": {"type": "string"}})
_MOMENT: Document = {"type": "string", "format": "date-time", "maxLength": 39}
DELEGATION: Document = {
    "delegation": _shown(
        {
            "id": parts.IDENTIFIER,
            "user": _SOMEBODY,
            "delegate": _SOMEBODY,
            "starts_at": _MOMENT,
            "ends_at": _MOMENT,
            "scope": {"type": ["string", "null"]},
            "reason": {"type": "string"},
            "state": {"enum": ["coming", "running", "over"]},
        }
    )
}


def delegation_paths() -> Document:
    """Letting somebody else decide for a while, which is everybody's own affair."""
    base, label = "/api/v1/delegations", "Delegations"
    new = {
        "user": _NO_ID,
        "delegate": _ID,
        "starts_at": _MOMENT,
        "ends_at": _MOMENT,
        "scope": {"type": "string", "maxLength": 100, "description": "an app, or app.workflow"},
        "reason": {"type": "string", "maxLength": 200},
    }
    one = parts.reference("delegation")
    whose = parts.query("user", {"type": "string", "pattern": "^([0-9]{1,18}|all)$"})
    return {
        base: {
            "get": parts.operation(
                "delegations.list", label, parts.ok(_listed("delegation")), parameters=[whose]
            ),
            "post": parts.operation(
                "delegations.create",
                label,
                _made(one),
                body=_object(new, "delegate", "starts_at", "ends_at"),
            ),
        },
        f"{base}/{{id}}": {
            "parameters": [parts.ID_PARAMETER],
            "delete": parts.operation("delegations.delete", label, parts.no_content()),
        },
    }
