"""`dougong serve`: the server of installed apps; with app folders, applied first and again on every change."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from dougong import assembly
from dougong.cli.command import Command, takes_apps, takes_database
from dougong.cli.console import Console
from dougong.cli.opening import database_of, settings_of
from dougong.cli.planning import apply_folders
from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import setup
from dougong.storage.database import Database
from dougong.web.settings import Settings

BACKLOG = 1024
POLL_SECONDS = 1.0


def takes_address(parser: argparse.ArgumentParser, console: Console, port: int) -> None:
    """The options that say where and with how many processes to serve."""
    parser.add_argument("--host", default="127.0.0.1", help=console.say("opt_host"))
    parser.add_argument("--port", type=_port, default=port, help=console.say("opt_port"))
    parser.add_argument("--workers", type=_workers, default=1, help=console.say("opt_workers"))


def _port(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 65535:
        raise argparse.ArgumentTypeError("1–65535")
    return value


def _workers(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 64:
        raise argparse.ArgumentTypeError("1–64")
    return value


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    takes_apps(parser, console, required=False)
    takes_database(parser, console)
    takes_address(parser, console, 8400)


def _run(options: argparse.Namespace, console: Console) -> int:
    settings = settings_of(options)
    database = database_of(options, create=True)
    if options.apps:
        for version in apply_folders(database, options.apps):
            console.note(console.say("applied", app=version.app, number=version.number))
        threading.Thread(target=watch, args=(database, options.apps, console), daemon=True).start()
    with database.reading() as connection:
        needs_set_up = setup.needs_administrator(connection)
    token = None
    if needs_set_up and not settings.setup_token:
        token, os.environ["DOUGONG_SETUP_TOKEN"] = setup.new_token()
    serve(settings, database, options.host, options.port, options.workers, console, token)
    return 0


def serve(
    settings: Settings,
    database: Database,
    host: str,
    port: int,
    workers: int,
    console: Console,
    token: str | None = None,
) -> None:
    """Serve until interrupted; the processes find their settings in the environment, and of a set-up token only its hash."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    refuse_taken_port(host, port)
    # A forked process would inherit locks and connections of the threads that run beside it here.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ["DOUGONG_DATABASE"] = database.url.render_as_string(hide_password=False)
    address = f"http://{_shown(host)}:{port}/"
    console.note(console.say("serving", address=address))
    if token:
        console.note(console.say("setup_token", address=f"{address}set-up", token=token))
    if settings.worker:
        start_worker(settings, database)
    Granian(
        "dougong.assembly:served",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        backlog=BACKLOG,
        backpressure=settings.connections,
        http1_settings=HTTP1Settings(header_read_timeout=int(settings.patience * 1000)),
        http=HTTPModes.http1,
        websockets=False,
        factory=True,
        log_enabled=False,
        respawn_failed_workers=True,
    ).serve()


def refuse_taken_port(host: str, port: int) -> None:
    """Say plainly that somebody else listens there, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"one cannot listen at {host}:{port}: {error.strerror}"
            raise Refusal("conflict", [Diagnostic("C110", message, hint="--port")]) from error


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # nosec B104 - only what is printed
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def start_worker(settings: Settings, database: Database) -> None:
    """Background work in threads of the supervising process."""
    assembly.worker(settings, database).start()


def watch(
    database: Database, folders: Sequence[str], console: Console, stop: threading.Event | None = None
) -> None:
    """Apply the folders again whenever a file in them changes; what does not compile is said, and the old version stays."""
    seen = snapshot(folders)
    while stop is None or not stop.is_set():
        time.sleep(POLL_SECONDS)
        now = snapshot(folders)
        if now == seen:
            continue
        seen = now
        try:
            for version in apply_folders(database, folders):
                console.note(console.say("reloaded", app=version.app, number=version.number))
        except Refusal as refusal:
            console.note(console.say("reload_refused"))
            console.findings(refusal.problems)


def snapshot(folders: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The files of some folders with their time and size."""
    found: dict[str, tuple[int, int]] = {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            try:
                state = path.stat()
            except OSError:
                continue
            if path.is_file():
                found[str(path)] = (state.st_mtime_ns, state.st_size)
    return found


COMMAND = Command("serve", "serve", _configure, _run)
