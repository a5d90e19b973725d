"""The type `departments`: several departments of the organisation."""

from dougong.fieldtypes.members import MembersType
from dougong.fieldtypes.operators import OF_DEPARTMENTS
from dougong.fieldtypes.references import WITHIN
from dougong.fieldtypes.settings import own
from dougong.model.expression import Type
from dougong.model.field import Field
from dougong.model.text import Text


class DepartmentsType(MembersType):
    """The departments that something concerns, in the order given."""

    id = "departments"
    label = Text.of({"zh": "多个部门", "en": "Departments"})
    documentation = Text.of(
        {
            "zh": "组织架构中的若干部门，不重复，保持顺序。导入时按名称或 上级/下级 的路径识别，用分号隔开。",
            "en": "Several departments of the organisation, in order and without doubles. "
            "Imports know names and paths such as Sales/North, with ; between.",
        }
    )
    icon = "hierarchy"
    many = True
    widget = "departments"
    settings = own({"within": WITHIN})
    operators = OF_DEPARTMENTS

    def expression_type(self, field: Field) -> Type:
        return Type("department", many=True)
