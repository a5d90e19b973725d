"""A condition as a person puts it together: from fields, operators and values, or as an expression."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConditionField:
    """A field that conditions may be about.

    `operators` are (id, label, number of values; -1 for any number), `peers` (value, label) what its value may be compared with instead
    of one that is written. `widget` is text, number, date, time or choice.
    """

    id: str
    label: str
    group: str
    widget: str
    operators: tuple[tuple[str, str, int], ...]
    options: tuple[tuple[str, str], ...] = ()
    peers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition. `against` is the value of a peer, or "" where `values` were written; `about` is its field, if there is one."""

    field: str = ""
    operator: str = ""
    against: str = ""
    values: tuple[str, ...] = ()
    about: ConditionField | None = None
    problem: str = ""

    @property
    def arity(self) -> int:
        """How many values it takes; -1 for any number."""
        known = () if self.about is None else self.about.operators
        return next((arity for name, _, arity in known if name == self.operator), 1)


@dataclass(frozen=True, slots=True)
class ConditionBuilder:
    """The inputs of a condition; all their names begin with `name` and a dash.

    `modes` are those on offer, of always, all, any and expression; the chosen one says what counts of the rest. `rows` end with an empty
    one for scripts to copy and for browsers without any. `reason` says why the expression cannot be taken apart into conditions.
    """

    name: str
    mode: str
    modes: tuple[str, ...]
    fields: tuple[ConditionField, ...]
    rows: tuple[ConditionRow, ...]
    expression: str = ""
    check: str = ""
    purpose: str = "condition"
    table: str = ""
    """The sub-table whose rows it is about."""
    problem: str = ""
    """What is wrong with the expression."""
    reason: str = ""
