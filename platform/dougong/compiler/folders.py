"""Apps as they lie in folders, compiled together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from dougong.compiler.apps import compile_apps
from dougong.definitions.collection import collection_paused
from dougong.definitions.load import load_app
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App

NONE: Mapping[str, App] = MappingProxyType({})


def compile_folders(folders: Iterable[str | Path], installed: Mapping[str, App] = NONE) -> list[App]:
    """The apps in some folders, on top of those that are installed; every finding of all of them is refused together."""
    with collection_paused():
        trees = [load_app(folder) for folder in folders]
        names = {tree.name for tree in trees}
        others = {name: app for name, app in installed.items() if name not in names}
        outcome = compile_apps(trees, others)
    problems = [each for each in outcome if isinstance(each, Diagnostic)]
    if problems:
        raise Refusal("invalid", problems)
    return [each for each in outcome if isinstance(each, App)]
