"""`dougong purge`: what the recycle bin has kept long enough, for good; the server does the same by itself every hour.

With `--removed`, what removed fields, removed tables and converted values left behind; that happens by this command alone.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from dougong import assembly
from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import database_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.retention import Retention, sweep
from dougong.storage.database import Database
from dougong.storage.removed import purge


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("--days", metavar="DAYS", type=_days, help=console.say("opt_days"))
    parser.add_argument("--dry-run", action="store_true", help=console.say("opt_dry_run"))
    parser.add_argument("--removed", action="store_true", help=console.say("opt_removed"))
    takes_database(parser, console)
    takes_format(parser, console)


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36_500:
        raise ValueError(text)
    return days


def _run(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)
    if options.removed:
        return _purge_removed(database, settings.removed_days, options, console)
    retention = Retention(options.days or settings.bin_days, settings.bin_history)
    store = assembly.file_store(settings, database)
    swept = sweep(
        assembly.releases(database),
        database.writing,
        store,
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


def _purge_removed(database: Database, kept_for: int, options: argparse.Namespace, console: Console) -> int:
    """Never before the days that the setting keeps them."""
    days = options.days or kept_for
    if days < kept_for:
        raise Refusal("invalid", [Diagnostic("C135", console.say("purge_too_early", days=kept_for))])
    found = purge(database, days, dry_run=options.dry_run)
    lines = [
        console.say(f"leftover_{each.kind}", what=each.what, count=each.count, since=f"{each.since:%Y-%m-%d}")
        for each in found
    ]
    closing = console.say("removed_dry" if options.dry_run else "removed_purged", count=len(found))
    document = [
        {
            "app": each.app,
            "what": each.what,
            "kind": each.kind,
            "since": each.since.isoformat(),
            "count": each.count,
        }
        for each in found
    ]
    console.result("\n".join([*lines, closing]), {"removed": document, "dry_run": options.dry_run})
    return 0


COMMAND = Command("purge", "purge", _configure, _run)
