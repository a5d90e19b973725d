"""An installed ledger, what people entered into it, and a comparison of what is stored with what must be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from dougong.records.call import Call
from dougong.records.load import load, load_rows
from dougong.records.query import Query, list_records
from dougong.records.shape import shape_of
from tests.graph import ledger

ENTITIES = ("region", "account", "product", "order", "invoice")


def living(call: Call) -> dict[str, dict[int, dict[str, Any]]]:
    """Every living record as it stands, with rows and targets of links as lists."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for name in ENTITIES:
        shape = shape_of(call.release, f"ledger.{name}")
        table = shape.table
        statement = select(table.c.id).where(table.c.deleted_at.is_(None))
        ids = list(call.connection.execute(statement).scalars())
        records = load(call, shape, ids)
        for field in shape.lists:
            for values in records.values():
                values[field.id] = list(values[field.id] or ())
        for table_name, rows_shape in shape.tables.items():
            rows = load_rows(call, rows_shape, ids)
            for identifier, values in records.items():
                values[table_name] = rows.get(identifier, [])
        found[name] = records
    return found


def _read_otherwise(call: Call) -> Iterator[str]:
    """Every value that is worked out when it is read and is not the stored one, over the records themselves and the rows in them."""
    for name in ENTITIES:
        shape = shape_of(call.release, f"ledger.{name}")
        twins = [each for each in shape.virtual if each.removesuffix("_read") in shape.entity.fields]
        wanted = (*twins, *(each.removesuffix("_read") for each in twins), *shape.tables)
        cursor: str | None = None
        while True:
            page = list_records(call, shape.key, Query(fields=wanted, limit=1000, cursor=cursor, named=False))
            for record in page.rows:
                holders = [(shape, record.values)]
                holders += [
                    (inner, row) for table, inner in shape.tables.items() for row in record.values[table]
                ]
                for holder, values in holders:
                    for each in holder.virtual:
                        stored = each.removesuffix("_read")
                        if stored in values and values[each] != values[stored]:
                            yield f"{holder.key} in {record.id}: {each} is {values[each]}, {stored} {values[stored]}"
            cursor = page.next_cursor
            if cursor is None:
                break


def wrong(call: Call) -> list[str]:
    """Every computed value that is not what the oracle says."""
    tables = living(call)
    found = list(_read_otherwise(call))
    rules = ledger.RULES[call.release.apps["ledger"].version]
    for (entity, identifier), values in ledger.expected(tables, rules).items():
        stored = tables[entity][identifier]
        for name, value in values.items():
            if name not in stored:
                assert name not in call.release.entity(f"ledger.{entity}").fields, name
            elif isinstance(value, list):
                for row, wanted in zip(stored[name], value, strict=True):
                    found += [
                        f"{entity} {identifier} {name}.{column}: {row[column]} is not {each}"
                        for column, each in wanted.items()
                        if row[column] != each
                    ]
            elif stored[name] != value:
                found.append(f"{entity} {identifier} {name}: {stored[name]} is not {value}")
    return found
