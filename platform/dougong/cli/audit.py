"""`dougong audit`: reads the audit trail, seals it, checks the chain, and lets old entries go."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dougong.cli.command import Command, Run, takes_database, takes_format
from dougong.cli.console import Console, documents, table
from dougong.cli.opening import calling, database_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import evidence
from dougong.records.audit_trail import MOST, trail
from dougong.screens.audit import audit_line
from dougong.storage.evidence.checking import check
from dougong.storage.evidence.sealing import Head, head, seal
from dougong.web.auditing import document, wish_of

_NAMES = ("person", "action", "entity", "record", "batch", "address", "since", "until")


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    listed = _child(children, console, "list", "audit_list", _list)
    for name in _NAMES:
        listed.add_argument(
            f"--{name}", metavar=name.upper(), default="", help=console.say(f"opt_audit_{name}")
        )
    listed.add_argument("--limit", metavar="COUNT", type=_limit, default=100, help=console.say("opt_limit"))
    sealed = _child(children, console, "seal", "audit_seal", _seal)
    sealed.add_argument("--to", metavar="FILE", type=Path, help=console.say("opt_audit_to"))
    verified = _child(children, console, "verify", "audit_verify", _verify)
    verified.add_argument("--against", metavar="FILE", type=Path, help=console.say("opt_audit_against"))
    cut = _child(children, console, "cut", "audit_cut", _cut)
    cut.add_argument(
        "--before", metavar="DATE", required=True, type=_day, help=console.say("opt_audit_before")
    )


def _child(children: Any, console: Console, name: str, description: str, run: Run) -> argparse.ArgumentParser:
    words = console.say(description)
    child: argparse.ArgumentParser = children.add_parser(name, help=words, description=words)
    child.set_defaults(run=run)
    takes_database(child, console)
    takes_format(child, console)
    return child


def _limit(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 100_000:
        raise ValueError(text)
    return count


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _list(options: argparse.Namespace, console: Console) -> int:
    given = {name: getattr(options, name) for name in _NAMES}
    with calling(database_of(options), settings_of(options), console) as call:
        wish, problems = wish_of(call, given)
        if problems:
            raise Refusal("invalid", [Diagnostic("C170", words, name) for name, words in problems.items()])
        rows: list[list[str]] = []
        found: list[dict[str, Any]] = []
        cursor = ""
        while len(found) < options.limit:
            page = trail(call, wish, min(MOST, options.limit - len(found)), cursor)
            found += [document(call, each, page.titles) for each in page.entries]
            lines = [audit_line(call, each, page.titles) for each in page.entries]
            rows += [
                [
                    f"{each.day} {each.time}",
                    each.person.text if each.person is not None else "",
                    each.text,
                    f"{each.about.note} {each.about.text}".strip() if each.about is not None else "",
                    each.note,
                ]
                for each in lines
            ]
            cursor = page.next
            if not cursor:
                break
    heads = [console.say(f"heading_{name}") for name in ("time", "person", "action", "about", "where")]
    console.result(table(rows, heads) if rows else console.say("audit_nothing"), found)
    return 0


def _seal(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    count = seal(database)
    with database.reading() as connection:
        newest = head(connection)
    words = {"number": newest.number, "hash": newest.hash}
    kept = {**words, "at": newest.at.isoformat() if newest.at is not None else None}
    if options.to is not None:
        with options.to.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept) + "\n")
    console.result(console.say("audit_sealed", count=count, **words), {"sealed": count, **kept})
    return 0


def _verify(options: argparse.Namespace, console: Console) -> int:
    against = _heads(options.against, console) if options.against is not None else []
    with database_of(options).reading() as connection:
        found = check(connection, against)
    if console.as_json:
        document = {
            "clean": not found.problems,
            "blocks": found.blocks,
            "entries": found.entries,
            "waiting": found.waiting,
            "number": found.head.number,
            "hash": found.head.hash,
            "errors": documents(found.problems, console.language),
        }
        console.result("", document)
    elif not found.problems:
        words = {"blocks": found.blocks, "entries": found.entries, "waiting": found.waiting}
        console.result(console.say("audit_verified", **words))
    console.findings(found.problems)
    return 1 if found.problems else 0


def _heads(file: Path, console: Console) -> list[Head]:
    """The heads that were kept in a file, one a line."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            kept = json.loads(line)
            number, known = kept["number"], kept["hash"]
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(file, console) from error
        if isinstance(number, bool) or not isinstance(number, int) or not isinstance(known, str):
            raise _unreadable(file, console)
        if number:
            found.append(Head(number, known, None))
    if not found:
        raise _unreadable(file, console)
    return found


def _unreadable(file: Path, console: Console) -> Refusal:
    return Refusal("invalid", [Diagnostic("C171", console.say("audit_no_heads", file=file.name))])


def _cut(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)
    moment = datetime.combine(options.before, time.min, ZoneInfo(settings.timezone)).astimezone(UTC)
    gone = evidence.cut_before(database, moment)
    console.result(console.say("audit_cut_done", count=gone), {"cut": gone, "before": moment.isoformat()})
    return 0


COMMAND = Command("audit", "audit", _configure, lambda options, console: 2)
