"""A small world that one expression is computed in three times: by Python, by SQLite and by PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    event,
    insert,
    select,
    true,
)

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
from dougong.model.expression import Expression, Step, Type, Value
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
    main_department_id: int | None = 4
    subordinate_ids: frozenset[int] = frozenset({8, 9})
    department_tree_ids: frozenset[int] = frozenset({1, 4, 7})
    teammate_ids: frozenset[int] = frozenset({7, 8})
    company: tuple[str, int] | None = None


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
ORDER_FIELDS: Mapping[str, tuple[Type, Any]] = {
    "amount": (number(2), Scaled(2)),
    "rate": (number(3, computed=True), Scaled(3)),
    "status": (Type("choice", options=("open", "paid", "void")), Characters()),
    "placed": (Type("date"), Day()),
    "note": (Type("text"), Characters()),
    "urgent": (Type("boolean"), Boolean()),
    "seller": (Type("member"), BigInteger()),
    "buyer": (Type("record", entity="t.account"), BigInteger()),
    "deal": (Type("record", entity="t.deal"), BigInteger()),
}
ITEM_FIELDS: Mapping[str, tuple[Type, Any]] = {
    "count": (number(0), Whole()),
    "cost": (number(2), Scaled(2)),
    "label": (Type("text"), Characters()),
}
STOCK_FIELDS: Mapping[str, tuple[Type, Any]] = {
    "quantity": (number(2), Scaled(2)),
    "kind": (Type("choice", options=GRADES), Characters()),
    "holder": (Type("member"), BigInteger()),
    "product": (Type("record", entity="t.account"), BigInteger()),
    "arrived": (Type("date"), Day()),
}
ACCOUNT_FIELDS: Mapping[str, tuple[Type, Any]] = {
    "name": (Type("text"), Characters()),
    "limit": (number(2), Scaled(2)),
    "since": (Type("date"), Day()),
    "manager": (Type("member"), BigInteger()),
}
LISTS = {"tags": Type("choice", many=True, options=GRADES), "team": Type("member", many=True)}

METADATA = MetaData()


def _table(name: str, fields: Mapping[str, tuple[Type, Any]], *extra: Column[Any]) -> Table:
    columns = [Column(key, stored) for key, (_, stored) in fields.items()]
    return Table(
        name, METADATA, Column("id", BigInteger, primary_key=True, autoincrement=False), *extra, *columns
    )


DEALS = _table("deal", FIELDS)
LINES = _table("deal_line", LINE_FIELDS, Column("parent_id", BigInteger))
ACCOUNTS = _table("account", ACCOUNT_FIELDS)
ORDERS = _table("deal_order", ORDER_FIELDS, Column("gone", Boolean))
ITEMS = _table("order_item", ITEM_FIELDS, Column("parent_id", BigInteger))
STOCK = _table("stock", STOCK_FIELDS, Column("gone", Boolean))
TAGS = Table("deal_tag", METADATA, Column("deal", BigInteger), Column("value", Characters()))
TEAM = Table("deal_team", METADATA, Column("deal", BigInteger), Column("value", BigInteger))
PARTNERS = Table(
    "deal_partner",
    METADATA,
    Column("deal", BigInteger),
    Column("value", BigInteger),
    Column("position", BigInteger),
)
TABLES: Mapping[str, tuple[Table, Mapping[str, tuple[Type, Any]]]] = {
    "t.deal": (DEALS, FIELDS),
    "t.deal/lines": (LINES, LINE_FIELDS),
    "t.account": (ACCOUNTS, ACCOUNT_FIELDS),
    "t.order": (ORDERS, ORDER_FIELDS),
    "t.order/items": (ITEMS, ITEM_FIELDS),
    "t.stock": (STOCK, STOCK_FIELDS),
}
STEPS: Mapping[str, tuple[Step, ...]] = {
    "t.deal": (
        Step("rows", "lines", "t.deal/lines", "lines", "t.deal"),
        Step("inverse", "orders", "t.order", "deal", "t.deal"),
        Step("links", "partners", "t.account", "partners", "t.deal"),
    ),
    "t.deal/lines": (Step("parent", "parent", "t.deal", "", "t.deal/lines"),),
    "t.account": (
        Step("inverse", "stocks", "t.stock", "product", "t.account"),
        Step("inverse_links", "deals", "t.deal", "partners", "t.account"),
    ),
    "t.order": (Step("rows", "items", "t.order/items", "items", "t.order"),),
    "t.order/items": (Step("parent", "parent", "t.order", "", "t.order/items"),),
}
"""The roads of each entity to other records, besides its single links."""
ALIVE = {ORDERS, STOCK}
"""Tables of which some rows are deleted."""


def names_of(key: str) -> dict[str, Type]:
    """What an expression can name of an entity of this world."""
    names = {"id": number(0)}
    for name, (kind, _) in TABLES[key][1].items():
        step = Step("link", name, kind.entity, name, key) if kind.kind == "record" else None
        names[name] = replace(kind, step=step)
    for step in STEPS.get(key, ()):
        names[step.name] = Type("record", many=step.is_many, entity=step.entity, step=step)
    return {**names, **LISTS} if key == "t.deal" else names


def scope(aggregate: bool = False) -> Scope:
    roles = frozenset({"seller", "manager"})
    return Scope(
        names_of("t.deal"),
        lambda key: names_of(key) if key in TABLES else {},
        "t",
        roles,
        aggregate,
        "t.deal",
    )


def compiled(
    text: str, *, sql: bool = False, aggregate: bool = False, expect: Type | None = None
) -> Expression:
    found = compile_expression(text, scope(aggregate), sql=sql, expect=expect)
    assert isinstance(found, Expression), [str(each) for each in found]
    return found


@dataclass(frozen=True)
class At:
    """An entity in a query, by its table or an alias of it."""

    key: str
    table: Any

    def step(self, name: str) -> Step:
        if name.startswith("ALL("):
            return Step("all", name, f"t.{name[4:-1]}")
        kind = names_of(self.key)[name]
        assert kind.step is not None
        return kind.step

    def column(self, path: tuple[str, ...]) -> Any:
        if len(path) == 1:
            return self.table.c[path[0]]
        step = self.step(path[0])
        other = At(step.entity, TABLES[step.entity][0].alias())
        own = self.table.c["parent_id" if step.kind == "parent" else step.field]
        found = select(other.column(path[1:])).where(other.table.c.id == own)
        return found.correlate_except(other.table).scalar_subquery()

    def rows(self, path: tuple[str, ...]) -> Rows:
        holder, singles = self.key, 0
        while not (path[singles].startswith("ALL(") or names_of(holder)[path[singles]].many):
            holder = At(holder, None).step(path[singles]).entity
            singles += 1
        identifier = self.column((*path[:singles], "id"))
        name, rest = path[singles], path[singles + 1 :]
        if name in LISTS:
            listed = {"tags": TAGS, "team": TEAM}[name].alias()
            return Rows(listed, listed.c.deal == identifier, lambda names: listed.c.value, (listed.c.value,))
        step = At(holder, None).step(name)
        other = TABLES[step.entity][0].alias()
        at = At(step.entity, other)
        condition: Any = true()
        source: Any = other
        order: tuple[Any, ...] = (other.c.id,)
        if step.kind == "rows":
            condition = other.c.parent_id == identifier
        elif step.kind == "inverse":
            condition = other.c[step.field] == identifier
        elif step.kind in ("links", "inverse_links"):
            pairs = PARTNERS.alias()
            near, far = ("deal", "value") if step.kind == "links" else ("value", "deal")
            source, condition = pairs.join(other, pairs.c[far] == other.c.id), pairs.c[near] == identifier
            order = (pairs.c.position, other.c.id) if step.kind == "links" else order
        if TABLES[step.entity][0] in ALIVE:
            condition = condition & other.c.gone.is_(None)
        if rest:
            inner = at.rows(rest)
            joined = source.join(inner.source, inner.condition)
            return replace(inner, source=joined, condition=condition, order=(*order, *inner.order))
        return Rows(
            source, condition, lambda names: at.column(names) if names else other.c.id, order, at.rows
        )


def sql_context(dialect: str, actor: Person | None = Person()) -> SqlContext:
    deals = At("t.deal", DEALS)
    return SqlContext(dialect, deals.column, actor, TODAY, NOW, ZONE, deals.rows)


Others = Mapping[str, Mapping[int, Mapping[str, Value]]]
"""Records of other entities by key and id; those that are `gone` are deleted."""


def python_context(
    record: Mapping[str, Value],
    accounts: Mapping[int, Mapping[str, Value]],
    actor: Person | None = Person(),
    timezone: str = ZONE,
    others: Others = MappingProxyType({}),
) -> EvaluationContext:
    every: Others = {**others, "t.account": accounts}

    def living(key: str) -> list[Mapping[str, Value]]:
        found = every.get(key, {}).items()
        return [_whole(identifier, each) for identifier, each in sorted(found) if not each.get("gone")]

    def related(key: str, identifier: int) -> Mapping[str, Value]:
        return next((each for each in living(key) if each["id"] == identifier), {})

    def listed(step: Step, origin: Mapping[str, Value], keys: object) -> list[Mapping[str, Value]]:
        if step.kind == "all":
            return living(step.entity)
        identifier = origin.get("id")
        if step.kind == "inverse":
            return [each for each in living(step.entity) if each.get(step.field) == identifier]
        assert step.kind == "inverse_links", step
        return [each for each in living(step.entity) if identifier in (each.get(step.field) or ())]

    return EvaluationContext(record, actor, TODAY, NOW, timezone, related, listed)


def _whole(identifier: int, record: Mapping[str, Value]) -> Mapping[str, Value]:
    """A record with its id, the rows of which know it."""
    items = [{**item, "parent": {**record, "id": identifier}} for item in record.get("items") or ()]
    return {**record, "id": identifier, "items": items}


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
    others: Others = MappingProxyType({}),
) -> None:
    """Writes records with their lists, and the accounts they link to; other entities' records too."""
    for key, found in others.items():
        if key != "t.deal":
            _store_others(connection, key, found)
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
        for position, value in enumerate(record.get("partners") or ()):
            pair = {"deal": record["id"], "value": value, "position": position}
            connection.execute(insert(PARTNERS), pair)
        for name, table in (("tags", TAGS), ("team", TEAM)):
            for value in record.get(name) or ():
                connection.execute(insert(table), {"deal": record["id"], "value": value})


