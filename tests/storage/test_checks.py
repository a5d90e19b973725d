"""What a version asks of whole records: rules, bounds over other fields, links and rows that must be there; and formulas over values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.people import accounts
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.operations import RemoveColumn
from dougong.storage.plan import Plan, Step, plan
from dougong.storage.release import Releases
from dougong.storage.system import DRAFT
from dougong.web.planning import plan_document
from tests.storage.conftest import World

LINES: dict[str, Any] = {"type": "table", "fields": {"what": {"type": "text"}, "pieces": {"type": "integer"}}}
FIELDS: dict[str, Any] = {
    "name": {"type": "text"},
    "low": {"type": "integer"},
    "high": {"type": "integer"},
    "note": {"type": "text"},
    "other": {"type": "link", "to": "thing"},
    "others": {"type": "links", "to": "thing"},
    "lines": LINES,
}


class Shop(World):
    """A world whose definitions are compiled as real ones are."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.releases = Releases(database, check_sources)

    def planned(self, fields: Mapping[str, Any] = FIELDS, **entity: Any) -> Plan:
        app = {"id": "shop", "version": "1.0.0", "label": "Shop", "languages": ["zh", "en"]}
        thing = {"label": "Thing", "title": "{name}", "fields": fields, **entity}
        sources = {"app.json": json.dumps(app), "entities/thing.json": json.dumps(thing)}
        outcome = check_sources(sources, {}, "shop")
        assert isinstance(outcome, App), outcome
        with self.database.reading() as connection:
            return plan(self.releases.recorded(connection, "shop"), outcome, connection)

    def install(self, fields: Mapping[str, Any] = FIELDS, **entity: Any) -> None:
        apply(self.planned(fields, **entity), self.database, allow_loss=True)


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    database = Database(database_url)
    install(database)
    yield Shop(database)
    database.dispose()


def step(found: Plan, sentence: str) -> Step:
    (one,) = [each for each in found.steps if type(each.operation).__name__ == sentence]
    return one


def filled(shop: Shop) -> None:
    shop.install()
    shop.add(
        "shop.thing",
        {"name": "a", "low": 1, "high": 2},
        {"name": "b", "low": 3, "high": 2},
        {"name": "c", "low": 3, "high": 2, "note": "why"},
        {"name": "d", "low": 9},
    )


RULE = {"check": "low <= high", "message": {"zh": "下限不能高于上限", "en": "low is above high"}}


def test_records_that_break_a_new_rule_are_counted_and_stand_against_nothing(shop: Shop) -> None:
    filled(shop)
    found = shop.planned(rules=[RULE])
    met = step(found, "CheckRule")
    assert (met.impact.unmet, met.impact.first) == (2, (2, 3))
    assert met.samples("en") == ["#2 b", "#3 c"]
    assert "new rule low <= high, 2 records break it" in met.describe("en")
    assert "下限不能高于上限" in met.describe("zh", found.labels)
    assert "2 条现有记录不符合" in met.describe("zh", found.labels)
    assert found.obstacles() == []
    (document,) = [each for each in plan_document(found, "en")["steps"] if each["unmet"]]
    assert document["first"] == ["2", "3"]
    apply(found, shop.database)
    assert shop.planned(rules=[RULE]).is_empty
    told_otherwise = [{**RULE, "message": "no"}]
    assert shop.planned(rules=told_otherwise).steps == (), "the rule asks the same"


def test_a_rule_that_asks_for_fields(shop: Shop) -> None:
    filled(shop)
    found = shop.planned(rules=[{"when": "low > high", "require": ["note"], "message": "say why"}])
    assert step(found, "CheckRule").impact.first == (2,)


def test_new_and_converted_fields_are_counted_as_they_will_be(shop: Shop) -> None:
    filled(shop)
    fields = {
        **FIELDS,
        "low": {"type": "decimal", "decimals": 2},
        "share": {"type": "integer", "default": 5},
        "seen": {"type": "integer"},
    }
    found = shop.planned(fields, rules=[{"check": "low * share <= 10", "message": "much"}])
    assert step(found, "CheckRule").impact.first == (2, 3, 4)
    found = shop.planned(fields, rules=[{"check": "seen > 1", "message": "unseen"}])
    assert step(found, "CheckRule").impact.unmet == 0, "what is empty breaks no rule"


