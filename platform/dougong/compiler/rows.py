"""Seed rows: files of the right name with columns that the entity has."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from dougong.compiler.context import Context
from dougong.definitions.catalogue import listing, nearest_name, problem, unknown
from dougong.diagnostics import Place

_SEED = "data/seed/"


def check(context: Context, rows: Mapping[str, str], name: str) -> None:
    """Notes seed files of unknown entities and their columns that are no fields; the values are checked when they are imported."""
    for path, text in rows.items():
        inner = path.removeprefix("local/")
        if inner.startswith(_SEED):
            _check_file(
                context, inner.removeprefix(_SEED).removesuffix(".csv"), text, Place(f"{name}/{path}")
            )


def _check_file(context: Context, identifier: str, text: str, place: Place) -> None:
    entity = context.own(identifier)
    if entity is None:
        if not context.checked.is_damaged(f"entities/{identifier}"):
            known = [each.id for each in context.entities.values() if not each.parent]
            context.problems.append(unknown("D301", place, "", identifier, known))
        return
    header = next(csv.reader([text.partition("\n")[0]]), [])
    for column in header:
        if column in entity.fields or column == "id" or context.is_damaged_field(entity, column):
            continue
        close = nearest_name(column, entity.fields)
        words = {"nearest": close} if close else {"known": listing(list(entity.fields))}
        context.problems.append(problem("D516", place, name=column, entity=identifier, **words))
