"""`dougong verify`: whether data and definitions are what the ledger says."""

from __future__ import annotations

import argparse

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console, documents
from dougong.cli.opening import database_of
from dougong.storage.drift import verify
from dougong.storage.evidence.checking import check


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_database(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).reading() as connection:
        problems = verify(connection)
        if not problems:
            problems = list(check(connection).problems)
    if console.as_json:
        console.result("", {"clean": not problems, "errors": documents(problems, console.language)})
    elif not problems:
        console.result(console.say("verified"))
    console.findings(problems)
    return 1 if problems else 0


COMMAND = Command("verify", "verify", _configure, _run)
