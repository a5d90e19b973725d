"""`dougong schema`: the JSON Schemas that editors check definition files with."""

from __future__ import annotations

import argparse
from pathlib import Path

from dougong.cli.command import Command, takes_format
from dougong.cli.console import Console
from dougong.definitions import schemas


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("--to", metavar="DIR", help=console.say("opt_to_folder"))
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    if options.to:
        written = schemas.write(Path(options.to))
        names = [str(each) for each in written]
        console.result(console.say("schema_written", count=len(names), folder=options.to), {"files": names})
        return 0
    everything = {kind: schemas.schema(kind) for kind in schemas.KINDS}
    console.with_json().result("", everything)
    return 0


COMMAND = Command("schema", "schema", _configure, _run)
