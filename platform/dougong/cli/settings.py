"""`dougong settings`: the environment variables that are read, from the registry itself."""

from __future__ import annotations

import argparse

from dougong.cli.command import Command, takes_format
from dougong.cli.console import Console, table
from dougong.web.settings import REGISTRY


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    heads = [console.say(f"heading_{name}") for name in ("setting", "default", "meaning")]
    meanings = [each.zh if console.language == "zh" else each.en for each in REGISTRY]
    rows = [
        [each.environment, each.default, meaning] for each, meaning in zip(REGISTRY, meanings, strict=True)
    ]
    keys = ("variable", "default", "meaning")
    console.result(table(rows, heads), [dict(zip(keys, row, strict=True)) for row in rows])
    return 0


COMMAND = Command("settings", "settings", _configure, _run)
