"""The schemas of reports/*.yaml and dashboards/*.yaml."""

from __future__ import annotations

from dougong.definitions.schemas.common import (
    EXPRESSION,
    HELP,
    ID,
    ID_LENGTH,
    LABEL,
    SORT,
    VALUE,
    Schema,
    by_id,
    either,
    listed,
    record,
    titled,
)

GRAINS = ("day", "week", "month", "quarter", "year")
CHARTS = ("bar", "line", "area", "pie", "funnel", "number", "table")
_PATH: Schema = {
    "type": "string",
    "pattern": r"^[a-z](_?[a-z0-9])*(\.[a-z](_?[a-z0-9])*){0,3}$",
    "maxLength": 160,
}
_DIMENSION: Schema = either(
    _PATH,
    record(
        {
            **{
                grain: titled(_PATH, f"Date field by {grain}", f"按{chinese}分组的日期字段")
                for grain, chinese in zip(GRAINS, "日周月季年", strict=True)
            },
            "by": titled(_PATH, "Field", "字段"),
            "label": LABEL,
        },
        **{"x-one-of": ["by", *GRAINS], "oneOf": [{"required": [key]} for key in ("by", *GRAINS)]},
    ),
)
_MEASURE: Schema = either(
    EXPRESSION, record({"value": titled(EXPRESSION, "Value", "值"), "label": LABEL}, ("value",))
)
REPORT: Schema = titled(
    record(
        {
            "label": LABEL,
            "help": HELP,
            "from": titled(ID, "Entity", "实体"),
            "filter": titled(EXPRESSION, "Filter", "筛选条件"),
            "group": titled(listed(_DIMENSION, maxItems=4), "Dimensions", "维度"),
            "measures": titled(by_id(_MEASURE, minProperties=1), "Measures", "度量"),
            "chart": titled(
                record(
                    {
                        "type": titled({"type": "string", "enum": list(CHARTS)}, "Kind of chart", "图表类型"),
                        "by": titled(ID, "Dimension", "维度"),
                        "series": titled(ID, "Second dimension", "系列维度"),
                        "value": titled(ID, "Measure", "度量"),
                    },
                    ("type",),
                ),
                "Chart",
                "图表",
            ),
            "sort": titled(SORT, "Order (- for descending)", "排序(- 表示降序)"),
            "limit": titled({"type": "integer", "minimum": 1, "maximum": 10000}, "Rows at most", "最多行数"),
        },
        ("from", "measures"),
    ),
    "Report",
    "报表",
)
_VIEW_NAME: Schema = {
    "type": "string",
    "pattern": r"^[a-z](_?[a-z0-9])*\.[a-z](_?[a-z0-9])*$",
    "maxLength": 2 * ID_LENGTH + 1,
}
_CARD: Schema = record(
    {
        "type": titled(
            {"type": "string", "enum": ["number", "chart", "table", "list"]}, "Kind of card", "卡片类型"
        ),
        "label": LABEL,
        "report": titled(ID, "Report", "报表"),
        "measure": titled(ID, "Measure", "度量"),
        "target": titled(VALUE, "Target", "目标值"),
        "view": titled(_VIEW_NAME, "View (entity.view)", "视图(实体.视图)"),
        "width": titled({"type": "integer", "minimum": 1, "maximum": 12}, "Width of 12", "宽度(共 12 栏)"),
    },
    ("type",),
)
DASHBOARD: Schema = titled(
    record(
        {"label": LABEL, "help": HELP, "cards": titled(by_id(_CARD, minProperties=1), "Cards", "卡片")},
        ("cards",),
    ),
    "Dashboard",
    "仪表盘",
)
