"""Filters over other records: the statement that the product makes of a typed filter, beside one that is written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, text

from dougong.records.call import Call
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.storage import ids
from dougong.storage.database import Database
from tests.graph.ledger import SOURCES
from tests.installed import Installed, open_database, publish
from tests.performance import bars
from tests.performance.bars import Measured
from tests.performance.expressions import beside

REGIONS = 1_000
CHUNK = 5_000
FILTERS = (
    (
        bars.SQL_PATH,
        "region.rate > 0.6 AND level > 2",
        (
            "FROM {account} a JOIN {region} r ON r.id = a.region AND r.deleted_at IS NULL"
            " WHERE a.deleted_at IS NULL AND r.rate > {rate} AND a.level > 2"
        ),
    ),
    (
        bars.SQL_ROLL_UP,
        "SUM(orders.total) > 300",
        (
            "FROM {account} a WHERE a.deleted_at IS NULL AND"
            " (SELECT sum(o.total) FROM {order} o WHERE o.account = a.id AND o.deleted_at IS NULL) > {total}"
        ),
    ),
    (
        bars.SQL_WHERE,
        "COUNT(orders WHERE counted = 1 AND total > this.turnover) > 0",
        (
            "FROM {account} a WHERE a.deleted_at IS NULL AND (SELECT count(*) FROM {order} o"
            " WHERE o.account = a.id AND o.deleted_at IS NULL AND o.counted = 1 AND o.total > a.turnover) > 0"
        ),
    ),
)
"""A typed filter, and what somebody would write for it; scaled numbers are whole ones on SQLite."""


def over_related(url: str, rows: int, times: int = 15) -> Iterator[Measured]:
    """So many accounts in a thousand regions, with two orders each."""
    database = open_database(url)
    publish(database, SOURCES)
    book = Installed(database)
    with book.writing() as call:
        _fill(call, rows)
    _analyse(database)
    lite = database.dialect == "sqlite"
    with book.reading() as call:
        names = {name: call.release.table(f"ledger.{name}").name for name in ("account", "region", "order")}
        numbers = {"rate": 6000 if lite else "0.6", "total": 30_000 if lite else 300}
        for name, written, by_hand in FILTERS:
            ours = (
                Selection(call, shape_of(call.release, "ledger.account")).filter(written).select(func.count())
            )
            theirs = text(f"SELECT count(*) {by_hand.format(**names, **numbers)}")
            yield beside(call.connection, name, ours, theirs, times)
    database.dispose()


def _fill(call: Call, rows: int) -> None:
    """Straight into the tables: how records are written is measured elsewhere."""
    for number in range(0, rows, CHUNK):
        count = min(CHUNK, rows - number)
        if number == 0:
            regions = _add(
                call, "region", [{"name": f"R{at}", "rate": Decimal(at) / REGIONS} for at in range(REGIONS)]
            )
        accounts = _add(
            call,
            "account",
            [
                {
                    "name": f"A{at}",
                    "region": regions[at % REGIONS],
                    "level": at % 10,
                    "turnover": Decimal(at % 400),
                }
                for at in range(number, number + count)
            ],
        )
        orders = [
            {"account": each, "total": Decimal(each * 37 % 40_000) / 100 + part, "counted": (each + part) % 3}
            for each in accounts
            for part in (0, 1)
        ]
        _add(call, "order", orders)


def _add(call: Call, entity: str, rows: list[dict[str, Any]]) -> list[int]:
    table = call.release.table(f"ledger.{entity}")
    now = datetime(2026, 11, 22, tzinfo=UTC)
    system = {"created_at": now, "updated_at": now, "version": 1, "created_by": 1, "updated_by": 1}
    given = list(ids.allocate(call.connection, table.name, len(rows)))
    made = [{"id": identifier, **system, **row} for identifier, row in zip(given, rows, strict=True)]
    call.connection.execute(insert(table), made)
    return given


def _analyse(database: Database) -> None:
    """What the platform does after a large import."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE" if database.dialect == "sqlite" else "VACUUM (ANALYZE)")
