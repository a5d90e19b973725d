"""Row rules find their records by an index, on both databases, among a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from dougong.people import organisation
from dougong.records.call import Call
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.records.sharing import Wanted, share
from tests.installed import open_database
from tests.policy.conftest import CLIENT, DEAL, Ledger
from tests.servers.databases import DIALECTS, Databases

DEALS, CLIENTS = 100_000, 10_000
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i FROM n) AS n",
    "postgresql": "generate_series(1, {most}) AS n(i)",
}
_AT = {"sqlite": "0", "postgresql": "now()"}


def _fill(connection: Connection, ledger: Ledger, person: int, department: int) -> None:
    """Every thousandth record belongs to the person, the others to as many others."""
    dialect = connection.dialect.name
    deals, clients = (ledger.release.table(key).name for key in (DEAL, CLIENT))
    system = "created_at, created_by, updated_at, updated_by, version"
    values = f"{_AT[dialect]}, {person}, {_AT[dialect]}, {person}, 1"
    others = "1000 + i % 1000"
    connection.execute(
        text(
            f"INSERT INTO {clients} (id, name, owner, {system}) SELECT i, 'c', "
            f"CASE WHEN i % 1000 = 0 THEN {person} ELSE {others} END, {values} "
            f"FROM {_NUMBERS[dialect].format(most=CLIENTS)}"
        )
    )
    connection.execute(
        text(
            f"INSERT INTO {deals} (id, name, client, owner, department, {system}) SELECT i, 'd', i % {CLIENTS} + 1, "
            f"CASE WHEN i % 1000 = 0 THEN {person} ELSE {others} END, "
            f"CASE WHEN i % 1000 = 0 THEN {department} ELSE {others} END, {values} "
            f"FROM {_NUMBERS[dialect].format(most=DEALS)}"
        )
    )
    connection.execute(text("ANALYZE"))


@pytest.fixture(scope="module", params=DIALECTS)
def many(
    request: pytest.FixtureRequest, databases: Databases, ledger_templates: dict[str, str]
) -> Iterator[Ledger]:
    """A ledger with a hundred thousand deals, of which each of the people may read about a hundred."""
    url = databases.copy_of(ledger_templates[request.param])
    database = open_database(url)
    ledger = Ledger(database)
    with database.writing() as connection:
        department = organisation.add_department(connection, "Sales", head_id=ledger.id_of("bea"))
        organisation.set_departments(connection, ledger.id_of("lin"), department)
        below = organisation.add_department(connection, "Inside", parent_id=department)
        organisation.set_departments(connection, ledger.id_of("tom"), department)
        _fill(connection, ledger, ledger.id_of("lin"), below)
    ledger = Ledger(database)
    with ledger.writing() as call:
        for deal in range(1, 101):
            share(call, DEAL, deal, Wanted("person", str(ledger.id_of("eve"))))
    yield ledger
    database.dispose()
    databases.drop(url)


def _plan(call: Call) -> str:
    shape = shape_of(call.release, DEAL)
    statement = Selection(call, shape).select(shape.table.c.id)
    written = str(statement.compile(call.connection, compile_kwargs={"literal_binds": True}))
    how = "EXPLAIN QUERY PLAN " if call.dialect == "sqlite" else "EXPLAIN "
    rows = call.connection.exec_driver_sql(how + written.replace("%", "%%")).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(
    ("login", "found"), [("bob", 0), ("bea", 100), ("tom", 100), ("lin", 100), ("eve", 100)]
)
def test_a_row_rule_reads_an_index_instead_of_every_record(many: Ledger, login: str, found: int) -> None:
    with many.reading(login) as call:
        shape = shape_of(call.release, DEAL)
        assert Selection(call, shape).count() == found
        plan = _plan(call)
    table = shape.table.name
    if call.dialect == "sqlite":
        assert f"SCAN {table}" not in plan, plan
    else:
        assert f"Seq Scan on {table}" not in plan, plan
