"""The app that the races are run in: tickets that are numbered, codes that are unique, stock that must not fall below nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from dougong.compiler import check_sources
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.model.app import App
from dougong.people import accounts
from dougong.people.actor import load_actor
from dougong.records.call import Call
from dougong.records.create import create
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import releases_of

STOCK = 60
CODES = 25
PEOPLE = 20
SOURCES: dict[str, str] = {
    "app.yaml": "id: depot\nversion: 1.0.0\nlabel: Depot\nlanguages: [en]\n",
    "entities/ticket.yaml": """
label: Ticket
title: "{gapless}"
fields:
  lane: {type: choice, required: true, options: {a: A, b: B}}
  gapless: {type: serial, parts: [{field: lane}, "-", {count: 4}], per: [lane]}
  fast: {type: serial, parts: ["F", {count: 4}], mode: fast}
  never: {type: boolean}
rules:
  - {check: "never IS EMPTY", message: Refused}
""",
    "entities/code.yaml": """
label: Code
title: "{code}"
fields:
  code: {type: text, required: true}
  open: {type: boolean}
  place: {type: integer}
unique: [[code], {fields: [place], where: open, ignore_case: false}]
""",
    "entities/item.yaml": """
label: Item
title: "{name}"
fields:
  name: {type: text}
  stock: {type: integer}
  taken: {type: integer}
rules:
  - {check: "stock >= 0", message: Nothing left, fields: [stock]}
""",
    "entities/person.yaml": """
label: Person
title: "{name}"
search: [name]
fields:
  name: {type: text, required: true}
""",
    "entities/visit.yaml": """
label: Visit
title: "{reason}"
fields:
  reason: {type: text}
  person: {type: link, to: person, required: true, on_delete: restrict}
""",
}
NEXT = {
    **SOURCES,
    "entities/visit.yaml": SOURCES["entities/visit.yaml"].replace("{type: text}", "{type: long_text}"),
    "entities/person.yaml": SOURCES["entities/person.yaml"] + "  score: {type: integer, default: 3}\n",
    "entities/item.yaml": SOURCES["entities/item.yaml"].replace(
        "stock: {type: integer}", "stock: {type: decimal, decimals: 0}"
    ),
    "views/ticket.yaml": "entity: ticket\nviews: {a: {filter: \"lane = 'a'\", columns: [lane], sort: [gapless]}}\n",
}
"""The next version: another type, a column more with values for all, a conversion of what everybody counts up, an index."""


def open_depot(url: str) -> Database:
    """The database as a process of its own opens it."""
    return Database(url, SQLITE_FUNCTIONS)


def set_up(url: str) -> None:
    """Install the app, an account, and two items: one with little stock, one that everybody counts up."""
    database = open_depot(url)
    install(database)
    publish(database, SOURCES)
    with database.writing() as connection:
        accounts.add(connection, "root", name="Root", is_admin=True, language="en")
    with database.writing() as connection:
        call = call_of(database, connection)
        create(call, "depot.item", {"name": "scarce", "stock": STOCK, "taken": 0})
        create(call, "depot.item", {"name": "counter", "stock": 0, "taken": 0})
        for number in range(PEOPLE):
            create(call, "depot.person", {"name": f"person {number}"})
    database.dispose()


def publish(database: Database, sources: dict[str, str]) -> None:
    """Make a version the present one."""
    app = check_sources(sources)
    assert isinstance(app, App), "\n".join(map(str, app))
    with database.reading() as connection:
        planned = plan(releases_of(database).recorded(connection, app.id), app, connection)
    apply(planned, database, allow_loss=True)


def call_of(database: Database, connection: Connection) -> Call:
    """A call of the admin, now."""
    release = releases_of(database).pinned(connection)
    return Call(
        release, connection, load_actor(connection, 1), "api", datetime.now(UTC), "en", "Asia/Shanghai"
    )
