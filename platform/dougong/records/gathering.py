"""Records that expressions over other records read: fetched together for everything that is known by then, never one by one.

What is being written counts as it will be: a check over all lines of a product sees the lines of the record at hand as they
were entered, not as they still stand in the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from dougong.expressions.evaluate import TooManySteps
from dougong.model.expression import Road, Step, Value
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.draft import Draft, Values
from dougong.records.load import linked_ids, load_rows
from dougong.records.shape import Shape, shape_of

MOST_ROWS = 200_000
"""How many records of one list an evaluation may hold."""

Keys = tuple[tuple[str, Value], ...]
Known = dict[Any, list[Values]]


class Gathering:
    """The other records of one call, as far as they were asked for."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._records: dict[tuple[str, int], Values] = {}
        self._roads: dict[str, set[Road]] = defaultdict(set)
        """What will be read, by the entity it is read from."""
        self._lists: dict[tuple[str, Step], Known] = {}
        self._matched: dict[tuple[str, str], Known] = {}
        self._every: dict[str, list[Values]] = {}
        self._drafts: dict[str, dict[int, Draft]] = defaultdict(dict)
        self._owners: dict[str, set[int]] = defaultdict(set)
        """Records whose rows are being written, by the entity of the rows."""
        self._placed: dict[tuple[str, str], Known] = {}
        """What is being written, by entity and by the value of a field."""
        self._gone: dict[str, set[int]] = defaultdict(set)
        """Records that are being deleted, by entity: links still lead to them, sums no longer count them."""

    # ——— what is known beforehand ———

    def attend(self, shape: Shape, drafts: Iterable[Draft]) -> None:
        """Note records that are being written."""
        self._placed.clear()
        for draft in drafts:
            known = self._drafts[shape.key]
            known[draft.id or -id(draft)] = draft
            for name, rows in draft.rows.items():
                rows_shape = shape.tables[name]
                self._owners[rows_shape.key].add(draft.id)
                self.attend(rows_shape, rows.drafts)

    def leave(self, key: str, records: Mapping[int, Values]) -> None:
        """Note records that are being deleted, as they stood."""
        self._gone[key] |= set(records)
        for identifier, values in records.items():
            self._records[key, identifier] = values

    def expect(self, key: str, roads: Iterable[Road], records: Sequence[Mapping[str, Value]]) -> None:
        """Note what will be read from an entity, and fetch what single links lead to from these records."""
        given = set(roads)
        self._roads[key] |= given
        self._follow(given, records)

    def _follow(self, roads: set[Road], records: Sequence[Mapping[str, Value]]) -> None:
        """Fetch the records behind links, one query for each step of all roads that share it."""
        onwards: dict[Step, set[Road]] = defaultdict(set)
        for road in roads:
            if road.steps and road.steps[0].kind in ("link", "parent"):
                onwards[road.steps[0]].add(Road(road.steps[1:], road.field))
        for step, rest in onwards.items():
            found: list[Mapping[str, Value]] = []
            ids: set[int] = set()
            for record in records:
                value = record.get(step.name)
                if isinstance(value, Mapping):
                    found.append(value)
                elif value is not None:
                    ids.add(int(value))
            self.fetch(step.entity, ids)
            found += [self._records[step.entity, each] for each in ids]
            self._roads[step.entity] |= rest
            self._follow(rest, found)

    # ——— single records ———

    def record(self, key: str, identifier: int) -> Values:
        """A living record, empty when there is none."""
        if (key, identifier) not in self._records:
            self.fetch(key, {identifier})
        return self._records[key, identifier]

    def fetch(self, key: str, ids: Iterable[int]) -> None:
        """Fetch records that will be asked for."""
        wanted = {each for each in ids if (key, each) not in self._records}
        shape = shape_of(self.call.release, key)
        table = shape.table
        for chunk in chunks(sorted(wanted)):
            statement = select(table).where(table.c.id.in_(chunk), *self._alive(shape))
            for values in self._rows(shape, statement):
                self._records[key, values["id"]] = values
        for identifier in wanted:
            self._records.setdefault((key, identifier), {})

    def _alive(self, shape: Shape) -> list[ColumnElement[bool]]:
        if not shape.entity.parent:
            return [shape.table.c.deleted_at.is_(None)]
        owner = shape_of(self.call.release, shape.entity.parent).table
        return [shape.table.c.parent_id.in_(select(owner.c.id).where(owner.c.deleted_at.is_(None)))]

    def _rows(self, shape: Shape, statement: Select[Any]) -> Iterator[Values]:
        found = self.call.connection.execute(statement.limit(MOST_ROWS + 1)).mappings()
        for count, row in enumerate(found):
            if count >= MOST_ROWS:
                raise TooManySteps
            values = shape.tidy(dict(row))
            if shape.entity.parent:
                values["parent"] = values["parent_id"]
            yield values

    # ——— lists ———

    def listed(self, step: Step, record: Mapping[str, Value], keys: Keys = ()) -> Sequence[Value]:
        """The living records that a step leads to, in their order; of `keys` the first narrows what is found."""
        if step.kind == "all":
            return self._all(step, keys)
        identifier = record.get("id") or 0
        key = (step.origin, step)
        if key not in self._lists or identifier not in self._lists[key]:
            self._fetch_list(step, identifier)
        stored = self._lists[key][identifier]
        if step.kind not in ("inverse", "inverse_links"):
            return stored
        if step.kind == "inverse":
            return self._as_written(step.entity, stored, self._written(step.entity, step.field, identifier))
        drafts = self._drafts.get(step.entity, {}).values()
        pointing = [each.values for each in drafts if identifier in (each.values.get(step.field) or ())]
        return self._as_written(step.entity, stored, pointing)

    def _fetch_list(self, step: Step, identifier: int) -> None:
        """Fetch a list for the record and for every other one of its entity that is known by now."""
        known = self._lists.setdefault((step.origin, step), {})
        ids = {key[1] for key, values in self._records.items() if key[0] == step.origin and values}
        ids |= {each for each in self._drafts[step.origin] if each > 0}
        wanted = sorted({each for each in (*ids, identifier) if each > 0 and each not in known})
        for each in (*wanted, identifier):
            known.setdefault(each, [])
        found: list[Values] = []
        for chunk in chunks(wanted):
            for owner, values in self._queried(step, chunk):
                known[owner].append(values)
                found.append(values)
        self._arrived(step.entity, step, found)

    def _arrived(self, key: str, step: Step, found: Sequence[Values]) -> None:
        """Records that a list brought: known from now on, with what is read behind them."""
        if not self.call.release.entity(key).parent:
            for values in found:
                self._records.setdefault((key, values["id"]), values)
        roads = {
            Road(road.steps[place + 1 :], road.field)
            for known in tuple(self._roads.values())
            for road in known
            for place, each in enumerate(road.steps)
            if each == step
        }
        self._roads[key] |= roads
        self._follow(roads, found)

    def _queried(self, step: Step, ids: Sequence[int]) -> Iterator[tuple[int, Values]]:
        shape = shape_of(self.call.release, step.entity)
        if step.kind == "rows":
            for owner, rows in load_rows(self.call, shape, ids).items():
                for row in rows:
                    row["parent"] = owner
                    yield owner, row
        elif step.kind == "links":
            yield from self._targets(step, ids)
        else:
            yield from self._pointing(step, shape, ids)

    def _targets(self, step: Step, ids: Sequence[int]) -> Iterator[tuple[int, Values]]:
        origin = shape_of(self.call.release, step.origin)
        pairs = linked_ids(self.call, origin, origin.field(step.field), ids)
        self.fetch(step.entity, {each for targets in pairs.values() for each in targets})
        for owner, targets in pairs.items():
            for each in targets:
                if self._records[step.entity, each]:
                    yield owner, self._records[step.entity, each]

    def _pointing(self, step: Step, shape: Shape, ids: Sequence[int]) -> Iterator[tuple[int, Values]]:
        table = shape.table
        statement = select(table).where(*self._alive(shape)).order_by(table.c.id)
        if step.kind == "inverse":
            statement = statement.where(table.c[step.field].in_(ids))
            for values in self._rows(shape, statement):
                yield values[step.field], values
            return
        pairs = self.call.release.links(step.entity, step.field)
        joined = statement.add_columns(pairs.c.target_id.label("target_id of the pair"))
        joined = joined.join(pairs, pairs.c.source_id == table.c.id).where(pairs.c.target_id.in_(ids))
        for values in self._rows(shape, joined):
            yield values.pop("target_id of the pair"), values

    def _all(self, step: Step, keys: Keys) -> Sequence[Values]:
        shape = shape_of(self.call.release, step.entity)
        if keys and keys[0][0] in shape.table.c:
            (field, value), *_ = keys
            self.match(step, field, [value])
            stored = self._matched[step.entity, field][value]
            return self._as_written(step.entity, stored, self._written(step.entity, field, value))
        if step.entity not in self._every:
            statement = select(shape.table).where(*self._alive(shape)).order_by(shape.table.c.id)
            found = self._every[step.entity] = list(self._rows(shape, statement))
            self._arrived(step.entity, step, found)
        written = [draft.values for draft in self._drafts.get(step.entity, {}).values()]
        return self._as_written(step.entity, self._every[step.entity], written)

    def match(self, step: Step, field: str, values: Iterable[Value]) -> None:
        """Fetch the records of an entity whose field has one of the values."""
        shape = shape_of(self.call.release, step.entity)
        if field not in shape.table.c:
            return
        known = self._matched.setdefault((step.entity, field), {})
        wanted = {each for each in values if each is not None and each not in known}
        for each in wanted:
            known[each] = []
        found: list[Values] = []
        column = shape.table.c[field]
        for chunk in chunks(list(wanted)):
            statement = select(shape.table).where(column.in_(chunk), *self._alive(shape))
            for row in self._rows(shape, statement.order_by(shape.table.c.id)):
                known[row[field]].append(row)
                found.append(row)
        self._arrived(step.entity, step, found)

    # ——— what is being written ———

    def _written(self, key: str, field: str, value: Value) -> Sequence[Values]:
        """What is being written whose field has a value."""
        drafts = self._drafts.get(key)
        if not drafts:
            return ()
        placed = self._placed.get((key, field))
        if placed is None:
            placed = self._placed[key, field] = {}
            for draft in drafts.values():
                placed.setdefault(draft.values.get(field), []).append(draft.values)
        return placed.get(value, ())

    def _as_written(self, key: str, stored: list[Values], written: Sequence[Values]) -> Sequence[Value]:
        """Stored records and rows with those in place of them that are being written."""
        drafts, owners = self._drafts.get(key, {}), self._owners.get(key, ())
        gone = self._gone.get(key, ())
        lost = self._gone.get(self.call.release.entity(key).parent, ()) if self._gone else ()
        if not drafts and not owners and not gone and not lost:
            return stored
        kept = [
            row
            for row in stored
            if row["id"] not in drafts
            and row["id"] not in gone
            and row.get("parent_id") not in owners
            and row.get("parent_id") not in lost
        ]
        return sorted((*kept, *written), key=_place) if written else kept


def _place(row: Mapping[str, Value]) -> int:
    """Where a record stands in the order in which they were made; new ones come last."""
    return int(row.get("id") or 2**63)
