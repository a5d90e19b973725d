"""Generated roles, asked for everything: the platform answers on both databases as a small oracle in plain Python does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from dougong.diagnostics import Refusal
from dougong.people import accounts
from dougong.people.actor import Actor, load_actor
from dougong.records.aggregate import aggregate
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.export import export
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related
from dougong.records.update import update
from dougong.storage.database import Database
from dougong.storage.release import Release, release_of
from tests.installed import AT, compiled, open_database, publish
from tests.rights import WHOLE
from tests.rights.oracle import Oracle, Row, grouped
from tests.rights.policies import APP, ENTITIES, FIELDS, SOURCES, Role, Rule, roles, rules
from tests.servers.databases import DIALECTS, Databases

EXAMPLES = 400 if WHOLE else 30
"""Generated sets of roles for each database; each is asked a dozen things."""
THINGS, BOXES, PEOPLE = 14, 4, 3
REFUSED = "refused"
Request = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Yard:
    """A database of things and boxes, what stands in it, and who looks at it."""

    database: Database
    world: Mapping[str, Mapping[int, Row]]
    people: Sequence[Actor]


@pytest.fixture(scope="module", params=DIALECTS)
def yard(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Yard]:
    url = databases.fresh(request.param)
    database = open_database(url)
    publish(database, SOURCES)
    with database.writing() as connection:
        for number in range(PEOPLE):
            accounts.add(connection, f"p{number}", name=f"Person {number}", language="en")
        people = [load_actor(connection, each.id) for each in accounts.list_accounts(connection)]
    others = [each for each in people if not each.is_admin]
    root = next(each for each in people if each.is_admin)
    release = release_of({APP: compiled(SOURCES)}, 1)
    with database.writing() as connection:
        world = _filled(Call(release, connection, root, "api", AT, "en", "UTC"), others)
    yield Yard(database, world, others)
    database.dispose()
    databases.drop(url)


def _filled(call: Call, people: Sequence[Actor]) -> dict[str, dict[int, Row]]:
    """Boxes and things with values drawn from a seed, many of them empty."""
    random, world = Random(11), dict[str, dict[int, Row]](box={}, thing={})

    def some(values: Sequence[Any]) -> Any:
        return random.choice([*values, None])

    owners = [each.id for each in people]
    for number in range(BOXES):
        row = {"name": f"Box {number}", "level": some((0, 1, 2, 3, 4)), "owner": some(owners)}
        world["box"][create(call, f"{APP}.box", row).id] = row
    for number in range(THINGS):
        row = {
            "name": f"Thing {number}",
            "num": some((0, 1, 2, 3, 4)),
            "kind": some("ab"),
            "owner": some(owners),
            "box": some(list(world["box"])),
            "peer": some(list(world["thing"])),
            "secret": some(("x", "y")),
        }
        world["thing"][create(call, f"{APP}.thing", row).id] = row
    return world


# ------------------------------------------------------------------ what is asked
PATHS: Mapping[str, tuple[str, ...]] = {
    "thing": ("num", "kind", "name", "secret"),
    "box": ("level", "name"),
}
VALUES: Mapping[str, Sequence[Any]] = {
    "name": ("new", None),
    "num": (0, 9, None),
    "kind": ("a", "b", None),
    "secret": ("z", None),
    "level": (0, 9, None),
}


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Something that is asked of one entity."""
    entity = draw(st.sampled_from(("thing", "thing", "box")))
    kind = draw(
        st.sampled_from(
            ("read", "list", "list", "narrowed", "figures", "export", "update", "delete", "many", "new")
        )
    )
    record = draw(st.integers(1, THINGS if entity == "thing" else BOXES))
    if kind in ("read", "delete"):
        return kind, entity, record
    if kind == "list":
        return kind, entity, draw(st.sampled_from(PATHS[entity])), draw(st.booleans())
    if kind == "narrowed":
        return kind, entity, draw(rules(entity))
    if kind == "update":
        name = draw(st.sampled_from([each for each in FIELDS[entity] if each in VALUES]))
        return kind, entity, record, name, draw(st.sampled_from(VALUES[name]))
    if kind == "many":
        return kind, entity, tuple(draw(st.sets(st.integers(1, 4), min_size=2, max_size=3)))
    if kind == "new":
        return kind, draw(st.integers(0, BOXES)), draw(st.integers(0, 4))
    return kind, entity


# ------------------------------------------------------------------ what is expected
def names_in(rule: Rule) -> list[str]:
    """The paths that a condition reads."""
    if rule.parts:
        return [name for each in rule.parts for name in names_in(each)]
    of = {
        "mine": "owner",
        "bare": "secret",
        "inside": "box.level",
        "housed": "box.owner",
        "beside": "peer.owner",
    }
    return [of.get(rule.op, "box" if rule.op == "boxed" else rule.op)]


