"""`dougong backup` and `dougong restore`: everything in one file, from and into either kind of database."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from dougong import assembly
from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import database_of, settings_of
from dougong.storage.backup import Summary, backup, restore


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("file", metavar="FILE", help=console.say("opt_file"))
    takes_database(parser, console)
    takes_format(parser, console)


def _backup(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    folder = assembly.files_folder(settings_of(options), database)
    _tell(console, "backed_up", backup(database, Path(options.file), folder), options.file)
    return 0


def _restore(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options, create=True)
    folder = assembly.files_folder(settings_of(options), database)
    _tell(console, "restored_backup", restore(database, Path(options.file), folder), options.file)
    return 0


def _tell(console: Console, words: str, summary: Summary, file: str) -> None:
    document = asdict(summary)
    console.result(console.say(words, file=file, count=summary.rows), document)


BACKUP = Command("backup", "backup", _configure, _backup)
RESTORE = Command("restore", "restore", _configure, _restore)
