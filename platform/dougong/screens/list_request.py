"""What the address of a list asks for, and how it is spelled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dougong.records.view_settings import SIZES as PAGE_SIZES

__all__ = ["EVERYTHING", "NO_FILTER", "PAGE_SIZES", "ListRequest", "is_saved"]

EVERYTHING = "*"
"""Stands for all records, without a view."""
NO_FILTER = "*"
"""Stands for no filter at all where a saved view has one."""


def is_saved(view: str) -> bool:
    """Whether this is the number of a saved view; the views of definitions have names."""
    return view.isascii() and view.isdigit() and len(view) <= 18


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What the address of a list asks for; `given` names what it says itself where a saved view would say something else."""

    view: str = ""
    filter: str = ""
    q: str = ""
    sort: str = ""
    cursor: str = ""
    page: int = 1
    size: int = PAGE_SIZES[0]
    kind: str = ""
    added: tuple[str, str, str] = field(default=("", "", ""))
    """A condition to add: field, operator, value as typed."""
    columns: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    def parameters(self, **changes: object) -> list[tuple[str, str]]:
        """The query parameters of this request with some of them changed; the page starts anew."""
        asked = replace(self, cursor="", page=1)
        if changes:
            asked = replace(asked, **changes)  # type: ignore[arg-type]
        in_saved = is_saved(asked.view)
        size = "" if asked.size == PAGE_SIZES[0] and not in_saved else str(asked.size)
        page = "" if asked.page <= 1 else str(asked.page)
        pairs = (
            ("view", asked.view),
            ("filter", asked.filter or (NO_FILTER if in_saved else "")),
            ("q", asked.q),
            ("sort", asked.sort),
            ("kind", asked.kind),
            ("columns", ",".join(asked.columns)),
        )
        return [*pairs, ("size", size), ("page", page), ("cursor", asked.cursor)]

    @property
    def stated(self) -> tuple[object, ...]:
        """What a saved view can say of a list."""
        return (self.filter, self.sort, self.columns, self.kind, self.size)
