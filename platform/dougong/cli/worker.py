"""`dougong worker`: background work in a process of its own."""

from __future__ import annotations

import argparse
import signal
import threading

from dougong import assembly
from dougong.cli.command import Command, takes_database
from dougong.cli.console import Console
from dougong.cli.opening import database_of, settings_of


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_database(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    settings, stop = settings_of(options), threading.Event()
    worker = assembly.worker(settings, database_of(options, create=True))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    console.note(console.say("worker_started"))
    with worker:
        stop.wait()
    return 0


COMMAND = Command("worker", "worker", _configure, _run)
