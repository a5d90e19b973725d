"""`dougong check`: every finding in some app folders."""

from __future__ import annotations

import argparse

from dougong.cli.command import Command, takes_apps, takes_format
from dougong.cli.console import Console, documents, finding_line
from dougong.compiler.folders import compile_folders
from dougong.diagnostics import Diagnostic, Refusal, Severity
from dougong.model.app import App


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_apps(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    problems: list[Diagnostic] = []
    apps: list[App] = []
    try:
        apps = compile_folders(options.apps)
    except Refusal as refusal:
        problems = list(refusal.problems)
    errors = [each for each in problems if each.severity is Severity.ERROR]
    if console.as_json:
        console.result("", {"clean": not errors, "errors": documents(problems, console.language)})
    for problem in problems:
        line = finding_line(problem, console.language)
        console.note(line)
    if errors:
        console.note(console.say("check_found", errors=len(errors), warnings=len(problems) - len(errors)))
        return 1
    if not console.as_json:
        console.result(console.say("check_clean", apps=", ".join(app.id for app in apps)))
    return 0


COMMAND = Command("check", "check", _configure, _run)
