"""Figures against an independent computation in plain Python over the same deals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dougong.diagnostics import Refusal
from dougong.records.query import Query, list_records
from dougong.reports import Figures, dashboard, run
from tests.reports.conftest import AT, STAGES, Sales

Deal = dict[str, Any]
PROBABILITY = dict(zip(STAGES, map(Decimal, ("0.10", "0.50", "1.00", "0.00")), strict=True))


def amounts(deals: Iterable[Deal], name: str = "amount") -> list[Decimal]:
    return [deal[name] for deal in deals if deal[name] is not None]


def mean(values: list[Decimal]) -> Decimal | None:
    return (
        (sum(values, Decimal(0)) / len(values)).quantize(Decimal("1e-10"), ROUND_HALF_UP) if values else None
    )


def table(figures: Figures) -> dict[Any, tuple[Any, ...]]:
    """The values by the values of the dimensions."""
    count = sum(1 for column in figures.columns if column.kind == "dimension")
    found = {}
    for line in figures.lines:
        values = tuple(figure.value for figure in line.figures)
        found[values[:count]] = values[count:]
    assert len(found) == len(figures.lines)
    return found


def grouped(deals: Iterable[Deal], key: Callable[[Deal], Any]) -> dict[Any, list[Deal]]:
    found: dict[Any, list[Deal]] = {}
    for deal in deals:
        found.setdefault(key(deal), []).append(deal)
    return found


def test_by_stage(sales: Sales) -> None:
    with sales.call() as call:
        figures = run(call, "sales", "by_stage")
    expected = {}
    for stage, deals in grouped(sales.deals, lambda deal: deal["stage"]).items():
        known = [deal["account"] for deal in deals if deal["account"] is not None]
        expected[(stage,)] = (
            len(deals),
            sum(amounts(deals)),
            mean(amounts(deals)),
            min(amounts(deals)),
            max(deal["close_on"] for deal in deals if deal["close_on"]),
            len(known),
            len(set(known)),
            sum(1 for deal in deals if deal["urgent"] or (deal["amount"] or 0) > 500000),
            sum(amounts(deal for deal in deals if deal["source"] == "fair")),
            sum((deal["amount"] or 0) * PROBABILITY[stage] for deal in deals),
        )
    assert table(figures) == expected
    assert [line.figures[0].value for line in figures.lines] == list(STAGES)
    assert [line.figures[0].text for line in figures.lines] == ["New", "Offer", "Won", "Lost"]
    assert figures.count == len(sales.deals)
    assert figures.totals[2].value == sum(amounts(sales.deals))
    assert figures.totals[3].value == mean(amounts(sales.deals))


def test_by_month_has_every_month_and_its_change(sales: Sales) -> None:
    closed = [deal for deal in sales.deals if deal["stage"] in ("won", "lost")]
    months = grouped(closed, lambda deal: deal["close_on"] and deal["close_on"].replace(day=1))
    with sales.call() as call:
        figures = run(call, "sales", "by_month")
    starts = [line.figures[0].value for line in figures.lines]
    dated = [start for start in starts if start is not None]
    assert dated == sorted(dated)
    assert len(dated) == (dated[-1].year - dated[0].year) * 12 + dated[-1].month - dated[0].month + 1
    assert any(start not in months for start in dated), "the generated deals leave a month out"
    for line in figures.lines:
        deals = months.get(line.figures[0].value, [])
        won = [deal for deal in deals if deal["stage"] == "won"]
        rate = (Decimal(len(won)) / len(deals)).quantize(Decimal("1e-10"), ROUND_HALF_UP) if deals else None
        values = [figure.value for figure in line.figures[1:]]
        assert values == [len(won), sum(amounts(won)), rate, mean(amounts(deals))]
    by_start = dict(zip(starts, figures.lines, strict=True))
    for before, after in pairwise(dated):
        change = by_start[after].figures[2].change
        assert change is not None
        assert change.difference == by_start[after].figures[2].value - by_start[before].figures[2].value
        assert (change.ratio is None) == (by_start[before].figures[2].value == 0)
    assert by_start[dated[0]].figures[2].change is None


def test_weeks_by_the_clock_of_the_reader(sales: Sales) -> None:
    for zone in ("Asia/Shanghai", "America/New_York"):
        weeks: dict[Any, list[Deal]] = {}
        for deal in sales.deals:
            weeks.setdefault(week_of(deal["seen_at"], zone), []).append(deal)
        with sales.call(timezone=zone) as call:
            figures = run(call, "sales", "by_week_seen")
        found = {key[0]: value[0] for key, value in table(figures).items() if value[0]}
        assert found == {week: len(deals) for week, deals in weeks.items()}


def week_of(moment: Any, zone: str) -> date | None:
    if moment is None:
        return None
    day: date = moment.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())


def quarter_of(day: date | None) -> date | None:
    return None if day is None else date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def test_three_dimensions_and_the_chart_of_two(sales: Sales) -> None:
    groups = grouped(sales.deals, lambda deal: (quarter_of(deal["close_on"]), deal["source"], deal["urgent"]))
    with sales.call() as call:
        figures = run(call, "sales", "matrix")
    expected = {key: (sum(amounts(deals)), mean(amounts(deals))) for key, deals in groups.items()}
    assert table(figures) == expected
    chart = figures.chart
    assert chart is not None
    assert [series.label for series in chart.series] == ["Web", "Fair", "Ad", "(empty)"]
    cells = grouped(sales.deals, lambda deal: (quarter_of(deal["close_on"]), deal["source"]))
    for series, source in zip(chart.series, ("web", "fair", "ad", None), strict=True):
        for category, figure in zip(chart.categories, series.figures, strict=True):
            assert figure.value == mean(amounts(cells.get((category.value, source), [])))


def test_order_limit_and_titles(sales: Sales) -> None:
    accounts = grouped(sales.deals, lambda deal: deal["account"])
    sums = {account: sum(amounts(deals)) for account, deals in accounts.items()}
    with sales.call() as call:
        figures = run(call, "sales", "by_account")
    best = sorted(sums, key=lambda account: -sums[account])[:3]
    assert [line.figures[0].value for line in figures.lines] == best
    names = [sales.accounts[each]["name"] if each else "(empty)" for each in best]
    assert [line.figures[0].text for line in figures.lines] == names
    assert figures.more
    assert figures.totals[1].value == sum(amounts(sales.deals))


def test_over_a_link(sales: Sales) -> None:
    regions = grouped(
        sales.deals, lambda deal: sales.accounts[deal["account"]]["region"] if deal["account"] else None
    )
    with sales.call() as call:
        figures = run(call, "sales", "by_region")
    assert table(figures) == {(region,): (len(deals),) for region, deals in regions.items()}
    assert [line.figures[0].text for line in figures.lines] == ["South", "North", "(empty)"]


@pytest.mark.parametrize(
    "report", ["by_stage", "by_month", "by_week_seen", "matrix", "by_account", "by_region", "by_owner"]
)
@pytest.mark.parametrize("login", ["root", "ann"])
def test_every_figure_leads_to_its_records(sales: Sales, report: str, login: str) -> None:
    """The filter of a line finds as many records as COUNT() over it says, and a figure's own filter gives the figure again."""
    with sales.call(login) as call:
        figures = run(call, "sales", report)
        lines_count = 0
        for line in figures.lines:
            page = list_records(
                call, "sales.deal", Query(filter=line.filter or None, count="exact", limit=1000)
            )
            lines_count += page.count or 0
            place = figures.place("deals")
            if place >= 0:
                assert page.count == line.figures[place].value
            for column, figure in zip(figures.columns, line.figures, strict=True):
                if column.kind == "measure":
                    behind = list_records(
                        call, "sales.deal", Query(filter=figure.filter or None, limit=1000)
                    ).rows
                    check_behind(column.id, figure.value, [dict(record.values) for record in behind])
        if not figures.more:
            assert lines_count == figures.count


