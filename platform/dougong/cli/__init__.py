"""The command line: one file a command, exit status 0 done, 1 refused or failed, 2 wrongly used."""

from __future__ import annotations

from dougong.cli.program import main

__all__ = ["main"]
