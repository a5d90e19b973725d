"""From the tree of definitions to the app that the runtime runs: every reference resolved, every default filled in."""

from dougong.compiler.app import check_sources, compile_app
from dougong.compiler.apps import compile_apps

__all__ = ["check_sources", "compile_app", "compile_apps"]
