"""`dougong files`: checks the store of files, takes orphans away, and moves everything to another store."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dougong import assembly
from dougong.cli.command import Command, Run, takes_database, takes_format
from dougong.cli.console import Console, documents
from dougong.cli.opening import database_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.people.audit import noted
from dougong.records.file_upkeep import look_over, move, sweep_orphans
from dougong.storage.database import Database
from dougong.storage.stores.base import Store
from dougong.web.settings import Settings

FOLDER = "folder"
_EVERY = 100


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    looked = _child(children, console, "check", "files_check", _check)
    looked.add_argument("--quick", action="store_true", help=console.say("opt_files_quick"))
    swept = _child(children, console, "sweep", "files_sweep", _sweep)
    swept.add_argument("--dry-run", action="store_true", help=console.say("opt_dry_run"))
    moved = _child(children, console, "move", "files_move", _move)
    moved.add_argument(
        "--from", dest="source", metavar="STORE", required=True, help=console.say("opt_files_from")
    )
    moved.add_argument(
        "--to", dest="target", metavar="STORE", required=True, help=console.say("opt_files_to")
    )


def _child(children: Any, console: Console, name: str, description: str, run: Run) -> argparse.ArgumentParser:
    words = console.say(description)
    child: argparse.ArgumentParser = children.add_parser(name, help=words, description=words)
    child.set_defaults(run=run)
    takes_database(child, console)
    takes_format(child, console)
    return child


def _check(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)
    store = assembly.file_store(settings, database)
    found = look_over(database, store, deep=not options.quick, told=_progress(console))
    words = console.say(
        "files_checked", sound=found.sound, problems=len(found.problems), orphans=len(found.orphans)
    )
    if console.as_json:
        document = {
            "clean": not found.problems,
            "sound": found.sound,
            "orphans": len(found.orphans),
            "errors": documents(found.problems, console.language),
        }
        console.result("", document)
    else:
        console.result(words)
    console.findings(found.problems)
    return 1 if found.problems else 0


def _sweep(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)
    store = assembly.file_store(settings, database)
    count = sweep_orphans(database, store, datetime.now(UTC), options.dry_run)
    words = console.say("files_swept_dry" if options.dry_run else "files_swept", count=count)
    console.result(words, {"orphans": count, "dry_run": options.dry_run})
    return 0


def _move(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)
    if options.source == options.target:
        raise Refusal("invalid", [Diagnostic("C172", console.say("files_same"))])
    source = _store(options.source, settings, database, console)
    target = _store(options.target, settings, database, console)
    done = move(database, source, target, _progress(console))
    told: dict[str, Any] = {"moved": done.moved, "known": done.known, "missing": done.missing}
    with database.writing() as connection:
        noted(connection, "files.move", source=options.source, target=options.target, **told)
    console.result(console.say("files_moved", **told), told)
    return 1 if done.missing else 0


def _store(text: str, settings: Settings, database: Database, console: Console) -> Store:
    """`folder` is the folder of the settings; a bucket is opened with the keys of the settings."""
    if text != FOLDER and not text.startswith("s3://"):
        raise Refusal("invalid", [Diagnostic("C173", console.say("files_unknown", store=text))])
    wanted = "" if text == FOLDER else text.rstrip("/")
    return assembly.file_store(replace(settings, file_store=wanted), database)


def _progress(console: Console) -> Any:
    def told(count: int) -> None:
        if count % _EVERY == 0:
            console.progress(console.say("files_progress", count=f"{count:,}"))

    return told


COMMAND = Command("files", "files", _configure, lambda options, console: 2)
