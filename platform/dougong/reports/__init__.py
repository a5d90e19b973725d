"""Reports and dashboards: grouped figures over the records a reader may see, each leading to the records behind it."""

from dougong.reports.dashboard import CardFigures, DashboardFigures, NumberFigure, dashboard
from dougong.reports.figures import Category, Change, ChartFigures, Column, Figure, Figures, Line, Series
from dougong.reports.run import run

__all__ = [
    "CardFigures",
    "Category",
    "Change",
    "ChartFigures",
    "Column",
    "DashboardFigures",
    "Figure",
    "Figures",
    "Line",
    "NumberFigure",
    "Series",
    "dashboard",
    "run",
]
