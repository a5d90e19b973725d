"""Conditions over the properties of a choice become a search among its options that means the same."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dougong.expressions import EvaluationContext, Scope, SqlContext, compile_expression
from dougong.expressions.evaluate import once
from dougong.expressions.fold import folded
from dougong.expressions.support import surroundings
from dougong.model.expression import Call, Expression, ListOf, Node, Property, Type

OPTIONS = ("new", "won", "lost", "late")
OUTCOME = Property(
    "outcome", Type("text"), (("new", None), ("won", "won"), ("lost", "lost"), ("late", "lost"))
)
CHANCE = Property(
    "chance",
    Type("number", decimals=0),
    (("new", Decimal(10)), ("won", Decimal(100)), ("lost", Decimal(0)), ("late", None)),
)
STAGE = Type("choice", options=OPTIONS, properties=(OUTCOME, CHANCE))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONDITIONS = (
    "stage.outcome IS EMPTY",
    "stage.outcome = 'won'",
    "stage.outcome <> 'won'",
    "stage.outcome IN ('won', 'lost')",
    "NOT stage.outcome = 'lost'",
    "stage.chance > 5",
    "stage.chance >= 10 AND stage.outcome IS EMPTY",
    "stage.outcome = 'won' OR stage.chance = 0",
    "IF(stage.outcome IS EMPTY, amount > 1, FALSE)",
    "stage.outcome = 'won' AND amount > 1",
    "stage.outcome = 'nothing'",
)


def tree_of(text: str) -> Node:
    found = compile_expression(
        text, Scope({"stage": STAGE, "amount": Type("number", decimals=2)}), expect=None
    )
    assert isinstance(found, Expression), found
    return found.tree


def fold(tree: Node, positive: bool) -> Node:
    context = SqlContext("sqlite", lambda path: pytest.fail(str(path)), None, date(2026, 3, 1), NOW)
    return folded(tree, context, positive)


def value(tree: Node, stage: str | None) -> object:
    record = {"stage": stage, "amount": Decimal("2.00")}
    return once(tree, EvaluationContext(record, None, date(2026, 3, 1), NOW))


def switches(node: Node) -> bool:
    if isinstance(node, Call):
        return node.name == "SWITCH" or any(map(switches, node.arguments))
    return isinstance(node, ListOf) and any(map(switches, node.items))


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_folded_condition_means_the_same(text: str) -> None:
    tree = tree_of(text)
    for stage in (*OPTIONS, None):
        assert value(fold(tree, False), stage) == value(tree, stage), stage
        assert (value(fold(tree, True), stage) is True) == (value(tree, stage) is True), stage


@pytest.mark.parametrize("text", CONDITIONS[:8])
def test_a_filter_over_properties_asks_for_options(text: str) -> None:
    tree = tree_of(text)
    assert switches(tree)
    assert not switches(fold(tree, True))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("amount > 1", set()),
        ("TODAY() > DATE(2026, 1, 1)", {"today"}),
        ("NOW() > NOW() AND amount = 1", {"now"}),
        ("HAS_ROLE('crm.x') OR ME() IS EMPTY", {"actor"}),
        ("IF(amount IN (1, 2), MY_SUBORDINATES() IS EMPTY, TODAY() = TODAY())", {"actor", "today"}),
    ],
)
def test_what_an_expression_asks_besides_its_record_is_known(text: str, asked: set[str]) -> None:
    assert surroundings(tree_of(text)) == asked
