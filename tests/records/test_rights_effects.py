"""What a plan says of people's rights is exactly what their lists show before and after, on both databases."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from dougong.model.role import ACTIONS
from dougong.people import accounts
from dougong.people.actor import Actor, load_actor
from dougong.policy.access import access
from dougong.records.call import as_actor
from dougong.records.create import create
from dougong.records.query import Query, list_records
from dougong.records.rights_effects import effects_of
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.records.sharing import Wanted, share
from dougong.storage.apply import apply
from dougong.storage.effects import Effect
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from dougong.storage.system import USER
from tests.installed import compiled
from tests.records.conftest import Shop
from tests.records.shop import SOURCES

ENTITIES = ("customer", "order", "product", "note")
COUNTED = ("read", "update", "delete", "export")
RULES: Mapping[str, tuple[str, ...]] = {
    "customer": (
        "owner = ME()",
        "owner = ME() OR owner IN MY_SUBORDINATES()",
        "grade = 'gold'",
        "visits > 3",
        "NOT (grade = 'gold') AND active",
        "since < TODAY()",
        "referrer.grade = 'gold'",
    ),
    "order": ("customer.owner = ME()", "customer.grade = 'gold'", "total > 50", "COUNT(lines) > 0"),
    "product": ("price > 15", "cost IS EMPTY"),
    "note": ("about.owner = ME()", "about IS NOT EMPTY"),
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "customer": ("secret", "credit", "phone"),
    "order": ("lines.price", "discount"),
    "product": ("cost", "price"),
    "note": ("text",),
}


def role(draw: random.Random, label: str) -> str:
    """A role of its own making: of each entity some actions, with rows and without, some fields left out."""
    lines = [f"label: {label}", "grants:"]
    for entity in ENTITIES:
        given = []
        for action in COUNTED:
            if draw.random() < 0.35:
                continue
            parts = []
            if draw.random() < 0.6:
                parts.append(f'rows: "{draw.choice(RULES[entity])}"')
            if action == "read" and draw.random() < 0.5:
                parts.append(f"hide: [{draw.choice(FIELDS[entity])}]")
            if action != "delete" and "rows" in "".join(parts) and draw.random() < 0.4:
                parts.append("shared: true")
            given.append(f"    {action}: " + ("{" + ", ".join(parts) + "}" if parts else "true"))
        if draw.random() < 0.5:
            given.append("    create: true")
        if given:
            lines += [f"  {entity}:", *given]
    if draw.random() < 0.6:
        entity = draw.choice(ENTITIES)
        lines += [
            "deny:",
            f"  no_{label}:",
            f"    entity: {entity}",
            f"    actions: [{draw.choice(COUNTED[:2])}]",
        ]
        lines += ["    reason: Because"]
        if draw.random() < 0.8:
            lines.append(f'    rows: "{draw.choice(RULES[entity])}"')
        if draw.random() < 0.5:
            lines.append(f"    fields: [{draw.choice(FIELDS[entity])}]")
    return "\n".join([*lines, ""]) if len(lines) > 2 else f"label: {label}\ngrants: {{}}\n"


def drawn(draw: random.Random) -> dict[str, str]:
    """The shop with other roles."""
    roles = {f"roles/{name}.yaml": role(draw, name) for name in ("seller", "reader", "manager")}
    # A rule names the manager, so that role stays.
    kept = {path: text for path, text in roles.items() if "manager" in path or draw.random() < 0.8}
    return {**{path: text for path, text in SOURCES.items() if not path.startswith("roles/")}, **kept}


def filled(shop: Shop) -> None:
    """People with several roles, and records that rules tell apart."""
    with shop.database.writing() as connection:
        accounts.add(connection, "zoe", roles=[("shop", "seller"), ("shop", "reader")])
        gone = accounts.add(connection, "gone", roles=[("shop", "manager")])
        accounts.disable(connection, gone)
    customers = [
        shop.customer(
            owner=shop.id_of(login),
            grade=grade,
            visits=visits,
            since=since,
            active=visits != 4,
        )
        for login, grade, visits, since in (
            ("ann", "gold", 1, "2026-01-01"),
            ("ann", "silver", 4, None),
            ("bob", "gold", 5, "2026-11-22"),
            ("mia", None, 9, "2027-01-01"),
        )
    ]
    customers.append(shop.customer(owner=None, referrer=customers[0]))
    products = [shop.product("a", "10.00"), shop.product("b", "20.00", cost="3.00")]
    for customer, quantity in zip(customers, ("1", "6", "2", None, "9"), strict=True):
        lines = [] if quantity is None else [{"product": products[0], "quantity": quantity}]
        shop.order(customer, lines=lines)
    with shop.writing() as call:
        create(call, "shop.note", {"text": "of Ann", "about": customers[0]})
        create(call, "shop.note", {"text": "of nobody"})
        for person, record, level in (("zoe", customers[3], "read"), ("ann", customers[2], "edit")):
            found = accounts.find(call.connection, person)
            assert found is not None
            share(call, "shop.customer", record, Wanted("person", str(found.id), level))


Seen = dict[tuple[str, str, int], set[int]]
"""The ids that somebody may use, by entity, action and person; nothing where the action is not granted."""
Shown = dict[tuple[str, int, int], frozenset[str]]
"""The fields that somebody sees, by entity, person and record."""
Hidden = dict[tuple[str, int], frozenset[str]]
"""The fields that somebody sees in no record, by entity and person."""


def looked(shop: Shop) -> tuple[Seen, Shown, Hidden]:
    """What everybody who is no administrator may do, from the very lists, and the fields that those show."""
    seen: Seen = {}
    shown: Shown = {}
    hidden: Hidden = {}
    shop.release = releases_of(shop.database).current()
    with shop.reading() as call:
        for person in people_of(call.connection):
            asked = as_actor(call, person)
            for key in (f"shop.{entity}" for entity in ENTITIES):
                shape = shape_of(shop.release, key)
                for action in (*COUNTED, "create"):
                    answer = access(shop.release, person, key, action)
                    if not answer.allowed:
                        continue
                    ids: set[int] = set()
                    if action != "create":
                        found = Selection(asked, shape, action).select(shape.table.c.id)
                        ids = set(call.connection.execute(found).scalars())
                    seen[key, action, person.id] = ids
                if (key, "read", person.id) in seen:
                    hidden[key, person.id] = access(shop.release, person, key, "read").hidden
                    for row in list_records(asked, key, Query(limit=1000)).rows:
                        shown[key, person.id, row.id] = frozenset(row.values)
    return seen, shown, hidden


def people_of(connection: Any) -> list[Actor]:
    """Everybody, one by one."""
    open_ones = select(USER.c.id).where(USER.c.disabled_at.is_(None), ~USER.c.is_admin)
    return [load_actor(connection, each) for each in connection.execute(open_ones).scalars()]


def told(shop: Shop, sources: Mapping[str, str], seconds: float = 60.0) -> tuple[Plan, tuple[Effect, ...]]:
    shop.release = releases_of(shop.database).current()
    with shop.reading() as call:
        made = plan(shop.release.recorded["shop"], compiled(sources), call.connection)
        return made, effects_of(call, made, seconds)


def expected(before: Seen, after: Seen, key: str, action: str) -> dict[str, tuple[int, int | None]]:
    """The ways in which an action changed, each with the people and records, by looking at everybody's lists."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    for person in {who for at, what, who in (*before, *after) if (at, what) == (key, action)}:
        old, new = before.get((key, action, person)), after.get((key, action, person))
        for ids, way, always in (
            ((new or set()) - (old or set()), "granted" if old is None else "more", old is None),
            ((old or set()) - (new or set()), "revoked" if new is None else "fewer", new is None),
        ):
            if ids or always:
                who, what = found.setdefault(way, (set(), set()))
                who.add(person)
                what |= ids
    return {way: (len(who), None if action == "create" else len(what)) for way, (who, what) in found.items()}


