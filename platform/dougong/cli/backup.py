"""`dougong backup` and `restore`: everything into one file, and back into an empty database."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from dougong import assembly
from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import database_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.storage.backup import backup, restore


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=console.say("opt_file"))
    takes_database(parser, console)
    takes_format(parser, console)


def _backup(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    settings = settings_of(options)
    files, store = assembly.files_folder(settings, database), assembly.file_store(settings, database)
    try:
        summary = backup(database, options.file, files, store)
    except OSError as error:
        raise _unwritable(options.file, error, console) from error
    console.result(console.say("backed_up", file=str(options.file)), asdict(summary))
    return 0


def _restore(options: argparse.Namespace, console: Console) -> int:
    if not options.file.is_file():
        raise _unwritable(options.file, FileNotFoundError(2, "No such file"), console)
    database = database_of(options, create=True)
    settings = settings_of(options)
    files, store = assembly.files_folder(settings, database), assembly.file_store(settings, database)
    try:
        summary = restore(database, options.file, files, store)
    except OSError as error:
        raise _unwritable(files, error, console) from error
    console.result(console.say("restored", file=str(options.file)), asdict(summary))
    return 0


def _unwritable(path: Path, error: OSError, console: Console) -> Refusal:
    message = console.say("no_file", file=path.name, reason=error.strerror or type(error).__name__)
    return Refusal("invalid", [Diagnostic("C142", message)])


BACKUP = Command("backup", "backup", _configure, _backup)
RESTORE = Command("restore", "restore", _configure, _restore)
