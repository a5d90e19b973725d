"""Where the built scripts, styles and icons are: plain names from the manifest to addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
DIST = STATIC / "dist"
BASE = "/static/dist/"


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files: `files` from plain name to file name, and the names of the icons that were drawn."""

    files: Mapping[str, str]
    icons: frozenset[str]

    def address(self, name: str) -> str:
        """The address of a built file; a file that was not built keeps its plain name."""
        return BASE + self.files.get(name, name)

    @property
    def complete(self) -> bool:
        """Whether scripts and styles were built at all; without them pages work, but unstyled."""
        return "main.css" in self.files


@cache
def assets() -> Assets:
    """The built files as they stand now, read once."""
    return read_assets(DIST)


def read_assets(folder: Path) -> Assets:
    """The built files in a folder; an empty answer when there is no manifest."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return Assets({}, frozenset())
    files = {str(name): str(file) for name, file in json.loads(manifest.read_text("utf-8")).items()}
    sprite = folder / files.get("icons.svg", "icons.svg")
    drawn = re.findall(r'<symbol id="([^"]+)"', sprite.read_text("utf-8")) if sprite.is_file() else []
    return Assets(files, frozenset(drawn))
