"""Apps that build on another one: what of them would no longer hold with a new version of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.storage import ledger

Compile = Callable[[Mapping[str, str], Mapping[str, App]], "App | list[Diagnostic]"]


def broken_by(
    recorded: App | None, new: App, connection: Connection, compile_app: Compile
) -> dict[str, tuple[Diagnostic, ...]]:
    """The installed apps that compile with the recorded version of an app, but not with the new one, with the reasons."""
    others = {name: number for name, number in ledger.installed(connection).items() if name != new.id}
    versions = {name: ledger.version(connection, name, number) for name, number in others.items()}
    if recorded is None or not any(_mentions(version.sources, new.id) for version in versions.values()):
        return {}
    sources = {name: version.sources for name, version in versions.items()}
    before, after = _compiled(sources, recorded, compile_app), _compiled(sources, new, compile_app)
    return {
        name: tuple(found)
        for name, found in after.items()
        if isinstance(found, list) and isinstance(before[name], App)
    }


def _mentions(sources: Mapping[str, str], app_id: str) -> bool:
    return any(app_id in text for text in sources.values())


def _compiled(
    sources: Mapping[str, Mapping[str, str]], base: App, compile_app: Compile
) -> dict[str, App | list[Diagnostic]]:
    apps = {base.id: base}
    found: dict[str, App | list[Diagnostic]] = {}
    pending = list(sources)
    while pending:
        found |= {name: compile_app(sources[name], apps) for name in pending}
        done = {name: app for name in pending if isinstance(app := found[name], App)}
        apps |= done
        pending = [name for name in pending if name not in done]
        if not done:
            break
    return found