def test_rules_over_other_records_say_that_nothing_is_counted(shop: Shop) -> None:
    filled(shop)
    found = shop.planned(rules=[{"check": "other.low < low", "message": "less"}])
    met = step(found, "CheckRule")
    assert met.impact.unmet == 0
    assert "nothing is counted beforehand" in met.describe("en")


def test_rules_of_rows(shop: Shop) -> None:
    filled(shop)
    shop.add("shop.thing/lines", *({"parent_id": 1, "position": at, "pieces": at} for at in range(4)))
    lines = {**LINES, "rules": [{"check": "pieces > 1", "message": "few"}]}
    found = shop.planned({**FIELDS, "lines": lines})
    assert step(found, "CheckRule").impact.first == (1, 2)
    apply(found, shop.database)
    assert shop.planned({**FIELDS, "lines": lines}).is_empty


def test_bounds_over_another_field(shop: Shop) -> None:
    filled(shop)
    fields = {**FIELDS, "high": {"type": "integer", "min": "low"}}
    found = shop.planned(fields)
    assert step(found, "CheckBounds").impact.first == (2, 3)
    apply(found, shop.database)
    assert shop.planned(fields).is_empty


def test_links_and_rows_that_must_be_there(shop: Shop) -> None:
    filled(shop)
    shop.link("shop.thing", "others", 1, [2])
    shop.add("shop.thing/lines", {"parent_id": 3, "position": 0, "what": "x"})
    found = shop.planned(
        {**FIELDS, "others": {**FIELDS["others"], "required": True}, "lines": {**LINES, "required": True}}
    )
    met = {each.operation._words()["column"]: each.impact.first for each in found.steps}
    assert met == {"others": (2, 3, 4), "lines": (1, 2, 4)}
    assert found.obstacles() == []
    found = shop.planned({**FIELDS, "more": {**FIELDS["others"], "required": True}})
    assert step(found, "RequireOthers").impact.unmet == 4


def test_what_people_wrote_is_kept_when_a_formula_takes_its_place(shop: Shop) -> None:
    filled(shop)
    fields = {**FIELDS, "note": {"type": "text", "formula": "name"}}
    found = shop.planned(fields)
    assert found.is_loss
    assert step(found, "RemoveColumn").impact.lost == 1
    apply(found, shop.database, allow_loss=True)
    assert shop.planned(fields).is_empty
    assert shop.verify() == []
    shop.roll_back()
    assert [row["note"] for row in shop.rows("shop.thing")] == [None, None, "why", None]
    assert [row["low"] for row in shop.rows("shop.thing")] == [1, 3, 3, 9]
    assert isinstance(found.steps[0].operation, RemoveColumn)


def test_a_formula_that_becomes_a_field_keeps_its_values(shop: Shop) -> None:
    shop.install({**FIELDS, "sum": {"type": "decimal", "decimals": 1, "formula": "low + high"}})
    shop.add("shop.thing", {"name": "a", "low": 1, "high": 2, "sum": Decimal("3.0")})
    found = shop.planned({**FIELDS, "sum": {"type": "decimal", "decimals": 1}})
    assert (found.steps, found.is_loss) == ((), False)


def test_drafts_of_others_that_would_no_longer_compile_are_told(shop: Shop) -> None:
    filled(shop)
    form = {"sections": {"all": {"label": "All", "fields": ["name", "note"]}}}
    with shop.database.writing() as connection:
        people = [
            accounts.add(connection, each, name=each.title(), password="quiet-harbour-42")
            for each in ("ada", "bo")
        ]
        files = ({"forms/thing.json": json.dumps(form)}, {"help.md": "words"})
        now = datetime.now(UTC)
        for person, changed in zip(people, files, strict=True):
            row = {"user_id": person, "kind": "definitions", "app": "shop", "key": "", "base": ""}
            data = {"files": changed, "undo": [], "redo": []}
            connection.execute(insert(DRAFT).values(**row, data=data, created_at=now, updated_at=now))
    without = {name: each for name, each in FIELDS.items() if name != "note"}
    found = shop.planned(without)
    assert set(found.drafts) == {"Ada"}
    assert any(
        "the unpublished changes of Ada would no longer compile" in each for each in found.describe("en")
    )
    assert shop.planned({**FIELDS, "more": {"type": "text"}}).drafts == {}
