"""`dougong department`, `dougong team`, `dougong organisation`: the tree, teams, and the organisation as a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from dougong.cli.command import Command, Run, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import calling, database_of, settings_of, user_id_of
from dougong.cli.users import department_at
from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import organisation, restructuring, teams
from dougong.people.directory import names_of, paths_of, sizes_of
from dougong.people.roster_export import roster_sheet
from dougong.records.call import Call
from dougong.web.rosters import done, table_in, tried
from dougong_renderers.tables import WRITERS

FORMATS = ("csv", "xlsx")
Result = TypeVar("Result")


def _child(children: Any, console: Console, name: str, description: str, run: Run) -> argparse.ArgumentParser:
    words = console.say(description)
    child: argparse.ArgumentParser = children.add_parser(name, help=words, description=words)
    child.set_defaults(run=run)
    takes_database(child, console)
    takes_format(child, console)
    return child


# -- departments --------------------------------------------------------------------------------------------------------


def _configure_department(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    _child(children, console, "list", "department_list", _list_departments)
    add = _child(children, console, "add", "department_add", _add_department)
    add.add_argument("path", metavar="PATH", help=console.say("opt_department_path"))
    add.add_argument("--head", metavar="LOGIN", help=console.say("opt_head"))
    head = _child(children, console, "head", "department_set_head", _set_head)
    head.add_argument("path", metavar="PATH", help=console.say("opt_department_path"))
    head.add_argument("login", metavar="LOGIN", nargs="?", help=console.say("opt_head"))
    remove = _child(children, console, "remove", "department_remove", _remove_department)
    remove.add_argument("path", metavar="PATH", help=console.say("opt_department_path"))


def _list_departments(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).reading() as connection:
        every = {each.id: each for each in organisation.departments(connection)}
        names = names_of(connection, {each.head_id for each in every.values() if each.head_id})
        sizes = sizes_of(connection)
        paths = paths_of(connection)
    document = [
        {
            "id": identifier,
            "path": path,
            "head": names.get(every[identifier].head_id or 0, ""),
            "people": sizes.get(identifier, 0),
        }
        for identifier, path in paths.items()
    ]
    rows = [[str(each[name]) for name in ("path", "head", "people")] for each in document]
    heads = [console.say(f"heading_{name}") for name in ("department", "head", "people")]
    console.result(table(rows, heads) if rows else console.say("no_departments"), document)
    return 0


def _add_department(options: argparse.Namespace, console: Console) -> int:
    """Every part of the path that is missing is made; the head is that of the last one."""

    def add(call: Call) -> int:
        known = {path: identifier for identifier, path in paths_of(call.connection).items()}
        at: int | None = None
        names = options.path.split("/")
        for place in range(len(names)):
            path = "/".join(names[: place + 1])
            at = known.get(path) or restructuring.add_department(call, names[place], at)
        assert at is not None
        if options.head:
            restructuring.change_department(call, at, head_id=user_id_of(call.connection, options.head))
        return at

    identifier = _write(options, console, add)
    console.result(
        console.say("department_added", path=options.path), {"id": identifier, "path": options.path}
    )
    return 0


def _set_head(options: argparse.Namespace, console: Console) -> int:
    def change(call: Call) -> None:
        head = user_id_of(call.connection, options.login) if options.login else None
        restructuring.change_department(call, department_at(call, options.path, console), head_id=head)

    _write(options, console, change)
    console.result(
        console.say("department_changed", path=options.path), {"path": options.path, "head": options.login}
    )
    return 0


def _remove_department(options: argparse.Namespace, console: Console) -> int:
    _write(
        options,
        console,
        lambda call: restructuring.remove_department(call, department_at(call, options.path, console)),
    )
    console.result(console.say("department_removed", path=options.path), {"path": options.path})
    return 0


# -- teams --------------------------------------------------------------------------------------------------------------


def _configure_team(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    _child(children, console, "list", "team_list", _list_teams)
    put = _child(children, console, "set", "team_set", _set_team)
    put.add_argument("name", metavar="NAME", help=console.say("opt_team"))
    put.add_argument("members", metavar="LOGIN", nargs="*", help=console.say("opt_team_members"))
    put.add_argument("--lead", metavar="LOGIN", help=console.say("opt_lead"))
    remove = _child(children, console, "remove", "team_remove", _remove_team)
    remove.add_argument("name", metavar="NAME", help=console.say("opt_team"))


def _list_teams(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).reading() as connection:
        every = teams.teams(connection)
        names = names_of(connection, {each.lead_id for each in every if each.lead_id})
    document = [
        {"id": each.id, "name": each.name, "lead": names.get(each.lead_id or 0, ""), "people": each.members}
        for each in every
    ]
    rows = [[each.name, names.get(each.lead_id or 0, ""), str(each.members)] for each in every]
    heads = [console.say(f"heading_{name}") for name in ("name", "lead", "people")]
    console.result(table(rows, heads) if rows else console.say("no_teams"), document)
    return 0


def _set_team(options: argparse.Namespace, console: Console) -> int:
    """Add a team, or say anew who is in the one of that name."""

    def put(call: Call) -> int:
        members = [user_id_of(call.connection, login) for login in options.members]
        lead = user_id_of(call.connection, options.lead) if options.lead else None
        known = {each.name: each.id for each in teams.teams(call.connection)}
        if options.name not in known:
            return restructuring.add_team(call, options.name, lead, members)
        restructuring.change_team(call, known[options.name], lead_id=lead, members=members)
        return known[options.name]

    identifier = _write(options, console, put)
    said = console.say("team_saved", name=options.name, count=len(set(options.members)))
    console.result(said, {"id": identifier, "name": options.name, "members": sorted(set(options.members))})
    return 0


def _remove_team(options: argparse.Namespace, console: Console) -> int:
    def remove(call: Call) -> None:
        for each in teams.teams(call.connection):
            if each.name == options.name:
                restructuring.remove_team(call, each.id)
                return
        raise Refusal("missing", [Diagnostic("C107", console.say("no_team", name=options.name))])

    _write(options, console, remove)
    console.result(console.say("team_removed", name=options.name), {"name": options.name})
    return 0


# -- the organisation as a file -------------------------------------------------------------------------------------------


def _configure_organisation(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    bring = _child(children, console, "import", "organisation_import", _import)
    bring.add_argument("file", metavar="FILE", type=Path, help=console.say("opt_roster_file"))
    bring.add_argument("--dry-run", action="store_true", help=console.say("opt_roster_dry_run"))
    give = _child(children, console, "export", "organisation_export", _export)
    give.add_argument("--output", metavar="FILE", type=Path, help=console.say("opt_roster_output"))


def _import(options: argparse.Namespace, console: Console) -> int:
    if not options.file.is_file():
        raise Refusal("missing", [Diagnostic("C131", str(options.file))])
    content = table_in(options.file, options.file.name, console.language)
    outcome: dict[str, Any] = _write(
        options, console, lambda call: tried(call, content) if options.dry_run else done(call, content)
    )
    counts = {name: f"{outcome[name]:,}" for name in ("added", "changed", "unchanged", "disabled", "failed")}
    lines = [console.say("organisation_tried" if options.dry_run else "organisation_imported", **counts)]
    lines += [f"{each['line']}: {each['column']}: {each['message']}" for each in outcome["problems"]]
    console.result("\n".join(lines), outcome)
    return 1 if outcome["problems"] else 0


def _export(options: argparse.Namespace, console: Console) -> int:
    kind = options.output.suffix.lstrip(".").lower() if options.output else "csv"
    if kind not in FORMATS:
        raise Refusal("invalid", [Diagnostic("C133", console.say("bad_roster_format", value=kind))])
    write = WRITERS[kind]
    with database_of(options).reading() as connection:
        sheet = roster_sheet(connection, console.language)
        if options.output:
            with options.output.open("wb") as target:
                count = write(sheet, cast(BinaryIO, target))
            console.result(
                console.say("organisation_exported", count=count, file=options.output),
                {"people": count, "file": str(options.output)},
            )
        else:
            write(sheet, sys.stdout.buffer)
    return 0


def _write(options: argparse.Namespace, console: Console, change: Callable[[Call], Result]) -> Result:
    with calling(database_of(options), settings_of(options), console, write=True) as call:
        return change(call)


DEPARTMENT = Command("department", "department", _configure_department, lambda options, console: 2)
TEAM = Command("team", "team", _configure_team, lambda options, console: 2)
ORGANISATION = Command("organisation", "organisation", _configure_organisation, lambda options, console: 2)
