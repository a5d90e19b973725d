"""Every door fills and limits alike: forms, API, batch, copies, imports, changes of many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from dougong.records.create import create
from tests.installed import Installed
from tests.linkage.trade import SOURCES
from tests.rules.doors import (
    CHANGING,
    CREATING,
    House,
    Outcome,
    approval,
    change_of_many,
    file_change,
    file_creation,
)
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import serving_app

Door = Callable[[House, Any, Any], Outcome]
BY_TITLE = (file_creation, file_change)
"""Doors at which records are named."""


@pytest.fixture(scope="module", params=DIALECTS)
def house(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("doors")
    with serving_app(databases, request.param, SOURCES, folder) as server:
        desk = Installed(server.database)
        yield House(server, desk, folder, server.browser("ada"))


@pytest.fixture(scope="module")
def known(house: House) -> dict[str, int]:
    def made(entity: str, **values: Any) -> int:
        with house.desk.writing("ada") as call:
            return create(call, f"desk.{entity}", values).id

    acme = made("account", name="Acme", phone="021", region="north")
    best = made("account", name="Best", phone="022")
    return {
        "Acme": acme,
        "Best": best,
        "Anna": made("contact", name="Anna", account=acme),
        "Bea": made("contact", name="Bea", account=best),
        "bolt": made("product", name="bolt", price="10", unit="box"),
        "old": made("product", name="old", price="1", ended=True),
    }


def named(door: Door, known: dict[str, int], values: dict[str, Any]) -> dict[str, Any]:
    """Values with records as a door takes them: by id, or by title in files."""
    if door in BY_TITLE:
        return values

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [{name: put(each) for name, each in row.items()} for row in value]
        return known.get(value, value) if isinstance(value, str) else value

    return {name: put(value) for name, value in values.items()}


@pytest.mark.parametrize("door", CREATING, ids=lambda door: door.__name__)
def test_new_records_are_filled(house: House, known: dict[str, int], door: Door) -> None:
    change = named(door, known, {"customer": "Acme", "lines": [{"product": "bolt"}]})
    outcome = door(house, {}, change)
    assert outcome.values is not None, outcome.refused
    assert (outcome.values["phone"], outcome.values["region"]) == ("021", "NORTH")
    assert [(row["price"], row["unit"]) for row in outcome.values["lines"]] == [(Decimal("10.00"), "box")]


@pytest.mark.parametrize("door", CREATING, ids=lambda door: door.__name__)
def test_what_is_given_wins(house: House, known: dict[str, int], door: Door) -> None:
    change = named(
        door, known, {"customer": "Acme", "phone": "own", "lines": [{"product": "bolt", "price": "7"}]}
    )
    outcome = door(house, {}, change)
    assert outcome.values is not None, outcome.refused
    assert outcome.values["phone"] == "own"
    assert [row["price"] for row in outcome.values["lines"]] == [Decimal("7.00")]


@pytest.mark.parametrize(
    "door", [each for each in CHANGING if each is not approval], ids=lambda door: door.__name__
)
def test_another_choice_fills_anew(house: House, known: dict[str, int], door: Door) -> None:
    start = {"customer": known["Acme"]}
    outcome = door(house, start, named(door, known, {"customer": "Best"}))
    assert outcome.values is not None, outcome.refused
    assert (outcome.values["phone"], outcome.values["region"]) == ("022", None)


@pytest.mark.parametrize("door", CREATING, ids=lambda door: door.__name__)
def test_what_does_not_fit_is_refused_in_new_records(house: House, known: dict[str, int], door: Door) -> None:
    _refused(door(house, {}, named(door, known, {"customer": "Acme", "person": "Bea"})), door, "person")
    _refused(door(house, {}, named(door, known, {"lines": [{"product": "old"}]})), door, "lines/0/product")


@pytest.mark.parametrize(
    "door", [each for each in CHANGING if each is not approval], ids=lambda door: door.__name__
)
def test_what_governs_leaves_no_choice_behind(house: House, known: dict[str, int], door: Door) -> None:
    start = {"customer": known["Acme"], "person": known["Anna"]}
    outcome = door(house, start, named(door, known, {"customer": "Best"}))
    _refused(outcome, door, "person")


def _refused(outcome: Outcome, door: Door, path: str) -> None:
    assert outcome.values is None
    if door is change_of_many or not door.__name__.startswith("form"):
        assert (path, "not_choosable") in outcome.refused
