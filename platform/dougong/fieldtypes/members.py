"""The type `members`: several people with accounts."""

from typing import Any, ClassVar

from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.links import LinksType
from dougong.fieldtypes.operators import OF_MEMBERS, Operator
from dougong.fieldtypes.references import ID_SCHEMA, RANGE_OF_PEOPLE, SEVERAL_PEOPLE
from dougong.fieldtypes.settings import own
from dougong.model.expression import Type
from dougong.model.field import Field
from dougong.model.text import Text


class MembersType(LinksType):
    """The people who work together on something; kept as a list of ids in a column of the record, in the order given."""

    id = "members"
    label = Text.of({"zh": "多名成员", "en": "Members"})
    documentation = Text.of(
        {
            "zh": "若干有账号的人，例如协作人；不重复，保持顺序。权限规则可写 ME() IN 字段。导入时按登录名或姓名识别，用分号隔开。",
            "en": "Several people with accounts, such as collaborators, in order and without doubles; "
            "row rules can say ME() IN field. Imports know logins and names, with ; between.",
        }
    )
    icon = "users"
    many = True
    widget = "members"
    allows = frozenset({"required", "default", "formula"})
    settings = own(RANGE_OF_PEOPLE)
    operators: ClassVar[tuple[Operator, ...]] = OF_MEMBERS

    def expression_type(self, field: Field) -> Type:
        return Type("member", many=True)

    def column(self, field: Field) -> Any:
        return JsonValue()

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "array", "items": dict(ID_SCHEMA), "uniqueItems": True, "maxItems": SEVERAL_PEOPLE}

    def most(self) -> int:
        return SEVERAL_PEOPLE
