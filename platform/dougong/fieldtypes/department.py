"""The type `department`: a department of the organisation."""

from dougong.fieldtypes.link import LinkType
from dougong.fieldtypes.operators import OF_DEPARTMENT
from dougong.fieldtypes.references import WITHIN
from dougong.fieldtypes.settings import own
from dougong.model.expression import Type
from dougong.model.field import Field
from dougong.model.text import Text


class DepartmentType(LinkType):
    """The department that a record belongs to; names are resolved by the record verbs."""

    id = "department"
    virtual = True
    label = Text.of({"zh": "部门", "en": "Department"})
    documentation = Text.of(
        {
            "zh": "组织架构中的一个部门；权限规则可写 字段 IN MY_DEPARTMENTS()。导入时按名称或 上级/下级 的路径识别。",
            "en": "A department of the organisation; row rules can say field IN MY_DEPARTMENTS(). "
            "Imports know names and paths such as Sales/North.",
        }
    )
    icon = "sitemap"
    widget = "department"
    settings = own({"within": WITHIN})
    operators = OF_DEPARTMENT

    def expression_type(self, field: Field) -> Type:
        return Type("department")
