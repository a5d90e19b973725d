"""`dougong renumber`: gives the records of a serial field their numbers again, after showing what would change."""

from __future__ import annotations

import argparse
import re

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import calling, database_of, entity_key_of, settings_of
from dougong.cli.planning import confirmed
from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.batches import in_batch
from dougong.records.renumber import Renumbering, preview, renumber
from dougong.web.undone import renumbering_document

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
        console.result(_shown(console, found), renumbering_document(found))
        return 0
    if not options.yes:
        console.note(_shown(console, found))
        if not confirmed(console, "renumber_ask"):
            return 1
    with calling(database, settings, console, options.login, write=True) as opened:
        call = in_batch(opened, "renumber")
        done = renumber(call, parts["key"], parts["field"])
    words = console.say("renumbered", changed=len(done.changed), batch=call.batch)
    console.result(words, renumbering_document(done, call.batch))
    return 0


def _shown(console: Console, found: Renumbering) -> str:
    counts = console.say("renumber_counts", records=found.records, changed=len(found.changed))
    if not found.changed:
        return counts
    rows = [(str(each.id), each.before or "", each.after) for each in found.first]
    more = ["…"] if len(found.changed) > len(rows) else []
    return "\n".join([counts, table(rows, console.say("renumber_head").split()), *more])


COMMAND = Command("renumber", "renumber", _configure, _run)
