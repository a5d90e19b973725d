"""What the form of a new record begins with: defaults, the first stage, and the titles of what is already chosen."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.filling import begin_values
from dougong.records.shape import shape_of
from dougong.records.titles import Titles, find_titles, merge, wanted_by


def initial_values(call: Call, key: str) -> dict[str, Value]:
    """The defaults that a new record of the reader's would get, as far as the reader may see them."""
    shape = shape_of(call.release, key)
    hidden = access(call.release, call.actor, key, "create").hidden
    draft = Draft("", {})
    begin_values(Evaluation(call), shape, [draft])
    return {name: value for name, value in draft.values.items() if name not in hidden}


def titles_for(call: Call, key: str, values: Mapping[str, Value]) -> Titles:
    """The titles of the records and people that some values name, rows of sub-tables included."""
    shape = shape_of(call.release, key)
    wanted = wanted_by(shape, [values], list(shape.entity.fields))
    for name, rows_shape in shape.tables.items():
        wanted = merge(wanted, wanted_by(rows_shape, values.get(name) or (), list(rows_shape.entity.fields)))
    return find_titles(call, wanted)