def is_known(oracle: Oracle, entity: str, path: str) -> bool:
    """Whether a name, or one behind a link, exists for the person."""
    name, _, rest = path.partition(".")
    if name not in oracle.names(entity):
        return False
    target = {"box": "box", "peer": "thing"}.get(name, "")
    return not rest or (oracle.knows(target) and is_known(oracle, target, rest))


def expected(oracle: Oracle, request: Request) -> Any:
    """What the oracle answers."""
    kind, entity, *rest = request
    if kind == "new":
        return _expected_creation(oracle, entity, rest[0])
    if not oracle.knows(entity):
        return REFUSED
    visible = oracle.visible(entity)
    if kind == "read":
        return oracle.shown(entity, visible[rest[0]]) if rest[0] in visible else REFUSED
    if kind == "list":
        if not is_known(oracle, entity, rest[0]):
            return REFUSED
        ids = oracle.sorted_ids(entity, visible, rest[0], rest[1])
        return [(each, oracle.shown(entity, visible[each])) for each in ids]
    if kind == "narrowed":
        return _expected_list(oracle, entity, rest[0])
    if kind == "figures":
        group, figure = ("kind", "num") if entity == "thing" else ("owner", "level")
        if not (is_known(oracle, entity, group) and is_known(oracle, entity, figure)):
            return REFUSED
        pairs = [
            tuple(oracle.value(entity, row, name) for name in (group, figure)) for row in visible.values()
        ]
        return grouped(pairs)
    if kind == "export":
        if not oracle.offers(entity, "export"):
            return REFUSED
        found = {key: row for key, row in visible.items() if oracle.may(entity, "export", row)}
        return {
            key: {name: oracle.value(entity, row, name) for name in oracle.names(entity)}
            for key, row in found.items()
        }
    return _expected_change(oracle, kind, entity, rest)


def _expected_list(oracle: Oracle, entity: str, rule: Rule) -> Any:
    if not all(is_known(oracle, entity, path) for path in names_in(rule)):
        return REFUSED
    seen = _AsSeen(oracle.world, oracle.person, oracle.roles, oracle, entity)
    return [key for key, row in oracle.visible(entity).items() if seen.holds(rule, row)]


@dataclass(frozen=True, slots=True)
class _AsSeen(Oracle):
    """Conditions over what the person sees instead of what stands there."""

    eyes: Oracle
    entity: str

    def _test(self, rule: Rule, row: Row) -> bool | None:
        [path] = names_in(rule)
        value = self.eyes.value(self.entity, row, path)
        if rule.op in ("bare", "boxed"):
            return (value is None) == (rule.op == "bare")
        if value is None:
            return None
        if rule.op in ("mine", "housed", "beside"):
            return bool(value == self.person)
        return bool(value == rule.value) if rule.op == "kind" else bool(value > rule.value)


def _expected_change(oracle: Oracle, kind: str, entity: str, rest: Sequence[Any]) -> Any:
    action = "delete" if kind == "delete" else "update"
    if kind == "many":
        rows = [oracle.world[entity].get(each) for each in rest[0]]
        allowed = all(
            row is not None
            and oracle.may(entity, "update", row)
            and oracle.writes(entity, "update", "name", row)
            for row in rows
        )
        return "done" if allowed else REFUSED
    row = oracle.world[entity][rest[0]]
    if not oracle.may(entity, action, row):
        return REFUSED
    if kind == "update" and not oracle.writes(entity, "update", rest[1], row):
        return REFUSED
    return "done"


def _expected_creation(oracle: Oracle, box: Any, num: int) -> Any:
    """A new thing in a box (0 is none): the rules are asked of it as it is saved."""
    row = {"name": "new", "num": num, "box": box or None, "owner": oracle.person}
    row |= {"kind": None, "peer": None, "secret": None}
    if not (oracle.offers("thing", "create") and oracle.grants_row("thing", "create", row)):
        return REFUSED
    if not oracle.grants_row("thing", "read", row):
        return None
    given = ("name", "num", *(("box",) if box else ()))
    if not all(oracle.writes("thing", "create", name, row) for name in given):
        return REFUSED
    if box and not (oracle.knows("box") and box in oracle.visible("box")):
        return REFUSED
    return "done"


# ------------------------------------------------------------------ what is answered
def answered(call: Call, request: Request) -> Any:
    """What the platform answers; whatever it wrote is taken back by whoever asks."""
    try:
        return _answered(call, request)
    except Refusal:
        return REFUSED


