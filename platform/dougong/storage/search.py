"""The full-text index of an entity: kept row by row by whoever writes records, asked by whoever lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from enum import IntEnum

from sqlalchemy import Connection, Table, Text, and_, cast, false, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement

from dougong.diagnostics import Refusal
from dougong.storage import bulk, tokens
from dougong.storage.database import Database
from dougong.storage.statements import run_script

_MANY = 2_000
"""SQLite counts what is found about as fast as it reads it: so many make a text common."""
_SAMPLE, _SHARE = 500, 50
"""One in so many of the newest records makes a text common on PostgreSQL, and on SQLite one that is met everywhere."""


_PILE = "64MB"
"""More than a few chunks of an import come to."""


class Frequency(IntEnum):
    """How often a text is found, which decides by what way a page is found soonest."""

    RARE = 0
    COMMON = 1
    EVERYWHERE = 2
    """Common, and so much so among the newest that a page is full after some hundred records, each looked at by itself."""


def index_rows(
    connection: Connection, index: Table, texts: Mapping[int, Iterable[tokens.Searched]], *, new: bool = False
) -> None:
    """Put records into the index (id → texts of the searched fields, or their tokens), replacing what stood there unless they are `new`."""
    if not texts:
        return
    if not new and len(texts) == 1:
        [(identifier, searched)] = texts.items()
        bulk.put_row(connection, index, {"id": identifier, "tokens": tokens.tokens_of(searched)})
        return
    if not new:
        delete_rows(connection, index, list(texts))
    columns: dict[str, bulk.Column] = {
        "id": list(texts),
        "tokens": bulk.Made(map(tokens.tokens_of, texts.values()), plain=True),
    }
    bulk.insert_columns(connection, index, columns, len(texts))


def collect(connection: Connection) -> None:
    """Have PostgreSQL put what this transaction indexes on a pile, for `sort_in` to take down beside it.

    It would do that by itself every ten thousand rows or so, while who writes waits.
    """
    if connection.dialect.name == "postgresql":
        run_script(connection, f"SET LOCAL gin_pending_list_limit = '{_PILE}'")


def sort_in(database: Database, index: Table) -> None:
    """Take down the pile of what PostgreSQL has collected for an index: searches go through it entry by entry.

    Where that fails it stays, and whoever writes next takes it down.
    """
    if database.dialect != "postgresql":
        return
    command = text(
        "SELECT gin_clean_pending_list(i.indexrelid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
        "JOIN pg_am AS a ON a.oid = c.relam WHERE a.amname = 'gin' AND i.indrelid = CAST(:name AS regclass)"
    )
    name = database.engine.dialect.identifier_preparer.format_table(index)
    with (
        suppress(DBAPIError, Refusal),
        database.asked(lambda connection: connection.execute(command, {"name": name}).all()),
    ):
        pass


def delete_rows(connection: Connection, index: Table, ids: Sequence[int]) -> None:
    """Take records out of the index."""
    bulk.delete_rows(connection, index, "id", ids)


def match(
    id_column: ColumnElement[int],
    index: Table,
    text: str,
    dialect: str,
    frequency: Frequency = Frequency.RARE,
) -> ColumnElement[bool]:
    """The condition that a record is found by a text that a person typed: every word, in any order, words by their beginnings.

    Rare words are looked up first. Where they are common, the rows are met in the order of the list and each is checked, so that
    a page is full after a few of them.
    """
    found = _holds(index, text, dialect)
    if found is None:
        return false()
    if frequency is Frequency.RARE:
        return id_column.in_(select(index.c.id).where(found))
    if dialect == "sqlite" and frequency is Frequency.EVERYWHERE:
        return select(_reads(index, text)).where(index.c.id == id_column).scalar_subquery()
    if dialect == "sqlite":
        return (id_column + 0).in_(select(index.c.id).where(found))
    return select(found).where(index.c.id == id_column).scalar_subquery()


def frequency_of(connection: Connection, index: Table, text: str) -> Frequency:
    """Whether so many records hold a text that any page of them is full soon."""
    found = _holds(index, text, connection.dialect.name)
    if found is None:
        return Frequency.RARE
    if connection.dialect.name != "sqlite":
        return Frequency.COMMON if _is_among_newest(connection, index, found) else Frequency.RARE
    some = select(index.c.id).where(found).limit(_MANY).subquery()
    if connection.execute(select(func.count()).select_from(some)).scalar_one() < _MANY:
        return Frequency.RARE
    is_near = _is_among_newest(connection, index, _reads(index, text))
    return Frequency.EVERYWHERE if is_near else Frequency.COMMON


def _is_among_newest(connection: Connection, index: Table, found: ColumnElement[bool]) -> bool:
    newest = select(found.label("found")).order_by(index.c.id.desc()).limit(_SAMPLE).subquery()
    holding = select(func.count()).select_from(newest).where(newest.c.found)
    return bool(connection.execute(holding).scalar_one() * _SHARE >= _SAMPLE)


def _reads(index: Table, text: str) -> ColumnElement[bool]:
    """The same as `_holds`, read in the tokens of one record: to look a text up, SQLite goes through everybody who holds it."""
    tokens_of_row = literal(" ", Text()).concat(index.c.tokens).concat(literal(" ", Text()))
    return and_(
        *(
            or_(*(func.instr(tokens_of_row, literal(tokens.written(phrase), Text())) > 0 for phrase in ways))
            for ways in tokens.wanted_by(text)
        )
    )


def _holds(index: Table, text: str, dialect: str) -> ColumnElement[bool] | None:
    wanted = tokens.wanted_by(text)
    if not wanted:
        return None
    if dialect == "sqlite":
        return index.c.tokens.op("MATCH", is_comparison=True)(literal(tokens.sqlite_match(wanted), Text()))
    query = cast(literal(tokens.postgresql_match(wanted), Text()), TSQUERY)
    return index.c.tokens.op("@@", is_comparison=True)(query)
