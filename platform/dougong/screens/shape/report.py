"""A report: grouped figures as a chart and a table, each line leading to the records behind it."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.figures import Chart
from dougong.screens.shape.list import Filter
from dougong.screens.shape.parts import Action, Empty, Notice, Table


@dataclass(frozen=True, slots=True)
class ReportScreen:
    """A report as this reader may see it; rows' `href` drill to the records. `note` says as of when and
    over how many records.
    """

    title: str
    table: Table
    chart: Chart | None = None
    note: str = ""
    filter: Filter | None = None
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
    help: str = ""
    empty: Empty | None = None
