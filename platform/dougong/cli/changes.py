"""`dougong batch` and `dougong undo`: many changes at once, and taking them back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console, documents, finding_line
from dougong.cli.opening import calling, database_of, entity_key_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.batch import MOST, Operation, Outcome, batch
from dougong.records.batches import in_batch
from dougong.records.undo import conflict_problem, undo, undo_batch
from dougong.web.api.records import read_operation
from dougong.web.bodies import parse


def _configure_batch(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("entity", metavar="APPID.ENTITY", help=console.say("opt_entity"))
    parser.add_argument("file", metavar="FILE", help=console.say("opt_batch_file"))
    parser.add_argument("--each", action="store_true", help=console.say("opt_each"))
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=console.say("opt_as"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run_batch(options: argparse.Namespace, console: Console) -> int:
    operations = list(_operations(options.file, options.entity.partition(".")[0], console))
    with calling(database_of(options), settings_of(options), console, options.login, write=True) as connected:
        call = in_batch(connected, "batch")
        key = entity_key_of(call.release, options.entity)
        outcomes = batch(call, key, operations, atomic=not options.each)
    refused = [outcome for outcome in outcomes if outcome.refused]
    words = console.say(
        "batch_done", done=len(outcomes) - len(refused), refused=len(refused), batch=call.batch
    )
    results = [_result(outcome, console) for outcome in outcomes]
    console.result(words, {"batch": call.batch, "results": results})
    for outcome in refused[:20]:
        for found in outcome.problems:
            console.note(finding_line(found, console.language))
    return 1 if refused else 0


def _operations(name: str, app: str, console: Console) -> Iterator[Operation]:
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    lines = [line for line in data.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise Refusal("too_large", [Diagnostic("C134", console.say("bad_line", line=MOST + 1, reason=MOST))])
    for number, line in enumerate(lines, 1):
        try:
            yield read_operation(parse(line), app, str(number))
        except Refusal as refusal:
            said = console.say(
                "bad_line", line=number, reason=finding_line(refusal.problems[0], console.language)
            )
            raise Refusal("invalid", [Diagnostic("C134", said)]) from refusal


def _result(outcome: Outcome, console: Console) -> dict[str, object]:
    found: dict[str, object] = {"id": None if outcome.id is None else str(outcome.id)}
    if outcome.refused:
        found |= {"refused": outcome.refused, "errors": documents(outcome.problems, console.language)}
    return found


def _configure_undo(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("batch", metavar="BATCH", help=console.say("opt_batch"))
    parser.add_argument("--skip", action="store_true", help=console.say("opt_skip"))
    parser.add_argument("--dry-run", action="store_true", help=console.say("opt_dry_run"))
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=console.say("opt_as"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run_undo(options: argparse.Namespace, console: Console) -> int:
    mode = "skip" if options.skip else "refuse"
    is_import = options.batch.isascii() and options.batch.isdigit() and len(options.batch) < 19
    with calling(database_of(options), settings_of(options), console, options.login, write=True) as call:
        if is_import:
            done = undo(call, int(options.batch), mode, options.dry_run)
        else:
            done = undo_batch(call, options.batch, mode, options.dry_run)
        problems = [conflict_problem(call, each) for each in done.conflicts]
    numbers = {"deleted": done.deleted, "restored": done.restored, "skipped": done.skipped}
    words = console.say("undone_dry" if options.dry_run else "undone", batch=done.batch, **numbers)
    conflicts = documents(problems[:1000], console.language)
    name = None if options.dry_run else done.batch
    console.result(words, {"batch": name, **numbers, "dry_run": options.dry_run, "conflicts": conflicts})
    for found in problems[:20]:
        console.note(finding_line(found, console.language))
    return 0


BATCH = Command("batch", "batch", _configure_batch, _run_batch)
UNDO = Command("undo", "undo", _configure_undo, _run_undo)
