"""Which file of an app defines what: folder = kind, file name = id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dougong.definitions.catalogue import nearest_name, problem
from dougong.definitions.schemas.common import ID_LENGTH, ID_PATTERN, LANGUAGE_PATTERN
from dougong.diagnostics import Diagnostic, Place

FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "entities": "entity",
        "forms": "form",
        "views": "view",
        "workflows": "workflow",
        "reports": "report",
        "dashboards": "dashboard",
        "roles": "role",
        "translations": "translation",
    }
)
"""Folder → kind of the files in it."""
LOCAL = "local"
TEMPLATE = "template"
_PAPERS = frozenset({"README.md", "LICENSE", "CHANGELOG.md"})
_ENDINGS = (".yaml", ".json")
IDENTIFIER = re.compile(ID_PATTERN)
_LANGUAGE = re.compile(LANGUAGE_PATTERN)


@dataclass(frozen=True, slots=True)
class Role:
    """What a file is: a definition of some kind, rows of data, or a paper for people; and the layer it belongs to."""

    use: str
    layer: str = TEMPLATE
    document: str = ""
    kind: str = ""


def kind_of(document: str) -> str:
    """The kind of a document by its path without ending."""
    if document == "app":
        return "app"
    if document == "data/demo":
        return "demo"
    return FOLDERS[document.split("/", 1)[0]]


def role_of(path: str, shown: str) -> Role | Diagnostic:
    """What the file at a path inside the app is for, or the finding that it has no place there."""
    layer = TEMPLATE
    inner = path
    if path.startswith(f"{LOCAL}/"):
        layer, inner = LOCAL, path.removeprefix(f"{LOCAL}/")
    if inner in _PAPERS:
        return Role("paper", layer)
    folder, _, name = inner.rpartition("/")
    if folder.split("/")[0] == "data" and name.endswith(".csv") and ".." not in folder.split("/"):
        return Role("rows", layer)
    stem, ending = _split(name)
    if ending not in _ENDINGS:
        return problem("D120", Place(shown), advice=_ending_advice(name))
    document = f"{folder}/{stem}" if folder else stem
    if document in ("app", "data/demo"):
        return Role("definition", layer, document, kind_of(document))
    if folder not in FOLDERS:
        return _misplaced(folder, stem, shown)
    fits = _LANGUAGE if folder == "translations" else IDENTIFIER
    if not fits.fullmatch(stem) or len(stem) > ID_LENGTH:
        return problem("D121", Place(shown), name=stem)
    return Role("definition", layer, document, FOLDERS[folder])


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending}") if dot else (name, "")


def _ending_advice(name: str) -> str:
    if name.endswith(".yml"):
        return f"rename it to {name.removesuffix('.yml')}.yaml"
    return "definitions end in .yaml or .json, rows in .csv"


def _misplaced(folder: str, stem: str, shown: str) -> Diagnostic:
    known = [*FOLDERS, "data", LOCAL] if folder else ["app"]
    close = nearest_name(folder or stem, known)
    return problem("D120", Place(shown), advice="", **({"nearest": close} if close else {}))