@pytest.mark.parametrize("seed", [3, 4])
def test_effects_are_what_lists_show_before_and_after(shop: Shop, seed: int) -> None:
    filled(shop)
    draw = random.Random(seed)
    before = looked(shop)
    for _ in range(4):
        made, effects = told(shop, drawn(draw))
        if made.is_empty:
            continue
        apply(made, shop.database)
        after = looked(shop)
        for entity in ENTITIES:
            key = f"shop.{entity}"
            for action in (*COUNTED, "create"):
                said = {
                    each.way: (each.people, each.rows)
                    for each in effects
                    if (each.entity, each.action) == (key, action)
                    and not each.field
                    and each.way != "changed"
                }
                assert said == expected(before[0], after[0], key, action), (key, action)
            compare_fields(effects, before, after, key)
        before = after


def compare_fields(effects: tuple[Effect, ...], before: Any, after: Any, key: str) -> None:
    """Fields that came into sight or went out of it: people, and the records that they could read before and can still."""
    people: dict[tuple[str, str], set[int]] = {}
    rows: dict[tuple[str, str], set[int]] = {}
    (_, shown_before, hidden_before), (_, shown_after, hidden_after) = before, after
    for (entity, person), closed in hidden_before.items():
        if entity == key and (key, person) in hidden_after:
            still = hidden_after[key, person]
            for way, names in (("seen", closed - still), ("unseen", still - closed)):
                for name in names:
                    people.setdefault((way, name), set()).add(person)
    for (entity, person, record), names in shown_before.items():
        now = shown_after.get((key, person, record)) if entity == key else None
        if now is None:
            continue
        for way, changed_names in (("seen", now - names), ("unseen", names - now)):
            for name in changed_names:
                people.setdefault((way, name), set()).add(person)
                rows.setdefault((way, name), set()).add(record)
    said = {
        (each.way, each.field): (each.people, each.rows)
        for each in effects
        if each.entity == key and each.way in ("seen", "unseen") and "." not in each.field
    }
    counted = {
        what: (len(who), len(rows.get(what, ()))) for what, who in people.items() if "." not in what[1]
    }
    assert said == counted, key