def check_behind(measure: str, value: Any, deals: list[Deal]) -> None:
    """The measure computed over the records that its filter finds."""
    computed: dict[str, Callable[[], Any]] = {
        "deals": lambda: len(deals),
        "amount": lambda: sum(amounts(deals)),
        "mean": lambda: mean(amounts(deals)),
        "smallest": lambda: min(amounts(deals), default=None),
        "latest": lambda: max((deal["close_on"] for deal in deals if deal["close_on"]), default=None),
        "with_account": lambda: len(deals),
        "accounts": lambda: len({deal["account"] for deal in deals}),
        "urgent": lambda: len(deals),
        "fair": lambda: sum(amounts(deals)),
        "won": lambda: len(deals),
    }
    if measure in computed:
        assert value == computed[measure]()


def test_rights_of_the_reader(sales: Sales) -> None:
    own = [deal for deal in sales.deals if deal["owner"] == sales.people["ann"].id]
    with sales.call("ann") as call:
        stages = run(call, "sales", "by_stage")
        accounts = run(call, "sales", "by_account")
        owners = run(call, "sales", "by_owner")
    assert stages.totals[1].value == len(own) == stages.count
    assert stages.totals[2].value == sum(amounts(own))
    hers = {key for key, account in sales.accounts.items() if account["owner"] == sales.people["ann"].id}
    for line in accounts.lines:
        account = line.figures[0].value
        expected = (
            "(empty)"
            if account is None
            else sales.accounts[account]["name"]
            if account in hers
            else "(no access)"
        )
        assert line.figures[0].text == expected
    assert owners.withheld == ("margin",)
    assert [column.id for column in owners.columns] == ["owner", "amount"]
    with sales.call("gus") as call:
        regions_are_not_offered(call)


