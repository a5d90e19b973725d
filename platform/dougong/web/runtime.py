"""What one process works with: the database, the files, the settings and the renderers, put together by `assembly`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dougong.screens.description import ApiDescription
from dougong.screens.shape import DemoAccount, Renderer
from dougong.storage.database import Database
from dougong.storage.release import Release
from dougong.web.metrics import Metrics
from dougong.web.settings import Settings
from dougong.web.setup import SetupToken


class DiagramRenderer(Protocol):
    """Draws an app's entities, one of its workflows or its roles as SVG."""

    def __call__(self, release: Release, app: str, kind: str, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Renderers:
    """The renderers that the web hands its results to; they live above it, so they are given."""

    pages: Renderer
    openapi: Callable[[ApiDescription, str], dict[str, Any]]
    static_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process's parts. `release` gives the definitions of the newest generation, whole and immutable."""

    database: Database
    files_folder: Path
    settings: Settings
    renderers: Renderers
    release: Callable[[], Release]
    setup: SetupToken = field(default_factory=SetupToken)
    demo: tuple[DemoAccount, ...] = ()
    metrics: Metrics = field(default_factory=Metrics)
