"""What one process works with: the database, the files, the settings and the renderers, put together by `assembly`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from dougong.model.app import App
from dougong.people.sealing import Keys
from dougong.screens.description import ApiDescription
from dougong.screens.shape import Renderer
from dougong.storage.database import Database
from dougong.storage.plan import Plan
from dougong.storage.release import Releases
from dougong.storage.stores.base import Store
from dougong.web.metrics import Metrics
from dougong.web.settings import Settings


@dataclass(frozen=True, slots=True)
class Renderers:
    """The renderers that the web hands its results to; they live above it, so they are given."""

    pages: Renderer
    openapi: Callable[[ApiDescription], dict[str, Any]]
    static_folder: Path
    tables: Mapping[str, Callable[[Any, BinaryIO], int]]
    media_types: Mapping[str, str]
    diagrams: Mapping[str, Callable[[App, str], str]]
    """Kind → function from an app and a language to SVG text."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process's parts. `releases` gives the definitions of the newest generation, whole and immutable."""

    database: Database
    files_folder: Path
    """Where imports and exports lie while they are under way."""
    files: Store
    """Where the files of records are kept."""
    settings: Settings
    renderers: Renderers
    releases: Releases
    afterwards: Callable[[Connection, Plan], None]
    """What a new version asks of the data that stand there, in the transaction that applies it."""
    keys: Keys
    """Where the key lies that seals what must be read again."""
    metrics: Metrics = field(default_factory=Metrics)
