"""A link holds only records that its definition allows: at every door, and in what is offered to choose from."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.choose import choose
from dougong.records.merge import merge
from dougong.records.update import update
from tests.installed import Installed
from tests.linkage.test_filling import CLAIM, claim, made


@pytest.fixture
def house(trade: Installed) -> dict[str, int]:
    """Two accounts with their contacts, one of whom left, and a contact of nobody."""
    acme, best = made(trade, "account", name="Acme", region="north"), made(trade, "account", name="Best")
    return {
        "acme": acme,
        "best": best,
        "anna": made(trade, "contact", name="Anna", account=acme),
        "alan": made(trade, "contact", name="Alan", account=acme, left=True),
        "bea": made(trade, "contact", name="Bea", account=best),
        "nobody": made(trade, "contact", name="Nobody"),
    }


def refused(trade: Installed, **values: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal:
        claim(trade, **values)
    return [(each.path, each.code) for each in refusal.value.problems]


def change(trade: Installed, identifier: int, **values: Any) -> list[tuple[str, str]]:
    try:
        with trade.writing() as call:
            update(call, CLAIM, identifier, values)
    except Refusal as refusal:
        return [(each.path, each.code) for each in refusal.problems]
    return []


def offered(trade: Installed, field: str, login: str = "root", q: str = "", **values: Any) -> list[str]:
    with trade.reading(login) as call:
        return [each.title for each in choose(call, CLAIM, field, q, values=values)]


def test_what_does_not_fit_is_refused(trade: Installed, house: dict[str, int]) -> None:
    assert refused(trade, customer=house["acme"], person=house["bea"]) == [("person", "not_choosable")]
    assert claim(trade, customer=house["acme"], person=house["anna"]).values["person"] == house["anna"]
    assert claim(trade, name="two", person=house["bea"]).values["person"] == house["bea"]


def test_each_of_several_must_fit(trade: Installed, house: dict[str, int]) -> None:
    given = [house["anna"], house["alan"], house["bea"]]
    found = refused(trade, customer=house["acme"], helpers=given)
    assert found == [("helpers", "not_choosable")] * 2


def test_a_limit_that_is_empty_refuses(trade: Installed, house: dict[str, int]) -> None:
    """As in a filter, only what is true counts."""
    assert refused(trade, helpers=[house["anna"]]) == [("helpers", "not_choosable")]


def test_what_governs_may_not_leave_the_choice_behind(trade: Installed, house: dict[str, int]) -> None:
    identifier = claim(trade, customer=house["acme"], person=house["anna"], helpers=[house["anna"]]).id
    both = [("helpers", "not_choosable"), ("person", "not_choosable")]
    assert sorted(change(trade, identifier, customer=house["best"])) == both
    assert change(trade, identifier, customer=house["best"], person=None, helpers=[]) == []


def test_what_stood_there_may_stay(trade: Installed, house: dict[str, int]) -> None:
    identifier = claim(trade, customer=house["acme"], helpers=[house["anna"]]).id
    with trade.writing() as call:
        update(call, "desk.contact", house["anna"], {"left": True})
    assert change(trade, identifier, name="renamed") == []
    cato = made(trade, "contact", name="Cato", account=house["acme"])
    assert change(trade, identifier, helpers=[house["anna"], cato]) == []
    assert change(trade, identifier, helpers=[house["anna"], house["alan"]]) == [("helpers", "not_choosable")]


def test_rows_go_by_the_record_around_them(trade: Installed) -> None:
    kern, other = made(trade, "brand", name="Kern"), made(trade, "brand", name="Other")
    bolt, pin = (
        made(trade, "product", name="bolt", brand=kern),
        made(trade, "product", name="pin", brand=other),
    )
    ended = made(trade, "product", name="old", brand=kern, ended=True)
    assert refused(trade, brand="Kern", lines=[{"product": bolt}, {"product": pin}, {"product": ended}]) == [
        ("lines/1/product", "not_choosable"),
        ("lines/2/product", "not_choosable"),
    ]
    identifier = claim(trade, lines=[{"product": pin}]).id
    assert change(trade, identifier, kind="any") == []
    assert change(trade, identifier, brand="Kern") == [("lines/0/product", "not_choosable")]


def test_merged_records_are_chosen_by_nobody(trade: Installed, house: dict[str, int]) -> None:
    identifier = claim(trade, customer=house["best"], person=house["bea"]).id
    with trade.writing() as call:
        merge(call, "desk.account", house["acme"], [house["best"]], {})
    assert change(trade, identifier, name="after") == []


def test_only_what_fits_is_offered(trade: Installed, house: dict[str, int]) -> None:
    assert offered(trade, "person", customer=house["acme"]) == ["Alan", "Anna"]
    assert offered(trade, "person", q="ann", customer=house["acme"]) == ["Anna"]
    assert offered(trade, "person") == ["Nobody", "Bea", "Alan", "Anna"]
    assert offered(trade, "helpers", customer=house["acme"]) == ["Anna"]
    assert offered(trade, "helpers") == []
    assert offered(trade, "person", login="cleo", customer=house["best"]) == ["Bea"]


def test_rows_are_offered_what_fits_the_record_around_them(trade: Installed) -> None:
    kern, other = made(trade, "brand", name="Kern"), made(trade, "brand", name="Other")
    made(trade, "product", name="bolt", brand=kern)
    made(trade, "product", name="pin", brand=other)
    made(trade, "product", name="old", brand=kern, ended=True)
    assert offered(trade, "lines.product", parent={"brand": "Kern"}) == ["bolt"]
    assert offered(trade, "lines.product", login="cleo", parent={"brand": "Kern"}) == ["bolt"]
    assert offered(trade, "lines.product", parent={}) == ["pin", "bolt"]


def test_without_a_record_everything_is_offered(trade: Installed, house: dict[str, int]) -> None:
    with trade.reading() as call:
        assert len(choose(call, CLAIM, "helpers")) == 4
