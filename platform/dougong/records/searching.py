"""Keeps the full-text index in step with the records and says which records a search finds, without revealing hidden fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, FromClause, and_, false, func, literal, or_

from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.shape import Shape
from dougong.storage import search
from dougong.storage.search import Frequency
from dougong.storage.tokens import Searched, tokens_in

LONGEST_QUERY = 200
_NOTHING: Mapping[str, Searched] = {}
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
"""What lower() does on both databases: it knows the letters A to Z only."""


def index_drafts(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Index new records, and again those of which a searched field changed."""
    index = call.release.tables.search(shape.key)
    if index is None:
        return
    new = {draft.id: _texts(shape, draft.values, draft.tokens) for draft in drafts if draft.is_new}
    changed = {
        draft.id: _texts(shape, draft.values)
        for draft in drafts
        if not draft.is_new and not shape.searched.isdisjoint(draft.changed)
    }
    search.index_rows(call.connection, index, new, new=True)
    search.index_rows(call.connection, index, changed)


def index_values(call: Call, shape: Shape, records: Iterable[dict[str, Value]]) -> None:
    """Put restored records back into the index."""
    index = call.release.tables.search(shape.key)
    if index is not None:
        search.index_rows(call.connection, index, {values["id"]: _texts(shape, values) for values in records})


def forget_records(call: Call, shape: Shape, identifiers: Sequence[int]) -> None:
    """Take deleted records out of the index."""
    index = call.release.tables.search(shape.key)
    if index is not None:
        search.delete_rows(call.connection, index, identifiers)


def prepare_index(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Work out ahead what the index will hold of the fields that nothing changes any more."""
    if call.release.tables.search(shape.key) is None:
        return
    for name in shape.entity.search:
        if not shape.field(name).is_computed:
            read = shape.types[name].search_text
            for draft in drafts:
                value = draft.values.get(name)
                if value is not None:
                    draft.tokens[name] = tuple(tokens_in(read(value)))


def _texts(
    shape: Shape, values: dict[str, Value], known: Mapping[str, Searched] = _NOTHING
) -> list[Searched]:
    texts: list[Searched] = []
    for name in shape.entity.search:
        value = values.get(name)
        if value is not None:
            texts.append(known[name] if name in known else shape.types[name].search_text(value))
    return texts


def frequency_of(call: Call, shape: Shape, text: str) -> Frequency:
    """Whether a text is found so often that a list in its usual order is better walked than looked up."""
    index = call.release.tables.search(shape.key)
    return Frequency.RARE if index is None else search.frequency_of(call.connection, index, text)


def found_by(
    call: Call,
    shape: Shape,
    table: FromClause,
    text: str,
    hidden: frozenset[str],
    seen: Callable[[str], ColumnElement[Value]],
    veiled: Collection[str],
    frequency: Frequency = Frequency.RARE,
) -> ColumnElement[bool]:
    """The condition that a record is found by what a person typed.

    The index holds all searched fields of a record. For somebody who may not see one of them, be it in some records only, it
    would tell what that field holds, so they are answered from the columns they see, as `seen` gives them.
    """
    if hidden.isdisjoint(shape.searched) and shape.searched.isdisjoint(veiled):
        index = call.release.tables.search(shape.key)
        return (
            search.match(table.c["id"], index, text, call.dialect, frequency)
            if index is not None
            else false()
        )
    columns = [seen(name) for name in shape.entity.search if name not in hidden and name in table.c]
    words = text.split()
    if not columns or not words:
        return false()
    return and_(*(or_(*(_contains(column, word) for column in columns)) for word in words))


def _contains(column: ColumnElement[Value], word: str) -> ColumnElement[bool]:
    pattern = "%" + word.translate(_SMALL).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return func.lower(column).like(literal(pattern), escape="\\")
