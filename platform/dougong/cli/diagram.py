"""`dougong diagram`: an app drawn as SVG, from its folder or as it is installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from dougong import assembly
from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import app_id_of, database_of
from dougong.compiler.folders import compile_folders
from dougong.model.app import App
from dougong_renderers.diagrams.draw import KINDS


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("app", metavar="APP", help=console.say("opt_apps"))
    parser.add_argument("--kind", choices=tuple(KINDS), required=True, help=console.say("opt_kind"))
    parser.add_argument("--to", metavar="FILE", required=True, help=console.say("opt_to_file"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    drawn = KINDS[options.kind](_app(options), console.language)
    Path(options.to).write_text(drawn, encoding="utf-8")
    console.result(console.say("drawn", file=options.to), {"file": options.to})
    return 0


def _app(options: argparse.Namespace) -> App:
    """The app in a folder, or the installed one of that id."""
    if Path(options.app).is_dir() or "/" in options.app:
        [app] = compile_folders([options.app])
        return app
    release = assembly.releases(database_of(options)).current()
    return release.app(app_id_of(release, options.app))


COMMAND = Command("diagram", "diagram", _configure, _run)
