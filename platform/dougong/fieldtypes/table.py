"""The type `table`: rows that belong to one record and live and die with it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.references import MOST
from dougong.fieldtypes.settings import FIELDS, RULES, described, own
from dougong.fieldtypes.texts import cell_text
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

MOST_FROZEN = 5


class TableType(FieldType):
    """The lines of a quote. The rows are real rows of an embedded entity, whose fields check their own values."""

    id = "table"
    label = Text.of({"zh": "子表", "en": "Table"})
    documentation = Text.of(
        {
            "zh": "属于一条记录的若干行，每行有自己的字段，可以排序、汇总、校验；随记录一起删除。",
            "en": "Rows that belong to a record, each with fields of its own, in order; "
            "they can be summed and checked, and go with the record.",
        }
    )
    icon = "table-plus"
    widget = "table"
    allows = frozenset({"required"})
    settings = own(
        {
            "fields": described(FIELDS, "子表字段", "Fields of a row"),
            "rules": described(
                RULES,
                "每行的规则",
                "Rules of a row",
                description="Like the rules of an entity, over the fields of the row.",
            ),
            "frozen": described(
                {"type": "integer", "minimum": 0, "maximum": MOST_FROZEN, "default": 1},
                "冻结的首列数",
                "First columns that stay in sight",
            ),
            "was_entity": described(
                {"type": "string", "pattern": r"^[a-z](_?[a-z0-9])*\.[a-z](_?[a-z0-9])*$", "maxLength": 81},
                "原实体，其记录成为行（实体.关联字段）",
                "Former entity, whose records are the rows (entity.link)",
                description="The entity and its link to the record that the rows belong to.",
            ),
        },
        ("fields",),
    )
    sortable = False
    groupable = False

    def expression_type(self, field: Field) -> Type:
        return Type("record", many=True, entity=field.table)

    def column(self, field: Field) -> None:
        return None

    def coerce(self, value: object, field: Field) -> Value:
        """Check that these are rows; what stands in them is coerced field by field by whoever writes the record."""
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise Invalid("not_a_list")
        if len(value) > MOST:
            raise Invalid("too_many", maximum=MOST, count=len(value))
        for number, row in enumerate(value, 1):
            if not isinstance(row, Mapping) or not all(type(name) is str for name in row):
                raise Invalid("not_a_row", number=number)
        return [dict(row) for row in value] or None

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        """Take a list of rows, or the JSON of one; cells of an import come as columns of their own."""
        if text is None or isinstance(text, (list, tuple)):
            return self.coerce(text, field)
        written = (cell_text(text) or "").strip()
        if not written:
            return None
        try:
            return self.coerce(msgspec.json.decode(written), field)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            raise Invalid("not_a_list") from None

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else [dict(row) for row in value]

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        if not value:
            return ""
        return f"{len(value)} 行" if language == "zh" else f"{len(value)} row{'s' * (len(value) != 1)}"

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return msgspec.json.encode(value).decode() if value else ""

    def literal(self, value: Value, field: Field) -> str:
        return str(len(value))

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "object"}, "maxItems": MOST}

    def example(self, field: Field) -> list[dict[str, Any]]:
        return [{}]


def frozen_columns(field: Field) -> int:
    """How many of the first columns of the rows stay in sight."""
    return int(field.extra.get("frozen", 1))
