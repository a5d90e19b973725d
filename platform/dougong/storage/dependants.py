"""What builds on an app, and would no longer hold with a new version of it: other apps, and the drafts that people have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, select

from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.storage import ledger
from dougong.storage.system import DRAFT, USER

DRAFTS = "definitions"
"""The kind under which drafts of definitions are kept."""
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


def drafts_broken_by(
    recorded: App | None, new: App, connection: Connection, compile_app: Compile
) -> dict[str, tuple[Diagnostic, ...]]:
    """The people whose drafts of an app compile over the recorded version, but not over the new one, with the reasons.

    A draft that is just being published is the new version itself.
    """
    if recorded is None:
        return {}
    wanted = select(USER.c.name, DRAFT.c.data).join(USER, USER.c.id == DRAFT.c.user_id)
    wanted = wanted.where(DRAFT.c.kind == DRAFTS, DRAFT.c.app == new.id).order_by(USER.c.id)
    rows = connection.execute(wanted).all()
    others = _others(connection, new.id, compile_app) if rows else {}
    found: dict[str, tuple[Diagnostic, ...]] = {}
    for name, data in rows:
        merged = _merged(new.sources, data["files"])
        if merged == dict(new.sources):
            continue
        after = compile_app(merged, others)
        if isinstance(after, list) and isinstance(
            compile_app(_merged(recorded.sources, data["files"]), others), App
        ):
            found[name] = tuple(after)
    return found


def _others(connection: Connection, app_id: str, compile_app: Compile) -> dict[str, App]:
    """The other installed apps, as far as they compile."""
    versions = {
        name: ledger.version(connection, name, number).sources
        for name, number in ledger.installed(connection).items()
        if name != app_id
    }
    found: dict[str, App] = {}
    pending = list(versions)
    while pending:
        made = {name: compile_app(versions[name], found) for name in pending}
        done = {name: app for name, app in made.items() if isinstance(app, App)}
        if not done:
            break
        found |= done
        pending = [name for name in pending if name not in done]
    return found


def _merged(sources: Mapping[str, str], files: Mapping[str, str | None]) -> dict[str, str]:
    merged: dict[str, str | None] = {**sources, **files}
    return {path: text for path, text in merged.items() if text is not None}


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