def regions_are_not_offered(call: Any) -> None:
    assert run(call, "sales", "by_stage").count > 0
    for report in ("by_region", "nothing"):
        with pytest.raises(Refusal) as refused:
            run(call, "sales", report)
        assert refused.value.kind == "missing"


def test_a_reader_narrows(sales: Sales) -> None:
    with sales.call() as call:
        figures = run(call, "sales", "by_stage", filters="source = 'web' OR source = 'ad'")
        with pytest.raises(Refusal) as refused:
            run(call, "sales", "by_stage", filters="amont > 1")
    deals = [deal for deal in sales.deals if deal["source"] in ("web", "ad")]
    assert figures.count == len(deals)
    assert figures.totals[2].value == sum(amounts(deals))
    assert refused.value.kind == "invalid"
    with sales.call("ann") as call, pytest.raises(Refusal):
        run(call, "sales", "by_stage", filters="cost > 1")


def test_texts_in_both_languages(sales: Sales) -> None:
    with sales.call(language="zh") as call:
        stages, months = run(call, "sales", "by_stage"), run(call, "sales", "by_month")
    assert stages.label == "销售漏斗"
    assert [line.figures[0].text for line in stages.lines] == ["新建", "报价", "赢单", "输单"]
    assert (
        months.lines[1].figures[0].text
        == f"{months.lines[1].figures[0].value.year} 年 {months.lines[1].figures[0].value.month} 月"
    )
    assert months.lines[-1].figures[0].text == "（空）"
    rate = next(
        figure for line in months.lines for figure in [line.figures[3]] if figure.value not in (None, 0)
    )
    assert rate.text.endswith("%")
    assert stages.totals[2].text.startswith("¥")
    assert stages.column("amount").unit == "CNY"  # type: ignore[union-attr]


def test_funnel_says_how_much_came_through(sales: Sales) -> None:
    with sales.call() as call:
        chart = run(call, "sales", "by_stage").chart
    assert chart is not None
    assert chart.kind == "funnel"
    assert [category.text for category in chart.categories] == ["New", "Offer", "Won", "Lost"]
    counts = [figure.value for figure in chart.series[0].figures]
    assert chart.notes[0] == ""
    assert (
        chart.notes[1]
        == f"{(100 * counts[1] / counts[0]).quantize(Decimal('0.1'), ROUND_HALF_UP).normalize():f}%"
    )


def test_dashboard(sales: Sales) -> None:
    with sales.call() as call:
        found = dashboard(call, "sales", "home")
    cards = {each.card.id: each for each in found.cards}
    assert [each.problem for each in found.cards] == [""] * 6
    open_deals = [deal for deal in sales.deals if deal["stage"] in ("new", "offer")]
    number = cards["open"].number
    assert number is not None
    assert number.figure.value == sum(amounts(open_deals))
    assert number.target == 1000000
    assert number.share == (sum(amounts(open_deals), Decimal(0)) / Decimal(1000000)).quantize(
        Decimal("1e-10"), ROUND_HALF_UP
    )
    now = [
        deal
        for deal in sales.deals
        if deal["stage"] == "won"
        and deal["close_on"]
        and (deal["close_on"].year, deal["close_on"].month) == (AT.year, AT.month)
    ]
    month = cards["month"].number
    assert month is not None
    assert month.figure.value == sum(amounts(now))
    assert month.period == "Nov 2026"
    assert month.spark[-1] == month.figure
    page = cards["late"].page
    assert page is not None
    assert page.count == len(open_deals)
    shown = [record.values["amount"] for record in page.rows]
    assert shown == sorted(amounts(open_deals), reverse=True)[: len(shown)]


def test_dashboard_keeps_what_is_not_for_the_reader(sales: Sales) -> None:
    with sales.call("ann") as call:
        found = dashboard(call, "sales", "home")
    cards = {each.card.id: each for each in found.cards}
    assert cards["margin"].problem == "you may not see the data of this card"
    assert cards["margin"].figures is None
    assert cards["open"].number is not None
    with sales.call("gus") as call, pytest.raises(Refusal) as refused:
        dashboard(call, "sales", "home")
    assert refused.value.kind == "missing"
