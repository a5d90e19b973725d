"""The schemas of forms/*.yaml and views/*.yaml."""

from __future__ import annotations

from dougong.definitions.schemas.common import (
    EXPRESSION,
    HELP,
    ID,
    LABEL,
    NAMES,
    SORT,
    WIDTH,
    Schema,
    by_id,
    either,
    listed,
    record,
    titled,
)

MAX_FACTS = 5

_PLACE: Schema = either(
    ID,
    record(
        {"field": titled(ID, "Field", "字段"), "width": titled(WIDTH, "Columns it spans", "占用列数")},
        ("field",),
    ),
)
FORM: Schema = titled(
    record(
        {
            "entity": titled(ID, "Entity (default: the file's name)", "实体(默认同文件名)"),
            "facts": titled(
                {**NAMES, "maxItems": MAX_FACTS}, "Fields shown large at the head", "页头突出显示的字段"
            ),
            "sections": titled(
                by_id(
                    record(
                        {
                            "label": LABEL,
                            "columns": titled(WIDTH, "Columns", "列数"),
                            "fields": titled(listed(_PLACE), "Fields", "字段"),
                        },
                        ("fields",),
                    ),
                    minProperties=1,
                ),
                "Sections",
                "分区",
            ),
        },
        ("sections",),
    ),
    "Form",
    "表单",
)
_VIEW: Schema = record(
    {
        "label": LABEL,
        "help": HELP,
        "type": titled({"type": "string", "enum": ["grid", "kanban"]}, "Kind of view", "视图类型"),
        "filter": titled(EXPRESSION, "Filter", "筛选条件"),
        "columns": titled({**NAMES, "minItems": 1}, "Columns", "列"),
        "sort": titled(SORT, "Order (- for descending)", "排序(- 表示降序)"),
        "group": titled(ID, "Field whose values are the columns of a kanban", "看板的分组字段"),
        "totals": titled(NAMES, "Fields to sum", "合计字段"),
    }
)
VIEWS: Schema = titled(
    record(
        {
            "entity": titled(ID, "Entity (default: the file's name)", "实体(默认同文件名)"),
            "views": titled(by_id(_VIEW, minProperties=1), "Views", "视图"),
        },
        ("views",),
    ),
    "Views",
    "视图",
)
