"""The type `links`: any number of records of another entity."""

import re
from typing import Any, ClassVar

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.operators import OF_RECORDS, Operator
from dougong.fieldtypes.references import FILTER, ID_SCHEMA, MOST, ON_DELETE_OF_MANY, TARGET, TREE, record_id
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_text, narrow
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

_SEPARATORS = re.compile(r"[;,、|\s]+")


class LinksType(FieldType):
    """The contacts that took part in a visit; kept in a table of pairs, in the order given."""

    id = "links"
    label = Text.of({"zh": "关联多条记录", "en": "Links"})
    documentation = Text.of(
        {
            "zh": "关联到任意多条记录，保持顺序，不重复；对方自动有反向列表。",
            "en": "Points to any number of records, in order and without doubles; "
            "each gets a list of the records that point to it.",
        }
    )
    icon = "arrows-split"
    widget = "records"
    allows = frozenset({"required"})
    settings = own({**TARGET, "on_delete": ON_DELETE_OF_MANY, "tree": TREE, "filter": FILTER}, ("to",))
    operators: ClassVar[tuple[Operator, ...]] = OF_RECORDS
    sortable = False
    groupable = False

    def expression_type(self, field: Field) -> Type:
        return Type("record", many=True, entity=field.target.key if field.target else "")

    def column(self, field: Field) -> None:
        return None

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise Invalid("not_a_list")
        if len(value) > self.most():
            raise Invalid("too_many", maximum=self.most(), count=len(value))
        return tuple(dict.fromkeys(record_id(item) for item in value)) or None

    def most(self) -> int:
        """Return how many a field may hold."""
        return MOST

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or isinstance(text, (list, tuple)):
            return self.coerce(text, field)
        return self.coerce([part for part in _SEPARATORS.split(narrow(cell_text(text) or "")) if part], field)

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else [str(item) for item in value]

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return ("、" if language == "zh" else ", ").join(f"#{item}" for item in value or ())

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "; ".join(str(item) for item in value or ())

    def literal(self, value: Value, field: Field) -> str:
        """Return one record, as conditions ask for one; several become a list."""
        return str(value) if isinstance(value, int) else ", ".join(str(item) for item in value)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "array", "items": dict(ID_SCHEMA), "uniqueItems": True, "maxItems": MOST}

    def example(self, field: Field) -> tuple[int, ...]:
        return (1042, 1043)
