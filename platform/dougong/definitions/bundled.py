"""Where the apps that come with the platform stand: in a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

import dougong


def root() -> Path:
    """The folder that holds the bundled apps; raises FileNotFoundError where the package was built without them."""
    package = Path(dougong.__file__).resolve().parent
    for candidate in (package / "app_definitions", package.parent.parent / "app_definitions"):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("the bundled apps are missing: app_definitions was not installed")


def names() -> list[str]:
    """The ids of the bundled apps."""
    return sorted(entry.name for entry in root().iterdir() if (entry / "app.yaml").is_file())


def folder(app_id: str) -> Path:
    """The folder of one bundled app; raises KeyError when there is none of that id."""
    if app_id not in names():
        raise KeyError(app_id)
    return root() / app_id
