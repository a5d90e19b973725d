"""Telephone numbers of one kind only: mobile numbers, or landlines with extensions."""

import pytest

from dougong.fieldtypes import TYPES
from tests.fieldtypes.factory import field

MOBILE = [
    "13800138000",
    "138 0013 8000",
    "+86 138-0013-8000",
    "008613800138000",
    "+1 212 555 0100",
    "+852 5123 4567",
]
LANDLINE = [
    "010-65529988", "(0755) 8888 8888 转 801", "010-6552 9988 ext 801", "+86 21 6888 8888", "400-810-8888", "65529988", "95588",
    "10086", "+1 (212) 555-0100 ext 22",
]  # fmt: skip
NEITHER = ["123", "0000000", "1380013800", "+86 1"]


@pytest.mark.parametrize("number", MOBILE)
def test_a_mobile_number(number: str) -> None:
    kind = TYPES["phone"]
    value = kind.coerce(number, field("phone"))
    assert list(kind.validate(value, field("phone", extra={"kind": "mobile"}))) == []
    if not number.startswith(("+1", "+852")):
        [problem] = kind.validate(value, field("phone", extra={"kind": "landline"}))
        assert problem.code == "not_landline"
        assert "010" in problem.message("zh")


@pytest.mark.parametrize("number", LANDLINE)
def test_a_landline(number: str) -> None:
    kind = TYPES["phone"]
    value = kind.coerce(number, field("phone"))
    assert list(kind.validate(value, field("phone", extra={"kind": "landline"}))) == []
    [problem] = kind.validate(value, field("phone", extra={"kind": "mobile"}))
    assert problem.code == "not_mobile"


@pytest.mark.parametrize("number", NEITHER)
def test_neither(number: str) -> None:
    kind = TYPES["phone"]
    value = kind.coerce(number, field("phone"))
    assert list(kind.validate(value, field("phone"))) == []
    for wanted in ("mobile", "landline"):
        assert [each.code for each in kind.validate(value, field("phone", extra={"kind": wanted}))] == [
            f"not_{wanted}"
        ]


def test_the_example_is_of_the_kind() -> None:
    for wanted in ("any", "mobile", "landline"):
        made = field("phone", extra={"kind": wanted})
        assert list(TYPES["phone"].validate(TYPES["phone"].example(made), made)) == []
