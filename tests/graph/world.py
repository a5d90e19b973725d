"""An installed ledger, what people entered into it, and a comparison of what is stored with what must be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dougong.records.call import Call
from dougong.records.load import load, load_rows
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


def wrong(call: Call) -> list[str]:
    """Every computed value that is not what the oracle says."""
    tables = living(call)
    found = []
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
