"""The kinds of diagrams by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dougong.model.app import App
from dougong_renderers.diagrams.er import draw_entities
from dougong_renderers.diagrams.flow import draw_workflows
from dougong_renderers.diagrams.roles import draw_roles

KINDS: Mapping[str, Callable[[App, str], str]] = {
    "er": draw_entities,
    "workflow": draw_workflows,
    "roles": draw_roles,
}
"""Kind → function from an app and a language to SVG text."""
