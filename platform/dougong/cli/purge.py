"""`dougong purge`: what the recycle bin has kept long enough, for good; the server does the same by itself every hour."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from dougong import assembly
from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import database_of, settings_of
from dougong.records.retention import Retention, sweep


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("--days", metavar="DAYS", type=_days, help=console.say("opt_days"))
    parser.add_argument("--dry-run", action="store_true", help=console.say("opt_dry_run"))
    takes_database(parser, console)
    takes_format(parser, console)


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36_500:
        raise ValueError(text)
    return days


def _run(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)
    retention = Retention(options.days or settings.bin_days, settings.bin_history)
    folder = assembly.files_folder(settings, database)
    swept = sweep(
        assembly.releases(database),
        database.writing,
        folder,
        retention,
        datetime.now(UTC),
        options.dry_run,
    )
    words = console.say(
        "purge_dry" if options.dry_run else "purged",
        records=sum(swept.records.values()),
        files=swept.files,
        held=swept.held,
    )
    console.result(words, swept.document() | {"dry_run": options.dry_run})
    return 0


COMMAND = Command("purge", "purge", _configure, _run)
