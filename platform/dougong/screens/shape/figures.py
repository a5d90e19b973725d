"""Figures as a drawing, with the same numbers as a table beside it."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Piece, Table


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One series: plain decimals as text ("" = no value), their display texts, and where each point leads."""

    label: str
    values: tuple[str, ...]
    texts: tuple[str, ...] = ()
    hrefs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `kind`: bar | line | area | pie | funnel | rank. `categories` are the labels along it,
    `pieces` the same as stages, people or options where they are such. `unit` is said once. `table` holds
    the same figures for whoever cannot see or has no JavaScript.
    """

    kind: str
    categories: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    table: Table
    unit: str = ""
    pieces: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = ()
    """Beside each category of a funnel or ranking: the conversion, the share."""
    highlight: int = -1
    """The index of the category that carries the message (-1 = none)."""
