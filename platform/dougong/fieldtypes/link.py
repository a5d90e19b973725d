"""The type `link`: one record of another entity, or of the same."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger

from dougong.fieldtypes.base import FieldType, Habits
from dougong.fieldtypes.operators import OF_RECORD, Operator
from dougong.fieldtypes.references import (
    FILL,
    FILTER,
    ID_SCHEMA,
    ON_DELETE,
    SEVERAL_TARGETS,
    TARGET,
    TREE,
    record_id,
)
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_line, narrow
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text


class LinkType(FieldType):
    """The account of an opportunity. Titles are resolved by the record verbs; the type knows ids."""

    id = "link"
    label = Text.of({"zh": "关联记录", "en": "Link"})
    documentation = Text.of(
        {
            "zh": "关联到另一条记录；对方自动有反向列表；目标删除时可以拒绝、一起删除或清空。"
            "to: [甲, 乙] 关联到几种记录之一：每种一个字段（字段_甲、字段_乙），只能填一个；表单里是同一个选择框。",
            "en": "Points to a record, which gets a list of the records that point to it; "
            "says what happens when the target is deleted. "
            "to: [a, b] links to one of several entities: one field for each (field_a, field_b), only one of them filled; "
            "forms show one box for all.",
        }
    )
    icon = "arrow-up-right"
    widget = "record"
    settings = own(
        {
            **TARGET,
            "to": SEVERAL_TARGETS,
            "on_delete": ON_DELETE,
            "tree": TREE,
            "fill": FILL,
            "filter": FILTER,
        },
        ("to",),
    )
    operators: ClassVar[tuple[Operator, ...]] = OF_RECORD

    def expression_type(self, field: Field) -> Type:
        return Type("record", entity=field.target.key if field.target else "")

    def column(self, field: Field) -> BigInteger:
        return BigInteger()

    def coerce(self, value: object, field: Field) -> Value:
        return None if value is None or value == "" else record_id(value)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if type(text) is int:
            return record_id(text)
        line = cell_line(text)
        return None if line is None else record_id(narrow(line))

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else str(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else f"#{value}"

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else str(value)

    def literal(self, value: Value, field: Field) -> str:
        return str(value)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return dict(ID_SCHEMA)

    def example(self, field: Field) -> int:
        return 1042
