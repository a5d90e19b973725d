"""The tables of a version that is not applied yet, as far as they stand already: for looking at the data as it will look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Table

from dougong.model.app import App
from dougong.storage import ledger
from dougong.storage.plan import Plan
from dougong.storage.release import Release, release_of
from dougong.storage.schema import ColumnSpec, Schema, TableSpec
from dougong.storage.tables import Tables, table


def foreseen(release: Release, plan: Plan, connection: Connection) -> Release:
    """The release that applying a plan would make, over the tables of the present one.

    Of a table or column that does not stand yet, or holds values of another kind, it has nothing: who asks for it gets a KeyError.
    """
    apps: dict[str, App] = {**release.recorded, plan.app.id: plan.app}
    made = release_of(apps, release.generation)
    recorded = ledger.present(connection, plan.app.id)
    present = recorded.tables if recorded is not None else Schema(plan.app.id)
    standing: Mapping[str, Table | None] = dict(_standing(present, plan.schema))
    return replace(made, tables=Tables(apps, dict(standing)), calendar=release.calendar)


def _standing(present: Schema, wanted: Schema) -> Iterator[tuple[str, Table | None]]:
    for spec in wanted.tables:
        former = present.table_of(spec.uid)
        fits = former is not None and former.kind == spec.kind
        yield spec.key, table(_over(former, spec)) if former is not None and fits else None


def _over(former: TableSpec, wanted: TableSpec) -> TableSpec:
    """The wanted columns that stand already, under the names that they have."""
    known: dict[str, ColumnSpec] = {each.uid: each for each in former.columns}
    columns = (
        replace(each, name=known[each.uid].name)
        for each in wanted.columns
        if each.uid in known and known[each.uid].kind == each.kind
    )
    return replace(wanted, name=former.name, columns=tuple(columns))
