"""`dougong calendar`: the days on which the company works or rests otherwise than the week says."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from dougong.cli.command import Command, Run, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import calling, database_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.call import Call
from dougong.records.company_days import LONGEST_NAME, MOST, announced, enter_days, recompute, take_out
from dougong.storage.company_calendar import CalendarDay, days_of

KINDS = {"rest": False, "work": True, "休": False, "班": True}


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    listed = _child(children, console, "list", "calendar_list", _list)
    listed.add_argument("--year", metavar="YEAR", type=_year, help=console.say("opt_year"))
    entered = _child(children, console, "import", "calendar_import", _import)
    entered.add_argument("file", metavar="FILE", type=Path, help=console.say("opt_calendar_file"))
    china = _child(children, console, "china", "calendar_china", _china)
    china.add_argument("year", metavar="YEAR", type=_year, help=console.say("opt_year"))
    removed = _child(children, console, "remove", "calendar_remove", _remove)
    removed.add_argument("year", metavar="YEAR", type=_year, help=console.say("opt_year"))


def _child(children: Any, console: Console, name: str, description: str, run: Run) -> argparse.ArgumentParser:
    words = console.say(description)
    child: argparse.ArgumentParser = children.add_parser(name, help=words, description=words)
    child.set_defaults(run=run)
    takes_database(child, console)
    takes_format(child, console)
    return child


def _year(text: str) -> int:
    year = int(text)
    if not 1 <= year <= 9999:
        raise ValueError(text)
    return year


def _list(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).reading() as connection:
        days = days_of(connection, options.year)
    heads = [console.say(f"heading_{name}") for name in ("day", "kind", "holiday")]
    rows = [[each.day.isoformat(), console.say(_kind(each)), each.name] for each in days]
    document = [
        {"day": each.day.isoformat(), "kind": "work" if each.worked else "rest", "name": each.name}
        for each in days
    ]
    console.result(table(rows, heads), document)
    return 0


def _kind(day: CalendarDay) -> str:
    return "calendar_work" if day.worked else "calendar_rest"


def _import(options: argparse.Namespace, console: Console) -> int:
    return _enter(list(read_days(options.file, console)), options, console)


def read_days(file: Path, console: Console) -> Iterator[CalendarDay]:
    """The days of a CSV file: date, `rest` or `work`, and a name; a heading is left out. Refused with the line that is wrong."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(console.say("no_file", file=file, reason=error)) from error
    if len(lines) > MOST:
        raise _refused(console.say("bad_calendar_line", line=MOST + 1, reason=MOST))
    for number, cells in enumerate(csv.reader(lines), start=1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (number == 1 and cells[0].lower() in ("day", "date", "日期")):
            continue
        try:
            name = cells[2] if len(cells) > 2 else ""
            yield CalendarDay(date.fromisoformat(cells[0]), KINDS[cells[1].lower()], name[:LONGEST_NAME])
        except (ValueError, KeyError, IndexError) as error:
            said = console.say("bad_calendar_line", line=number, reason=",".join(cells)[:60])
            raise _refused(said) from error


def _refused(message: str) -> Refusal:
    return Refusal("invalid", [Diagnostic("C136", message)])


def _china(options: argparse.Namespace, console: Console) -> int:
    return _enter(announced(options.year, console.language), options, console)


def _enter(days: list[CalendarDay], options: argparse.Namespace, console: Console) -> int:
    opened = _opened(options, console)
    with opened() as call:
        count = enter_days(call, days)
    changed = recompute(opened)
    said = console.say("calendar_entered", count=count, changed=changed)
    console.result(said, {"entered": count, "changed": changed})
    return 0


def _remove(options: argparse.Namespace, console: Console) -> int:
    opened = _opened(options, console)
    with opened() as call:
        count = take_out(call, date(options.year, 1, 1), date(options.year, 12, 31))
    changed = recompute(opened)
    said = console.say("calendar_removed", count=count, changed=changed)
    console.result(said, {"removed": count, "changed": changed})
    return 0


def _opened(options: argparse.Namespace, console: Console) -> Callable[[], AbstractContextManager[Call]]:
    """Writing calls of the platform itself, again and again."""
    database, settings = database_of(options), settings_of(options)
    return lambda: calling(database, settings, console, write=True)


COMMAND = Command("calendar", "calendar", _configure, lambda options, console: 2)