def _answered(call: Call, request: Request) -> Any:
    kind, entity, *rest = request
    if kind == "new":
        return _created(call, entity, rest[0])
    key = f"{APP}.{entity}"
    if kind == "read":
        return _values(entity, read(call, key, rest[0]).values)
    if kind == "list":
        page = list_records(call, key, Query(sort=f"-{rest[0]}" if rest[1] else rest[0], limit=100))
        return [(each.id, _values(entity, each.values)) for each in page.rows]
    if kind == "narrowed":
        return sorted(each.id for each in list_records(call, key, Query(filter=rest[0].text, limit=100)).rows)
    if kind == "figures":
        group, figure = ("kind", "num") if entity == "thing" else ("owner", "level")
        found = aggregate(call, key, [group], {"n": "COUNT()", "s": f"SUM({figure})"})
        return {row[0]: (row[1], row[2] if row[2] is None else Decimal(str(row[2]))) for row in found.rows}
    if kind == "export":
        return {int(each["id"]): _cells(entity, each) for each in export(call, key, Query()).records}
    if kind == "update":
        update(call, key, rest[0], {rest[1]: rest[2]})
    elif kind == "delete":
        delete(call, key, rest[0])
    else:
        batch(call, key, [Operation("update", each, {"name": "changed"}) for each in rest[0]])
    return "done"


def _created(call: Call, box: Any, num: int) -> str:
    create(call, f"{APP}.thing", {"name": "new", "num": num, **({"box": box} if box else {})})
    return "done"


def _values(entity: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in FIELDS[entity] if name in values}


def _cells(entity: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the line of an export: ids are texts there."""
    return {
        name: int(value) if name in ("owner", "box", "peer") and value is not None else value
        for name, value in _values(entity, values).items()
    }


# ------------------------------------------------------------------ compared
def release_with(held: Sequence[Role]) -> Release:
    """A release of the same tables with other roles."""
    files = {f"roles/r{number}.yaml": each.text for number, each in enumerate(held)}
    return release_of({APP: compiled({**SOURCES, **files})}, 1)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not WHOLE,
    phases=tuple(Phase) if WHOLE else (Phase.generate,),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(
    held=st.lists(roles(), min_size=1, max_size=3),
    who=st.integers(0, PEOPLE - 1),
    asked=st.lists(requests(), min_size=12, max_size=12),
)
def test_generated_roles_are_answered_as_the_oracle_says(
    yard: Yard, held: list[Role], who: int, asked: list[Request]
) -> None:
    release = release_with(held)
    names = frozenset((APP, f"r{number}") for number in range(len(held)))
    actor = replace(yard.people[who], roles=names)
    oracle = Oracle(yard.world, actor.id, held)
    for request in asked:
        wanted = expected(oracle, request)
        if wanted is None:
            continue
        with yard.database.writing() as connection:
            got = answered(Call(release, connection, actor, "api", AT, "en", "UTC"), request)
            connection.rollback()
        assert got == wanted, f"{request}\n" + "\n".join(each.text for each in held)
        event(f"{request[0]} {'refused' if wanted == REFUSED else 'answered'}")


def test_a_related_list_holds_what_both_ends_allow(yard: Yard) -> None:
    """Through the link from the other side, for each box, for roles drawn from a seed."""
    random = Random(3)
    for _ in range(EXAMPLES):
        held = [_drawn(random) for _ in range(random.randint(1, 2))]
        oracle = Oracle(yard.world, yard.people[0].id, held)
        actor = replace(yard.people[0], roles=frozenset((APP, f"r{n}") for n in range(len(held))))
        release = release_with(held)
        for box, row in yard.world["box"].items():
            allowed = (
                oracle.knows("thing")
                and "box" in oracle.names("thing")
                and oracle.grants_row("box", "read", row)
            )
            wanted: Any = REFUSED
            if allowed:
                things = oracle.visible("thing")
                wanted = [key for key, each in things.items() if oracle.value("thing", each, "box") == box]
            with yard.database.reading() as connection:
                call = Call(release, connection, actor, "api", AT, "en", "UTC")
                assert _related(call, box) == wanted, "\n".join(each.text for each in held)


def _related(call: Call, box: int) -> Any:
    try:
        return sorted(each.id for each in related(call, f"{APP}.box", box, "things", Query(limit=100)).rows)
    except Refusal:
        return REFUSED


def _drawn(random: Random) -> Role:
    """A role that lets one read, with rows and fields drawn from a seed."""
    from tests.rights.policies import OF_BOX, OF_THING, TESTS, Permit

    permits: dict[tuple[str, str], Permit] = {}
    for entity, names in zip(ENTITIES, (OF_THING, OF_BOX), strict=True):
        name = random.choice([each for each in names if each != "kind"])
        rows = (
            None if random.random() < 0.3 else Rule(name, random.randint(0, 3) if "{" in TESTS[name] else 0)
        )
        hidden = frozenset(random.sample(FIELDS[entity], random.choice((0, 0, 1, 2))))
        if random.random() < 0.9:
            permits[entity, "read"] = Permit(rows, hidden)
    return Role(permits)
