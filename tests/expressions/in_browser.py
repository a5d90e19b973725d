"""The browser's engine in a real page under the product's policy: many trees over many records in one call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from dougong.expressions.portable import dump, dump_value, load_value
from dougong.expressions.results import microseconds
from dougong.expressions.zones import zone_facts
from dougong.model.calendar import PLAIN
from dougong.model.expression import Expression, Value
from tests.expressions import world

ORIGIN = "http://engine.test"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
TABLE = """async ([address, trees, records, surroundings, related]) =>
    (await import(address)).table(trees, records, surroundings, related)"""


def opened(page: Page, assets: Path) -> str:
    """Let the page show an empty document beside the built scripts; the address of the engine."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if name:
            route.fulfill(body=(assets / name).read_bytes(), content_type="text/javascript")
        else:
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(
                body="<!doctype html><title>engine</title>", content_type="text/html", headers=headers
            )

    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")
    manifest = json.loads((assets / "manifest.json").read_text(encoding="utf-8"))
    return f"{ORIGIN}/{manifest['engine.js']}"


def surroundings(timezone: str = world.ZONE, calendar: str = PLAIN) -> dict[str, Any]:
    """The surroundings of the small world."""
    actor = world.Person()
    who = {
        "id": actor.id,
        "admin": actor.is_admin,
        "roles": [".".join(role) for role in actor.roles],
        "departments": sorted(actor.department_ids),
        "subordinates": sorted(actor.subordinate_ids),
    }
    return {
        "actor": who,
        "today": world.TODAY.isoformat(),
        "now": str(microseconds(world.NOW)),
        "zone": zone_facts(timezone),
        "calendar": calendar,
    }


def by_browser(
    page: Page,
    engine: str,
    expressions: Sequence[Expression],
    records: Sequence[Mapping[str, Value]],
    accounts: Mapping[int, Mapping[str, Value]],
    timezone: str = world.ZONE,
    calendar: str = PLAIN,
) -> list[list[Value]]:
    """For each expression its values for the records."""
    related = {f"t.account/{key}": dump_value(account) for key, account in accounts.items()}
    trees = [dump(expression.tree) for expression in expressions]
    around = surroundings(timezone, calendar)
    given = [engine, trees, [dump_value(each) for each in records], around, related]
    return [[load_value(value) for value in row] for row in page.evaluate(TABLE, given)]
