"""The full-text index of an entity: kept row by row by whoever writes records, asked by whoever lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, Text, cast, false, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement

from dougong.storage import bulk, tokens


def index_rows(
    connection: Connection, index: Table, texts: Mapping[int, Iterable[str]], *, new: bool = False
) -> None:
    """Put records into the index (id → texts of the searched fields), replacing what stood there unless they are `new`."""
    if not texts:
        return
    if not new:
        delete_rows(connection, index, list(texts))
    columns: dict[str, list[Any]] = {
        "id": list(texts),
        "tokens": [tokens.tokens_of(each) for each in texts.values()],
    }
    bulk.insert_columns(connection, index, columns, len(texts))


def delete_rows(connection: Connection, index: Table, ids: Sequence[int]) -> None:
    """Take records out of the index."""
    bulk.delete_rows(connection, index, "id", ids)


def match(id_column: ColumnElement[int], index: Table, text: str, dialect: str) -> ColumnElement[bool]:
    """The condition that a record is found by a text that a person typed: every word, in any order, words by their beginnings."""
    wanted = tokens.wanted_by(text)
    if not wanted:
        return false()
    if dialect == "sqlite":
        found = index.c.tokens.op("MATCH")(literal(tokens.sqlite_match(wanted), Text()))
    else:
        found = index.c.tokens.op("@@")(cast(literal(tokens.postgresql_match(wanted), Text()), TSQUERY))
    return id_column.in_(select(index.c.id).where(found))
