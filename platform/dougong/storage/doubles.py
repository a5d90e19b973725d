"""Records that a unique index will not tell apart once values are converted, mended or given: found before anything is changed."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dougong.model.expression import Value
from dougong.model.unique import Condition
from dougong.storage.conditions import typed
from dougong.storage.convert import Scanned
from dougong.storage.schema import IndexSpec, TableSpec

_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_Key = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """What records will hold in the fields that an index reads: `rows` as they are, and by field and record what takes its place."""

    table: TableSpec
    index: IndexSpec
    rows: Sequence[Scanned]
    values: Mapping[str, Mapping[int, Value]]

    def repeated(self) -> tuple[int, ...]:
        """The ids of records that share with another what the index covers."""
        covered = list(self._covered())
        counted = Counter(key for key, _ in covered)
        return tuple(identifier for key, identifier in covered if counted[key] > 1)

    def later(self) -> frozenset[int]:
        """The ids of records that share it with an earlier one."""
        known, found = set[_Key](), set[int]()
        for key, identifier in self._covered():
            if key in known:
                found.add(identifier)
            known.add(key)
        return frozenset(found)

    def _covered(self) -> Iterator[tuple[_Key, int]]:
        """What the index compares, record by record in the order of their ids."""
        index = self.index
        conditions = [
            Condition(field, operator, tuple(typed(self.table.kind_of(field), each) for each in written))
            for field, operator, written in index.where
        ]
        for row in self.rows:
            values = {**row.values, **{field: held.get(row.id) for field, held in self.values.items()}}
            key = tuple(_compared(values[each], folded=each in index.folded) for each in index.fields)
            if None in key or (index.live and row.is_deleted):
                continue
            if all(each.holds(values[each.field]) for each in conditions):
                yield key, row.id


def _compared(value: Value, *, folded: bool) -> Value:
    return value.translate(_SMALL) if folded and isinstance(value, str) else value
