"""Rules that add up other records: stock, budgets. They hold for one writer, for many records at once, and for two at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.people import accounts
from dougong.records.create import create, create_many
from dougong.records.update import update
from tests.installed import Installed, open_database, publish
from tests.servers.databases import DIALECTS, Databases

CLERK = """
label: Clerk
grants:
  budget: {read: {hide: [amount]}}
  expense: {read: true, create: true}
"""
SOURCES = {
    "roles/clerk.yaml": CLERK,
    "app.yaml": "id: depot\nversion: 1.0.0\nlabel: Depot\nlanguages: [zh, en]\n",
    "entities/product.yaml": """
label: Product
fields: {name: {type: text, required: true}}
""",
    "entities/move.yaml": """
label: Move
fields:
  product: {type: link, to: product, required: true}
  quantity: {type: decimal, decimals: 2, required: true}
rules:
  - check: "SUM(ALL(move).quantity WHERE product = this.product) >= 0"
    message: {en: Not enough in stock, zh: 库存不足}
    fields: [quantity]
""",
    "entities/budget.yaml": """
label: Budget
fields: {name: {type: text}, amount: {type: decimal, decimals: 2}}
""",
    "entities/expense.yaml": """
label: Expense
fields:
  budget: {type: link, to: budget, inverse: expenses}
  amount: {type: decimal, decimals: 2}
rules:
  - when: "SUM(budget.expenses.amount) > budget.amount"
    block:
      en: "Beyond the budget by {SUM(budget.expenses.amount) - budget.amount}"
      zh: 超出预算 {SUM(budget.expenses.amount) - budget.amount}
    fields: [amount]
""",
}


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    found = databases.fresh(request.param)
    database = open_database(found)
    publish(database, SOURCES)
    database.dispose()
    yield found
    databases.drop(found)


@pytest.fixture
def depot(url: str) -> Iterator[Installed]:
    database = open_database(url)
    yield Installed(database)
    database.dispose()


def made(depot: Installed, key: str, **values: Any) -> int:
    with depot.writing() as call:
        return create(call, f"depot.{key}", values).id


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return [(each.path, each.message) for each in refusal.value.problems]


def test_nobody_takes_more_than_there_is(depot: Installed) -> None:
    bolt, nut = made(depot, "product", name="Bolt"), made(depot, "product", name="Nut")
    inward = made(depot, "move", product=bolt, quantity="10")
    made(depot, "move", product=bolt, quantity="-9")
    with pytest.raises(Refusal) as refusal:
        made(depot, "move", product=bolt, quantity="-2")
    assert codes(refusal) == [("quantity", "Not enough in stock")]
    with pytest.raises(Refusal):
        made(depot, "move", product=nut, quantity="-1")
    with pytest.raises(Refusal), depot.writing() as call:
        update(call, "depot.move", inward, {"quantity": "8"})
    made(depot, "move", product=bolt, quantity="-1")


def test_records_that_come_together_count_together(depot: Installed) -> None:
    bolt = made(depot, "product", name="Bolt")
    made(depot, "move", product=bolt, quantity="10")
    with pytest.raises(Refusal), depot.writing() as call:
        create_many(call, "depot.move", [{"product": bolt, "quantity": "-6"}] * 2)
    with depot.writing() as call:
        create_many(call, "depot.move", [{"product": bolt, "quantity": "-5"}] * 2)


def test_a_budget_is_not_exceeded(depot: Installed) -> None:
    budget = made(depot, "budget", name="Fair", amount="100")
    made(depot, "expense", budget=budget, amount="60")
    with pytest.raises(Refusal) as refusal:
        made(depot, "expense", budget=budget, amount="41")
    assert codes(refusal) == [("amount", "Beyond the budget by 1")]
    made(depot, "expense", budget=budget, amount="40")


def test_figures_are_told_in_the_words_of_the_reader_and_to_those_who_may_see_them(depot: Installed) -> None:
    budget = made(depot, "budget", name="Fair", amount="100")
    with depot.database.writing() as connection:
        accounts.add(connection, "cleo", name="Cleo", roles=[("depot", "clerk")], language="en")
    told = []
    for login, language in (("root", "zh"), ("cleo", "en")):
        with (
            pytest.raises(Refusal) as refusal,
            Installed(depot.database).writing(login, language=language) as call,
        ):
            create(call, "depot.expense", {"budget": budget, "amount": "141.5"})
        told += codes(refusal)
    assert told == [("amount", "超出预算 41.5"), ("amount", "Beyond the budget by …")]


@pytest.mark.parametrize("key", ["move", "expense"])
def test_of_two_at_the_same_moment_the_second_waits_and_is_refused(depot: Installed, key: str) -> None:
    owner = made(depot, "product", name="Bolt") if key == "move" else made(depot, "budget", amount="10")
    values = {"product": owner, "quantity": "-6"} if key == "move" else {"budget": owner, "amount": "6"}
    if key == "move":
        made(depot, "move", product=owner, quantity="10")
    refusals: list[Refusal] = []

    def second() -> None:
        try:
            made(depot, key, **values)
        except Refusal as refusal:
            refusals.append(refusal)

    later = threading.Thread(target=second)
    with depot.writing() as call:
        create(call, f"depot.{key}", values)
        later.start()
        later.join(0.5)  # time to go wrong: whoever does not wait writes now
        assert later.is_alive()
    later.join()
    [refusal] = refusals
    assert [each.code for each in refusal.problems] == ["rule"]
