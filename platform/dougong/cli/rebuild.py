"""`dougong rebuild`: computes stored formulas again and says how many values were wrong; none ever should be."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import app_id_of, calling, database_of, entity_key_of, settings_of
from dougong.compiler.dependencies import Formula
from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.records.call import Call
from dougong.records.dependents import dependents_of
from dougong.records.rebuild import Rebuilt, rebuild
from dougong.storage.release import Release


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    help_text = console.say("opt_rebuilt")
    parser.add_argument("subject", nargs="?", default="", metavar="APPID[.ENTITY[.FIELD]]", help=help_text)
    parser.add_argument("--dry-run", action="store_true", help=console.say("opt_rebuild_dry"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    database, settings = database_of(options), settings_of(options)

    def opened() -> AbstractContextManager[Call]:
        return calling(database, settings, console, write=True)

    with opened() as call:
        formulas = _meant(call.release, options.subject)
    found = rebuild(opened, formulas, write=not options.dry_run)
    console.result(_shown(console, found, options.dry_run), _document(found, options.dry_run))
    return 1 if found.wrong or found.unfit else 0


def _meant(release: Release, subject: str) -> list[Formula]:
    """The formulas that are named: all, those of an app, of an entity with its rows, or one (`lines.amount` for one of rows)."""
    known = [formula for levels in dependents_of(release).levels.values() for formula in levels]
    if not subject:
        return known
    app, _, rest = subject.partition(".")
    app = app_id_of(release, app)
    if not rest:
        return [formula for formula in known if formula[0].partition(".")[0] == app]
    entity, _, name = rest.partition(".")
    key = entity_key_of(release, f"{app}.{entity}")
    own = {_path(formula): formula for formula in known if formula[0].partition("/")[0] == key}
    if not name:
        return list(own.values())
    if name not in own:
        message = f"'{key}' has no formula '{name}'"
        words = (("entity", key), ("name", name))
        raise Refusal("missing", [Diagnostic("C137", message, hint=nearest(name, own), parameters=words)])
    return [own[name]]


def _path(formula: Formula) -> str:
    rows = formula[0].partition("/")[2]
    return f"{rows}.{formula[1]}" if rows else formula[1]


def _shown(console: Console, found: Rebuilt, dry_run: bool) -> str:
    word = "rebuild_dry" if dry_run else "rebuilt"
    closing = console.say(word, records=found.records.total(), wrong=found.wrong.total())
    if not found.wrong and not found.unfit:
        return closing
    rows = [
        (_path(formula), formula[0].partition("/")[0], str(found.wrong[formula]), str(found.unfit[formula]))
        for formula in sorted({*found.wrong, *found.unfit})
    ]
    return "\n".join([table(rows, console.say("rebuild_head").split()), closing])


def _document(found: Rebuilt, dry_run: bool) -> dict[str, object]:
    return {
        "records": found.records.total(),
        "wrong": found.wrong.total(),
        "formulas": [
            {
                "entity": formula[0].partition("/")[0],
                "field": _path(formula),
                "wrong": found.wrong[formula],
                "unfit": found.unfit[formula],
            }
            for formula in sorted({*found.wrong, *found.unfit})
        ],
        "dry_run": dry_run,
    }


COMMAND = Command("rebuild", "rebuild", _configure, _run)
