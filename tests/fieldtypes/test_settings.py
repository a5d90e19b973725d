"""Settings that contradict each other are found when an app is compiled; serial numbers count as they say."""

from datetime import date
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.serial import SerialType
from dougong.fieldtypes.settings import DEFS
from dougong.model.field import Field, Option, SerialPart
from dougong.model.text import Text
from tests.fieldtypes.factory import field


def codes(made: Field) -> list[str]:
    return [finding.code for finding in TYPES[made.type].build(made)]


def test_bounds_the_wrong_way_round() -> None:
    assert codes(field("integer", minimum=Decimal(5), maximum=Decimal(1))) == ["D461"]
    assert codes(field("integer", minimum=Decimal(1), maximum=Decimal(1))) == []


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?<!a)b", r"(a)\1", "[", "a**", "a{2000}", "(?P<x"])
def test_patterns_that_the_engine_does_not_know(pattern: str) -> None:
    [finding] = TYPES["text"].build(field("text", pattern=pattern))
    assert finding.code == "D462"
    assert finding.path == "pattern"
    assert "look-ahead" in finding.hint


def test_labels_that_mean_two_options() -> None:
    twins = (Option("a", Text.of("Same")), Option("b", Text.of("same ")))
    assert codes(field("choice", options=twins)) == ["D463", "D463"]
    assert codes(field("choices", options=twins)) == ["D463", "D463"]


def serial(reset: str, *parts: tuple[str, str]) -> Field:
    return field("serial", reset=reset, parts=tuple(SerialPart(kind, value) for kind, value in parts))


def test_serial_numbers_need_one_count_and_must_not_repeat() -> None:
    count = ("count", "5")
    assert codes(serial("never", ("constant", "A"))) == ["D464"]
    assert codes(serial("never", count, count)) == ["D464"]
    assert codes(serial("never", count)) == []
    assert codes(serial("month", ("date", "yyyy"), count)) == ["D465"]
    assert codes(serial("month", ("date", "MM"), count)) == ["D465"]
    assert codes(serial("month", ("date", "yyMM"), count)) == []
    assert codes(serial("month", ("date", "yyyy"), ("constant", "-"), ("date", "MM"), count)) == []
    assert codes(serial("week", ("date", "yyyyMM"), count)) == ["D465"]
    assert codes(serial("year", count)) == ["D465"]


def test_serial_numbers_grow_and_never_wrap() -> None:
    kind = TYPES["serial"]
    assert isinstance(kind, SerialType)
    made = serial("month", ("constant", "OPP-"), ("date", "yyyyMM"), ("constant", "-"), ("count", "3"))
    day = date(2026, 3, 1)
    assert [kind.number(made, count, day) for count in (1, 999, 1000, 1_000_000)] == [
        "OPP-202603-001",
        "OPP-202603-999",
        "OPP-202603-1000",
        "OPP-202603-1000000",
    ]
    assert kind.number(serial("day", ("date", "yy.MM/dd"), ("count", "1")), 7, day) == "26.03/017"


@pytest.mark.parametrize(
    ("reset", "day", "period"),
    [
        ("never", date(2026, 3, 1), ""),
        ("day", date(2026, 3, 1), "2026-03-01"),
        ("week", date(2026, 12, 31), "2026-W53"),
        ("week", date(2027, 1, 3), "2026-W53"),
        ("week", date(2027, 1, 4), "2027-W01"),
        ("month", date(2026, 3, 31), "2026-03"),
        ("year", date(2026, 12, 31), "2026"),
    ],
)
def test_periods_of_serial_numbers(reset: str, day: date, period: str) -> None:
    kind = TYPES["serial"]
    assert isinstance(kind, SerialType)
    assert kind.period(serial(reset, ("count", "5")), day) == period


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("text", {"max_length": 120, "pattern": "[A-Z]+", "pattern_hint": {"zh": "大写", "en": "capitals"}}),
        ("decimal", {"decimals": 4, "min": 0, "max": "IF(TRUE, 1, 2)"}),
        ("money", {"currency": "USD"}),
        ("money", {"digits": 30, "decimals": 4, "max": 99999999999999999999}),
        ("decimal", {"digits": 18}),
        ("choice", {"options": {"a": {"label": {"en": "A"}, "colour": "malachite"}, "b": "B", "c": None}}),
        (
            "link",
            {"to": "account", "on_delete": "cascade", "inverse": "opportunities", "fill": {"price": "price"}},
        ),
        ("link", {"to": "crm.account"}),
        ("file", {"multiple": True, "accept": [".pdf", "image/*"], "max_size": 1000}),
        ("serial", {"parts": ["OPP-", {"date": "yyyyMM"}, {"count": 5}], "reset": "month"}),
        ("stage", {"pipeline": "sales"}),
        ("table", {"fields": {"product": {"type": "text"}}}),
    ],
)
def test_settings_that_definitions_use_are_accepted(name: str, settings: dict[str, object]) -> None:
    schema = {**TYPES[name].settings, "$defs": dict(DEFS)}
    assert list(Draft202012Validator(schema).iter_errors(settings)) == []


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("text", {"max_length": 0}),
        ("text", {"max_length": 501}),
        ("decimal", {"decimals": 11}),
        ("decimal", {"decimals": -1}),
        ("decimal", {"digits": 17}),
        ("money", {"digits": 31}),
        ("money", {"digits": "20"}),
        ("percent", {"digits": 20}),
        ("integer", {"digits": 20}),
        ("decimal", {"currency": "CNY"}),
        ("money", {"currency": "yuan"}),
        ("choice", {}),
        ("choice", {"options": {}}),
        ("choice", {"options": {"A b": "x"}}),
        ("choice", {"options": {"a": {"label": "x", "colour": "pink"}}}),
        ("link", {}),
        ("link", {"to": "account; DROP TABLE x"}),
        ("link", {"to": "account", "on_delete": "ignore"}),
        ("member", {"to": "account"}),
        ("file", {"accept": ["pdf"]}),
        ("serial", {"parts": []}),
        ("serial", {"parts": [{"date": "yyyy-%s"}]}),
        ("serial", {"parts": [{"count": 0}]}),
        ("serial", {"parts": [{"count": 5}], "reset": "hour"}),
        ("stage", {}),
        ("table", {"fields": {}}),
    ],
)
def test_settings_that_make_no_sense_are_refused(name: str, settings: dict[str, object]) -> None:
    schema = {**TYPES[name].settings, "$defs": dict(DEFS)}
    assert list(Draft202012Validator(schema).iter_errors(settings)) != []