def _store_others(connection: Connection, key: str, found: Mapping[int, Mapping[str, Value]]) -> None:
    table, fields = TABLES[key]
    for identifier, record in found.items():
        values = {name: record.get(name) for name in fields}
        connection.execute(insert(table), {"id": identifier, "gone": record.get("gone"), **values})
        for number, item in enumerate(record.get("items") or ()):
            row = {name: item.get(name) for name in ITEM_FIELDS}
            connection.execute(
                insert(ITEMS), {"id": identifier * 100 + number, "parent_id": identifier, **row}
            )


def _blanks(fields: Mapping[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(fields)


def by_python(
    expression: Expression,
    records: Iterable[Mapping[str, Value]],
    accounts: Any,
    others: Others = MappingProxyType({}),
) -> dict[int, Value]:
    return {
        record["id"]: evaluate(expression, python_context(record, accounts, others=others))
        for record in records
    }


def by_sql(connection: Connection, expression: Expression, *, fold: bool = True) -> dict[int, Value]:
    context = sql_context(connection.dialect.name)
    tree = folded(expression.tree, context) if fold else expression.tree
    translator: Callable[..., Any] = SQLite if connection.dialect.name == "sqlite" else PostgreSQL
    element = translator(context).result(tree)
    found = connection.execute(select(DEALS.c.id, element.label("found")))
    return {row.id: row.found for row in found}
