"""Descriptions of demonstrations: what is wrong is said at its line, all at once, and nothing is written."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from dougong import assembly
from dougong.compiler import check_sources
from dougong.demo.fill import Filled, fill
from dougong.demo.read import has_demo
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.people.actor import SYSTEM
from dougong.records.call import Call
from dougong.records.query import Query, list_records
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.plan import plan
from dougong.storage.system import USER

AS_OF = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SOURCES = {
    "app.yaml": "id: yard\nversion: 1.0.0\nlabel: Yard\n",
    "entities/boat.yaml": """\
title: "{name}"
fields:
  name: {type: text, required: true, unique: true}
  length: {type: decimal, decimals: 1, min: 0}
  built_on: {type: date}
  state: {type: choice, options: {planned: {label: Planned}, building: {label: Building}, afloat: {label: Afloat}}}
  tags: {type: choices, options: {a: {label: A}, b: {label: B}, c: {label: C}}}
  builder: {type: member}
  sister: {type: link, to: boat, on_delete: clear}
  double: {type: decimal, formula: "length * 2"}
  parts: {type: table, fields: {what: {type: text, required: true}, price: {type: money}}}
""",
    "entities/voyage.yaml": """\
title: "{number}"
fields:
  number: {type: serial, parts: ["V-", {date: yyyyMM}, "-", {count: 2}], reset: month}
  boat: {type: link, to: boat, required: true}
  begins_at: {type: datetime, required: true}
  cargo: {type: table, fields: {what: {type: text}, price: {type: money}}}
""",
    "roles/builder.yaml": "grants: {boat: {read: true}}\n",
}
GOOD = """\
seed: 1
span: {days: 100}
people:
  departments: {dock: {name: Dock, head: ada}}
  members:
    ada: {name: Ada, department: dock, roles: [builder], shown: true}
    bob: {name: Bob, department: dock, roles: [builder], weight: 0}
lists: {colours: [red, green, blue]}
rows:
  boat:
    rows: 40
    let: {sign: {digits: "##"}}
    values:
      name: {text: "{colours} boat {sign}{number}", unique: true}
      length: {number: [5, 12], step: 0.5, skew: 2}
      built_on: {day: [-900, -100]}
      state: {pick: {planned: 1, building: 1, afloat: 8}}
      tags: {some: [a, b, c], count: [1, 2], chance: 0.8}
      builder: {member: {department: dock}}
      parts: {rows: {number: [1, 3]}, different: [what], values: {what: {pick: colours}, price: {value: "parent.length * 100"}}}
    moves: {field: state, ways: {afloat: [planned, building]}, together: {afloat: [built_on]}}
    later: {sister: {link: boat, chance: 0.5}}
  voyage:
    for: {each: boat, where: "state = 'afloat'", rows: 2}
    values:
      created_at: {time: [0, 5], from: "boat.created_at", latest: "NOW()"}
      begins_at: {by: number, of: {"1": {time: [0, 9], from: "created_at"}}, else: {time: [10, 20], from: "created_at"}}
      cargo: {copy: boat.parts, fields: [what, price]}
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = assembly.open_database(database_url)
    yield made
    made.dispose()


def filled(database: Database, demo: str) -> Filled:
    app = check_sources({**SOURCES, "data/demo.yaml": demo}, {})
    assert isinstance(app, App), app
    assert has_demo(app)
    with database.reading() as connection:
        made = plan(None, app, connection)
    apply(made, database)
    return fill(database, assembly.releases(database).current(), "yard", AS_OF, lambda: "quiet-harbour-42")


def test_everything_that_can_be_said_is_done(database: Database) -> None:
    made = filled(database, GOOD)
    assert [(each.login, each.password) for each in made.logins] == [("ada", "quiet-harbour-42")]
    with database.reading() as connection:
        call = Call(assembly.releases(database).current(), connection, SYSTEM, "cli", AS_OF)
        boats = list_records(
            call,
            "yard.boat",
            Query(limit=100, fields=("name", "length", "state", "builder", "sister", "parts")),
        ).rows
        voyages = list_records(call, "yard.voyage", Query(limit=200, fields=("boat", "cargo", "number"))).rows
        ada = connection.execute(select(USER.c.id).where(USER.c.login == "ada")).scalar_one()
    assert len({boat.values["name"] for boat in boats}) == 40
    assert {boat.values["builder"] for boat in boats} == {ada}
    assert {boat.created_by for boat in boats} == {ada}
    afloat = [boat for boat in boats if boat.values["state"] == "afloat"]
    assert 20 < len(afloat) < 40
    assert {boat.version for boat in afloat} <= {3, 4}
    assert any(boat.values["sister"] for boat in boats)
    assert all(boat.values["sister"] != boat.id for boat in boats)
    by_id = {boat.id: boat for boat in boats}
    assert len(voyages) == 2 * len(afloat) == made.rows["yard.voyage"]
    for voyage in voyages:
        parts = by_id[voyage.values["boat"]].values["parts"]
        assert [row["what"] for row in voyage.values["cargo"]] == [row["what"] for row in parts]
        assert len({row["what"] for row in parts}) == len(parts)
        assert parts[0]["price"] == by_id[voyage.values["boat"]].values["length"] * 100


