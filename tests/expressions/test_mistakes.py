"""What is wrong with an expression is said with a code, the column inside it and a hint; nothing hostile gets through."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong.diagnostics import Diagnostic, Place
from dougong.expressions import KEYWORDS, compile_expression
from dougong.expressions.problems import PROBLEMS
from dougong.model.expression import Expression, Type
from tests.expressions import world

MISTAKES = [
    # text, code, column, part of the hint
    ("a +", "D402", 4, ""),
    ("", "D402", 1, ""),
    ("(a", "D402", 3, ""),
    ("a == 1", "D401", 4, "equality is written ="),
    ("a != 1", "D401", 3, "<>"),
    ("f && g", "D401", 4, "AND"),
    ("f || g", "D401", 3, "OR"),
    ("!f", "D401", 1, "NOT"),
    ("a ^ 2", "D401", 3, "POWER"),
    ("10%", "D401", 3, "0.1"),
    ("{a}", "D401", 1, "without braces"),
    ("t = “x”", "D401", 5, "straight"),
    ("t = 'x", "D401", 5, "closing"),
    ("a b", "D401", 3, ""),
    ("a < b < c", "D401", 7, ""),
    ("1.2.3", "D401", 1, ""),
    ("IF(a > 1; 2; 3)", "D401", 9, "commas"),
    ("'a\x00b'", "D401", 3, ""),
    ("'\ud800'", "D401", 2, ""),
    ("1" * 31, "D403", 1, ""),
    ("0.000000000000000000001", "D403", 1, ""),
    ("amont > 1", "D404", 1, ""),
    ("ownr = ME()", "D404", 1, "'owner'"),
    ("account.nam", "D404", 1, "'name'"),
    ("account.lines", "D404", 1, ""),
    ("lines.qty", "D404", 1, ""),
    ("SUN(lines.price)", "D405", 1, "'SUM'"),
    ("平均数(a)", "D405", 1, "平均"),
    ("SQL('x')", "D405", 1, ""),
    ("__import__('os')", "D405", 1, ""),
    ("ROUND()", "D406", 1, "ROUND(number"),
    ("ROUND(1, 2, 3)", "D406", 1, ""),
    ("DATE(2026, 1)", "D406", 1, ""),
    ("ME(1)", "D406", 1, ""),
    ("a + t", "D407", 5, ""),
    ("t - 1", "D407", 1, ""),
    ("m + 1", "D407", 1, ""),
    ("NOT a", "D407", 5, ""),
    ("IF(a, 1, 2)", "D407", 4, ""),
    ("LEFT(a, 1)", "D407", 6, ""),
    ("SUM(lines.note)", "D407", 5, ""),
    ("SUM(t)", "D407", 5, ""),
    ("SUM(a, lines.note = 'x')", "D407", 5, ""),
    ("COUNTUNIQUE(lines)", "D407", 13, ""),
    ("YEAR(t)", "D407", 6, ""),
    ("HOUR(d)", "D407", 6, ""),
    ("f + 1", "D407", 1, ""),
    ("a = t", "D408", 3, ""),
    ("a = '12'", "D408", 3, ""),
    ("d = 1", "D408", 3, ""),
    ("account = owner", "D408", 9, ""),
    ("account = 'Acme'", "D408", 9, ""),
    ("account = 1.5", "D408", 9, ""),
    ("account = -1", "D408", 11, ""),
    ("account = 9007199254740992", "D408", 11, ""),
    ("grade < 'b'", "D408", 7, ""),
    ("stage > 'new'", "D408", 7, ".position"),
    ("owner > 1", "D408", 7, ""),
    ("f > g", "D408", 3, ""),
    ("a > EMPTY", "D408", 3, ""),
    ("a IN team", "D408", 3, ""),
    ("stage = 'wonn'", "D409", 9, "'won'"),
    ("'z' IN tags", "D409", 1, "a, b, c"),
    ("SWITCH(grade, 'x', 1)", "D409", 15, ""),
    ("grade IN ('a', 'q')", "D409", 16, ""),
    ("IF(f, 1, 'x')", "D411", 10, ""),
    ("COALESCE(d, m)", "D411", 13, ""),
    ("MAX(a, d)", "D411", 8, ""),
    ("d = '2026-02-30'", "D412", 5, "2026-12-31"),
    ("d > 'yesterday'", "D412", 5, ""),
    ("m > '2026-01-01T00:00:00'", "D412", 5, "+08:00"),
    ("YEAR('20260101')", "D412", 6, ""),
    ("tags = 'a'", "D413", 1, ""),
    ("lines.price > 1", "D413", 1, ""),
    ("lines", "D413", 1, ""),
    ("MY_SUBORDINATES()", "D413", 1, ""),
    ("t.length", "D414", 1, ""),
    ("t.__class__", "D414", 1, ""),
    ("stage.colour", "D414", 1, "probability"),
    ("t LIKE u", "D417", 8, "CONTAINS"),
    ("DATEADD(d, 1, t)", "D417", 15, ""),
    ("TEXT(a, t)", "D417", 9, ""),
    ("HAS_ROLE(t)", "D417", 10, ""),
    ("HAS_ROLE('manger')", "D418", 10, "'manager'"),
    ("DATEADD(d, 1, 'moth')", "D419", 15, "'month'"),
    ("DATEADD(d, 1, 'hour')", "D419", 15, ""),
    ("WEEKDAY(d, 4)", "D419", 12, ""),
    ("t LIKE 'a\\'", "D419", 8, ""),
    ("t LIKE '%a%a%a%a%a%a%a%a%a%'", "D419", 8, ""),
    ("REGEXMATCH(t, u)", "D417", 15, ""),
    ("REGEXMATCH(t, '(')", "D419", 15, ""),
    ("REGEXEXTRACT(t, '(?=a)')", "D419", 17, ""),
    ("REGEXREPLACE(t, '(a)\\1', 'b')", "D419", 17, ""),
    ("REGEXMATCH(t, EMPTY)", "D419", 15, ""),
    ("REGEXMATCH(t, '(((a{1000}){1000}){1000})')", "D419", 15, ""),
    ("REGEXMATCH(t, '" + "a" * 501 + "')", "D419", 15, ""),
    ("FIXED(a, 21)", "D419", 10, ""),
    ("FIXED(a, c)", "D417", 10, ""),
    ("TEXTJOIN(t, f, u)", "D417", 13, ""),
    ("TEXTJOIN(',', 1, u)", "D407", 15, ""),
    ("WEEKNUM(d, 3)", "D419", 12, ""),
    ("YEARFRAC(d, e, 1)", "D419", 16, ""),
    ("DAYS360(d, e, EMPTY)", "D419", 15, ""),
    ("DATEDIF(d, e, 'W')", "D419", 15, ""),
    ("SECOND(d)", "D407", 8, ""),
    ("XOR(f)", "D406", 1, ""),
    ("XOR(f, a)", "D407", 8, ""),
    ("CHOOSE('x', 1)", "D407", 8, ""),
    ("CHOOSE(1, 2, 'x')", "D411", 14, ""),
    ("NETWORKDAYS(d)", "D406", 1, ""),
    ("NETWORKDAYS(d, 1)", "D407", 16, ""),
    ("WORKDAY(t, 1)", "D407", 9, ""),
    ("RMBCAP(t)", "D407", 8, ""),
    ("SQRT(t)", "D407", 6, ""),
    ("CALENDAR()", "D405", 1, ""),
    ("SUM(lines.price * tags)", "D420", 19, ""),
    ("SUM(orders.amount * lines.price)", "D420", 21, ""),
    ("orders.amount > 1", "D413", 1, ""),
    ("SUM(orders.amount WHERE statu = 'paid')", "D404", 25, "'status'"),
    ("SUM(orders.amount WHERE a > 1)", "D404", 25, "this.a"),
    ("SUM(orders.amount WHERE status = 'payed')", "D409", 34, "'paid'"),
    ("SUM(orders.amount WHERE amount)", "D407", 25, ""),
    ("SUM(orders.amount WHERE items.cost > 1)", "D413", 25, ""),
    ("SUM(orders.amount WHERE this.orders.amount > 1)", "D413", 25, ""),
    ("SUM(orders.amount WHERE amount > SUM(this.orders.items.cost))", "D420", 38, ""),
    (
        "SUM(orders.amount WHERE AVERAGE(this.orders.amount WHERE rate > 1) > MAX(this.orders.rate, note = 'x'))",
        "D420",
        92,
        "",
    ),
    ("SUM(a WHERE b > 1)", "D421", 15, ""),
    ("LEN(t WHERE b > 1)", "D421", 15, ""),
    ("SUM(ALL(stok).quantity)", "D422", 9, ""),
    ("SUM(ALL('stock').quantity)", "D419", 5, ""),
    ("SUM(ALL().quantity)", "D406", 5, ""),
    ("SUM(ALL(stock).quantiy)", "D404", 5, "'quantity'"),
    ("ALL(stock)", "D413", 1, ""),
    ("LEFT(t, 1).x", "D414", 1, ""),
    ("SUM(ALL(stock).quantity WHERE product = this)", "D408", 39, ""),
    ("SUMIFS(orders.amount, orders.status)", "D406", 1, ""),
    ("SUMIFS(orders.amount, orders.status, 'paid', orders.note)", "D406", 1, "criterion"),
    ("SUMIFS(a, b, 1)", "D407", 14, ""),
    ("MAPX('total', owner, orders.seller, orders.amount)", "D419", 6, ""),
    ("MAPX(t, owner, orders.seller, orders.amount)", "D419", 6, ""),
    ("COUNT(partners.deals.partners.deals)", "D403", 7, ""),
    (
        "COUNT(orders WHERE SUM(this.lines.price WHERE COUNT(this.tags WHERE COUNT(this.team) > 1) > 1) > 1)",
        "D403",
        69,
        "",
    ),
    ("COUNT(orders WHERE COUNT(items.parent.items.parent.items) > 1)", "D403", 26, ""),
    ("account" + ".stocks.product" * 4, "D403", 1, ""),
    ("FIRST(lines)", "D407", 7, ""),
    ("FIRST(a)", "D407", 1, ""),
    ("JOIN(orders.note, t)", "D417", 19, ""),
    ("LARGE(lines.price, a)", "D417", 20, ""),
    ("LARGE(lines.price)", "D406", 1, "LARGE(lines.amount, place"),
    ("LARGE(lines.price, 0)", "D419", 20, ""),
    ("SMALL(lines.price, 1.5)", "D419", 20, ""),
    ("SMALL(a, 1)", "D407", 1, ""),
    ("MEDIAN(lines.note)", "D407", 8, ""),
    ("STDEV()", "D407", 1, ""),
    ("RANK(a, lines.price, 'x')", "D419", 22, ""),
    ("RANK(a, b)", "D407", 1, "RANK(number, list"),
    ("COUNTIF(a, '>1')", "D407", 1, "COUNTIF(lines.kind"),
    ("JOIN(orders.urgent)", "D407", 6, ""),
    (
        "COUNT(orders WHERE COUNT(items WHERE COUNT(parent.items WHERE COUNT(parent.items) > 1) > 1) > 1)",
        "D403",
        69,
        "",
    ),
]


@pytest.mark.parametrize(("text", "code", "column", "hint"), MISTAKES, ids=lambda part: repr(part)[:40])
def test_mistake(text: str, code: str, column: int, hint: str) -> None:
    found = compile_expression(text, world.scope(), place=Place("x.yaml", 3, 9), path="fields/x/formula")
    assert not isinstance(found, Expression)
    first = found[0]
    assert (first.code, dict(first.parameters)["column"]) == (code, str(column)), str(first)
    assert hint in first.hint
    assert first.place == Place("x.yaml", 3, 9)
    assert first.path == "fields/x/formula"


def test_every_code_is_shown() -> None:
    elsewhere = {"D410", "D415", "D416", "D426"}
    assert {code for _, code, _, _ in MISTAKES} | elsewhere == set(PROBLEMS)


@pytest.mark.parametrize(
    ("text", "expect", "code"),
    [
        ("a", Type("text"), "D410"),
        ("a > 1", Type("number"), "D410"),
        ("t", Type("boolean"), "D410"),
        ("ME()", Type("record", entity="t.account"), "D410"),
        ("account", Type("member"), "D410"),
        ("tags", Type("choice", options=world.GRADES), "D410"),
        ("'x'", Type("choice", options=world.GRADES), "D409"),
        ("IF(f, 'a', 'x')", Type("choice", options=world.GRADES), "D409"),
        ("'2026-13-01'", Type("date"), "D412"),
    ],
)
def test_result_that_does_not_fit(text: str, expect: Type, code: str) -> None:
    found = compile_expression(text, world.scope(), expect=expect)
    assert not isinstance(found, Expression)
    assert [each.code for each in found] == [code]


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("'a'", Type("choice", options=world.GRADES)),
        ("IF(f, 'a', grade)", Type("choice", options=world.GRADES)),
        ("['a', 'b']", Type("choice", many=True, options=world.GRADES)),
        ("tags", Type("choice", many=True, options=world.GRADES)),
        ("[ME()]", Type("member", many=True)),
        ("'2026-01-01'", Type("date")),
        ("EMPTY", Type("date")),
        ("grade", Type("text")),
        ("a / 3", Type("number", decimals=0)),
    ],
)
def test_result_that_fits(text: str, expect: Type) -> None:
    world.compiled(text, expect=expect)


@pytest.mark.parametrize(
    "text",
    [
        "POWER(a, 2) > 1",
        "PRODUCT(lines.price) > 0",
        "RMBCAP(a) = t",
        "REGEXMATCH(t, 'a')",
    ],
)
def test_what_the_database_cannot_do_is_refused_where_it_must(text: str) -> None:
    assert isinstance(compile_expression(text, world.scope()), Expression)
    found = compile_expression(text, world.scope(), sql=True)
    assert not isinstance(found, Expression)
    assert {each.code for each in found} == {"D416"}


def test_constant_parts_may_use_anything() -> None:
    world.compiled("a > POWER(2, 10) AND t = TEXT(TODAY(), 'yyyy')", sql=True)


def test_deep_repetition_in_sql_is_refused() -> None:
    text = "a"
    for _ in range(6):
        text = f"MOD({text}, 7)"
    found = compile_expression(text, world.scope(), sql=True)
    assert not isinstance(found, Expression)
    assert found[0].code == "D416"


@pytest.mark.parametrize(
    ("text", "code"),
    [("a", "D415"), ("SUM(a) + b", "D415"), ("SUM(lines.price)", "D415"), ("POWER(SUM(a), 2)", "D416")],
)
def test_measures(text: str, code: str) -> None:
    found = compile_expression(text, world.scope(aggregate=True))
    assert not isinstance(found, Expression)
    assert found[0].code == code


def test_all_mistakes_at_once_in_order() -> None:
    found = compile_expression("amont + ROUND(t) + IF(stage = 'wn', 1, 2)", world.scope())
    assert not isinstance(found, Expression)
    assert [each.code for each in found] == ["D404", "D407", "D409"]


def test_a_mistake_makes_no_further_noise() -> None:
    found = compile_expression("ROUND(amont, 2) > SUM(lines.pric) AND LEFT(amont, 1) = 'x'", world.scope())
    assert not isinstance(found, Expression)
    assert [each.code for each in found] == ["D404", "D404", "D404"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "(" * 4000 + "a" + ")" * 4000,
        "NOT " * 2000 + "f",
        "-" * 5000 + "a",
        "+".join(["a"] * 2000),
        " AND ".join(["f"] * 1400),
        "IF(f, " * 500 + "1" + ", 2)" * 500,
        "a." * 4000 + "a",
        "SUM(" * 900 + "a" + ")" * 900,
        "a" * 10_001,
        "[" * 3000 + "]" * 3000,
        "'" * 9999,
    ],
    ids=lambda text: text[:12],
)
def test_monsters_are_bounded(text: str) -> None:
    found = compile_expression(text, world.scope(), sql=True)
    assert isinstance(found, Expression) or {each.code for each in found} & {
        "D401",
        "D402",
        "D403",
        "D404",
        "D413",
        "D414",
    }


def test_long_conditions_are_no_monsters() -> None:
    text = " OR ".join(f"a = {number}" for number in range(300))
    world.compiled(text, sql=True)
    world.compiled(f"grade IN ('a') AND c IN ({', '.join(map(str, range(1500)))})", sql=True)


SIGNS = st.sampled_from(
    [
        *"()[]+-*/&=<>,.'\"",
        " ",
        "AND ",
        "NOT ",
        "IN ",
        "a",
        "t",
        "lines.price",
        "SUM(",
        "IF(",
        "1",
        "'x'",
        "客",
        "IS EMPTY",
        "\n",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(SIGNS, max_size=25).map("".join)))
def test_anything_gives_an_expression_or_findings(text: str) -> None:
    found = compile_expression(text, world.scope(), sql=True)
    assert isinstance(found, Expression) or all(
        isinstance(each, Diagnostic) and each.code in PROBLEMS for each in found
    )


def test_keywords_are_the_words_of_the_grammar() -> None:
    for word in KEYWORDS:
        found = compile_expression(f"{word} > 1", world.scope())
        assert not isinstance(found, Expression)
