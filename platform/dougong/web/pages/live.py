"""What a form asks for while it is filled in: values of other records, and which records fit into a link."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.wrappers import Response

from dougong.records.attempt import Attempt, attempt
from dougong.records.call import Call
from dougong.records.draft import Values
from dougong.records.read import read
from dougong.records.shape import shape_of
from dougong.screens.asking import answer
from dougong.screens.form import FormEntry, create_form, edit_form
from dougong.screens.form_entry import read_entry
from dougong.screens.live import sees_of
from dougong.screens.shape import Submitted
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, form_data, number

CHOSEN, RENEWED, FILLED, ROW = "dg_chosen", "dg_renewed", "dg_filled", "dg_row"
"""Inputs that name the links that were just chosen, the fields that follow their default, those that were filled, and the row in
which one chooses."""
MOST_NAMED = 5_000

Data = Mapping[str, list[str]]
Entered = Mapping[str, Submitted]


def create_live(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/live: what a new record would hold if it were saved as it is entered; nothing is written."""
    return _live(exchange, app, entity, 0)


def update_live(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/live: what a record would hold if it were saved as it is entered; nothing is written."""
    return _live(exchange, app, entity, number(identifier))


def _live(exchange: Exchange, app: str, entity: str, identifier: int) -> Response:
    data = form_data(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        places = _places(call, key, data)
        found = attempted(exchange, call, key, identifier, data, places)
        sees = sees_of(call, key, "update" if identifier else "create")
        said = answer(call, shape_of(call.release, key), found, sees, places)
    return exchange.json(said)


def attempted(
    exchange: Exchange, call: Call, key: str, identifier: int, data: Data, places: Mapping[str, list[str]]
) -> Attempt:
    """The record that a form, which need not be whole, stands for."""
    action = "update" if identifier else "create"
    if identifier:
        record = read(call, key, identifier)
        form = edit_form(call, record, FormEntry(record.values, record.titles))
    else:
        form = create_form(call, key, FormEntry())
    entered = exchange.runtime.renderers.pages.submitted(form, data)
    values, _ = read_entry(call, key, action, entered)
    chosen, renewed = (
        [_path(name, places) for name in data.get(each, ())[:MOST_NAMED]] for each in (CHOSEN, RENEWED)
    )
    return attempt(call, key, values, identifier, chosen, renewed)


def _places(call: Call, key: str, data: Data) -> dict[str, list[str]]:
    """The numbers that rows have in the names of inputs, by sub-table and in the order in which the rows came."""
    tables = [field.id for field in call.release.entity(key).fields.values() if field.type == "table"]
    found: dict[str, dict[str, None]] = {table: {} for table in tables}
    for name in data:
        table, _, rest = name.partition("-")
        row, dash, _ = rest.partition("-")
        if table in found and dash and row.isascii() and row.isdigit():
            found[table][row] = None
    return {table: list(rows) for table, rows in found.items()}


def paths_filled(call: Call, key: str, data: Data, sent: Entered, kept: Entered) -> frozenset[str]:
    """The paths of what the form's script has filled, among the rows that were `kept` of those that were `sent`."""
    places = _places(call, key, data)
    for table, rows in kept.items():
        every = sent.get(table)
        if table in places and isinstance(rows, tuple) and isinstance(every, tuple):
            known = {id(row): place for row, place in zip(every, places[table], strict=False)}
            places[table] = [known.get(id(row), "") for row in rows]
    return frozenset(_path(name, places) for name in data.get(FILLED, ())[:MOST_NAMED])


def _path(name: str, places: Mapping[str, list[str]]) -> str:
    """The path of an input: `lines/2/price` for `lines-7-price` in the third row."""
    table, _, rest = name.partition("-")
    row, _, field = rest.partition("-")
    if table not in places or row not in places[table]:
        return name
    return f"{table}/{places[table].index(row)}/{field}"


def values_at(exchange: Exchange, call: Call, key: str, path: str, data: Data) -> Values:
    """The record, or the row in which one chooses, as the form has it so far."""
    places = _places(call, key, data)
    record = (data.get("dg_record") or [""])[0]
    draft = attempted(exchange, call, key, number(record) if record else 0, data, places).draft
    table, _, inner = path.partition(".")
    row = (data.get(ROW) or [""])[0]
    if not inner:
        return draft.values
    known = places.get(table, [])
    rows = draft.rows[table].drafts if table in draft.rows else []
    position = known.index(row) if row in known else len(rows)
    return rows[position].values if position < len(rows) else {"parent": draft.values}
