"""A small world that one expression is computed in three times: by Python, by SQLite and by PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, Boolean, Column, Connection, Engine, MetaData, Table, event, insert, select

from dougong.expressions import (
    SQLITE_FUNCTIONS,
    EvaluationContext,
    Rows,
    Scope,
    SqlContext,
    compile_expression,
    evaluate,
    stage_type,
)
from dougong.expressions.fold import folded
from dougong.expressions.postgresql import PostgreSQL
from dougong.expressions.sqlite import SQLite
from dougong.fieldtypes.columns import Characters, Day, Instant, Scaled, Whole, Wide
from dougong.model.entity import Pipeline, Stage
from dougong.model.expression import Expression, Type, Value
from dougong.model.text import Text

STAGES = Pipeline(
    "sales",
    Text.of("Sales"),
    (
        Stage("new", Text.of("New"), "0.10"),
        Stage("proposal", Text.of("Proposal"), "0.5"),
        Stage("won", Text.of("Won"), "1.00", "won"),
        Stage("lost", Text.of("Lost"), "0.00", "lost"),
    ),
)
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Person:
    """Who acts."""

    id: int = 7
    is_admin: bool = False
    roles: frozenset[tuple[str, str]] = frozenset({("t", "seller")})
    department_ids: frozenset[int] = frozenset({1, 4})
    subordinate_ids: frozenset[int] = frozenset({8, 9})


def number(decimals: int, computed: bool = False) -> Type:
    return Type("number", decimals=decimals, computed=computed)


GRADES = ("a", "b", "c")
FIELDS: Mapping[str, tuple[Type, Any]] = {
    "a": (number(2), Scaled(2)),
    "b": (number(4), Scaled(4)),
    "c": (number(0), Whole()),
    "k": (number(3, computed=True), Scaled(3)),
    "w": (number(3), Wide(3, 28)),
    "z": (number(0, computed=True), Wide(0, 30)),
    "t": (Type("text"), Characters()),
    "u": (Type("text"), Characters()),
    "d": (Type("date"), Day()),
    "e": (Type("date"), Day()),
    "m": (Type("datetime"), Instant()),
    "n": (Type("datetime"), Instant()),
    "f": (Type("boolean"), Boolean()),
    "g": (Type("boolean"), Boolean()),
    "stage": (stage_type(STAGES), Characters()),
    "grade": (Type("choice", options=GRADES), Characters()),
    "owner": (Type("member"), BigInteger()),
    "account": (Type("record", entity="t.account"), BigInteger()),
}
LINE_FIELDS: Mapping[str, tuple[Type, Any]] = {
    "quantity": (number(2), Scaled(2)),
    "price": (number(2), Scaled(2)),
    "worth": (number(2), Wide(2, 24)),
    "note": (Type("text"), Characters()),
    "day": (Type("date"), Day()),
    "product": (Type("record", entity="t.account"), BigInteger()),
}
ACCOUNT_FIELDS: Mapping[str, tuple[Type, Any]] = {
    "name": (Type("text"), Characters()),
    "limit": (number(2), Scaled(2)),
    "since": (Type("date"), Day()),
    "manager": (Type("member"), BigInteger()),
}
LISTS = {"tags": Type("choice", many=True, options=GRADES), "team": Type("member", many=True)}

METADATA = MetaData()
COMPARED: Counter[str] = Counter()
"""How many generated expressions, and pairs of expression and record, were compared in this process."""


def _table(name: str, fields: Mapping[str, tuple[Type, Any]], *extra: Column[Any]) -> Table:
    columns = [Column(key, stored) for key, (_, stored) in fields.items()]
    return Table(
        name, METADATA, Column("id", BigInteger, primary_key=True, autoincrement=False), *extra, *columns
    )


DEALS = _table("deal", FIELDS)
LINES = _table("deal_line", LINE_FIELDS, Column("parent_id", BigInteger))
ACCOUNTS = _table("account", ACCOUNT_FIELDS)
TAGS = Table("deal_tag", METADATA, Column("deal", BigInteger), Column("value", Characters()))
TEAM = Table("deal_team", METADATA, Column("deal", BigInteger), Column("value", BigInteger))


def scope(aggregate: bool = False) -> Scope:
    names = {key: kind for key, (kind, _) in FIELDS.items()}
    names["id"] = number(0)
    names["lines"] = Type("record", many=True, entity="t.deal/lines")
    names.update(LISTS)
    inside = {
        "t.deal/lines": {key: kind for key, (kind, _) in LINE_FIELDS.items()},
        "t.account": {key: kind for key, (kind, _) in ACCOUNT_FIELDS.items()},
    }
    return Scope(names, lambda key: inside.get(key, {}), "t", frozenset({"seller", "manager"}), aggregate)


def compiled(
    text: str, *, sql: bool = False, aggregate: bool = False, expect: Type | None = None
) -> Expression:
    found = compile_expression(text, scope(aggregate), sql=sql, expect=expect)
    assert isinstance(found, Expression), [str(each) for each in found]
    return found


def column(path: tuple[str, ...]) -> Any:
    if len(path) == 1:
        return DEALS.c[path[0]]
    assert path[0] == "account"
    other = ACCOUNTS.alias()
    found = select(other.c[path[1]]).where(other.c.id == DEALS.c.account).correlate_except(other)
    return found.scalar_subquery()


def rows(path: tuple[str, ...]) -> Rows:
    if path == ("lines",):
        source = LINES.alias()

        def line_column(names: tuple[str, ...]) -> Any:
            if not names:
                return source.c.id
            if len(names) == 1:
                return source.c[names[0]]
            other = ACCOUNTS.alias()
            found = select(other.c[names[1]]).where(other.c.id == source.c[names[0]]).correlate_except(other)
            return found.scalar_subquery()

        return Rows(source, source.c.parent_id == DEALS.c.id, line_column)
    listed = {"tags": TAGS, "team": TEAM}[path[0]].alias()
    return Rows(listed, listed.c.deal == DEALS.c.id, lambda names: listed.c.value)


def sql_context(dialect: str, actor: Person | None = Person()) -> SqlContext:
    return SqlContext(dialect, column, actor, TODAY, NOW, ZONE, rows)


def python_context(
    record: Mapping[str, Value],
    accounts: Mapping[int, Mapping[str, Value]],
    actor: Person | None = Person(),
    timezone: str = ZONE,
) -> EvaluationContext:
    return EvaluationContext(
        record, actor, TODAY, NOW, timezone, lambda key, identifier: accounts.get(identifier)
    )


def engine(url: str) -> Engine:
    made = sqlalchemy.create_engine(url)
    if made.dialect.name == "sqlite":

        @event.listens_for(made, "connect")
        def register(connection: Any, record: object) -> None:
            for function in SQLITE_FUNCTIONS:
                connection.create_function(
                    function.name, function.arguments, function.call, deterministic=True
                )

    METADATA.create_all(made)
    return made


def store(
    connection: Connection,
    records: Iterable[Mapping[str, Value]],
    accounts: Mapping[int, Mapping[str, Value]],
) -> None:
    """Writes records with their lists, and the accounts they link to."""
    for identifier, account in accounts.items():
        connection.execute(insert(ACCOUNTS), {"id": identifier, **_blanks(ACCOUNT_FIELDS), **account})
    for record in records:
        plain = {key: record.get(key) for key in FIELDS}
        connection.execute(insert(DEALS), {"id": record["id"], **plain})
        for number, line in enumerate(record.get("lines") or ()):
            values = {key: line.get(key) for key in LINE_FIELDS}
            connection.execute(
                insert(LINES), {"id": record["id"] * 1000 + number, "parent_id": record["id"], **values}
            )
        for name, table in (("tags", TAGS), ("team", TEAM)):
            for value in record.get(name) or ():
                connection.execute(insert(table), {"deal": record["id"], "value": value})


def _blanks(fields: Mapping[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(fields)


def by_python(
    expression: Expression, records: Iterable[Mapping[str, Value]], accounts: Any
) -> dict[int, Value]:
    return {record["id"]: evaluate(expression, python_context(record, accounts)) for record in records}


def by_sql(connection: Connection, expression: Expression, *, fold: bool = True) -> dict[int, Value]:
    context = sql_context(connection.dialect.name)
    tree = folded(expression.tree, context) if fold else expression.tree
    translator: Callable[..., Any] = SQLite if connection.dialect.name == "sqlite" else PostgreSQL
    element = translator(context).result(tree)
    found = connection.execute(select(DEALS.c.id, element.label("found")))
    return {row.id: row.found for row in found}
