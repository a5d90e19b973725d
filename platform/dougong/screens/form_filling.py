"""Which fields of a form count as not given, because choosing a record fills them: those that nobody has touched.

A form sends every input it has. Where its script has filled one, it says so (`dg_filled`), and what stands there then was seen;
without a script, or without a connection, the server fills on saving.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dougong.model.expression import Value
from dougong.records.filling import filled_by
from dougong.records.given import is_empty
from dougong.records.shape import Shape

Values = Mapping[str, Value]


def left_to_fill(
    shape: Shape, values: Values, before: Values, filled: Collection[str], path: str = ""
) -> dict[str, Value]:
    """The values without those that chosen links fill and that still are as the form came; `before` is what it came with,
    `filled` the paths of what its script has filled."""
    links = [name for name, value in values.items() if not is_empty(value) and value != before.get(name)]
    waiting = {name for name in filled_by(shape, links) if name in values and f"{path}{name}" not in filled}
    kept = {
        name: value
        for name, value in values.items()
        if name not in waiting or not (is_empty(value) or value == before.get(name))
    }
    for name, rows_shape in shape.tables.items():
        if isinstance(rows := kept.get(name), list):
            standing = {row.get("id"): row for row in before.get(name) or ()}
            kept[name] = [
                left_to_fill(rows_shape, row, standing.get(row.get("id"), {}), filled, f"{name}/{position}/")
                for position, row in enumerate(rows)
            ]
    return kept
