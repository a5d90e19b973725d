"""Packed apps: an app's definition files in one archive, to be installed elsewhere and upgraded from there.

What was installed is remembered with every version, so that a later package can be merged under the changes made since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
from sqlalchemy import Connection

from dougong.compiler import check_sources
from dougong.definitions.upgrade import Conflict, merge_sources
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.storage import ledger
from dougong.storage.archive import open_archive, write_archive
from dougong.storage.plan import Plan, plan
from dougong.storage.problems import refusal

MANIFEST = "dougong-package.json"
FORMAT = 1


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """What a package says of itself."""

    format: int
    app: str
    version: str


@dataclass(frozen=True, slots=True)
class Package:
    """A packed app: its id, the version it calls itself, and its files."""

    app: str
    version: str
    sources: Mapping[str, str]

    @property
    def template(self) -> dict[str, object]:
        """What the ledger remembers of an installed package."""
        return {"app": self.app, "version": self.version, "sources": dict(self.sources)}


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The plan of an upgrade, and what both sides changed: by file, the local value kept."""

    plan: Plan
    conflicts: Mapping[str, tuple[Conflict, ...]]


def package_of(app: App) -> Package:
    """An app as a package."""
    return Package(app.id, app.version, app.sources)


def write_package(package: Package, target: Path | IO[bytes]) -> None:
    """Pack an app; the same app gives the same bytes."""
    manifest = msgspec.json.encode(Manifest(FORMAT, package.app, package.version))
    files = sorted((path, text.encode()) for path, text in package.sources.items())
    write_archive(target, [(MANIFEST, manifest), *files])


def read_package(source: Path | IO[bytes]) -> Package:
    """Read a packed app; Refusal when the archive is unacceptable or is no packed app. Whether it compiles is another question."""
    archive = open_archive(source)
    if MANIFEST not in archive.names:
        raise refusal("invalid", "P160/foreign")
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except msgspec.DecodeError as error:
        raise refusal("invalid", "P160/foreign") from error
    if manifest.format != FORMAT:
        raise refusal("invalid", "P160/newer", found=manifest.format, known=FORMAT)
    texts = {name: _text(archive.read(name), name) for name in archive.names if name != MANIFEST}
    return Package(manifest.app, manifest.version, texts)


def plan_install(package: Package, installed: Mapping[str, App], connection: Connection) -> Plan:
    """The plan that installs a package; Refusal when the app is there already or does not compile."""
    if package.app in installed:
        raise refusal("conflict", "P160/installed", app=package.app)
    return plan(
        None, _compiled(package.sources, package.app, installed), connection, template=package.template
    )


def plan_upgrade(package: Package, installed: Mapping[str, App], connection: Connection) -> Upgrade:
    """The plan that brings an installed app to a package, local changes kept; Refusal when it was never installed from one."""
    recorded, newest = installed.get(package.app), ledger.present(connection, package.app)
    if recorded is None or newest is None:
        raise refusal("missing", "P160/absent", app=package.app)
    base = (newest.template or {}).get("sources")
    if base is None:
        raise refusal("conflict", "P160/unknown_base", app=package.app)
    merged = merge_sources(base, package.sources, recorded.sources)
    others = {name: app for name, app in installed.items() if name != package.app}
    new = _compiled(merged.sources, package.app, others)
    return Upgrade(plan(recorded, new, connection, template=package.template), merged.conflicts)


def _compiled(sources: Mapping[str, str], name: str, installed: Mapping[str, App]) -> App:
    outcome = check_sources(sources, installed, name)
    if not isinstance(outcome, App):
        raise Refusal("invalid", outcome)
    if outcome.id != name:
        raise refusal("invalid", "P160/foreign")
    return outcome


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal("invalid", "P160/text", name) from error


def conflict_lines(conflicts: Mapping[str, tuple[Conflict, ...]]) -> Iterator[str]:
    """Where both sides changed the same thing, as `file: path` lines."""
    for file, found in conflicts.items():
        for each in found:
            inside = "/".join(str(part) for part in each.path)
            yield f"{file}: {inside}" if inside else file
