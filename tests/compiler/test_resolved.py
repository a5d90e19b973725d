"""Everything a definition says arrives in the app, resolved; equal definitions give equal apps."""

import pytest

from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.model.form import FormField, Sort
from dougong.model.report import Chart
from dougong.model.workflow import Assignee, Next
from tests.definitions.samples import GOOD, compiled, texts_of

SALES = compiled(GOOD / "sales")


def test_compiling_twice_gives_equal_apps() -> None:
    assert compiled(GOOD / "sales") == SALES
    assert check_sources(texts_of(GOOD / "sales")) == SALES


def test_an_app_compiled_from_its_own_sources_is_the_same() -> None:
    outcome = check_sources(SALES.sources)
    assert outcome == SALES
    assert isinstance(outcome, App)
    assert outcome.sources == SALES.sources


def test_the_menu_has_groups_and_labels() -> None:
    dashboard, group = SALES.menu
    assert (dashboard.kind, dashboard.target, dashboard.label.get("zh")) == ("dashboard", "sales", "销售")
    assert (group.kind, group.label.get("en")) == ("group", "Customers")
    assert [(item.kind, item.target) for item in group.items] == [
        ("entity", "account"),
        ("report", "pipeline"),
    ]


def test_expressions_are_typed() -> None:
    fields = SALES.entities["opportunity"].fields
    assert fields["amount"].formula is not None
    assert fields["amount"].formula.type.kind == "number"
    assert ("lines", "subtotal") in fields["amount"].formula.reads
    assert fields["owner"].default is not None
    assert fields["owner"].default.type.kind == "member"
    rule, check = SALES.entities["opportunity"].rules
    assert rule.when is not None
    assert rule.require == ("lost_reason",)
    assert check.message.get("en") == "Bad date"


def test_computed_fields_stand_in_the_order_they_need() -> None:
    assert SALES.entities["opportunity"].computed == ("lines", "amount", "weighted")
    assert SALES.entities["opportunity/lines"].computed == ("subtotal",)


def test_forms_and_views_are_as_written() -> None:
    form = SALES.forms["opportunity"]
    assert form.facts == ("amount", "weighted", "close_on", "owner")
    assert form.sections[0].fields == (FormField("name"), FormField("account"), FormField("lost_reason", 2))
    opened, board = SALES.views["opportunity"]
    assert (opened.kind, opened.sort, opened.totals) == ("grid", (Sort("updated_at", True),), ("amount",))
    assert opened.filter is not None
    assert (board.kind, board.group) == ("kanban", "stage")


def test_workflows_are_resolved() -> None:
    workflow = SALES.workflows["deal"]
    manager = workflow.nodes["manager"]
    assert (workflow.entity, workflow.first, workflow.start_on, workflow.allow_withdraw) == (
        "opportunity",
        "manager",
        "submit",
        True,
    )
    assert manager.assignees == (Assignee("superior", "owner", 1),)
    assert (manager.mode, manager.empty, manager.same_as_initiator, manager.comment_required) == (
        "any",
        "skip",
        "skip",
        True,
    )
    assert (manager.edit, manager.hide, manager.on_reject) == (("discount",), ("weighted",), "refused")
    first, second = manager.next
    assert first.to == ("director",)
    assert first.condition is not None
    assert second == Next(("done",))
    assert [(field, value.text) for field, value in workflow.on_withdraw] == [("lost_reason", "'draft'")]
    assert workflow.nodes["done"].outcome == "approved"
    assert workflow.nodes["refused"].label.get("zh") == "驳回"


def test_reports_and_dashboards_are_resolved() -> None:
    report = SALES.reports["pipeline"]
    stage, month = report.dimensions
    assert (stage.id, stage.grain, month.id, month.grain) == ("stage", "", "close_on", "month")
    assert stage.label == SALES.entities["opportunity"].fields["stage"].label
    assert [measure.id for measure in report.measures] == ["deals", "amount"]
    assert report.chart == Chart("funnel", "stage", "", "amount")
    assert (report.sort, report.limit) == ((("amount", True),), 10)
    number, funnel, late = SALES.dashboards["sales"].cards
    assert (number.kind, number.report, number.measure, number.width) == ("number", "pipeline", "amount", 3)
    assert number.target is not None
    assert (funnel.measure, funnel.label) == ("deals", report.label)
    assert (late.kind, late.entity, late.view) == ("list", "opportunity", "open")


