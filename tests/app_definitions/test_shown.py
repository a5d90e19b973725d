"""The demonstrations: believable, coherent, the same every time, and open to every role exactly as far as it may see."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.people.actor import Actor
from dougong.policy.access import access, may
from dougong.policy.offers import may_open_report
from dougong.records.aggregate import aggregate
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.reports.dashboard import dashboard
from dougong.reports.run import run
from dougong.workflow.inbox import inbox
from dougong.workflow.path import ways_of
from tests.app_definitions.conftest import APPS, AS_OF, Installed, fill_all, install_apps
from tests.servers.databases import Databases


def everything(installed: Installed, connection: Any, key: str, actor: Actor | None = None) -> list[Any]:
    call = installed.call(connection) if actor is None else installed.call(connection, actor)
    found: list[Any] = []
    query = Query(limit=1000, sort="id")
    while True:
        page = list_records(call, key, query)
        found += page.rows
        if page.next_cursor is None:
            return found
        query = Query(limit=1000, sort="id", cursor=page.next_cursor)


def test_there_is_enough_of_everything(shown: Installed) -> None:
    rows = shown.filled["crm"].rows
    assert sum(rows.values()) > 7000
    expected = {
        "account": 400,
        "contact": 800,
        "lead": 600,
        "opportunity": 800,
        "ticket": 500,
        "follow_up": 1400,
        "quote": 450,
    }
    for name, least in expected.items():
        assert rows[f"crm.{name}"] >= least, name
    with shown.database.reading() as connection:
        for app_id in APPS:
            for entity in shown.release.app(app_id).entities.values():
                if not entity.parent:
                    assert (
                        len(everything(shown, connection, entity.key))
                        == shown.filled[app_id].rows[entity.key]
                    )


def test_stories_hold_together(shown: Installed) -> None:
    with shown.database.reading() as connection:
        deals = {each.id: each for each in everything(shown, connection, "crm.opportunity")}
        contracts = everything(shown, connection, "crm.contract")
        plans = everything(shown, connection, "crm.payment_plan")
        today = AS_OF.date()
        for deal in deals.values():
            assert deal.created_at <= deal.updated_at <= AS_OF
            closed = deal.values["stage"] in ("won", "lost")
            assert not closed or deal.values["close_on"] <= today
            assert (deal.values["lost_reason"] is not None) == (deal.values["stage"] == "lost")
        assert all(deals[each.values["opportunity"]].values["stage"] == "won" for each in contracts)
        assert all(
            each.values["amount"] == deals[each.values["opportunity"]].values["amount"] for each in contracts
        )
        owed: Counter[int] = Counter()
        for each in plans:
            owed[each.values["contract"]] += each.values["amount"]
        assert all(owed[each.id] in (0, each.values["amount"]) for each in contracts)
        won = [deal for deal in deals.values() if deal.values["stage"] == "won"]
        months = {deal.values["close_on"].strftime("%Y-%m") for deal in won}
        assert len(won) > 100
        assert len(months) >= 12
        moved = history(shown.call(connection), "crm.opportunity", won[0].id)
        assert len(moved.entries) >= 4


def test_numbers_follow_the_days_on_which_records_were_made(shown: Installed) -> None:
    with shown.database.reading() as connection:
        deals = everything(shown, connection, "crm.opportunity")
        for deal in deals:
            month = (deal.created_at + timedelta(hours=8)).strftime("%Y%m")
            assert deal.values["number"].startswith(f"OPP-{month}-")
        assert len({deal.values["number"] for deal in deals}) == len(deals)


def test_approvals_wait_for_people_and_others_are_over(shown: Installed) -> None:
    with shown.database.reading() as connection:
        people = shown.people(connection)
        manager = shown.call(connection, people["shen.jiahe"])
        waiting = inbox(manager, "todo")
        assert waiting
        assert {line.workflow for line in waiting} <= {"quote_approval", "contract_review"}
        [way] = [
            each
            for each in ways_of(manager, waiting[0].key, waiting[0].record_id)
            if each.instance_id == waiting[0].instance_id
        ]
        assert way.steps
        assert inbox(manager, "done")


def test_every_view_of_every_entity_runs_for_every_role(shown: Installed) -> None:
    with shown.database.reading() as connection:
        for login, actor in shown.people(connection).items():
            call = shown.call(connection, actor)
            for app_id in APPS:
                app = shown.release.app(app_id)
                for name, views in app.views.items():
                    key = app.entities[name].key
                    if not may(shown.release, actor, key, "read"):
                        with pytest.raises(Refusal):
                            list_records(call, key, Query())
                        continue
                    for view in views:
                        hidden = access(shown.release, actor, key, "read").hidden
                        columns = [each for each in view.columns if each not in hidden]
                        page = list_records(
                            call, key, Query(view=view.filter, sort=view.sort, fields=columns, count="exact")
                        )
                        assert page.count is not None, (login, key, view.id)


def test_every_report_and_dashboard_runs_for_every_role(shown: Installed) -> None:
    with shown.database.reading() as connection:
        for login, actor in shown.people(connection).items():
            call = shown.call(connection, actor)
            for app_id in APPS:
                app = shown.release.app(app_id)
                for report in app.reports:
                    if may_open_report(shown.release, actor, app_id, report) and may(
                        shown.release, actor, app.entities[app.reports[report].entity].key, "read"
                    ):
                        run(call, app_id, report)
                for name in app.dashboards:
                    if not may_open_report(shown.release, actor, app_id, name):
                        continue
                    cards = dashboard(call, app_id, name).cards
                    assert len(cards) == len(app.dashboards[name].cards), login


def test_the_director_sees_figures_in_every_card(shown: Installed) -> None:
    with shown.database.reading() as connection:
        call = shown.call(connection, shown.people(connection)["admin"])
        for app_id in APPS:
            for name in shown.release.app(app_id).dashboards:
                for card in dashboard(call, app_id, name).cards:
                    assert not card.problem, (app_id, name, card)


def test_a_representative_sees_own_rows_and_no_cost(shown: Installed) -> None:
    with shown.database.reading() as connection:
        people = shown.people(connection)
        rep = people["xu.wenjing"]
        mine = everything(shown, connection, "crm.opportunity", rep)
        assert mine
        assert {each.values["owner"] for each in mine} == {rep.id}
        quotes = everything(shown, connection, "crm.quote", rep)
        assert not {"internal_cost", "margin"} & set(quotes[0].values)
        whole = read(shown.call(connection, rep), "crm.quote", quotes[0].id)
        assert whole.values["lines"]
        assert not {"cost", "line_cost"} & set(whole.values["lines"][0])
        products = everything(shown, connection, "crm.product", rep)
        assert "cost" not in products[0].values
        with pytest.raises(Refusal):
            list_records(shown.call(connection, rep), "crm.quote", Query(filter="margin > 0"))
        with pytest.raises(Refusal):
            list_records(shown.call(connection, rep), "crm.quote", Query(filter="SUM(lines.cost) > 0"))


def test_a_manager_sees_the_department_and_its_margins(shown: Installed) -> None:
    with shown.database.reading() as connection:
        people = shown.people(connection)
        head = people["shen.jiahe"]
        deals = everything(shown, connection, "crm.opportunity", head)
        team = {people[name].id for name in ("xu.wenjing", "he.zihan", "luo.yutong")}
        assert {each.values["owner"] for each in deals} == team
        quotes = everything(shown, connection, "crm.quote", head)
        assert "margin" in quotes[0].values
        assert "cost" in read(shown.call(connection, head), "crm.quote", quotes[0].id).values["lines"][0]
        everybody = len(everything(shown, connection, "crm.opportunity", people["lin.zhiyuan"]))
        assert everybody == 800
        assert 0 < len(deals) < everybody


def test_marketing_service_and_finance_keep_to_their_own(shown: Installed) -> None:
    with shown.database.reading() as connection:
        people = shown.people(connection)
        release = shown.release
        refused = {
            "fang.ruoxi": ["quote", "contract", "payment", "ticket", "sales_target"],
            "kang.yuqing": ["opportunity", "quote", "payment", "lead", "sales_target"],
            "su.minyi": ["lead", "ticket", "campaign", "follow_up"],
        }
        for login, entities in refused.items():
            for entity in entities:
                assert not may(release, people[login], f"crm.{entity}", "read"), (login, entity)
        assert may(release, people["su.minyi"], "crm.payment", "update")
        assert not may(release, people["su.minyi"], "crm.quote", "update")
        contract = everything(shown, connection, "crm.contract", people["kang.yuqing"])[0]
        assert "amount" not in contract.values


def test_counts_agree_with_an_aggregate(shown: Installed) -> None:
    with shown.database.reading() as connection:
        figures = aggregate(
            shown.call(connection), "crm.opportunity", group=["stage"], measures={"deals": "COUNT()"}
        )
        stages = Counter(each.values["stage"] for each in everything(shown, connection, "crm.opportunity"))
        assert sorted(row[-1] for row in figures.rows) == sorted(stages.values())


def test_the_same_day_gives_the_same_rows(shown: Installed, databases: Databases) -> None:
    """On the other engine too: what is drawn does not depend on the database."""
    with databases.database("sqlite") as url:
        again = fill_all(install_apps(url))
        try:
            assert {app: filled.rows for app, filled in again.filled.items()} == {
                app: filled.rows for app, filled in shown.filled.items()
            }
            with shown.database.reading() as first, again.database.reading() as second:
                for key in (
                    "crm.account",
                    "crm.opportunity",
                    "crm.quote",
                    "crm.ticket",
                    "leave.leave_request",
                ):
                    ours, theirs = everything(shown, first, key), everything(again, second, key)
                    assert [each.values for each in ours] == [each.values for each in theirs], key
                    assert [each.created_at for each in ours] == [each.created_at for each in theirs], key
        finally:
            again.database.dispose()
