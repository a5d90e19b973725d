"""The designer's page of conditions and measures, with one of them open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dougong.expressions.completion import reading
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.screens.addresses import designer_path, with_query
from dougong.screens.designer_head import DraftState, designer_head, page_path
from dougong.screens.draft_names import draft_names
from dougong.screens.expression_places import ICONS, KINDS, MEASURE, ExpressionPlace, place_title
from dougong.screens.rule_editor import MODES, builder_of
from dougong.screens.rule_entry import RuleEntry, fingerprint
from dougong.screens.shape import (
    Notice,
    PlaceCard,
    PlaceEditor,
    PlaceGroup,
    PlacesScreen,
    Problem,
)
from dougong.screens.texts import text

PAGE = "conditions"


@dataclass(frozen=True, slots=True)
class OpenedPlace:
    """The place that is being changed, what stands in its inputs, and what is wrong by place of input."""

    place: ExpressionPlace
    entry: RuleEntry
    was: str
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placing:
    """The places of an entity of the draft; `installed` says what the published version has there, by id."""

    app: App
    entity: Entity
    places: Sequence[ExpressionPlace]
    installed: Mapping[str, str]
    draft: DraftState
    opened: OpenedPlace | None = None
    problems: Sequence[Problem] = ()
    is_outdated: bool = False


def mark(place: ExpressionPlace) -> str:
    """What tells whether a place still says what was shown."""
    return fingerprint({"written": place.written})


def places_screen(call: Call, placing: Placing) -> PlacesScreen:
    """The page."""
    app, entity, language = placing.app, placing.entity, call.language
    path = page_path(app, entity, PAGE)
    outdated = (Notice(text("draft_outdated", language), "warn"),) if placing.is_outdated else ()
    return PlacesScreen(
        head=designer_head(call, app, entity, PAGE, placing.draft),
        title=text("places_title", language, label=entity.label.get(language)),
        action=path,
        groups=tuple(group for kind in KINDS if (group := _group(call, placing, kind, path)).cards),
        editor=_editor(call, placing, path),
        problems=tuple(placing.problems),
        notices=outdated,
    )


def _group(call: Call, placing: Placing, kind: str, path: str) -> PlaceGroup:
    language = call.language
    cards = tuple(_card(call, placing, each, path) for each in placing.places if each.kind == kind)
    return PlaceGroup(text(f"places_{kind}", language), text(f"places_{kind}_help", language), cards)


def _card(call: Call, placing: Placing, place: ExpressionPlace, path: str) -> PlaceCard:
    about = draft_names(call, placing.app, placing.entity, sql=True, aggregate=place.kind == MEASURE)
    words = reading(place.written, about) or place.written if place.written else ""
    return PlaceCard(
        place_title(place, call.language),
        words or text("place_every", call.language),
        with_query(path, [("place", place.id)]),
        ICONS[place.kind],
        placing.opened is not None and placing.opened.place.id == place.id,
        placing.installed.get(place.id, "") != place.written,
    )


def _editor(call: Call, placing: Placing, path: str) -> PlaceEditor | None:
    opened, language = placing.opened, call.language
    if opened is None:
        return None
    place, app, entity = opened.place, placing.app, placing.entity
    check = f"{designer_path(app.id, entity.id)}/check"
    hidden = (("operation", "set_place"), ("place", place.id), ("was", opened.was))
    title, help_text = place_title(place, language), text(f"places_{place.kind}_help", language)
    builder = None
    if place.kind != MEASURE:
        about = draft_names(call, app, entity, sql=True)
        builder = builder_of(opened.entry, about, MODES, check, "", opened.problems, place.purpose)
    return PlaceEditor(
        title,
        help_text,
        hidden,
        path,
        builder,
        opened.entry.expression,
        check,
        place.purpose,
        opened.problems.get("when", ""),
        f"{path}/check",
    )
