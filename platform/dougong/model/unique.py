"""What must be unique in an entity: fields together, among all records or among those that meet some conditions."""

from __future__ import annotations

import operator as operators
from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.model.expression import Expression, Value
from dougong.model.text import EMPTY, Text

COMPARISONS = {
    "=": operators.eq,
    "<>": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a field with constants: `operator` is = <> < <= > >= in not_in empty or filled.

    As in SQL, an empty field meets nothing but `empty`.
    """

    field: str
    operator: str
    values: tuple[Value, ...] = ()

    def holds(self, value: Value) -> bool:
        """Whether a value of the field meets the condition."""
        if self.operator in ("empty", "filled"):
            return (value is None) == (self.operator == "empty")
        if value is None:
            return False
        if self.operator in ("in", "not_in"):
            return (value in self.values) == (self.operator == "in")
        [other] = self.values
        return bool(COMPARISONS[self.operator](value, other))


@dataclass(frozen=True, slots=True)
class Unique:
    """Fields whose values no two records outside the recycle bin share; a record with an empty one shares nothing.

    `where` limits it to records that meet it, and `conditions` say the same in the form that an index takes. With `ignore_case`
    the letters A to Z of texts count as their small ones. `message` takes the place of the usual one.
    """

    fields: tuple[str, ...]
    where: Expression | None = None
    conditions: tuple[Condition, ...] = field(default=(), compare=False)
    ignore_case: bool = False
    message: Text = EMPTY

    @property
    def is_plain(self) -> bool:
        """Whether it holds for all records and values as they are."""
        return self.where is None and not self.ignore_case

    def applies_to(self, values: Mapping[str, Value]) -> bool:
        """Whether a record is among those that the rule is for."""
        return all(each.holds(values.get(each.field)) for each in self.conditions)
