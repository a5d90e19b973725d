"""Virtual fields of records in memory, which no query read: those of a form that is still open."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.given import row_values
from dougong.records.shape import Shape


def work_out(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Put what a reader would see into the drafts and the rows that they hold; they must not be written afterwards."""
    evaluation.prepare(shape, shape.virtual.values(), drafts)
    for name, formula in shape.virtual.items():
        value_of = evaluation.over(formula)
        for draft in drafts:
            draft.values[name] = shape.as_read(name, value_of(draft.values))
    for name, inner in shape.tables.items():
        with_rows = [draft for draft in drafts if name in draft.rows]
        rows = [row for draft in with_rows for row in draft.rows[name].drafts]
        if inner.virtual and rows:
            for draft in with_rows:
                for row in draft.rows[name].drafts:
                    row.values["parent"] = draft.values
            work_out(evaluation, inner, rows)
            for draft in with_rows:
                draft.values[name] = row_values(draft.rows[name])
