"""What every field type promises, shown for all of them by walking the registry."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import BigInteger, Column, MetaData, Table, create_engine, select

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import WIDGETS, Habits, Invalid
from dougong.fieldtypes.integer import LARGEST
from dougong.fieldtypes.messages import MESSAGES
from dougong.fieldtypes.settings import DEFS
from dougong.model.expression import Type
from tests.fieldtypes.factory import field

ALL = list(TYPES)
STORED = [name for name in ALL if TYPES[name].column(field(name)) is not None]
SHANGHAI = ZoneInfo("Asia/Shanghai")
COMMON = {"required", "unique", "default", "formula"}
KINDS = {
    "text",
    "number",
    "boolean",
    "date",
    "datetime",
    "choice",
    "record",
    "member",
    "department",
    "file",
    "json",
    "markup",
}

EXTREMES: dict[str, list[Any]] = {
    "text": ["x" * 500, "客户" * 250, "😀", "é", "a'b\"c\\d%_", "\u202eabc", "0"],
    "long_text": ["x" * 100_000, "一\n二\n\n三", "\ttab", "😀\n"],
    "integer": [0, 1, -1, LARGEST, -LARGEST],
    "decimal": [
        Decimal("0.00"),
        Decimal("9999999999999999.99"),
        Decimal("-9999999999999999.99"),
        Decimal("0.01"),
    ],
    "money": [Decimal("9007199254740993.12"), Decimal("-0.01"), Decimal("1234567890123456.78")],
    "percent": [Decimal("0.1000"), Decimal("1.0000"), Decimal("-0.0001"), Decimal("99999999999999.9999")],
    "boolean": [True, False],
    "date": [date(1000, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(1970, 1, 1)],
    "datetime": [
        datetime(1000, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, 0, 1, tzinfo=UTC),
    ],
    "choices": [("a",), ("a", "b", "c"), ("c",)],
    "email": ["a@b.co", "用户@例子.公司"],
    "phone": ["110", "+1 (212) 555-0100 ext 22", "0755-8888 8888 转 801"],
    "url": [
        "http://a",
        "https://例子.公司/路径?q=值#片段",
        "https://[2001:db8::1]:8443/x",
        "https://a.b/" + "x" * 1900,
    ],
    "address": [
        {"detail": "{not json}"},
        {"country": "中国"},
        {"province": "广东省", "city": "广州市", "code": "440100"},
        {"country": "Germany", "city": "Berlin"},
    ],
    "location": [
        {"lat": "-90.000000", "lng": "180.000000"},
        {"lat": "0.000000", "lng": "-0.000001", "label": "{not json}"},
        {"lat": "31.235400", "lng": "121.473700"},
        {"lat": "39.904200", "lng": "116.407400", "label": "故宫"},
    ],
    "link": [1, 2**63 - 1],
    "member": [1, 2**63 - 1],
    "links": [(1,), (3, 1, 2)],
    "file": [({"id": "a"},), ({"id": "b", "name": "合同 1.pdf", "size": 0, "type": "application/pdf"},)],
    "serial": ["OPP-202612-00042", "OPP-202612-1000000"],
    "time": ["00:00", "23:59", "09:05"],
    "duration": [0, 59, 60, 3600, 9015, 10**9],
    "rating": [1, 5],
    "colour": ["#000000", "#ffffff", "#0a1b2c"],
    "tags": [("a",), ("重点客户", "VIP 2026", "it's"), tuple(f"标签{n}" for n in range(50))],
    "json": [
        0,
        -1.5,
        True,
        "",
        "x'y",
        [],
        {},
        [1, [2, {"a": None}]],
        {"键": "值", "b": 1, "a": [0.1]},
        "2026",
        2**53 - 1,
    ],
    "barcode": ["PALLET 42", "a;b,c", "~!@#$%^&*()"],
    "rich_text": [
        "<p>一</p>",
        "<p>a &amp; b</p><p>c<br>d</p>",
        '<h2>标题</h2><ul><li>x</li><li><a href="https://a.b/?c=1&amp;d=2" rel="noopener noreferrer nofollow">y</a></li></ul>',
        "<p>&lt;script&gt;</p>",
        "<hr>",
    ],
    "table": [[{"id": "1", "quantity": "2.00"}]],
}


def values(name: str) -> list[Any]:
    return [TYPES[name].example(field(name)), *EXTREMES.get(name, [])]


def every_value() -> Callable[..., Any]:
    pairs = [
        pytest.param(name, value, id=f"{name}-{number}")
        for name in ALL
        for number, value in enumerate(values(name))
    ]
    return pytest.mark.parametrize(("name", "value"), pairs)


@pytest.mark.parametrize("name", ALL)
def test_a_type_says_what_it_is_in_both_languages(name: str) -> None:
    kind = TYPES[name]
    assert kind.id == name
    for text in (kind.label, kind.documentation, *(each.label for each in kind.operators)):
        words = dict(text.texts)
        assert words["zh"]
        assert words["en"]
        assert words["zh"] != words["en"]
    assert kind.icon.replace("-", "").isalnum()
    assert kind.widget in WIDGETS
    assert kind.allows <= COMMON
    assert kind.expression_type(field(name)).kind in KINDS
    assert len({each.id for each in kind.operators}) == len(kind.operators)


@pytest.mark.parametrize("name", ALL)
def test_settings_are_a_closed_schema_and_defaults_satisfy_it(name: str) -> None:
    kind = TYPES[name]
    schema = {**kind.settings, "$defs": dict(DEFS)}
    Draft202012Validator.check_schema(schema)
    assert kind.settings["additionalProperties"] is False
    validator = Draft202012Validator({**schema, "required": []})
    assert list(validator.iter_errors(kind.defaults)) == []
    assert list(validator.iter_errors({"no_such_setting": 1})) != []
    for setting in kind.settings["properties"].values():
        assert set(setting["x-title"]) == {"zh", "en"}


@pytest.mark.parametrize("name", ALL)
def test_an_ordinary_field_builds(name: str) -> None:
    assert TYPES[name].build(field(name)) == []


@pytest.mark.parametrize("name", ALL)
def test_empty_stays_empty(name: str) -> None:
    kind, made = TYPES[name], field(name)
    habits = Habits()
    assert kind.coerce(None, made) is None
    assert kind.assign(None, made) is None
    for written in (None, "", "  ", "\u3000"):
        assert kind.parse(written, made, habits) is None
    assert kind.to_json(None, made) is None
    assert kind.to_text(None, made, "zh") == kind.to_cell(None, made, "en") == ""
    assert kind.search_text(None) == ""
    assert list(kind.validate(None, made)) == []
    assert list(kind.check_bounds(None, 1, 2, made)) == []


@every_value()
def test_a_value_is_accepted_and_keeps_itself(name: str, value: Any) -> None:
    kind, made = TYPES[name], field(name, max_length=None, multiple=True)
    assert kind.coerce(value, made) == value
    assert kind.assign(value, made) == value
    assert list(kind.validate(value, made)) == []


@every_value()
def test_json_round_trip(name: str, value: Any) -> None:
    kind, made = TYPES[name], field(name)
    wire = json.loads(json.dumps(kind.to_json(value, made)))
    again = kind.coerce(wire, made)
    assert again == value
    assert type(again) is type(value)


@every_value()
def test_json_schema_accepts_what_the_api_gives(name: str, value: Any) -> None:
    kind, made = TYPES[name], field(name, max_length=None)
    schema = kind.json_schema(made)
    Draft202012Validator.check_schema(schema)
    wire = json.loads(json.dumps(kind.to_json(value, made)))
    checker = Draft202012Validator.FORMAT_CHECKER
    formats = checker if name not in ("url", "email") else None
    assert list(Draft202012Validator(schema, format_checker=formats).iter_errors(wire)) == []


@every_value()
@pytest.mark.parametrize("language", ["zh", "en"])
def test_cell_round_trip(name: str, value: Any, language: str) -> None:
    kind, made = TYPES[name], field(name)
    cell = kind.to_cell(value, made, language, SHANGHAI)
    assert kind.parse(cell, made, Habits(language=language, timezone=SHANGHAI)) == value


READABLE = [
    "text",
    "integer",
    "decimal",
    "money",
    "percent",
    "boolean",
    "date",
    "choice",
    "stage",
    "email",
    "phone",
    "url",
    "serial",
    "time",
    "duration",
    "rating",
    "colour",
    "tags",
    "json",
    "barcode",
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", READABLE)
def test_what_a_person_reads_can_be_read_back(name: str, language: str) -> None:
    kind, made = TYPES[name], field(name)
    for value in values(name):
        shown = kind.to_text(value, made, language)
        assert kind.parse(shown, made, Habits(language=language)) == value, shown


def test_columns_keep_values_exactly(database_url: str) -> None:
    engine = create_engine(database_url)
    columns = {name: TYPES[name].column(field(name)) for name in STORED}
    table = Table(
        "kept",
        MetaData(),
        Column("id", BigInteger, primary_key=True),
        *(Column(n, t) for n, t in columns.items()),
    )
    rows = [(name, value) for name in STORED for value in values(name)]
    with engine.begin() as connection:
        table.metadata.create_all(connection)
        for number, (name, value) in enumerate(rows):
            connection.execute(table.insert(), {"id": number, name: value})
        for number, (name, value) in enumerate(rows):
            found = connection.execute(select(table).where(table.c.id == number)).mappings().one()
            kept = found[name]
            if TYPES[name].many:
                kept = tuple(kept)
            assert kept == value, name
            assert type(kept) is type(value), name
            assert all(found[other] is None for other in STORED if other != name)
    engine.dispose()


def test_columns_order_values_alike(database_url: str) -> None:
    """Order by a column is the order of the values, on both databases."""
    engine = create_engine(database_url)
    for name in STORED:
        if not TYPES[name].sortable or name == "boolean":
            continue
        table = Table(f"ordered_{name}", MetaData(), Column("it", TYPES[name].column(field(name))))
        some = values(name)
        with engine.begin() as connection:
            table.create(connection)
            connection.execute(table.insert(), [{"it": value} for value in reversed(some)])
            found = connection.execute(select(table.c.it).order_by(table.c.it)).scalars().all()
            key = (lambda value: value.encode()) if isinstance(some[0], str) else None
            assert found == sorted(some, key=key), name
            above = connection.execute(select(table.c.it).where(table.c.it > some[0])).scalars().all()
            assert len(above) == sum((key(v) > key(some[0])) if key else v > some[0] for v in some), name
            table.drop(connection)
    engine.dispose()


HOSTILE = [
    "\0", "a\0b", "\ud800", "\udfff x", "\x1b[31m", "\ufffe", "NaN", "Infinity", "-Infinity", "1e999999", "1_000", "--1",
    "9" * 400, "-" + "9" * 5000, "0x10", "１２三", "1/0", "9999-99-99", "0000-00-00", "2026-02-30", "2026-W01-1",
    "2026-03-01T25:00:00Z", "2026-03-01T10:00:60Z", "2026-03-01T10:00:00+99:00", "10000-01-01", "javascript:alert(1)",
    "https://", "https://user:pw@host/", "http://[::1", "//evil", "' OR 1=1 --", "<script>", "{", "[", "[[", '{"a":', "[" * 5000,
    "@", "a@", "@b.c", "a@b..c", "a" * 100_001, "\u2028", "a\nb", "true\n", "=1+1", "#0", "#99999999999999999999",
    float("nan"), float("inf"), -float("inf"), 1e308, 5e-324, 0.1 + 0.2, 2**63, -(2**63) - 1, 10**5000, -1, 0,
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e999999"), Decimal("1e-999999"),
    True, False, b"bytes", b"\xff", object(), [], [[]], [None], [{}], {}, {"id": None}, {"id": {"id": 1}}, {1: 2}, {"\0": "x"},
    {"detail": "\0"}, {"detail": 1}, {"detail": "x" * 201}, [{"id": "../../etc/passwd"}], [{"id": "a", "name": "../x"}],
    [{"id": "a", "size": -1}], [{"id": "a", "type": "text/html\r\nX: y"}], ["a", "nope"], [1, 2], ["1", "0"], [True], (1, "x"),
    datetime(2026, 3, 1), datetime.min, datetime.max, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC),  # noqa: DTZ001, DTZ901
    date.min, date.max, timedelta(1), range(3), ..., lambda: 1, type, Type("text"), set(), frozenset({"a"}),
]  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_hostile_values_are_refused_in_words(name: str) -> None:
    """Whatever comes in, it is either accepted and can be written everywhere, or refused with a message in both languages."""
    for hostile in HOSTILE:
        _survives(name, hostile)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    value=anything
    | st.text(alphabet="0123456789-/.:,%¥$ 年月日万亿()+eE")
    | st.text(alphabet=st.characters(codec=None))
)
def test_any_value_is_accepted_or_refused(value: Any) -> None:
    for name in ALL:
        _survives(name, value)


def _survives(name: str, value: Any) -> None:
    kind, made = TYPES[name], field(name)
    doors: list[Callable[[], Any]] = [
        lambda: kind.coerce(value, made),
        lambda: kind.assign(value, made),
        lambda: kind.parse(value, made, Habits()),
        lambda: kind.parse(value, made, Habits("en", SHANGHAI, "mdy", ",", "fraction")),
    ]
    for read in doors:
        try:
            accepted = read()
        except Invalid as error:
            for language in ("zh", "en"):
                message = error.problem.message(language)
                assert message
                assert len(message) < 500
                message.encode()
            continue
        if name != "table":  # its cells are checked by the fields of the row
            json.dumps(kind.to_json(accepted, made), allow_nan=False).encode()
            assert kind.coerce(kind.to_json(accepted, made), made) == accepted
            kind.to_cell(accepted, made, "en", SHANGHAI).encode()
        kind.to_text(accepted, made, "zh", SHANGHAI).encode()
        kind.search_text(accepted).encode()
        for problem in kind.validate(accepted, made):
            assert problem.message("zh")


@pytest.mark.parametrize("name", [name for name in ALL if name != "table"])
def test_literals_are_closed_texts(name: str) -> None:
    """No value can end its own literal: quotes are doubled."""
    kind, made = TYPES[name], field(name)
    for value in values(name):
        text = kind.literal(value, made)
        assert text.count("'") % 2 == 0
        assert "\0" not in text


def test_every_message_stands_in_both_languages_with_the_same_parameters() -> None:
    import string

    def names(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    for code, (chinese, english) in MESSAGES.items():
        assert chinese != english, code
        assert names(chinese) == names(english), code