def test_roles_are_resolved() -> None:
    role = SALES.roles["director"]
    grants = role.grants["opportunity"]
    implied = {name: grant.implied_by for name, grant in grants.items() if grant.implied_by}
    assert set(grants) - set(implied) == {"read", "create", "update"}
    assert implied == {"print": "read", "copy": "create", "batch": "update"}
    assert grants["read"].rows is not None
    assert grants["read"].except_fields == ("discount",)
    assert grants["update"].except_fields == ("owner",)
    assert grants["create"].rows is None
    assert role.reports == ("pipeline", "sales")
    assert grants["read"].place is not None
    assert str(grants["read"].place).startswith("sales/roles/director.yaml:6:")


def test_only_some_fields_means_except_all_others() -> None:
    texts = texts_of(GOOD / "sales")
    texts["roles/clerk.yaml"] = "grants:\n  account: {update: {fields: {only: [grade]}}}\n"
    outcome = check_sources(texts)
    assert isinstance(outcome, App)
    assert outcome.roles["clerk"].grants["account"]["update"].except_fields == ("name", "owner")


def test_indexes_follow_from_links_views_rules_and_rights() -> None:
    indexes = SALES.entities["opportunity"].indexes
    assert ("owner",) in indexes
    assert ("stage", "close_on", "amount") in indexes, "what the report of the pipeline groups and adds up"
    assert ("stage",) not in indexes, "the one for the report begins with it"
    assert ("account",) not in indexes, "the unique combination of account and name covers it"
    assert len(set(indexes)) == len(indexes)
    texts = texts_of(GOOD / "sales")
    texts["views/account.yaml"] = (
        "views:\n  a: {filter: \"name LIKE 'x%' AND grade = 'a'\", sort: [grade, -created_at]}\n"
    )
    outcome = check_sources(texts)
    assert isinstance(outcome, App)
    assert set(outcome.entities["account"].indexes) == {("owner",), ("grade", "created_at")}


@pytest.mark.parametrize(
    ("report", "index"),
    [
        ("from: opportunity\ngroup: [stage]\nmeasures: {amount: SUM(amount)}\n", ("stage", "amount")),
        ("from: opportunity\ngroup: [stage]\nmeasures: {deals: COUNT(), amount: COUNT()}\n", ("stage",)),
        ("from: opportunity\nmeasures: {amount: SUM(amount)}\n", ("stage",)),
        (
            "from: opportunity\nfilter: close_on > TODAY()\ngroup: [stage]\nmeasures: {amount: SUM(amount)}\n",
            ("stage",),
        ),
        ("from: opportunity\ngroup: [account.grade]\nmeasures: {amount: SUM(amount)}\n", ("stage",)),
        ("from: opportunity\ngroup: [name]\nmeasures: {amount: SUM(amount)}\n", ("stage",)),
    ],
    ids=["group and sum", "nothing to add up", "no group", "reads more", "reads others", "wide group"],
)
def test_an_index_holds_what_a_report_adds_up(report: str, index: tuple[str, ...]) -> None:
    """Where it reads nothing else of the record: an index that does not hold everything would not be read in place of the table."""
    texts = texts_of(GOOD / "sales")
    texts["reports/pipeline.yaml"] = "label: {en: Pipeline, zh: 漏斗}\n" + report
    outcome = check_sources(texts)
    assert isinstance(outcome, App), outcome
    assert [each for each in outcome.entities["opportunity"].indexes if each[0] == "stage"] == [index]


def test_what_a_list_reads_downwards_is_indexed_downwards_where_it_can_be_empty() -> None:
    texts = texts_of(GOOD / "sales")
    texts["views/account.yaml"] = (
        "views:\n  a: {sort: [-grade, -created_at]}\n  b: {filter: \"grade = 'a'\", sort: [grade, name]}\n"
    )
    outcome = check_sources(texts)
    assert isinstance(outcome, App)
    assert set(outcome.entities["account"].indexes) == {
        ("owner",),
        ("-grade", "created_at"),
        ("grade", "name"),
    }
