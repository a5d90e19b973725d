"""Reads the command line, runs one command, and turns whatever happens into an exit status."""

from __future__ import annotations

import argparse
import gc
import getpass
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

import sqlalchemy

from dougong.cli.console import Console, standard_console
from dougong.cli.opened import close_databases
from dougong.cli.registry import commands
from dougong.diagnostics import Refusal
from dougong.people.origin import Origin, coming_from


class Formatter(argparse.HelpFormatter):
    """Help whose own words are in the reader's language too."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, Parser.console.say("usage") if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks the reader's language; the status of a usage error is 2."""

    console: Console = standard_console()

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **more, "add_help": False})
        self._optionals.title = self.console.say("options")
        self._positionals.title = self.console.say("arguments")
        self.add_argument("-h", "--help", action="help", help=self.console.say("opt_help"))

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        command = self.prog.partition(" ")[2]
        print(self.console.say("usage_error", reason=message), file=sys.stderr)
        print(self.console.say("try_help", command=command).replace("  ", " "), file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused or failed, 2 wrongly used."""
    console = standard_console()
    Parser.console = console
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser(console, given[0] if given else "")
    try:
        options = parser.parse_args(given)
    except SystemExit as stop:
        return int(stop.code or 0)
    return run(
        options,
        Console(console.out, console.err, console.language, getattr(options, "format", "text") == "json"),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command that was chosen."""
    # Definitions are large trees that live until the end: looking through them for garbage again and again takes
    # half the time of reading them.
    gc.set_threshold(100_000, 50, 50)
    try:
        with coming_from(Origin(door="cli", agent=_local_user())):
            status: int = options.run(options, console)
        console.out.flush()
        return status
    except Refusal as refusal:
        return console.refused(refusal)
    except KeyboardInterrupt:
        console.note(console.say("interrupted"))
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except sqlalchemy.exc.DBAPIError as error:
        reason = str(error.orig).strip().splitlines()
        console.note(console.say("unexpected", reason=reason[0] if reason else type(error).__name__))
        return 1
    except OSError as error:
        console.note(console.say("no_file", file=error.filename or "", reason=error.strerror or str(error)))
        return 1
    finally:
        close_databases()


def _local_user() -> str:
    """Who runs the program on this machine, for the audit trail."""
    try:
        return f"dougong/{getpass.getuser()}"
    except (KeyError, OSError):
        return "dougong"


def build_parser(console: Console, only: str = "") -> argparse.ArgumentParser:
    """The parser of the command of that name, or of all commands when there is none of it."""
    parser = Parser(prog="dougong", description=console.say("program"))
    parser.add_argument(
        "--version",
        action="version",
        version=f"dougong {installed_version()}",
        help=console.say("opt_version"),
    )
    children = parser.add_subparsers(
        title=console.say("commands"), metavar="COMMAND", required=True, parser_class=Parser
    )
    for command in commands(only):
        words = console.say(command.description)
        child = children.add_parser(command.name, help=words, description=words)
        command.configure(child, console)
        if child.get_default("run") is None:
            child.set_defaults(run=command.run)
    return parser


def installed_version() -> str:
    """The version of the installed package, or that of the source tree."""
    try:
        return version("dougong")
    except PackageNotFoundError:
        from dougong import __version__

        return __version__
