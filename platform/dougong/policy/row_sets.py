"""Sets of records as rights speak of them: alternatives that grants give, and what denials take away again."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.model.expression import Expression

TO_READ, TO_EDIT = "read", "edit"
"""What a record can be shared for."""


@dataclass(frozen=True, slots=True)
class RowSet:
    """The records for which one of `any_of` is true (None: every record) and none of `none_of` is.

    `shared` (read or edit, or nothing): records that were shared for that with the actor count as if one of `any_of` were true.
    """

    any_of: tuple[Expression, ...] | None = None
    none_of: tuple[Expression, ...] = ()
    shared: str = ""

    @property
    def is_every(self) -> bool:
        """Whether it is every record there is."""
        return self.any_of is None and not self.none_of

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The rules it is made of."""
        return (*(self.any_of or ()), *self.none_of)


EVERY = RowSet()
