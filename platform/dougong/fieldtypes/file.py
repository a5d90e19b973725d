"""The type `file`: files that were uploaded before, one or several."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dougong.fieldtypes.base import FieldType, Habits, Invalid, Problem
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import PRESENCE
from dougong.fieldtypes.settings import Schema, described, own
from dougong.fieldtypes.texts import cell_text, one_line, quoted
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

MOST = 100
MEGABYTE = 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_KIND = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}")


FILES = frozenset({"file", "images", "signature"})
"""Types whose values are files."""
PICTURES = frozenset({"images", "signature"})


class FileType(FieldType):
    """Contracts, pictures. A value names files by id; what is known of them is filled in by the record verbs."""

    id = "file"
    label = Text.of({"zh": "文件", "en": "File"})
    documentation = Text.of(
        {
            "zh": "上传的文件或图片，一个或多个；可以限制种类和大小；能看记录的人才能下载。",
            "en": "Uploaded files or pictures, one or several; kind and size can be limited; "
            "who may read the record may download them.",
        }
    )
    icon = "paperclip"
    widget = "file"
    allows = frozenset({"required"})
    settings = own(
        {
            "multiple": described({"type": "boolean", "default": False}, "允许多个", "Several files"),
            "accept": described(
                {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "pattern": r"^(\.[A-Za-z0-9]{1,10}|[a-z]+/([a-z0-9.+\-]+|\*))$",
                    },
                    "minItems": 1,
                    "uniqueItems": True,
                },
                "允许的种类",
                "Accepted kinds",
                description="Extensions or media types: .pdf, image/*.",
            ),
            "max_size": described(
                {"type": "integer", "minimum": 1, "maximum": 1024 * MEGABYTE, "default": 20 * MEGABYTE},
                "最大字节数",
                "Largest, in bytes",
            ),
        }
    )
    operators = PRESENCE
    many = True
    sortable = False
    groupable = False

    def expression_type(self, field: Field) -> Type:
        return Type("file", many=True)

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        items = value if isinstance(value, (list, tuple)) else [value]
        most = self.most(field)
        if len(items) > most:
            raise Invalid("too_many", maximum=most, count=len(items))
        files = {item["id"]: item for item in map(_file, items)}
        return tuple(files.values()) or None

    def most(self, field: Field) -> int:
        """Return how many files a field may hold."""
        return MOST if field.multiple else 1

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or isinstance(text, (list, tuple, Mapping)):
            return self.coerce(text, field)
        written = (cell_text(text) or "").strip()
        if written.startswith("["):
            try:
                return self.coerce(msgspec.json.decode(written), field)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                raise Invalid("not_a_file", value=shown(written)) from None
        return self.coerce([part.strip() for part in written.split(";") if part.strip()], field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        problems = []
        for item in value or ():
            if item.get("size", 0) > field.max_size:
                problems.append(
                    Problem(
                        "file_too_large",
                        (("name", shown(item["name"])), ("maximum", _megabytes(field.max_size))),
                    )
                )
            if field.accept and "name" in item and not accepted(item, field):
                problems.append(
                    Problem("file_kind", (("name", shown(item["name"])), ("accept", ", ".join(field.accept))))
                )
        return problems

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else [dict(item) for item in value]

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return ("、" if language == "zh" else ", ").join(item.get("name", item["id"]) for item in value or ())

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return msgspec.json.encode(value).decode() if value else ""

    def literal(self, value: Value, field: Field) -> str:
        return quoted(self.to_text(value, field, "en"))

    def json_schema(self, field: Field) -> Schema:
        properties = {
            "id": {"type": "string", "pattern": f"^{_ID.pattern}$"},
            "name": {"type": "string"},
            "size": {"type": "integer", "minimum": 0},
            "type": {"type": "string"},
        }
        item = {"type": "object", "properties": properties, "required": ["id"], "additionalProperties": False}
        return {"type": "array", "items": item, "maxItems": self.most(field)}

    def example(self, field: Field) -> tuple[dict[str, Any], ...]:
        name = "file" + (next((kind for kind in field.accept if kind.startswith(".")), ".pdf"))
        return (
            {"id": "f3kQ9x2LmW", "name": name, "size": min(2048, field.max_size), "type": "application/pdf"},
        )


def _file(item: object) -> dict[str, Any]:
    """Return one file as a row of what is known; raise Invalid for what cannot be a reference to an upload."""
    raw: Mapping[Any, Any] = item if isinstance(item, Mapping) else {"id": item}
    identifier, size = raw.get("id"), raw.get("size", 0)
    if type(identifier) is not str or not _ID.fullmatch(identifier) or type(size) is not int or size < 0:
        raise Invalid("not_a_file", value=shown(identifier))
    name, kind = one_line(raw.get("name")), raw.get("type")
    if (name is not None and (len(name) > 255 or "/" in name or "\\" in name)) or not set(raw) <= {
        "id",
        "name",
        "size",
        "type",
    }:
        raise Invalid("not_a_file", value=shown(name or identifier))
    if kind is not None and (type(kind) is not str or not _KIND.fullmatch(kind)):
        raise Invalid("not_a_file", value=shown(kind))
    known = {"id": identifier, "name": name, "size": raw.get("size"), "type": kind}
    return {key: value for key, value in known.items() if value is not None}


def accepted(item: Mapping[str, Any], field: Field) -> bool:
    """Say whether a file is of one of the kinds that the field accepts."""
    name, kind = item.get("name", "").casefold(), item.get("type", "")
    for pattern in field.accept:
        if pattern.startswith("."):
            if name.endswith(pattern.casefold()):
                return True
        elif kind == pattern or (pattern.endswith("/*") and kind.startswith(pattern[:-1])):
            return True
    return False


def _megabytes(size: int) -> str:
    return f"{size // MEGABYTE} MB" if size >= MEGABYTE else f"{size} B"
