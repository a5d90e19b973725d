"""Creating and changing a record by form: nothing that was entered is lost, and sending twice does it once."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import BinaryIO, cast

import msgspec
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.fieldtypes.file import FILES
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.masks import masks_of
from dougong.records.attempt import attempt
from dougong.records.call import Call
from dougong.records.copy_ import copy_values, with_own_files
from dougong.records.create import create
from dougong.records.files import upload
from dougong.records.filling import filled_by
from dougong.records.read import read
from dougong.records.shape import shape_of
from dougong.records.update import update
from dougong.screens.addresses import entity_path, record_path
from dougong.screens.beginning import initial_values, titles_for
from dougong.screens.form import FormEntry, create_form, edit_form
from dougong.screens.form_entry import read_entry, without_blank_rows
from dougong.screens.form_filling import left_to_fill
from dougong.screens.live import sees_of
from dougong.screens.shape import FormScreen, Notice, Submitted
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.once import Outcome, once
from dougong.web.pages.confirming import confirming
from dougong.web.pages.drafts import take_draft
from dougong.web.pages.frame import (
    entity_key,
    first,
    form_data,
    form_key,
    go,
    number,
    show,
    version_from,
)
from dougong.web.pages.live import FILLED, paths_filled
from dougong.web.security import random_token

Entered = Mapping[str, Submitted]
COPIED = "dg_copy"
"""The input that names the record that a new one began as a copy of."""


def new(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/new: the form, prefilled from the address, a record to copy, or a kept entry."""
    given = exchange.parameters
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        source = given.get("copy", "")
        values = copy_values(call, key, number(source)) if source else initial_values(call, key)
        values, filled = _with_filled(call, key, values, _prefilled(call, key, given))
        kept = take_draft(call, given.get("draft", ""))
        hidden = (*(((COPIED, source),) if source else ()), *((FILLED, name) for name in filled))
        entry = FormEntry(values, titles_for(call, key, values), form_token=random_token(), hidden=hidden)
        form = create_form(call, key, entry)
        if kept is not None:
            entered = exchange.runtime.renderers.pages.submitted(form, kept)
            form = create_form(call, key, _kept(call, key, values, entered))
        return show(exchange, call, form)


def _kept(call: Call, key: str, values: Mapping[str, object], entered: Entered) -> FormEntry:
    notice = Notice(text("entry_kept", call.language), "info")
    return FormEntry(
        values, titles_for(call, key, values), entered, form_token=random_token(), notices=(notice,)
    )


