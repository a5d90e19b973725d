"""How people write values in cells and forms: what is understood, and what is refused with which reason."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.model.field import Field, Option
from dougong.model.text import Text
from tests.fieldtypes.factory import field

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
D = Decimal


def parsed(name: str, written: object, habits: Habits | None = None, **settings: Any) -> Any:
    return TYPES[name].parse(written, field(name, **settings), habits or Habits(timezone=SHANGHAI))


def refused(name: str, written: object, habits: Habits | None = None, **settings: Any) -> str:
    with pytest.raises(Invalid) as error:
        parsed(name, written, habits, **settings)
    return error.value.problem.code


def coerce_code(made: Field, value: object) -> str:
    with pytest.raises(Invalid) as error:
        TYPES[made.type].coerce(value, made)
    return error.value.problem.code


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12.5", "12.50"), (" 12.50 ", "12.50"), ("-0", "0.00"), ("-0.00", "0.00"), ("1,234.50", "1234.50"),
        ("1，234，567．８９", "1234567.89"), ("１２３", "123.00"), ("+7", "7.00"), ("(3.20)", "-3.20"),
        ("1.5万", "15000.00"),
        ("2亿", "200000000.00"), ("−5", "-5.00"), (".5", "0.50"), ("5.", "5.00"), ("1 234 567", "1234567.00"),
        ("1'234.5", "1234.50"), ("1e3", "1000.00"), ("1.5E2", "150.00"), (12, "12.00"), (12.1, "12.10"),
        ("1,234.50-", "-1234.50"), ("5-", "-5.00"), (0.1 + 0.2, "0.30"), (1e15, "1000000000000000.00"), (D("7"), "7.00"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)  # fmt: skip
def test_numbers(written: object, expected: str) -> None:
    value = parsed("decimal", written)
    assert value == D(expected)
    assert str(value) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("abc", "not_a_number"), ("1,23", "ambiguous_number"), ("12,34,567", "ambiguous_number"),
        ("1.234.567", "not_a_number"),
        ("1.005", "too_many_decimals"), (1.005, "too_many_decimals"), ("1e-3", "too_many_decimals"),
        ("10000000000000000", "too_many_digits"),
        ("NaN", "not_a_number"), ("inf", "not_a_number"), ("1_000", "not_a_number"), ("0x1f", "not_a_number"),
        ("--1", "not_a_number"), ("-1-", "not_a_number"), ("(1-)", "not_a_number"),
        ("1 2", "not_a_number"), ("¥5", "not_a_number"), ("5%", "not_a_number"), ("٣", "not_a_number"),
        ("1e999", "not_a_number"),
        ("9" * 101, "not_a_number"), (True, "not_a_number"), ("万", "not_a_number"), ("()", "not_a_number"),
        ("-", "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_number(written: object, code: str) -> None:
    assert refused("decimal", written) == code


def test_numbers_with_a_decimal_comma() -> None:
    german = Habits(decimal_mark=",")
    assert parsed("decimal", "1.234,50", german) == D("1234.50")
    assert parsed("decimal", "12,5", german) == D("12.5")
    assert parsed("decimal", "1.234", german) == D("1234")
    assert refused("decimal", "1,234.50", german) == "ambiguous_number"
    assert refused("decimal", "12.5", german) == "ambiguous_number"


def test_json_numbers_are_taken_exactly_or_not_at_all() -> None:
    made = field("decimal")
    kind = TYPES["decimal"]
    assert kind.coerce("12.5", made) == kind.coerce(12.5, made) == D("12.50")
    assert kind.coerce(7, made) == D("7.00")
    assert coerce_code(made, 0.1 + 0.2) == "inexact_number"
    assert coerce_code(made, "1,234") == "not_a_number"
    assert coerce_code(made, " 1") == "not_a_number"
    assert coerce_code(made, True) == "not_a_number"


def test_results_of_expressions_are_rounded_half_up() -> None:
    made = field("decimal")
    for number, expected in (
        ("2.675", "2.68"),
        ("-2.675", "-2.68"),
        ("0.005", "0.01"),
        ("-0.001", "0.00"),
        ("1E+3", "1000.00"),
    ):
        assert str(TYPES["decimal"].assign(D(number), made)) == expected
    assert TYPES["integer"].assign(D("2.5"), field("integer")) == 3
    with pytest.raises(Invalid):
        TYPES["decimal"].assign(D("1e17"), made)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("12", 12), ("1,234", 1234), ("12.0", 12), (12.0, 12), ("1万", 10_000), ("-7", -7)],
)
def test_whole_numbers(written: object, expected: int) -> None:
    assert parsed("integer", written) == expected
    assert type(parsed("integer", written)) is int


def test_what_is_no_whole_number() -> None:
    assert refused("integer", "12.5") == "not_whole"
    assert refused("integer", "9007199254740992") == "too_large"
    assert refused("integer", "-9007199254740992") == "too_small"
    assert refused("integer", "x") == "not_a_number"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("¥1,234.50", "1234.50"), ("￥１，２３４", "1234"), ("1234.5元", "1234.5"), ("CNY 12", "12"),
        ("12 CNY", "12"), ("rmb 12", "12"),
        ("-¥5", "-5"), ("¥-5", "-5"), ("1.5万元", "15000"), ("人民币3亿元", "300000000"), ("(¥5.00)", "-5"),
        ("(5)", "-5"), ("12.5", "12.5"),
    ],
)  # fmt: skip
def test_money(written: str, expected: str) -> None:
    assert parsed("money", written) == D(expected)


@pytest.mark.parametrize("written", ["$12", "12 USD", "€12", "12 EUR", "12美元", "HK$12"])
def test_another_currency_is_never_ignored(written: str) -> None:
    assert refused("money", written) == "wrong_currency"


def test_money_is_shown_with_its_currency() -> None:
    kind = TYPES["money"]
    assert kind.to_text(D("-1234567.50"), field("money"), "zh") == "-¥1,234,567.50"
    assert kind.to_text(D("12.00"), field("money", currency="USD"), "en") == "$12.00"
    assert kind.to_text(D("12.00"), field("money", currency="AED"), "en") == "AED 12.00"
    assert parsed("money", "AED 12.00", currency="AED") == D("12")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("10%", "0.1"),
        ("１０％", "0.1"),
        ("12.5 %", "0.125"),
        ("10", "0.1"),
        ("-3%", "-0.03"),
        (0.1, "0.1"),
        ("1,000%", "10"),
    ],
)
def test_percent(written: object, expected: str) -> None:
    assert parsed("percent", written) == D(expected)


def test_a_bare_percent_can_be_a_fraction() -> None:
    assert parsed("percent", "0.1", Habits(bare_percent="fraction")) == D("0.1")
    assert parsed("percent", "10%", Habits(bare_percent="fraction")) == D("0.1")
    assert refused("percent", "12.345%") == "too_many_decimals"
    kind = TYPES["percent"]
    assert [kind.to_text(D(x), field("percent"), "en") for x in ("0.1000", "0.1250", "1", "0.0001")] == [
        "10%",
        "12.5%",
        "100%",
        "0.01%",
    ]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01", "2026-3-1", "2026/3/1", "2026/03/01", "2026.3.1", "20260301", "2026年3月1日",
        "2026年03月01日", "２０２６－０３－０１",
        "Mar 1, 2026", "March 1, 2026", "1 Mar 2026", "1-Mar-2026", "01 March 2026", "1.3.2026",
        "2026-03-01 00:00:00", "2026-03-01T00:00:00Z", "1-Mar-26", "01 Mar 26", "26年3月1日", "26 年 03 月 01",
        date(2026, 3, 1), datetime(2026, 3, 1),  # noqa: DTZ001 (what a spreadsheet's reader gives)
    ],
)  # fmt: skip
def test_days(written: object) -> None:
    assert parsed("date", written) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("3/1/2026", "ambiguous_date"), ("2026-13-01", "no_such_day"), ("2026-02-29", "no_such_day"),
        ("2026/2/30", "no_such_day"),
        ("26-3-1", "ambiguous_date"), ("6-3-1", "not_a_date"), ("3/1/26", "ambiguous_date"), ("0999-01-01", "too_early"),
        ("yesterday", "not_a_date"), ("46082", "not_a_date"),
        ("2026-03-01 14:30", "has_time"), ("Mars 1, 2026", "not_a_date"), ("2026-3/1", "not_a_date"),
        ("2026-03", "not_a_date"), ("Mar-26", "not_a_date"), ("2026年3月", "not_a_date"), ("32-Mar-26", "no_such_day"),
    ],
)  # fmt: skip
def test_what_is_no_day(written: object, code: str) -> None:
    assert refused("date", written) == code


def test_habits_decide_about_day_and_month() -> None:
    assert parsed("date", "3/1/2026", Habits(date_order="mdy")) == date(2026, 3, 1)
    assert parsed("date", "3/1/2026", Habits(date_order="dmy")) == date(2026, 1, 3)
    assert parsed("date", "13/1/2026") == parsed("date", "1/13/2026") == date(2026, 1, 13)
    assert parsed("date", "5/5/2026") == date(2026, 5, 5)
    assert refused("date", "13/1/2026", Habits(date_order="mdy")) == "no_such_day"


def test_json_dates_are_iso_alone() -> None:
    made = field("date")
    for wrong in ("2026-3-1", "2026/03/01", "20260301", "2026-03-01T00:00:00Z", 20260301, " 2026-03-01"):
        assert coerce_code(made, wrong) == "not_a_date"
    assert TYPES["date"].to_text(date(2026, 12, 5), made, "en") == "Dec 5, 2026"
    assert TYPES["date"].to_text(date(2026, 12, 5), made, "zh") == "2026-12-05"


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01 14:30", "2026-03-01T14:30:00", "2026/3/1 14:30:00", "2026年3月1日 14:30",
        "2026年3月1日14点30分", "2026-03-01 2:30 PM",
        "2026-3-1 下午2:30", "Mar 1, 2026 14:30", "2026-03-01T06:30:00Z", "2026-03-01T14:30:00+08:00",
        "2026-03-01 08:30 +0200",
        datetime(2026, 3, 1, 14, 30), datetime(2026, 3, 1, 6, 30, tzinfo=UTC),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_moments(written: object) -> None:
    assert parsed("datetime", written) == datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def test_a_day_is_its_first_moment() -> None:
    assert parsed("datetime", "2026-03-01") == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("上午12:10", 0),
        ("中午12:10", 12),
        ("下午12:10", 12),
        ("凌晨1:10", 1),
        ("晚上8:10", 20),
        ("12:10 am", 0),
        ("00点10分", 0),
    ],
)
def test_hours_of_the_day(written: str, hour: int) -> None:
    assert parsed("datetime", f"2026-03-01 {written}", Habits(timezone=UTC)) == datetime(
        2026, 3, 1, hour, 10, tzinfo=UTC
    )


@pytest.mark.parametrize("written", ["下午3点", "15时", "15点整", "3 PM", "15:00", "下午3:00"])
def test_a_whole_hour(written: str) -> None:
    expected = datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert parsed("datetime", f"2026年3月1日 {written}", Habits(timezone=UTC)) == expected


def test_what_a_spreadsheet_has_cut_off_a_number_is_told() -> None:
    for kind in ("text", "long_text", "phone"):
        assert refused(kind, 110105199003078123.0) == "lost_digits"
        assert parsed(kind, 13800138000.0) == "13800138000"


def test_clock_changes() -> None:
    berlin = Habits(timezone=BERLIN)
    assert refused("datetime", "2026-03-29 02:30", berlin) == "no_such_time"
    assert parsed("datetime", "2026-10-25 02:30", berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert parsed("datetime", "2026-10-25 02:30+01:00", berlin) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    kind, made = TYPES["datetime"], field("datetime")
    for hour in (0, 1):
        moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert kind.parse(kind.to_cell(moment, made, "en", BERLIN), made, berlin) == moment


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01 25:00",
        "2026-03-01 10:60",
        "2026-03-01 13:00 pm",
        "2026-03-01 10",
        "10:30",
        "2026-03-01T10:00+25:00",
    ],
)
def test_what_is_no_moment(written: str) -> None:
    assert refused("datetime", written) in ("not_a_datetime", "not_a_date")


def test_json_moments_need_a_zone() -> None:
    made = field("datetime")
    assert coerce_code(made, "2026-03-01T10:00:00") == "no_time_zone"
    assert coerce_code(made, datetime(2026, 3, 1)) == "not_a_datetime"  # noqa: DTZ001
    assert coerce_code(made, "0999-03-01T10:00:00Z") == "too_early"
    assert TYPES["datetime"].to_json(datetime(2026, 3, 1, 6, 30, tzinfo=UTC), made) == "2026-03-01T06:30:00Z"


@pytest.mark.parametrize("written", ["是", "yes", "Y", "TRUE", "true", "1", "√", "对", True, 1, "１"])
def test_yes(written: object) -> None:
    assert parsed("boolean", written) is True


@pytest.mark.parametrize("written", ["否", "no", "N", "FALSE", "0", "×", False, 0])
def test_no(written: object) -> None:
    assert parsed("boolean", written) is False


def test_neither_yes_nor_no() -> None:
    assert refused("boolean", "maybe") == "not_a_boolean"
    assert coerce_code(field("boolean"), "true") == coerce_code(field("boolean"), 1) == "not_a_boolean"


@pytest.mark.parametrize("written", ["b", "B", "Grade B", "grade  b", " 乙级 ", "ＧＲＡＤＥ　Ｂ"])
def test_options_by_id_and_label(written: str) -> None:
    assert parsed("choice", written) == parsed("stage", written) == "b"


def test_no_such_option_names_the_nearest() -> None:
    with pytest.raises(Invalid) as error:
        parsed("choice", "Grade X")
    assert "possible are Grade A, " in error.value.problem.message("en")
    made = field("choice", options=(Option("qualified", Text.of("Q")), Option("lost", Text.of("L"))))
    with pytest.raises(Invalid) as error:
        TYPES["choice"].coerce("qualifed", made)
    assert "did you mean 'qualified'?" in error.value.problem.message("en")
    assert "是不是“qualified”" in error.value.problem.message("zh")


def test_a_label_of_two_options_is_refused() -> None:
    options = (
        Option("a", Text.of({"en": "Same", "zh": "甲"})),
        Option("b", Text.of({"en": "other", "zh": "same"})),
    )
    assert refused("choice", "SAME", options=options) == "ambiguous_option"
    made = field("choice", options=options)
    cells = [TYPES["choice"].to_cell(value, made, "en") for value in ("a", "b")]
    assert cells == ["a", "other"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a; b", ("a", "b")), ("乙级、甲级", ("a", "b")), ("Grade A, Grade B", ("a", "b")), ("b b;b", None),
        ("b", ("b",)), ("a\nb", ("a", "b")),
        ("North, East", ("c",)), ("North, East; Grade A", ("a", "c")), ("东北、华东", ("c",)),
        (["b", "a", "b"], ("a", "b")),
    ],
)  # fmt: skip
def test_several_options(written: object, expected: tuple[str, ...] | None) -> None:
    if expected is None:
        assert refused("choices", written) == "not_an_option"
    else:
        assert parsed("choices", written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Li.Wei@Example.COM", "Li.Wei@example.com"),
        ("mailto:a@b.co", "a@b.co"),
        ("Li Wei <a@b.co>", "a@b.co"),
        ("ａ＠b.co", "a@b.co"),
        ("a+b@b.co", "a+b@b.co"),
    ],
)
def test_email(written: str, expected: str) -> None:
    assert parsed("email", written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "a", "a@b", "@b.co", "a@", "a b@c.de", "a@b..co", ".a@b.co", "a.@b.co", "a@-b.co", "a@b.123", "a@b.co,c@d.ef",
        "a" * 65 + "@b.co", "a@" + "b" * 64 + ".co", "a@b.co\u200b",
    ],
)  # fmt: skip
def test_what_is_no_email(written: str) -> None:
    assert refused("email", written) == "not_an_email"


@pytest.mark.parametrize(
    ("written", "expected", "searched"),
    [
        ("13800138000", "13800138000", "13800138000"),
        ("+86 138-0013-8000", "+86 138-0013-8000", "+86 138-0013-8000 8613800138000"),
        ("（０７５５）８８８８ ８８８８", "(0755)8888 8888", "(0755)8888 8888 075588888888"),
        (13800138000, "13800138000", "13800138000"),
        (13800138000.0, "13800138000", "13800138000"), ("tel:110", "110", "110"),
    ],
)  # fmt: skip
def test_phone(written: object, expected: str, searched: str) -> None:
    assert parsed("phone", written) == expected
    assert TYPES["phone"].search_text(expected) == searched


@pytest.mark.parametrize("written", ["12", "abc", "1" * 23, "138 0013 8000 or so", "+", "()", "138;139"])
def test_what_is_no_phone(written: str) -> None:
    assert refused("phone", written) == "not_a_phone"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("www.example.com", "https://www.example.com"), ("HTTP://Example.COM/Path", "http://example.com/Path"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("//example.com", "https://example.com"), ("https://例子.公司/路", "https://例子.公司/路"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)  # fmt: skip
def test_url(written: str, expected: str) -> None:
    assert parsed("url", written) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("javascript:alert(1)", "url_scheme"), ("JaVaScRiPt:alert(1)", "url_scheme"),
        ("data:text/html,x", "url_scheme"), ("ftp://a.b", "url_scheme"),
        ("file:///etc/passwd", "url_scheme"), ("https://a@b.co", "url_credentials"), ("https://", "not_a_url"),
        ("https:a.b", "not_a_url"),
        ("https:///a", "not_a_url"), ("https://a b", "not_a_url"), ("https://a\\b", "not_a_url"),
        ("https://a.b:99999", "not_a_url"),
        ("https://a.b:0", "not_a_url"), ("https://a..b", "not_a_url"), ('https://a.b/"><script>', "not_a_url"),
        ("https://a.b/" + "长" * 700, "not_a_url"),
        ("https://-a.b", "not_a_url"), ("https://a.b/\u202e", "not_a_url"),
    ],
)  # fmt: skip
def test_what_is_no_url(written: str, code: str) -> None:
    assert refused("url", written) == code


def test_text_is_one_normal_line() -> None:
    assert parsed("text", " a\r\n b\tc ") == "a b c"
    assert parsed("text", "cafe\u0301") == "café"
    assert parsed("text", 12.0) == "12"
    assert coerce_code(field("text"), "a\nb") == "several_lines"
    assert coerce_code(field("text"), 12) == "not_text"
    for hostile in ("a\0", "\ud800", "\x07", "\x9f", "\uffff"):
        assert coerce_code(field("text"), f"x{hostile}y") == "not_storable"
        assert coerce_code(field("long_text"), f"x\n{hostile}y") == "not_storable"
    assert TYPES["long_text"].coerce("a\r\nb\rc", field("long_text")) == "a\nb\nc"
    assert TYPES["long_text"].coerce(" \n ", field("long_text")) is None


def problems(made: Field, value: object) -> list[str]:
    return [problem.code for problem in TYPES[made.type].validate(value, made)]


def test_length_counts_characters() -> None:
    made = field("text", max_length=3)
    assert problems(made, "客户😀") == []
    assert problems(made, "客户😀x") == ["too_long"]
    assert problems(field("long_text", max_length=3), "a\nbc") == ["too_long"]


def test_a_pattern_must_match_the_whole_value() -> None:
    made = field(
        "text", pattern="[A-Z]{2}-[0-9]+", extra={"pattern_hint": {"zh": "如 AB-12", "en": "such as AB-12"}}
    )
    assert problems(made, "AB-12") == []
    for wrong in ("xAB-12", "AB-12x", "AB-", "ab-12", "AB-12\n"):
        [problem] = TYPES["text"].validate(wrong, made)
        assert problem.code == "pattern"
        assert problem.message("en").endswith("such as AB-12")
        assert problem.message("zh").endswith("如 AB-12")


def test_a_pattern_cannot_take_for_ever() -> None:
    made = field("text", pattern="(a+)+$", max_length=500)
    assert problems(made, "a" * 499 + "b") == ["pattern"]


def test_bounds() -> None:
    made = field("money", minimum=D("0"), maximum=D("1000"))
    assert problems(made, D("0")) == problems(made, D("1000")) == []
    assert problems(made, D("-0.01")) == ["too_small"]
    [problem] = TYPES["money"].validate(D("1000.01"), made)
    assert problem.message("en") == "must not be more than ¥1,000"
    kind, day = TYPES["date"], field("date")
    assert [each.code for each in kind.check_bounds(date(2026, 3, 1), date(2026, 3, 2), None, day)] == [
        "too_early"
    ]
    [late] = kind.check_bounds(date(2026, 3, 1), None, date(2026, 2, 1), day)
    assert (late.message("en"), late.message("zh")) == (
        "must not be after Feb 1, 2026",
        "不能晚于 2026-02-01",
    )
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    assert list(TYPES["datetime"].check_bounds(moment, moment, moment, field("datetime"))) == []


def test_links() -> None:
    made = field("link")
    kind = TYPES["link"]
    assert (
        kind.coerce("12", made)
        == kind.coerce(12, made)
        == kind.coerce({"id": "12", "title": "x"}, made)
        == 12
    )
    assert parsed("links", "#12, 13;13") == (12, 13)
    for wrong in ("0", "-1", "1.0", "x", True, 1.0, {"title": "x"}, "9223372036854775808", "１２"):
        assert coerce_code(made, wrong) == "not_an_id"
    assert coerce_code(field("links"), ["1"] * 10_001) == "too_many"


def test_addresses() -> None:
    kind, made = TYPES["address"], field("address")
    value = {
        "country": "中国",
        "province": "广东省",
        "city": "深圳市",
        "detail": "科技园路 1 号",
        "postcode": "518000",
    }
    assert kind.to_text(value, made, "zh") == "中国广东省深圳市科技园路 1 号 518000"
    assert kind.to_text(value, made, "en") == "科技园路 1 号, 深圳市, 广东省 518000, 中国"
    assert parsed("address", "广东省深圳市 科技园路") == {
        "province": "广东省",
        "city": "深圳市",
        "code": "440300",
        "detail": "科技园路",
    }
    assert kind.coerce({"city": " ", "detail": None}, made) is None
    assert coerce_code(made, {"street": "x"}) == "not_an_address"
    assert coerce_code(made, {"city": "x" * 201}) == "too_long"
    assert kind.search_text(value) == "中国 广东省 深圳市 科技园路 1 号 518000"


def test_files() -> None:
    kind = TYPES["file"]
    many = field("file", multiple=True, accept=(".pdf", "image/*"), max_size=1000)
    value = kind.coerce([{"id": "a", "name": "x.PDF", "size": 10, "type": "application/pdf"}, "b"], many)
    assert value == ({"id": "a", "name": "x.PDF", "size": 10, "type": "application/pdf"}, {"id": "b"})
    assert problems(many, value) == []
    bad = ({"id": "c", "name": "x.exe", "size": 2000, "type": "application/octet-stream"},)
    assert problems(many, bad) == ["file_too_large", "file_kind"]
    assert problems(many, ({"id": "d", "name": "x.html", "size": 1, "type": "image/png"},)) == []
    assert coerce_code(field("file"), ["a", "b"]) == "too_many"
    assert parsed("file", "a; b", multiple=True) == ({"id": "a"}, {"id": "b"})


@pytest.mark.parametrize(
    ("written", "order", "day"),
    [
        ("3/1/26", "mdy", date(2026, 3, 1)),
        ("3/1/26", "dmy", date(2026, 1, 3)),
        ("26/3/1", "ymd", date(2026, 3, 1)),
        ("31-12-99", "dmy", date(1999, 12, 31)),
        ("01.03.26", "", date(2026, 3, 1)),
    ],
)
def test_years_of_two_digits_are_read_by_habit_alone(written: str, order: Any, day: date) -> None:
    assert parsed("date", written, Habits(date_order=order)) == day


def test_years_of_two_digits_are_never_guessed() -> None:
    assert refused("date", "3/1/26") == "ambiguous_date"
    assert refused("date", "31/12/26") == "ambiguous_date"
    assert refused("date", "3/1/6", Habits(date_order="mdy")) == "not_a_date"


@pytest.mark.parametrize(
    ("number", "year", "day"),
    [
        ("46082", "1900", date(2026, 3, 1)),
        (46082.0, "1900", date(2026, 3, 1)),
        ("44620", "1904", date(2026, 3, 1)),
        ("1", "1900", date(1900, 1, 1)),
        ("61", "1900", date(1900, 3, 1)),
    ],
)
def test_days_that_a_spreadsheet_counts(number: Any, year: Any, day: date) -> None:
    assert parsed("date", number, Habits(serial_dates=year)) == day
    assert parsed("datetime", number, Habits(serial_dates=year)).date() == day


def test_days_that_a_spreadsheet_counts_are_taken_only_by_habit() -> None:
    assert refused("date", "46082") == "not_a_date"
    assert refused("date", "46082.5", Habits(serial_dates="1900")) == "has_time"
    assert parsed("datetime", "46082.604166667", Habits(serial_dates="1900")).minute == 30
    assert parsed("date", "20260301", Habits(serial_dates="1900")) == date(2026, 3, 1)
    assert refused("date", "9999999", Habits(serial_dates="1900")) == "not_a_date"


def test_a_cell_that_names_no_option_is_told_the_labels() -> None:
    options = tuple(
        Option(name, Text.of({"zh": chinese, "en": english}))
        for name, chinese, english in (("g", "金", "Gold"), ("s", "银", "Silver"))
    )
    made = field("choice", options=options)
    with pytest.raises(Invalid) as refusal:
        TYPES["choice"].parse("Tin", made, Habits())
    assert refusal.value.problem.message("zh") == "没有选项“Tin”，可选：金、银"
    assert refusal.value.problem.message("en") == "there is no option 'Tin'; possible are Gold, Silver"
