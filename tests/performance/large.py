"""Apps of any size for measuring: many entities of many fields, linked in a row, with a role, an entity of lines, and people."""

from __future__ import annotations

from pathlib import Path

from dougong import assembly
from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.people import accounts, tokens
from dougong.storage.apply import apply
from dougong.storage.plan import plan

PASSWORD = "quiet-harbour-42"
KINDS = (
    "{type: text",
    "{type: integer",
    "{type: money, decimals: 2",
    "{type: date",
    "{type: boolean",
    "{type: choice, options: {a: {label: {en: First, zh: 甲}}, b: {label: {en: Second, zh: 乙}}}",
    "{type: member",
    "{type: long_text",
    "{type: datetime",
    "{type: email",
)
LINES = """
label: {en: Order, zh: 订单}
title: "{name}"
fields:
  name: {type: text, required: true}
  total: {type: money, decimals: 2, formula: "SUM(lines.subtotal)"}
  lines:
    type: table
    fields:
      what: {type: text, required: true}
      product: {type: link, to: e0}
      quantity: {type: integer, min: 0}
      price: {type: money, decimals: 2}
      subtotal: {type: money, decimals: 2, formula: "quantity * price"}
"""


def sources(entities: int, fields: int) -> dict[str, str]:
    """The files of an app with so many entities (`e0`, `e1`, …) of so many fields each, and one with lines (`order`)."""
    names = [f"e{number}" for number in range(entities)]
    menu = "".join(f"  - {{entity: {name}}}\n" for name in (*names, "order"))
    grants = "".join(
        f"  {name}: {{read: true, create: true, update: true, delete: true, import: true, export: true}}\n"
        for name in (*names, "order")
    )
    found = {
        "app.yaml": f"id: large\nversion: 1.0.0\nlabel: {{en: Large, zh: 大型}}\nlanguages: [zh, en]\nmenu:\n{menu}",
        "roles/user.yaml": f"label: {{en: User, zh: 用户}}\ngrants:\n{grants}",
        "entities/order.yaml": LINES,
    }
    for number, name in enumerate(names):
        found[f"entities/{name}.yaml"] = _entity(number, fields)
    return found


def _entity(number: int, fields: int) -> str:
    lines = [
        f"label: {{en: Entity {number}, zh: 实体 {number}}}",
        'title: "{name}"',
        "fields:",
        "  name: {type: text, required: true, label: {en: Name, zh: 名称}}",
    ]
    if number:
        lines.append(f"  before: {{type: link, to: e{number - 1}, inverse: after, on_delete: clear}}")
    for place in range(fields - 3):
        kind = KINDS[place % len(KINDS)]
        lines.append(f"  f{place}: {kind}, label: {{en: Field {place}, zh: 字段 {place}}}}}")
    lines.append('  twice: {type: money, decimals: 2, formula: "f2 * 2"}')
    return "\n".join(lines) + "\n"


def write(folder: Path, entities: int, fields: int) -> Path:
    """The app as a folder."""
    for name, text in sources(entities, fields).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def install(url: str, entities: int, fields: int) -> dict[str, str]:
    """Install the app with an admin and somebody who holds its role; the answer are their tokens."""
    database = assembly.open_database(url)
    app = check_sources(sources(entities, fields))
    assert isinstance(app, App), "\n".join(map(str, app[:5]))
    with database.reading() as connection:
        planned = plan(None, app, connection)
    apply(planned, database)
    issued = {}
    with database.writing() as connection:
        for login, is_admin, roles in (("ada", True, []), ("cleo", False, [("large", "user")])):
            user_id = accounts.add(
                connection,
                login,
                name=login.title(),
                password=PASSWORD,
                is_admin=is_admin,
                roles=roles,
                language="en",
            )
            issued[login] = tokens.issue(connection, user_id, scopes=["write"])
    database.dispose()
    return issued