def _with_filled(
    call: Call, key: str, values: Mapping[str, Value], prefilled: Mapping[str, Value]
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values with those of the address and what the links among these fill, and what that is."""
    links = [name for name in prefilled if name in call.release.entity(key).fields]
    if not filled_by(shape_of(call.release, key), links):
        return {**values, **prefilled}, ()
    found = attempt(call, key, {**values, **prefilled}, chosen=links)
    sees = sees_of(call, key, "create")
    filled = tuple(name for name in found.renewed if sees("", name) and name not in prefilled)
    return {**values, **{name: found.draft.values.get(name) for name in filled}, **prefilled}, filled


def _prefilled(call: Call, key: str, given: Mapping[str, str]) -> Mapping[str, object]:
    """Values of the address for writable fields, such as the record that a related list belongs to."""
    fields = call.release.entity(key).fields
    entered = {
        name: value for name, value in given.items() if name in fields and fields[name].type != "table"
    }
    values, _ = read_entry(call, key, "create", entered)
    return values


def create_one(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/new: create, then go to the record; with problems the form comes back as it was entered."""
    data = form_data(exchange)
    entered: Entered = {}
    problems: Sequence[Diagnostic]
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            sent, entered = _entered(exchange, create_form(call, key, FormEntry()), data)
            _refuse_row_button(call, key, data, entered)
            uploads = _upload(exchange, call, key, entered)
            values, problems = read_entry(call, key, "create", {**entered, **uploads})
            values = _left_to_fill(call, key, data, sent, entered, values)
            if first(data, COPIED):
                source, store = number(first(data, COPIED)), exchange.runtime.files
                values = with_own_files(call, store, key, source, values)
            if problems:
                raise Refusal("invalid", [*problems, *_further(call, key, values, problems)])

            sure = confirming(call, data)

            def change() -> Outcome:
                return 303, {"id": str(create(sure, key, values).id)}

            (_, outcome), _ = once(call, form_key(data), key.encode(), change)
    except _RowsChanged as changed:
        return _create_again(exchange, app, entity, data, changed.entered, (), 200)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        return _create_again(exchange, app, entity, data, entered, refusal.problems)
    if first(data, "dg_then") == "again":
        return go(exchange, f"{entity_path(key)}/new", text("created", exchange.language))
    return go(exchange, record_path(key, outcome["id"]), text("created", exchange.language))


def _further(
    call: Call, key: str, values: Mapping[str, object], problems: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """What else is wrong, so that everything is said at once: the verb's own checks on what could be read."""
    known = {problem.path for problem in problems}
    try:
        with call.connection.begin_nested() as trial:
            create(call, key, values)
            trial.rollback()
    except Refusal as refusal:
        return (
            [each for each in refusal.problems if each.path not in known] if refusal.kind == "invalid" else []
        )
    return []


def _create_again(
    exchange: Exchange,
    app: str,
    entity: str,
    data: dict[str, list[str]],
    entered: Entered,
    problems: Sequence[Diagnostic],
    status: int = 422,
) -> Response:
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        values = initial_values(call, key)
        titles = titles_for(call, key, {**values, **read_entry(call, key, "create", entered)[0]})
        hidden = ((COPIED, first(data, COPIED)),) if first(data, COPIED) else ()
        token = first(data, "dg_form") or random_token()
        entry = FormEntry(values, titles, entered, problems, token, hidden=hidden)
        return show(exchange, call, create_form(call, key, entry), status)


def edit(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET /{app}/{entity}/{id}/edit: the form with the record's values."""
    with exchange.reading() as call:
        record = read(call, entity_key(call, app, entity), number(identifier))
        entry = FormEntry(record.values, record.titles, form_token=random_token(), version=record.version)
        form = edit_form(call, record, entry)
        kept = take_draft(call, exchange.parameters.get("draft", ""))
        if kept is not None:
            entered = exchange.runtime.renderers.pages.submitted(form, kept)
            notice = Notice(text("entry_kept", call.language), "info")
            again = FormEntry(
                record.values, record.titles, entered, (), random_token(), (notice,), record.version
            )
            form = edit_form(call, record, again)
        return show(exchange, call, form)


def update_one(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/edit: save, then go to the record; a record changed by somebody else is said before it is overwritten."""
    data = form_data(exchange)
    entered: Entered = {}
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            record = read(call, key, number(identifier))
            sent, entered = _entered(
                exchange, edit_form(call, record, FormEntry(record.values, record.titles)), data
            )
            _refuse_row_button(call, key, data, entered)
            values, problems = read_entry(
                call, key, "update", {**entered, **_upload(exchange, call, key, entered)}
            )
            if problems:
                raise Refusal("invalid", problems)
            values = _left_to_fill(call, key, data, sent, entered, values, record.values)

            sure = confirming(call, data)

            def change() -> Outcome:
                saved = update(sure, key, record.id, values, version_from(data))
                return 303, {"id": str(saved.id)}

            once(call, form_key(data), f"{key}/{record.id}".encode(), change)
    except _RowsChanged as changed:
        return edit_again(exchange, app, entity, identifier, changed.entered, (), status=200)
    except Refusal as refusal:
        if refusal.kind == "stale":
            return edit_again(exchange, app, entity, identifier, entered, (), stale=True)
        if refusal.kind != "invalid":
            raise
        return edit_again(exchange, app, entity, identifier, entered, refusal.problems)
    return go(exchange, record_path(key, identifier), text("saved", exchange.language))


def edit_again(
    exchange: Exchange,
    app: str,
    entity: str,
    identifier: str,
    entered: Entered,
    problems: Sequence[Diagnostic],
    stale: bool = False,
    status: int = 422,
) -> Response:
    """The form of a record as it was entered, with what is wrong; after a lost race it holds the newest version."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        record = read(call, key, number(identifier))
        titles = {**record.titles, **titles_for(call, key, read_entry(call, key, "update", entered)[0])}
        notices: tuple[Notice, ...] = ()
        if stale:
            from dougong.screens.showing import person

            who = person(call, record.updated_by or 0, titles).text
            notices = (Notice(text("stale_text", call.language, person=who), "warn"),)
        entry = FormEntry(record.values, titles, entered, problems, random_token(), notices, record.version)
        return show(exchange, call, edit_form(call, record, entry), 409 if stale else status)


def _entered(exchange: Exchange, form: FormScreen, data: Mapping[str, list[str]]) -> tuple[Entered, Entered]:
    """What was entered, and the same without rows that were left blank."""
    submitted = exchange.runtime.renderers.pages.submitted(form, data)
    return submitted, without_blank_rows(form, submitted)


def _left_to_fill(
    call: Call,
    key: str,
    data: dict[str, list[str]],
    sent: Entered,
    entered: Entered,
    values: dict[str, Value],
    before: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """The values without those that are filled on saving, as nobody has touched them; `before` is the record that was changed."""
    shape = shape_of(call.release, key)
    if not (shape.fills or any(rows.fills for rows in shape.tables.values())):
        return values
    if before is None:
        source = first(data, COPIED)
        before = copy_values(call, key, number(source)) if source else initial_values(call, key)
    return left_to_fill(shape, values, before, paths_filled(call, key, data, sent, entered))


class _RowsChanged(Exception):
    """A button asked for a row more or less: nothing is saved, the form is shown again."""

    def __init__(self, entered: Entered) -> None:
        self.entered = entered
        super().__init__("rows changed")


def _refuse_row_button(call: Call, key: str, data: Mapping[str, list[str]], entered: Entered) -> None:
    """Where scripts do not run, the buttons of a sub-table and of its rows send the whole form."""
    for name, field in call.release.entity(key).fields.items():
        rows = entered.get(name, ())
        if field.type != "table" or not isinstance(rows, tuple):
            continue
        if f"{name}-add" in data:
            standing = tuple(row for row in rows if isinstance(row, Mapping))
            raise _RowsChanged({**entered, name: (*standing, {"id": ""})})
        masked = masks_of(call.release, field.table)
        for button, change in _ROW_BUTTONS.items():
            index = (data.get(f"{name}-{button}") or [""])[0]
            if index.isascii() and index.isdigit():
                present = [row for row in rows if isinstance(row, Mapping)]
                raise _RowsChanged({**entered, name: tuple(change(present, int(index[:6]), masked))})


_Rows = list[Mapping[str, Submitted]]


def _without(rows: _Rows, index: int, masked: Container[str]) -> _Rows:
    return [*rows[:index], *rows[index + 1 :]]


def _copied(rows: _Rows, index: int, masked: Container[str]) -> _Rows:
    """A row once more, without what is a mask of the value rather than the value."""
    copies = (
        {name: each for name, each in row.items() if name not in masked} for row in rows[index : index + 1]
    )
    return [*rows[: index + 1], *({**row, "id": ""} for row in copies), *rows[index + 1 :]]


def _lowered(rows: _Rows, index: int, masked: Container[str]) -> _Rows:
    return _swapped(rows, index)


def _raised(rows: _Rows, index: int, masked: Container[str]) -> _Rows:
    return _swapped(rows, index - 1)


def _swapped(rows: _Rows, first: int) -> _Rows:
    if not 0 <= first < len(rows) - 1:
        return rows
    return [*rows[:first], rows[first + 1], rows[first], *rows[first + 2 :]]


_ROW_BUTTONS: Mapping[str, Callable[[_Rows, int, Container[str]], _Rows]] = {
    "remove": _without,
    "copy": _copied,
    "up": _raised,
    "down": _lowered,
}


def _upload(exchange: Exchange, call: Call, key: str, entered: Entered) -> dict[str, Submitted]:
    """Files that came with the form, stored; their ids join those that were there."""
    found: dict[str, Submitted] = {}
    fields = call.release.entity(key).fields
    for sent, files in exchange.request.files.lists():
        name = sent.removesuffix("-upload")
        if name not in fields or fields[name].type not in FILES:
            continue
        given = [file for file in files if isinstance(file, FileStorage) and file.filename]
        if given:
            standing = entered.get(name, ())
            kept = (
                tuple(each for each in standing if isinstance(each, str) and each)
                if isinstance(standing, tuple)
                else ()
            )
            stored = tuple(
                upload(
                    call,
                    exchange.runtime.files,
                    key,
                    name,
                    file.filename or "",
                    cast(BinaryIO, file.stream),
                ).id
                for file in given
            )
            found[name] = stored if _replaces(fields[name]) else (*kept, *stored)
    return found


def _replaces(field: Field) -> bool:
    """Whether a new file takes the place of the one that stands there."""
    return field.type == "signature" or (field.type == "file" and not field.multiple)


def stamp(values: Mapping[str, object]) -> bytes:
    """Values as bytes that are the same for the same values."""
    return msgspec.json.encode(dict(sorted(values.items())))
