"""What the designer does to conditions and measures that stand in views, roles and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.definitions import edit
from dougong.definitions.edit import EditError
from dougong.diagnostics import Refusal
from dougong.screens.expression_places import ROLE, ExpressionPlace
from dougong.screens.places import mark
from dougong.web.catalogue import refuse
from dougong.web.designing import Files


def place_called(places: list[ExpressionPlace], name: str, was: str = "") -> ExpressionPlace:
    """The place of that id, if it still says what was shown."""
    found = next((each for each in places if each.id == name), None)
    if found is None:
        raise refuse("missing", "W416", "place", name=name[:60])
    if was and mark(found) != was:
        raise refuse("conflict", "W447", "place")
    return found


def set_place(sources: Mapping[str, str], place: ExpressionPlace, written: str) -> Files:
    """The file with another expression at a place; none takes the condition away."""
    if written == place.written:
        return {}
    file, path = place.file, list(place.path)
    text = sources[file]
    try:
        return {file: _without(text, place) if not written else _with(text, path, written, place)}
    except EditError as error:
        raise Refusal("invalid", refuse("invalid", "W427", reason=error).problems) from error


def _with(text: str, path: list[str], written: str, place: ExpressionPlace) -> str:
    if place.is_plain:
        return edit.set_value(text, path[:-1], {path[-1]: written}, place.file)
    return edit.set_value(text, path, written, place.file)


def _without(text: str, place: ExpressionPlace) -> str:
    """A grant without any condition is written as `true` again."""
    path = list(place.path)
    holder: Any = edit.value_at(text, path[:-1], place.file)
    if place.kind == ROLE and isinstance(holder, Mapping) and len(holder) == 1:
        return edit.set_value(text, path[:-1], True, place.file)
    return edit.remove_key(text, path, place.file)
