"""The type `member`: a person with an account."""

from dougong.fieldtypes.link import LinkType
from dougong.fieldtypes.operators import OF_MEMBER
from dougong.fieldtypes.references import RANGE_OF_PEOPLE
from dougong.fieldtypes.settings import own
from dougong.model.expression import Type
from dougong.model.field import Field
from dougong.model.text import Text


class MemberType(LinkType):
    """An owner or a responsible person; names and logins are resolved by the record verbs."""

    id = "member"
    virtual = True
    label = Text.of({"zh": "成员", "en": "Member"})
    documentation = Text.of(
        {
            "zh": "一个有账号的人，例如负责人；权限规则和审批可以引用它。导入时按登录名或姓名识别。",
            "en": "A person with an account, such as an owner; row rules and approvals can refer to it. "
            "Imports know logins and names.",
        }
    )
    icon = "user"
    widget = "member"
    settings = own(RANGE_OF_PEOPLE)
    operators = OF_MEMBER

    def expression_type(self, field: Field) -> Type:
        return Type("member")
