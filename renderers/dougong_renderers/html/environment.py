"""The Jinja environment of each language: escaped, strict about names, with the words and drawings bound in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dougong.fieldtypes.embed import host_of
from dougong.fieldtypes.markup import editable, sanitised
from dougong.screens import words
from dougong.screens.shape import (
    Chart,
    Column,
    ConditionBuilder,
    ConditionField,
    FormField,
    KanbanCard,
    Shown,
)
from dougong_renderers.html import drawing
from dougong_renderers.html.assets import assets
from dougong_renderers.html.symbols import symbol

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment(language: str) -> Environment:
    """The environment for one language; templates are compiled once per process and language."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=400,
    )
    jinja.globals.update(
        language=language,
        say=partial(_say, language=language),
        count=partial(_count, language=language),
        asset=lambda name: assets().address(name),
        icon=drawing.icon,
        ring=drawing.ring,
        spark=drawing.spark,
        bar=drawing.bar,
        funnel_step=drawing.funnel_step,
        shares=drawing.shares,
        swatch=drawing.swatch,
        symbol=symbol,
        cell_class=_cell_class,
        card_moves=_card_moves,
        series_of=_series_of,
        facts=_facts,
        show=partial(_show, jinja),
        input=partial(_edit, jinja),
    )
    jinja.filters.update(
        initial=drawing.initial,
        first_character=drawing.first,
        hue=drawing.hue,
        rich=_rich,
        editable=editable,
        host=host_of,
        opened=_opened,
        every_operator=_every_operator,
    )
    return jinja


def _say(key: str, *, language: str, **parameters: object) -> str:
    return words.say(key, language, **parameters)


def _count(key: str, number: int, *, language: str) -> str:
    return words.count(key, language, number)


@lru_cache(maxsize=8192)
def _show(jinja: Environment, value: Shown, place: str = "page") -> Markup:
    """A value through the template of its field type; `place` is page, cell, or frame for a page of another site that may be
    embedded. Columns repeat themselves, so what was drawn is kept."""
    return Markup(_module(jinja, value.type, "show").show(value, place))  # nosec B704


def _cell_class(column: Column, value: Shown) -> str:
    return _classes(column.align, column.computed, column.role, value.tone, column.width)


@cache
def _classes(align: str, computed: bool, role: str, tone: str, width: str) -> str:
    """The classes of a cell of a table: every cell has them, and there are only so many."""
    classes = (
        "num" if align == "end" else "",
        tone if tone in ("bad", "warn") else "",
        "lvc" if computed else "",
        f"r-{role}" if role else "",
        f"cw-{width}" if width else "",
    )
    return " ".join(filter(None, classes))


def _edit(jinja: Environment, field: FormField, name: str, place: str = "form") -> Markup:
    """An input through the template of its field type; `place` is form or cell (inside a sub-table)."""
    return Markup(_module(jinja, field.type, "edit").edit(field, name, place))  # nosec B704


def _rich(markup: str) -> Markup:
    """Rich text as it may stand in a page: sanitised once more, whatever the database holds."""
    return Markup(sanitised(markup))  # nosec B704


def _opened(markup: Markup) -> Markup:
    """Markup that is to stand in a noscript, which must not hold another one: what those hold stays."""
    return Markup(markup.replace("<noscript>", "").replace("</noscript>", ""))  # nosec B704


def _card_moves(card: KanbanCard) -> str:
    """What a script must know to say, while dragging, what a column requires or why it refuses."""
    return json.dumps(
        {
            move.column: {
                "refusal": move.refusal,
                "needs": [{"label": need.label, "state": need.state} for need in move.requirements],
            }
            for move in card.moves
        },
        ensure_ascii=False,
    )


def _facts(builder: ConditionBuilder) -> dict[str, object]:
    """What a script must know to offer what suits the field of a condition."""
    return {
        each.id: {
            "widget": each.widget,
            "operators": each.operators,
            "options": each.options,
            "peers": each.peers,
        }
        for each in builder.fields
    }


def _every_operator(fields: Sequence[ConditionField]) -> list[tuple[str, str, int]]:
    """The operators of all fields, each once, for browsers that cannot offer those of the chosen one."""
    return list({operator[0]: operator for each in fields for operator in each.operators}.values())


def _series_of(chart: Chart) -> list[dict[str, object]]:
    return [
        {"label": each.label, "values": each.values, "texts": each.texts, "hrefs": each.hrefs}
        for each in chart.series
    ]


@cache
def _module(jinja: Environment, field_type: str, kind: str) -> Any:
    folder = field_type if field_type.isidentifier() else "text"
    template = jinja.select_template([f"fields/{folder}/{kind}.html", f"fields/text/{kind}.html"])
    return template.module
