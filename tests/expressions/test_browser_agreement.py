"""The browser's engine in a real browser gives what Python gives: the table of cases, every function's example, generated ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import strategies as st
from playwright.sync_api import Page

from dougong.expressions import FUNCTIONS, compile_expression, evaluate
from dougong.expressions.portable import BROWSER, SERVER_ONLY, is_for_browser
from dougong.expressions.results import moment
from dougong.expressions.zones import zone_facts
from dougong.model.expression import Expression, Value
from tests.expressions import generated, in_browser, test_cases, world
from tests.expressions.compared import count
from tests.expressions.drawn import EXAMPLES, NIGHTLY_PAIRS, PAIRS, drawn
from tests.expressions.test_agreement import ACCOUNTS, CONDITIONS, RECORDS

AROUND = (-86_401, -3601, -3600, -1801, -1, 0, 1, 1800, 3599, 3600, 86_399)
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "Europe/Dublin", "Pacific/Apia", "UTC")


@pytest.fixture
def engine(page: Page, assets: Path) -> str:
    return in_browser.opened(page, assets)


def compiled(texts: Sequence[str]) -> list[Expression]:
    """The expressions that the browser can compute; too large ones are left out."""
    found = (compile_expression(text, world.scope()) for text in texts)
    return [each for each in found if isinstance(each, Expression) and is_for_browser(each.tree)]


def differences(
    page: Page,
    engine: str,
    expressions: Sequence[Expression],
    records: Sequence[dict[str, Value]],
    zone: str = world.ZONE,
) -> list[str]:
    found = in_browser.by_browser(page, engine, expressions, records, ACCOUNTS, zone)
    wrong = []
    for expression, values in zip(expressions, found, strict=True):
        for record, value in zip(records, values, strict=True):
            context = world.python_context(record, ACCOUNTS, timezone=zone)
            meant = evaluate(expression, context)
            if meant != value or isinstance(meant, bool) != isinstance(value, bool):
                wrong.append(f"{expression.text}: {value!r}, not {meant!r} for {record['id']}")
    return wrong


def test_the_table_of_cases(page: Page, engine: str) -> None:
    records = test_cases.records()
    compiled = {text: world.compiled(text) for _, text, _ in test_cases.cases()}
    expressions = {text: each for text, each in compiled.items() if is_for_browser(each.tree)}
    assert len(expressions) > 0.9 * len(compiled)
    found = in_browser.by_browser(
        page, engine, list(expressions.values()), list(records.values()), test_cases.accounts()
    )
    column = {name: at for at, name in enumerate(records)}
    values = dict(zip(expressions, found, strict=True))
    wrong = [
        f"{on}: {text} is {test_cases.shown(values[text][column[on]])}, not {expected}"
        for on, text, expected in test_cases.cases()
        if text in values and test_cases.shown(values[text][column[on]]) != expected
    ]
    assert wrong == []
    count("cases", "browser", sum(text in values for _, text, _ in test_cases.cases()))


def test_the_table_of_other_surroundings(page: Page, engine: str) -> None:
    """Clocks that are put forward and back, other zones and the holidays of a company."""
    groups: dict[test_cases.Surroundings, list[tuple[str, str, str]]] = {}
    for around, *case in test_cases.elsewhere():
        groups.setdefault(around, []).append(case)  # type: ignore[arg-type]
    wrong = []
    for around, cases in groups.items():
        expressions = [world.compiled(text) for _, text, _ in cases]
        assert all(is_for_browser(each.tree) for each in expressions), around
        records = [test_cases.records()[on] for on, _, _ in cases]
        accounts = test_cases.accounts()
        found = in_browser.by_browser(
            page, engine, expressions, records, accounts, around.zone, around.calendar
        )
        for at, (on, text, expected) in enumerate(cases):
            shown = test_cases.shown(found[at][at])
            if shown != expected:
                wrong.append(f"{around} {on}: {text} is {shown}, not {expected}")
    assert wrong == []
    count("cases", "browser", len(test_cases.elsewhere()))


GENERATED = st.one_of(generated.expressions(), CONDITIONS)


def agree(page: Page, engine: str, expressions: Sequence[Expression]) -> int:
    """The browser gives what Python gives; how many pairs of an expression and a record were compared."""
    assert differences(page, engine, expressions, RECORDS) == []
    pairs = len(expressions) * len(RECORDS)
    count("pairs", "browser", pairs)
    return pairs


def test_generated_expressions_agree(page: Page, engine: str) -> None:
    assert agree(page, engine, compiled(drawn(GENERATED, EXAMPLES))) >= PAIRS


@pytest.mark.nightly
def test_many_generated_expressions_agree(page: Page, engine: str) -> None:
    assert agree(page, engine, compiled(drawn(GENERATED, 2 * EXAMPLES + 600, False))) >= NIGHTLY_PAIRS


def test_every_function_s_example(page: Page, engine: str) -> None:
    """The examples of the reference; a function is computed in the browser, or there is a reason why not."""
    wanted = [function for function in FUNCTIONS.values() if function.name not in SERVER_ONLY]
    expressions = compiled([function.example[0] for function in wanted])
    assert [each.text for each in expressions] == [function.example[0] for function in wanted]
    assert differences(page, engine, expressions, list(test_cases.records().values())) == []
    assert set(SERVER_ONLY) <= set(FUNCTIONS)
    assert not set(SERVER_ONLY) & BROWSER


MORE = (
    r"u LIKE '\_'",
    "PRODUCT(lines.quantity)",
    "PRODUCT(lines.quantity, lines.price > 100)",
    "PRODUCT(a, b, k)",
    "POWER(a, c)",
    *(f"{name}(a, b, c, k, w)" for name in ("MEDIAN", "MODE", "VAR", "VARP", "STDEV", "STDEVP")),
    *(
        f"{name}(lines.{column})"
        for name in ("MEDIAN", "MODE", "VAR", "VARP", "STDEV", "STDEVP")
        for column in ("quantity", "price", "worth")
    ),
    "MEDIAN(lines.price WHERE quantity > 0)",
    "LARGE(lines.price, 1)",
    "SMALL(lines.price, 2 WHERE quantity IS EMPTY)",
    "LARGE(lines.day, 2)",
    "SMALL(lines.quantity, 9)",
    "RANK(a, lines.price)",
    "RANK(c, lines.quantity, TRUE)",
    "TEXT(a, '#,##0.0#')",
    "TEXT(m, 'yyyy-MM-dd HH:mm:ss')",
)


def test_more_than_the_table_holds(page: Page, engine: str) -> None:
    expressions = compiled(MORE)
    assert [each.text for each in expressions] == list(MORE)
    assert differences(page, engine, expressions, [*test_cases.records().values(), *RECORDS]) == []


def test_the_browser_has_what_trees_sent_to_it_may_call(page: Page, engine: str) -> None:
    known = page.evaluate("async (address) => (await import(address)).known()", engine)
    assert sorted(known) == sorted(BROWSER)


CLOCKS = (
    "HOUR(m)",
    "MINUTE(m)",
    "DATE(m)",
    "DATEADD(m, 1, 'day')",
    "DATEADD(m, -1, 'day')",
    "DATEADD(m, 1, 'month')",
    "DATEADD(m, 1, 'year')",
    "DATEADD(m, 25, 'hour')",
    "TEXT(m, 'yyyy-MM-dd HH:mm:ss')",
    "DAYS(n, m)",
    "m > '2026-03-29'",
)


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_of_zones(page: Page, engine: str, zone: str) -> None:
    """Around each change of a zone, in its past and far in its future, and at the ends of the calendar."""
    random = Random(zone)
    changes = zone_facts(zone)["changes"]  # type: ignore[index]
    seconds = [moment + step for moment, _ in changes[:3] + changes[-9:] for step in AROUND]
    seconds += [random.randrange(-62_135_596_800, 253_402_300_800) for _ in range(100)]
    seconds += [-62_135_596_800, 253_402_300_799]
    for year in (2038, 2100, 9998):
        for month in (3, 4, 10, 11):
            start = int(datetime(year, month, 1, tzinfo=UTC).timestamp())
            seconds += [start + hour * 3600 for hour in range(0, 31 * 24, 3 if year == 2100 else 23)]
    records: list[dict[str, Value]] = [
        {"id": number, "m": moment(second * 1_000_000), "n": world.NOW}
        for number, second in enumerate(seconds, start=1)
    ]
    assert differences(page, engine, compiled(CLOCKS), records, zone) == []
