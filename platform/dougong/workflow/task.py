"""One task opened: the record as its step may see it, and which of its fields the step may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.files import Download, download
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.shape import shape_of
from dougong.records.withheld import unseen_in
from dougong.storage.stores.base import Store
from dougong.storage.system import INSTANCE
from dougong.workflow.inbox import InboxLine, line_of
from dougong.workflow.instances import elevated, knows
from dougong.workflow.messages import refuse
from dougong.workflow.path import Way, way_of
from dougong.workflow.pinned import workflow_of
from dougong.workflow.showing import hidden_from


@dataclass(frozen=True, slots=True)
class OpenedTask:
    """A task of the actor with what it is about. `record` holds only what the step may see, and is nothing when it was deleted;
    `hidden` are the fields left out of it; `editable` the fields that the decision may change."""

    line: InboxLine
    way: Way
    record: Record | None
    hidden: frozenset[str]
    editable: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether the actor can still decide."""
        return self.line.status == "open" and self.record is not None


def open_task(call: Call, task_id: int) -> OpenedTask:
    """A task of the actor, open or closed; somebody else's does not exist."""
    line = line_of(call, task_id)
    row = call.connection.execute(select(INSTANCE).where(INSTANCE.c.id == line.instance_id)).one()
    node = workflow_of(call, row.app, row.workflow, row.version_number).nodes[line.node]
    hidden = hidden_from(call, line.key, node)
    record = _record(call, line, hidden)
    decides = line.status == "open" and record is not None
    editable = tuple(name for name in node.edit if decides and record is not None and name in record.values)
    return OpenedTask(line, way_of(call, row), record, hidden, editable)


def task_file(call: Call, store: Store, task_id: int, identifier: str) -> Download:
    """A file of the record that a task is about, where its step shows the field it stands in."""
    record = open_task(call, task_id).record
    if record is None or identifier not in _files(record.values.values()):
        refuse("missing", call.language, "no_file")
    return download(elevated(call), store, identifier)


def _files(values: Iterable[Value]) -> set[str]:
    """The keys of all files among values, rows of sub-tables included."""
    found: set[str] = set()
    for value in values:
        for each in value if isinstance(value, list | tuple) else ():
            if isinstance(each, Mapping):
                found |= {str(each["id"])} if {"id", "name", "size"} <= set(each) else set()
                found |= _files(each.values())
    return found


def _record(call: Call, line: InboxLine, hidden: frozenset[str]) -> Record | None:
    if not knows(call, line.key):
        return None
    try:
        record = read(elevated(call), line.key, line.record_id)
    except Refusal as refusal:
        if refusal.kind != "missing":
            raise
        return None
    own = unseen_in(call, shape_of(call.release, line.key), [line.record_id])
    hidden |= own
    values = {
        name: _without_columns(value, name, hidden)
        for name, value in record.values.items()
        if name not in hidden
    }
    return replace(record, values=values)


def _without_columns(value: Value, table: str, hidden: frozenset[str]) -> Value:
    """Rows of a sub-table without the columns that are hidden as `table.column`."""
    columns = {name.partition(".")[2] for name in hidden if name.startswith(f"{table}.")}
    if not columns or not isinstance(value, list):
        return value
    return [_left(row, columns) for row in value]


def _left(row: Mapping[str, Value], columns: set[str]) -> dict[str, Value]:
    return {name: each for name, each in row.items() if name not in columns}
