"""`dougong renumber`: gives the records of a serial field their numbers again, after showing what would change."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import calling, database_of, entity_key_of, settings_of
from dougong.cli.planning import confirmed
from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.renumber import Renumbering, preview, renumber

SUBJECT = re.compile(r"^(?P<key>[a-z0-9_]+\.[a-z0-9_]+)\.(?P<field>[a-z0-9_]+)$")


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("subject", metavar="APPID.ENTITY.FIELD", help=console.say("opt_serial"))
    parser.add_argument("--dry-run", action="store_true", help=console.say("opt_renumber_dry"))
    parser.add_argument("--yes", action="store_true", help=console.say("opt_yes"))
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=console.say("opt_as"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    parts = SUBJECT.match(options.subject)
    if parts is None:
        raise Refusal("invalid", [Diagnostic("C123", console.say("bad_serial", subject=options.subject))])
    database, settings = database_of(options), settings_of(options)
    with calling(database, settings, console, options.login) as call:
        found = preview(call, entity_key_of(call.release, parts["key"]), parts["field"])
    if options.dry_run or not found.changed:
        console.result(_shown(console, found), _document(found, ""))
        return 0
    if not options.yes:
        console.note(_shown(console, found))
        if not confirmed(console, "renumber_ask"):
            return 1
    batch = str(uuid4())
    with calling(database, settings, console, options.login, write=True) as call:
        done = renumber(replace(call, batch=batch), parts["key"], parts["field"])
    words = console.say("renumbered", changed=len(done.changed), batch=batch)
    console.result(words, _document(done, batch))
    return 0


def _shown(console: Console, found: Renumbering) -> str:
    counts = console.say("renumber_counts", records=found.records, changed=len(found.changed))
    if not found.changed:
        return counts
    rows = [(str(each.id), each.before or "", each.after) for each in found.first]
    more = ["…"] if len(found.changed) > len(rows) else []
    return "\n".join([counts, table(rows, console.say("renumber_head").split()), *more])


def _document(found: Renumbering, batch: str) -> dict[str, Any]:
    first = [{"id": str(each.id), "before": each.before, "after": each.after} for each in found.first]
    return {"records": found.records, "changed": len(found.changed), "first": first, "batch": batch or None}


COMMAND = Command("renumber", "renumber", _configure, _run)
