"""Numbers by which a state knows people and organisations, with their check digits: forms that a text can be held to."""

from datetime import date

from dougong.fieldtypes.base import Problem
from dougong.fieldtypes.messages import both, shown

_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OLDEST = 1850

FORMATS = {
    "id_number": both("身份证号", "resident identity number"),
    "credit_code": both("统一社会信用代码", "unified social credit code"),
}
"""format → what it is called."""
EXAMPLES = {"id_number": "11010519491231002X", "credit_code": "91350100M000100Y43"}


def check(value: str, form: str) -> tuple[Problem, ...]:
    """Return why a value is no such number; nothing when it is one."""
    reason = _resident(value) if form == "id_number" else _credit(value)
    if not reason:
        return ()
    return (
        Problem("not_an_identity", (("value", shown(value)), ("name", FORMATS[form]), ("reason", reason))),
    )


def _resident(value: str) -> str:
    """GB 11643-1999: six digits of a region, the day of birth, three digits and a check."""
    if len(value) != 18 or not (value[:17].isascii() and value[:17].isdigit()):
        return both("应为 17 位数字加校验位", "17 digits and a check character are needed")
    if value[:2] not in _PROVINCES:
        return both("地区代码不存在", "there is no such region")
    if not _is_day(value[6:14]):
        return both("出生日期不存在", "there is no such day of birth")
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], _RESIDENT_WEIGHTS, strict=True))
    return (
        ""
        if value[17] == _RESIDENT_CHECKS[total % 11]
        else both("校验位不对", "the check character is wrong")
    )


def _credit(value: str) -> str:
    """GB 32100-2015: 17 signs without I, O, S, V and Z, and a check sign, weights powers of 3 modulo 31."""
    if len(value) != 18 or any(sign not in _CREDIT_SIGNS for sign in value):
        return both(
            "应为 18 位数字或大写字母（不含 I O S V Z）", "18 digits or capitals without I O S V Z are needed"
        )
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(value[:17]))
    if value[17] == _CREDIT_SIGNS[-total % 31]:
        return ""
    return both("校验位不对", "the check character is wrong")


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= _OLDEST
    except ValueError:
        return False
