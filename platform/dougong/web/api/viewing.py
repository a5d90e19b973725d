"""Lists, exports and figures of the API that go by a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.diagnostics import Refusal
from dougong.model.expression import Expression
from dougong.policy.offers import offered_views
from dougong.records.call import Call
from dougong.records.messages import refuse
from dougong.records.order import parse_sort
from dougong.records.query import Query
from dougong.records.saved_views import saved_view
from dougong.records.scope import condition
from dougong.records.view_settings import sortable
from dougong.screens.list_request import is_saved
from dougong.screens.list_views import sort_text


def through(call: Call, key: str, query: Query, given: Mapping[str, str]) -> Query:
    """The query narrowed by the view that a request names, in the order of the view where it names none."""
    wanted = given.get("view", "")
    if not wanted:
        return query
    narrowed, sort = view_condition(call, key, wanted)
    return replace(query, view=narrowed, sort=query.sort or sort)


def view_condition(call: Call, key: str, wanted: str) -> tuple[Expression | None, str]:
    """What a view lets through, and its order; of a definition by its id, of a person by its number."""
    if is_saved(wanted):
        saved = saved_view(call, key, int(wanted))
        if saved.problems:
            raise Refusal("invalid", [replace(each, path="view") for each in saved.problems])
        orders = sortable(call, call.release.entity(key))
        kept = tuple(each for each in parse_sort(saved.sort) if each.field in orders)
        return condition(call, key, saved.filter) if saved.filter else None, sort_text(kept)
    defined = offered_views(call.release, call.actor, call.release.entity(key))
    found = next((each for each in defined if each.id == wanted), None)
    if found is None:
        refuse("missing", call.language, "unknown_view", "view")
    return found.filter, sort_text(found.sort)
