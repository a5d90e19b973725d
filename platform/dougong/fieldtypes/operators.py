"""The conditions that a person is offered when filtering by a field, each as a template of the expression language."""

from collections.abc import Sequence
from dataclasses import dataclass

from dougong.model.text import Text


@dataclass(frozen=True, slots=True)
class Operator:
    """One condition: `template` has {field} and, by `arity`, {value}, or {value} and {other}, or {values} (arity -1: a list).

    The values put in are literals made by `FieldType.literal`. With `joint`, the template speaks of one value and is repeated
    for each, with that word between.
    """

    id: str
    label: Text
    arity: int
    template: str
    joint: str = ""

    def condition(self, field: str, literals: Sequence[str]) -> str:
        """Return the condition on a field as an expression; there is at least one literal unless the arity is 0."""
        if self.joint:
            parts = (self.template.format(field=field, value=each) for each in literals)
            return f" {self.joint} ".join(f"({part})" for part in parts)
        first, last = (literals[0], literals[-1]) if literals else ("", "")
        return self.template.format(field=field, value=first, other=last, values=", ".join(literals))


def _operator(
    identifier: str, chinese: str, english: str, arity: int, template: str, joint: str = ""
) -> Operator:
    return Operator(identifier, Text.of({"zh": chinese, "en": english}), arity, template, joint)


EQUALS = _operator("is", "等于", "is", 1, "{field} = {value}")
DIFFERS = _operator("is_not", "不等于", "is not", 1, "{field} <> {value} OR {field} IS EMPTY")
CONTAINS = _operator("contains", "包含", "contains", 1, "CONTAINS({field}, {value})")
LACKS = _operator(
    "lacks", "不包含", "does not contain", 1, "NOT CONTAINS({field}, {value}) OR {field} IS EMPTY"
)
STARTS = _operator("starts", "开头是", "starts with", 1, "STARTSWITH({field}, {value})")
LESS = _operator("less", "小于", "is less than", 1, "{field} < {value}")
AT_MOST = _operator("at_most", "不大于", "is at most", 1, "{field} <= {value}")
MORE = _operator("more", "大于", "is more than", 1, "{field} > {value}")
AT_LEAST = _operator("at_least", "不小于", "is at least", 1, "{field} >= {value}")
BETWEEN = _operator("between", "介于", "is between", 2, "{field} BETWEEN {value} AND {other}")
BEFORE = _operator("before", "早于", "is before", 1, "{field} < {value}")
AFTER = _operator("after", "晚于", "is after", 1, "{field} > {value}")
ONE_OF = _operator("one_of", "属于", "is one of", -1, "{field} IN ({values})")
NONE_OF = _operator("none_of", "不属于", "is none of", -1, "{field} NOT IN ({values}) OR {field} IS EMPTY")
HAS = _operator("has", "包含选项", "has", 1, "{value} IN {field}")
HAS_NOT = _operator("has_not", "不包含选项", "has not", 1, "NOT ({value} IN {field})")
HAS_ANY = _operator("has_any", "含任一", "has any of", -1, "{value} IN {field}", "OR")
HAS_ALL = _operator("has_all", "含全部", "has all of", -1, "{value} IN {field}", "AND")
TRUE = _operator("yes", "是", "yes", 0, "{field} = TRUE")
FALSE = _operator("no", "否", "no", 0, "{field} = FALSE OR {field} IS EMPTY")
IS_ME = _operator("is_me", "是本人", "is me", 0, "{field} = ME()")
IS_MINE = _operator("is_mine", "是本部门", "is mine", 0, "{field} IN MY_DEPARTMENTS()")
HAS_ME = _operator("has_me", "包含本人", "has me", 0, "ME() IN {field}")
EMPTY = _operator("empty", "为空", "is empty", 0, "{field} IS EMPTY")
FILLED = _operator("filled", "不为空", "is filled", 0, "{field} IS NOT EMPTY")
ON_DAY = _operator("on", "等于", "is on", 1, "DATE({field}) = {value}")
DAY_BEFORE = _operator("before", "早于", "is before", 1, "DATE({field}) < {value}")
DAY_AFTER = _operator("after", "晚于", "is after", 1, "DATE({field}) > {value}")
DAY_BETWEEN = _operator("between", "介于", "is between", 2, "DATE({field}) BETWEEN {value} AND {other}")

IN_REGION = _operator("in_region", "位于", "lies in", 1, "STARTSWITH({field}.code, {value})")
PRESENCE = (EMPTY, FILLED)
OF_TEXT = (CONTAINS, LACKS, EQUALS, DIFFERS, STARTS, *PRESENCE)
OF_MARKUP = (
    _operator("contains", "包含", "contains", 1, "CONTAINS(PLAINTEXT({field}), {value})"),
    _operator(
        "lacks",
        "不包含",
        "does not contain",
        1,
        "NOT CONTAINS(PLAINTEXT({field}), {value}) OR {field} IS EMPTY",
    ),
    *PRESENCE,
)
OF_NUMBER = (EQUALS, DIFFERS, MORE, AT_LEAST, LESS, AT_MOST, BETWEEN, *PRESENCE)
OF_DATE = (EQUALS, BEFORE, AFTER, BETWEEN, *PRESENCE)
OF_TIME = (EQUALS, DIFFERS, BEFORE, AFTER, BETWEEN, *PRESENCE)
OF_COLOUR = (EQUALS, DIFFERS, ONE_OF, NONE_OF, *PRESENCE)
OF_TAGS = (HAS_ANY, HAS_ALL, HAS, HAS_NOT, *PRESENCE)
OF_DATETIME = (ON_DAY, DAY_BEFORE, DAY_AFTER, DAY_BETWEEN, *PRESENCE)
OF_CHOICE = (ONE_OF, NONE_OF, EQUALS, DIFFERS, *PRESENCE)
OF_CHOICES = (HAS, HAS_NOT, *PRESENCE)
OF_RECORD = (EQUALS, DIFFERS, ONE_OF, *PRESENCE)
OF_RECORDS = (HAS, HAS_NOT, *PRESENCE)
OF_MEMBER = (IS_ME, *OF_RECORD)
OF_MEMBERS = (HAS_ME, *OF_RECORDS)
OF_DEPARTMENT = (IS_MINE, *OF_RECORD)
OF_DEPARTMENTS = OF_RECORDS
OF_ADDRESS = (IN_REGION, *PRESENCE)
OF_LOCATION = (
    *(
        _operator(
            f"within_{kilometres}",
            f"{kilometres} 公里以内",
            f"within {kilometres} km of",
            1,
            "DISTANCE({field}.lat, {field}.lng, {value}) <= " + str(kilometres),
        )
        for kilometres in (1, 5, 20, 100)
    ),
    *PRESENCE,
)
OF_BOOLEAN = (TRUE, FALSE)
