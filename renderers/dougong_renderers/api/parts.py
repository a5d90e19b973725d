"""The pieces that every operation of the OpenAPI document is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]
JSON = "application/json"
MULTIPART = "multipart/form-data"
TEXT: Document = {"type": "string", "maxLength": 10_000}
IDENTIFIER: Document = {"type": "string", "pattern": "^[0-9]{1,18}$"}
REFERENCE: Document = {
    "type": "string",
    "pattern": r"^([0-9]{1,18}|\$(0|[1-9][0-9]{0,4}))$",
    "description": "an id, or $3 for the record of operation 3",
}
INSTANT: Document = {"type": ["string", "null"], "format": "date-time"}
SYSTEM_PROPERTIES: Document = {
    "id": IDENTIFIER,
    "version": {"type": "integer"},
    "created_at": INSTANT,
    "created_by": {"type": ["string", "null"]},
    "updated_at": INSTANT,
    "updated_by": {"type": ["string", "null"]},
}
SCHEMAS: Document = {
    "expanded": {
        "type": "object",
        "properties": {"id": IDENTIFIER, "title": {"type": ["string", "null"]}},
        "required": ["id", "title"],
        "additionalProperties": False,
    },
    "problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "path": {"type": "string"},
                        "code": {"type": "string"},
                        "message": {"type": "string"},
                        "severity": {"type": "string"},
                        "confirm": {"type": "string"},
                    },
                    "required": ["path", "code", "message"],
                },
            },
            "request_id": {"type": "string"},
        },
        "required": ["type", "title", "status", "code", "detail", "errors", "request_id"],
    },
    "page": {
        "type": "object",
        "properties": {"next": {"type": ["string", "null"]}, "count": {"type": ["integer", "null"]}},
        "required": ["next", "count"],
    },
}
PROBLEM_RESPONSE: Document = {
    "description": "Refused or failed",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
}
ID_PARAMETER: Document = {"name": "id", "in": "path", "required": True, "schema": IDENTIFIER}
IF_MATCH: Document = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
}
IDEMPOTENCY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,200}$"},
}
COMMENT: Document = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 10_000},
        "answers": {"type": ["string", "null"]},
    },
    "required": ["text"],
    "additionalProperties": False,
}
BATCH: Document = {
    "type": "object",
    "properties": {
        "atomic": {"type": "boolean", "default": True},
        "operations": {
            "type": "array",
            "maxItems": 10_000,
            "items": {
                "type": "object",
                "properties": {
                    "action": {"enum": ["create", "update", "delete", "restore"]},
                    "entity": {"type": "string", "minLength": 1, "maxLength": 100},
                    "id": REFERENCE,
                    "version": {"type": "integer"},
                    "values": {"type": "object"},
                },
                "required": ["action"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["operations"],
    "additionalProperties": False,
}


CONFLICTS: Document = {
    "conflicts": {"enum": ["refuse", "skip"]},
    "dry_run": {"type": "boolean", "default": False},
}
UNDO_CHANGE: Document = {"type": "object", "properties": CONFLICTS, "additionalProperties": False}
UNDO: Document = {
    "type": "object",
    "properties": {
        "batch": {"type": "string", "pattern": "^[a-z]{1,20}-[0-9a-f]{16}$"},
        "import": IDENTIFIER,
        **CONFLICTS,
    },
    "oneOf": [{"required": ["batch"]}, {"required": ["import"]}],
    "additionalProperties": False,
}
CHECK: Document = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "purpose": {"enum": ["filter", "value", "measure"], "default": "filter"},
        "caret": {"type": "integer", "minimum": 0},
    },
    "required": ["text"],
    "additionalProperties": False,
}
RECORDS: Document = {"type": "array", "items": IDENTIFIER, "minItems": 1, "maxItems": 1000}
SHARE: Document = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["person", "department", "team", "role"]},
        "subject": {"type": "string", "minLength": 1, "maxLength": 100},
        "level": {"enum": ["read", "edit"], "default": "read"},
        "until": {"type": ["string", "null"], "format": "date-time"},
        "note": {"type": "string", "maxLength": 500},
    },
    "required": ["kind", "subject"],
    "additionalProperties": False,
}
TRANSFER: Document = {
    "type": "object",
    "properties": {"records": RECORDS, "owner": IDENTIFIER, "follow": {"type": "boolean", "default": True}},
    "required": ["records", "owner"],
    "additionalProperties": False,
}
PURGE: Document = {
    "type": "object",
    "properties": {"records": RECORDS},
    "required": ["records"],
    "additionalProperties": False,
}
MERGE: Document = {
    "type": "object",
    "properties": {
        "survivor": IDENTIFIER,
        "records": {**RECORDS, "maxItems": 19},
        "choices": {
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": "^([0-9]{1,18}|both)$"},
        },
        "versions": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["survivor", "records"],
    "additionalProperties": False,
}


def query(name: str, schema: Document) -> Document:
    """A query parameter."""
    return {"name": name, "in": "query", "schema": schema}


CONFIRM: Document = query(
    "confirm",
    {
        "type": "string",
        "pattern": "^[0-9a-f]{12}(,[0-9a-f]{12})*$",
        "description": "the `confirm` of every warning (`rule_warning`) that is accepted",
    },
)
LIST: list[Document] = [
    query("filter", TEXT),
    query("q", {"type": "string", "maxLength": 200}),
    query("sort", TEXT),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}),
    query("cursor", TEXT),
    query("offset", {"type": "integer", "minimum": 0, "maximum": 10_000_000}),
    query("count", {"enum": ["none", "exact"], "default": "none"}),
]


PAGES: list[Document] = [
    query("limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}),
    query("cursor", {"type": "string", "pattern": "^[1-9][0-9]{0,11}$"}),
]


def copy_of(name: str) -> Document:
    """What may be said about a copy of a record."""
    return {
        "type": "object",
        "properties": {"values": reference(f"{name}.values"), "rows": {"type": "boolean", "default": True}},
        "additionalProperties": False,
    }


def names(allowed: Sequence[str]) -> Document:
    """A list of names separated by commas."""
    return {"type": "string", "description": ", ".join(allowed), "examples": [allowed[0]] if allowed else []}


def reference(name: str) -> Document:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def anything() -> Document:
    """An object that is not described further."""
    return {"type": "object"}


def listing() -> Document:
    """A list of objects under `data`."""
    return {
        "type": "object",
        "properties": {"data": {"type": "array", "items": {"type": "object"}}},
        "required": ["data"],
    }


def ok(schema: Document, etag: bool = False) -> Document:
    """The answer 200."""
    answer: Document = {"description": "Done", "content": {"application/json": {"schema": schema}}}
    if etag:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    return {"200": answer}


def each_for_itself(schema: Document) -> Document:
    """The answer 200, or 207 where some parts were refused."""
    [answer] = ok(schema).values()
    return {"200": answer, "207": {**answer, "description": "Done in part"}}


def created(schema: Document, located: bool = True) -> Document:
    """The answer 201."""
    answer: Document = {"description": "Created", "content": {"application/json": {"schema": schema}}}
    if located:
        headers = ("Location", "ETag")
        answer["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    return {"201": answer}


def no_content() -> Document:
    """The answer 204."""
    return {"204": {"description": "Done"}}


def operation(
    identifier: str,
    summary: str,
    answers: Document,
    body: Document | None = None,
    parameters: Sequence[Document] = (),
    sent_as: str = JSON,
) -> Document:
    """One operation; whatever is not an answer named here is a problem."""
    document: Document = {
        "operationId": identifier,
        "summary": summary,
        "responses": {**answers, "default": {"$ref": "#/components/responses/problem"}},
    }
    if body is not None or "204" in answers:
        parameters = [*parameters, IDEMPOTENCY]
    if parameters:
        document["parameters"] = list(parameters)
    if body is not None:
        document["requestBody"] = {"required": True, "content": {sent_as: {"schema": body}}}
    return document
