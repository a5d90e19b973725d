"""Which fields are kept from an actor in some records only: asked with the records, one flag for each distinct condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.kept import kept
from dougong.records.shape import Shape
from dougong.records.visible import Columns
from dougong.storage.statements import Statement, among

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Flags:
    """Conditions on single records: where one is false, its fields are kept from the actor (`lines.cost` in a sub-table)."""

    columns: tuple[ColumnElement[Any], ...] = ()
    fields: tuple[frozenset[str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called among those of a record."""
        return tuple(f"?{place}" for place in range(len(self.columns)))

    def withheld(self, flags: Sequence[Any]) -> frozenset[str]:
        """The fields that are kept back in a record with these flags."""
        return _NOTHING.union(*(names for names, flag in zip(self.fields, flags, strict=True) if not flag))

    def take_out(self, values: dict[str, Value]) -> frozenset[str]:
        """Take the flags out of what was read of a record, empty the fields they keep back, and return their names."""
        closed = self.withheld([values.pop(name) for name in self.names])
        for name in closed:
            if name in values:
                values[name] = None
        return closed


NONE = Flags()


def seen_flags(columns: Columns, names: Iterable[str] | None = None) -> Flags:
    """The flags that tell which fields, of all or of those named, are not seen in a record."""
    wanted = None if names is None else set(names)
    veils = {
        name: (veil,)
        for name, veil in columns.veils.items()
        if wanted is None or name.partition(".")[0] in wanted
    }
    return _flags(columns, veils) if veils else NONE


def _flags(columns: Columns, sets: Mapping[str, tuple[RowSet, ...]]) -> Flags:
    together: dict[tuple[RowSet, ...], set[str]] = {}
    for name, each in sets.items():
        together.setdefault(each, set()).add(name)
    conditions = tuple(and_(*(columns.within(one) for one in each)) for each in together)
    return Flags(conditions, tuple(frozenset(names) for names in together.values()))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept back in one record: fields that are not seen, and fields that cannot be written."""

    unseen: frozenset[str] = _NOTHING
    locked: frozenset[str] = _NOTHING


NOTHING_KEPT = Kept()


def kept_back(
    call: Call, shape: Shape, identifiers: Sequence[int], action: str = "read"
) -> Mapping[int, Kept]:
    """What is kept back in each of some records, besides what is in every one; nothing is asked where nothing differs by record."""
    answer = access(call.release, call.actor, shape.key, action)
    if not answer.veils and not answer.bars or not identifiers:
        return {}
    seen, written, statement = kept(
        call, ("kept back", shape.key, action), lambda: _question(call, shape, action)
    )
    width = 1 + len(seen.columns)
    return {
        row[0]: Kept(seen.withheld(row[1:width]), written.withheld(row[width:]))
        for row in statement.rows(call.connection, {"ids": list(identifiers)})
    }


def _question(call: Call, shape: Shape, action: str) -> tuple[Flags, Flags, Statement]:
    columns = Columns(call, shape.key, shape.table)
    answer = access(call.release, call.actor, shape.key, action)
    seen = _flags(columns, {name: (veil,) for name, veil in answer.veils.items()})
    written = _flags(columns, answer.bars)
    wanted = select(shape.table.c.id, *seen.columns, *written.columns)
    return seen, written, Statement(wanted.where(among(shape.table.c.id, "ids", call.dialect)), call.dialect)


def unseen_in(call: Call, shape: Shape, identifiers: Sequence[int]) -> frozenset[str]:
    """The fields that the actor does not see in one of the records or more, besides those that are hidden in every one."""
    return _NOTHING.union(*(each.unseen for each in kept_back(call, shape, identifiers).values()))