def changed(path: str, old: str, new: str) -> dict[str, str]:
    assert old in SOURCES[path]
    return {**SOURCES, path: SOURCES[path].replace(old, new)}


def test_effects_in_words(shop: Shop) -> None:
    filled(shop)
    made, effects = told(
        shop,
        changed(
            "roles/seller.yaml",
            'read: {rows: "owner = ME() OR owner IN MY_SUBORDINATES()", hide: [secret, credit]}',
            "read: {hide: [secret]}",
        ),
    )
    said = [each.describe("en", made.labels) for each in effects]
    assert "3 people can read 4 rows of Customer more than before" in said
    assert "the field Credit of Customer becomes visible to 3 people in 3 rows" in said
    first = effects[0]
    assert first.describe("zh", made.labels) == "3 人可以多查看客户的 4 条记录"
    assert first.roles == (("seller", 3),)
    assert first.widens
    assert first.persons[0] == ("Ann", 3), "Bob saw those of Ann, Zoe the gold ones"
    assert first.roles_in_words("en", made.labels) == "Seller: 3"


def test_who_loses_everything_is_told(shop: Shop) -> None:
    filled(shop)
    sources = {path: text for path, text in SOURCES.items() if path != "roles/reader.yaml"}
    _, effects = told(shop, sources)
    gone = [
        each
        for each in effects
        if (each.way, each.entity, each.action) == ("revoked", "shop.customer", "read")
    ]
    assert [(each.people, each.rows) for each in gone] == [(1, 2)], "Rob; Zoe stays a seller"
    assert gone[0].describe("en") == "1 person can no longer read shop.customer at all (2 rows)"
    fewer = [
        each for each in effects if (each.way, each.entity, each.action) == ("fewer", "shop.customer", "read")
    ]
    assert [(each.people, each.rows) for each in fewer] == [(1, 2)]
    assert not any(each.widens for each in effects)


def test_what_does_not_stand_yet_is_not_counted(shop: Shop) -> None:
    filled(shop)
    sources = changed(
        "entities/customer.yaml", "  site: {type: url}", "  site: {type: url}\n  region: {type: text}"
    )
    sources["roles/reader.yaml"] = sources["roles/reader.yaml"].replace("grade = 'gold'", "region = 'north'")
    _, effects = told(shop, sources)
    customer = [each for each in effects if (each.entity, each.action) == ("shop.customer", "read")]
    assert [(each.way, each.people, each.rows) for each in customer] == [("changed", 2, None)]
    assert "cannot be counted" in customer[0].describe("en")


def test_renamed_entities_and_fields_are_the_same_ones(shop: Shop) -> None:
    filled(shop)
    sources = changed(
        "entities/customer.yaml",
        "  visits: {type: integer, min: 0}",
        "  calls: {type: integer, min: 0, was: visits}",
    )
    sources["entities/customer.yaml"] = (
        sources["entities/customer.yaml"]
        .replace('check: "visits', 'check: "calls')
        .replace("fields: [visits]", "fields: [calls]")
    )
    sources["roles/reader.yaml"] = (
        sources["roles/reader.yaml"].replace("grade = 'gold'", "calls > 3").replace("[secret,", "[")
    )
    _, effects = told(shop, sources)
    said = {
        (each.way, each.field): (each.people, each.rows)
        for each in effects
        if (each.entity, each.action) == ("shop.customer", "read")
    }
    # Rob saw two gold ones, and sees those with 4, 5 and 9 calls; Zoe has her own as a seller, none.
    assert said["more", ""] == (2, 2)
    assert said["fewer", ""] == (2, 1)
    assert said["seen", "secret"][0] == 2


def test_time_that_runs_out_makes_figures_the_least(shop: Shop) -> None:
    filled(shop)
    _, effects = told(
        shop, changed("roles/reader.yaml", "{rows: \"grade = 'gold'\", hide", "{hide"), seconds=-1
    )
    assert all(each.is_bounded for each in effects if each.entity == "shop.customer" and not each.field)
    assert "at least" in effects[0].describe("en")


def test_nothing_is_said_where_no_right_changes(shop: Shop) -> None:
    _, effects = told(shop, changed("app.yaml", "zh: 商店", "zh: 小店"))
    assert effects == ()
    assert set(COUNTED) < set(ACTIONS)
