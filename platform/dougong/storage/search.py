"""The full-text index of an entity: kept row by row by whoever writes records, asked by whoever lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, Text, cast, false, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement

from dougong.storage import bulk, tokens

_MANY = 2_000
"""SQLite counts what is found about as fast as it reads it: so many make a text common."""
_SAMPLE, _SHARE = 500, 50
"""PostgreSQL looks at the newest records instead: one in so many makes a text common."""


def index_rows(
    connection: Connection, index: Table, texts: Mapping[int, Iterable[tokens.Searched]], *, new: bool = False
) -> None:
    """Put records into the index (id → texts of the searched fields, or their tokens), replacing what stood there unless they are `new`."""
    if not texts:
        return
    if not new:
        delete_rows(connection, index, list(texts))
    columns: dict[str, bulk.Column] = {
        "id": list(texts),
        "tokens": bulk.Made(map(tokens.tokens_of, texts.values())),
    }
    bulk.insert_columns(connection, index, columns, len(texts))


def delete_rows(connection: Connection, index: Table, ids: Sequence[int]) -> None:
    """Take records out of the index."""
    bulk.delete_rows(connection, index, "id", ids)


def match(
    id_column: ColumnElement[int], index: Table, text: str, dialect: str, is_common: bool = False
) -> ColumnElement[bool]:
    """The condition that a record is found by a text that a person typed: every word, in any order, words by their beginnings.

    Rare words are looked up first. Where they are common, the rows are met in the order of the list and each is checked, so that
    a page is full after a few of them.
    """
    found = _holds(index, text, dialect)
    if found is None:
        return false()
    if not is_common:
        return id_column.in_(select(index.c.id).where(found))
    if dialect == "sqlite":
        return (id_column + 0).in_(select(index.c.id).where(found))
    return select(found).where(index.c.id == id_column).scalar_subquery()


def is_common(connection: Connection, index: Table, text: str) -> bool:
    """Whether so many records hold a text that any page of them is full soon."""
    found = _holds(index, text, connection.dialect.name)
    if found is None:
        return False
    if connection.dialect.name == "sqlite":
        some = select(index.c.id).where(found).limit(_MANY).subquery()
        return bool(connection.execute(select(func.count()).select_from(some)).scalar_one() == _MANY)
    newest = select(found.label("found")).order_by(index.c.id.desc()).limit(_SAMPLE).subquery()
    holding = select(func.count()).select_from(newest).where(newest.c.found)
    return bool(connection.execute(holding).scalar_one() * _SHARE >= _SAMPLE)


def _holds(index: Table, text: str, dialect: str) -> ColumnElement[bool] | None:
    wanted = tokens.wanted_by(text)
    if not wanted:
        return None
    if dialect == "sqlite":
        return index.c.tokens.op("MATCH", is_comparison=True)(literal(tokens.sqlite_match(wanted), Text()))
    query = cast(literal(tokens.postgresql_match(wanted), Text()), TSQUERY)
    return index.c.tokens.op("@@", is_comparison=True)(query)
