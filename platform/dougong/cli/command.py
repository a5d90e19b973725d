"""What a command is, and what they all have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from dougong.cli.console import Console

Run = Callable[[argparse.Namespace, Console], int]
Configure = Callable[[argparse.ArgumentParser, Console], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, the key of its description, its options, and what it does; the answer is the exit status."""

    name: str
    description: str
    configure: Configure
    run: Run


def takes_database(parser: argparse.ArgumentParser, console: Console) -> None:
    """The option that nearly every command has."""
    parser.add_argument("--database", metavar="URL", help=console.say("opt_database"))


def takes_format(parser: argparse.ArgumentParser, console: Console) -> None:
    """The option of commands whose output may be read by a program."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help=console.say("opt_format"))


def takes_apps(parser: argparse.ArgumentParser, console: Console, required: bool = True) -> None:
    """The app folders a command works on."""
    parser.add_argument("apps", metavar="APP", nargs="+" if required else "*", help=console.say("opt_apps"))