@pytest.mark.parametrize(
    ("right", "wrong", "line", "code"),
    [
        ("seed: 1", "sead: 1", 1, "M102"),
        ("days: 100", "days: none", 2, "M101"),
        ("head: ada", "head: adda", 4, "M102"),
        ("department: dock, roles: [builder], shown", "department: dok, roles: [builder], shown", 6, "M102"),
        ("roles: [builder], weight", "roles: [bilder], weight", 7, "M102"),
        ("  boat:\n    rows", "  boot:\n    rows", 10, "M102"),
        ("rows: 40", "rows: -1", 11, "M101"),
        ('{digits: "##"}', '{digit: "##"}', 12, "M103"),
        ("{colours} boat", "{colors} boat", 14, "M102"),
        ("number: [5, 12]", "number: [12, 5]", 15, "M101"),
        ("built_on: {day", "bilt_on: {day", 16, "M102"),
        ("some: [a, b, c]", "some: things", 18, "M102"),
        ("member: {department: dock}", "member: {department: deck}", 19, "M102"),
        ('"parent.length * 100"', '"parent.lenght * 100"', 20, "D404"),
        ("moves: {field: state", "moves: {field: status", 21, "M102"),
        ("later: {sister: {link: boat", "later: {sister: {link: ship", 22, "M102"),
        ("each: boat, where", "each: ship, where", 24, "M102"),
        ("state = 'afloat'", "state = 'sunk'", 24, "D409"),
        ("copy: boat.parts", "copy: boat.tags", 28, "M101"),
        ("fields: [what, price]", "fields: [what, prize]", 28, "M102"),
        ("sister: {link", "double: {link", 22, "M101"),
    ],
)
def test_mistakes_are_said_at_their_line(
    sqlite_url: str, right: str, wrong: str, line: int, code: str
) -> None:
    assert right in GOOD
    database = assembly.open_database(sqlite_url)
    with pytest.raises(Refusal) as refused:
        filled(database, GOOD.replace(right, wrong, 1))
    database.dispose()
    [problem] = refused.value.problems
    assert problem.place is not None
    assert (problem.place.file, problem.place.line, problem.code) == ("yard/data/demo.yaml", line, code)


def test_all_mistakes_are_said_at_once(sqlite_url: str) -> None:
    database = assembly.open_database(sqlite_url)
    broken = (
        GOOD.replace("head: ada", "head: eve")
        .replace("rows: 40", "rows: many")
        .replace("pick: colours", "pick: colors")
    )
    with pytest.raises(Refusal) as refused:
        filled(database, broken)
    database.dispose()
    assert [each.place.line for each in refused.value.problems if each.place] == [4, 11, 20]


def test_what_cannot_be_written_leaves_nothing_behind(database: Database) -> None:
    """The twenty-seventh boat finds no new name, or a rule refuses: then there are no people and no boats either."""
    with pytest.raises(Refusal) as refused:
        filled(
            database,
            GOOD.replace(
                '{text: "{colours} boat {sign}{number}", unique: true}', '{text: "{colours}", unique: true}'
            ),
        )
    assert refused.value.problems[0].code == "M104"
    with database.reading() as connection:
        call = Call(assembly.releases(database).current(), connection, SYSTEM, "cli", AS_OF)
        assert list_records(call, "yard.boat", Query(count="exact")).count == 0
        assert connection.execute(select(func.count()).select_from(USER)).scalar_one() == 0


def test_an_app_without_a_demonstration_says_so(sqlite_url: str) -> None:
    app = check_sources(SOURCES, {})
    assert isinstance(app, App)
    assert not has_demo(app)
    database = assembly.open_database(sqlite_url)
    with database.reading() as connection:
        made = plan(None, app, connection)
    apply(made, database)
    with pytest.raises(Refusal) as refused:
        fill(database, assembly.releases(database).current(), "yard", AS_OF)
    assert refused.value.kind == "missing"
    database.dispose()
