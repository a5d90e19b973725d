"""`dougong template`: packing apps, installing packages and upgrading to them."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from dougong import assembly
from dougong.cli.command import Command, Run, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import database_of
from dougong.cli.planning import confirmed, refuse_obstacles, show_plans
from dougong.compiler.folders import compile_folders
from dougong.definitions import bundled
from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.people.actor import SYSTEM
from dougong.records.call import call_for
from dougong.records.rights_effects import with_effects
from dougong.storage import ledger
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.packages import (
    Package,
    Upgrade,
    conflict_lines,
    package_of,
    plan_install,
    plan_upgrade,
    read_package,
    write_package,
)
from dougong.storage.plan import Plan
from dougong.storage.release import Release
from dougong.web.planning import plan_document, version_document


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    pack = _child(children, console, "pack", _pack)
    pack.add_argument("package", metavar="APP", help=console.say("opt_package"))
    pack.add_argument("--to", metavar="FILE", help=console.say("opt_package_file"))
    for name, run in (("install", _install), ("upgrade", _upgrade), ("diff", _diff)):
        child = _child(children, console, name, run)
        child.add_argument("package", metavar="PACKAGE", help=console.say("opt_package"))
        if name != "diff":
            child.add_argument("--yes", action="store_true", help=console.say("opt_yes"))
        if name == "upgrade":
            child.add_argument("--allow-loss", action="store_true", help=console.say("opt_allow_loss"))
    _child(children, console, "list", _list)


def _child(children: Any, console: Console, name: str, run: Run) -> argparse.ArgumentParser:
    words = console.say(f"template_{name}")
    child: argparse.ArgumentParser = children.add_parser(name, help=words, description=words)
    child.set_defaults(run=run)
    takes_database(child, console)
    takes_format(child, console)
    return child


def _pack(options: argparse.Namespace, console: Console) -> int:
    package = _found(options.package, _installed(options))
    target = Path(options.to or f"{package.app}-{package.version}.zip")
    try:
        write_package(package, target)
    except OSError as error:
        raise Refusal("invalid", [Diagnostic("C141", f"{target}: {error.strerror}")]) from error
    words = console.say("packed", app=package.app, file=target)
    console.result(words, {"app": package.app, "version": package.version, "file": str(target)})
    return 0


def _install(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options, create=True)
    package = _found(options.package, assembly.releases(database).current())
    with database.reading() as connection:
        plan = plan_install(package, assembly.releases(database).pinned(connection).recorded, connection)
    return _carry_out(options, console, database, plan, f"template {package.version}")


def _upgrade(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    package, upgrade = _planned_upgrade(options, database)
    _show_conflicts(console, upgrade)
    return _carry_out(
        options, console, database, upgrade.plan, f"template {package.version}", options.allow_loss
    )


def _diff(options: argparse.Namespace, console: Console) -> int:
    _, upgrade = _planned_upgrade(options, database_of(options))
    if console.as_json:
        kept = list(conflict_lines(upgrade.conflicts))
        console.result("", {"plan": plan_document(upgrade.plan, console.language), "kept_local": kept})
    else:
        show_plans(console, [upgrade.plan])
        _show_conflicts(console, upgrade)
    return 0


def _planned_upgrade(options: argparse.Namespace, database: Database) -> tuple[Package, Upgrade]:
    package = _found(options.package, assembly.releases(database).current())
    with database.reading() as connection:
        release = assembly.releases(database).pinned(connection)
        upgrade = plan_upgrade(package, release.recorded, connection)
        call = call_for(release, connection, SYSTEM, "cli")
        return package, replace(upgrade, plan=with_effects(call, upgrade.plan))


def _carry_out(
    options: argparse.Namespace,
    console: Console,
    database: Database,
    plan: Plan,
    note: str,
    allow_loss: bool = False,
) -> int:
    if not console.as_json:
        show_plans(console, [plan])
    refuse_obstacles([plan], allow_loss)
    if not plan.is_empty and not options.yes and not confirmed(console):
        return 1
    version = apply(plan, database, note=note, allow_loss=allow_loss, afterwards=assembly.after_apply)
    console.result(console.say("applied", app=version.app, number=version.number), version_document(version))
    return 0


def _show_conflicts(console: Console, upgrade: Upgrade) -> None:
    for line in conflict_lines(upgrade.conflicts):
        console.note(console.say("kept_local", place=line))


def _list(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options, create=True)
    with database.reading() as connection:
        installed = {
            app: ledger.version(connection, app, number)
            for app, number in ledger.installed(connection).items()
        }
    rows = [
        [app, each.version, str(each.number), str((each.template or {}).get("version", ""))]
        for app, each in installed.items()
    ]
    rows += [[name, "", "", ""] for name in bundled.names() if name not in installed]
    heads = [console.say(f"template_head_{name}") for name in ("app", "version", "number", "package")]
    document = [dict(zip(("app", "version", "number", "package"), row, strict=True)) for row in rows]
    console.result(table(rows, heads), {"templates": document})
    return 0


def _installed(options: argparse.Namespace) -> Release | None:
    """What is installed, where there is a database at all."""
    try:
        return assembly.releases(database_of(options)).current()
    except Refusal:
        return None


def _found(name: str, release: Release | None) -> Package:
    """A packed file, an app folder, a bundled app or an installed one, whichever the name means."""
    path = Path(name)
    if path.is_dir():
        return _of_folder(path, release)
    if path.is_file():
        return read_package(path)
    installed = release.recorded if release is not None else {}
    if name in installed:
        return package_of(installed[name])
    if name in bundled.names():
        return _of_folder(bundled.folder(name), release)
    hint = nearest(name, [*installed, *bundled.names()])
    raise Refusal("missing", [Diagnostic("C143", f"there is no template '{name}'", hint=hint)])


def _of_folder(folder: Path, release: Release | None) -> Package:
    """The app of a folder, which must compile: what is broken is never packed."""
    [app] = compile_folders([folder], release.recorded if release else {})
    return package_of(app)


COMMAND = Command("template", "template", _configure, lambda options, console: 2)
