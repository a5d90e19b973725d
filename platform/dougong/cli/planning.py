"""`dougong plan`, `apply` and `rollback`: what would change, and changing it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from dougong import assembly
from dougong.cli.command import Command, takes_apps, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import app_id_of, database_of
from dougong.compiler.folders import compile_folders
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.people.actor import SYSTEM
from dougong.records.call import call_for
from dougong.records.rights_effects import with_effects
from dougong.storage.apply import apply as apply_plan
from dougong.storage.database import Database
from dougong.storage.ledger import Version
from dougong.storage.mends import NONE, Wish, Wishes
from dougong.storage.plan import Plan
from dougong.storage.plan import plan as plan_app
from dougong.storage.prepare import Progress, prepare
from dougong.storage.problems import problem
from dougong.storage.proving import prove
from dougong.storage.rollback import plan_rollback
from dougong.web.planning import plan_document, version_document


def plans_for(
    database: Database, apps: Iterable[App], wishes: Wishes = NONE, counted: bool = False
) -> list[Plan]:
    """The plan of each app against what is installed; `wishes` say how values are mended.

    `counted` has the effects on people's rights in it, for those who look at the plan.
    """
    with database.reading() as connection:
        release = assembly.releases(database).pinned(connection)
        call = call_for(release, connection, SYSTEM, "cli")
        plans = (
            plan_app(release.recorded.get(app.id), app, connection, wishes=_wishes_for(app.id, wishes))
            for app in apps
        )
        return [with_effects(call, plan) if counted else plan for plan in plans]


def _wishes_for(app: str, wishes: Wishes) -> Wishes:
    return {path: wish for path, wish in wishes.items() if path.partition(".")[0] == app}


def takes_wishes(parser: argparse.ArgumentParser, console: Console) -> None:
    """The options that say how values are mended which the new version does not take."""
    for name in ("--aside", "--use-default"):
        key = "opt_" + name.strip("-").replace("-", "_")
        parser.add_argument(name, metavar="FIELD", action="append", default=[], help=console.say(key))
    parser.add_argument(
        "--backfill",
        metavar="FIELD=EXPRESSION",
        action="append",
        default=[],
        help=console.say("opt_backfill"),
    )


def wishes_of(options: argparse.Namespace, apps: Iterable[str]) -> Wishes:
    """What these options wish; Refusal when they speak of no app that is planned."""
    wishes = {each: Wish("aside") for each in options.aside}
    wishes |= {each: Wish("default") for each in options.use_default}
    for each in options.backfill:
        path, _, expression = each.partition("=")
        wishes[path.strip()] = Wish("backfill", expression.strip())
    known = set(apps)
    strangers = [path for path in wishes if path.partition(".")[0] not in known]
    if strangers:
        example = f"{min(known)}.…"
        raise Refusal("invalid", [problem("P137", path, name=path, nearest=example) for path in strangers])
    return wishes


def show_plans(console: Console, plans: Sequence[Plan]) -> None:
    """The plans for a person."""
    for plan in plans:
        if plan.is_empty:
            print(console.say("plan_empty", app=plan.app.id), file=console.out)
            continue
        print(console.say("plan_head", app=plan.app.id), file=console.out)
        for line in plan.describe(console.language):
            print(f"  {line}", file=console.out)
        if plan.estimate.is_noticeable:
            print(f"  {plan.estimate.describe(console.language)}", file=console.out)
        console.findings(plan.obstacles())
        console.findings(plan.losses())


def _configure_plan(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_apps(parser, console)
    takes_database(parser, console)
    takes_format(parser, console)
    takes_wishes(parser, console)
    parser.add_argument("--detailed-exitcode", action="store_true", help=console.say("opt_detailed"))


def _run_plan(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options, create=True)
    plans = _plans_of_folders(database, options)
    if console.as_json:
        console.result("", {"plans": [plan_document(plan, console.language) for plan in plans]})
    else:
        show_plans(console, plans)
    if any(plan.obstacles() for plan in plans):
        return 1
    return 2 if options.detailed_exitcode and not all(plan.is_empty for plan in plans) else 0


def _plans_of_folders(database: Database, options: argparse.Namespace) -> list[Plan]:
    apps = list(compile_folders(options.apps, assembly.releases(database).current().recorded))
    return plans_for(database, apps, wishes_of(options, [app.id for app in apps]), counted=True)


def _configure_apply(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_apps(parser, console)
    takes_database(parser, console)
    takes_format(parser, console)
    takes_wishes(parser, console)
    parser.add_argument("--yes", action="store_true", help=console.say("opt_yes"))
    parser.add_argument("--allow-loss", action="store_true", help=console.say("opt_allow_loss"))


def _run_apply(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options, create=True)
    plans = _plans_of_folders(database, options)
    pending = [plan for plan in plans if not plan.is_empty]
    if not console.as_json:
        show_plans(console, plans)
    refuse_obstacles(pending, options.allow_loss)
    if pending and not options.yes and not confirmed(console):
        return 1
    wishes = wishes_of(options, [plan.app.id for plan in plans])
    versions = apply_folders(
        database,
        options.apps,
        options.allow_loss,
        wishes=wishes,
        ahead=lambda *far: _show_ahead(console, *far),
    )
    unchanged = [
        {"app": plan.app.id, "number": plan.base, "changed": False} for plan in plans if plan.is_empty
    ]
    if console.as_json:
        console.result("", {"applied": [version_document(each) for each in versions] + unchanged})
    else:
        for version in versions:
            print(console.say("applied", app=version.app, number=version.number), file=console.out)
    return 0


def _show_ahead(console: Console, what: str, done: int, total: int) -> None:
    console.progress(console.say("preparing", what=what, done=done, total=total), final=done == total)


def refuse_obstacles(plans: Iterable[Plan], allow_loss: bool) -> None:
    """Refuse before anything is asked when a plan cannot be applied anyway."""
    problems: list[Diagnostic] = []
    for plan in plans:
        problems += plan.obstacles()
        problems += [] if allow_loss else plan.losses()
    if problems:
        raise Refusal("conflict", problems)


def apply_folders(
    database: Database,
    folders: Sequence[str | Path],
    allow_loss: bool = False,
    note: str = "",
    wishes: Wishes = NONE,
    ahead: Progress | None = None,
) -> list[Version]:
    """Apply the apps of some folders one after the other, each planned against what the one before left.

    With `ahead`, which is told how far it is, large tables are changed before anybody has to wait.
    """
    releases = assembly.releases(database)
    versions = []
    for app in compile_folders(folders, releases.current().recorded):
        [plan] = plans_for(database, [app], wishes)
        if not plan.is_empty:
            if ahead is not None and not plan.obstacles() and (allow_loss or not plan.losses()):
                prepare(plan, database, progress=ahead)
            versions.append(
                apply_plan(plan, database, note=note, allow_loss=allow_loss, afterwards=assembly.after_apply)
            )
            prove(database)
    return versions


def confirmed(console: Console, question: str = "apply_ask") -> bool:
    """Whether the person at the terminal says yes; where nobody can be asked, that is said and the answer is no."""
    asked = _ask(console, console.say(question))
    if asked is not True:
        console.note(console.say("apply_need_yes" if asked is None else "apply_not"))
    return asked is True


def _ask(console: Console, question: str) -> bool | None:
    """Yes or no from a terminal; nothing where there is none."""
    if not sys.stdin.isatty():
        return None
    print(question, end="", file=console.err, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是", "好")


def _configure_rollback(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("app", metavar="APPID", help=console.say("opt_apps"))
    parser.add_argument("--to", type=int, metavar="VERSION", help=console.say("opt_to_version"))
    parser.add_argument("--allow-loss", action="store_true", help=console.say("opt_allow_loss"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run_rollback(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    releases = assembly.releases(database)
    with database.reading() as connection:
        release = releases.pinned(connection)
        app = app_id_of(release, options.app)
        plan = plan_rollback(releases, connection, app, options.to)
    version = apply_plan(plan, database, allow_loss=options.allow_loss, afterwards=assembly.after_apply)
    prove(database)
    words = console.say("rolled_back", app=app, to=plan.returns_to, number=version.number)
    console.result(words, version_document(version) | {"returned_to": plan.returns_to})
    return 0


PLAN = Command("plan", "plan", _configure_plan, _run_plan)
APPLY = Command("apply", "apply", _configure_apply, _run_apply)
ROLLBACK = Command("rollback", "rollback", _configure_rollback, _run_rollback)
