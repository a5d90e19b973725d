"""`dougong demo`: the bundled CRM with demo data on an embedded database of its own, served."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from dougong import assembly
from dougong.cli.command import Command
from dougong.cli.console import Console, table
from dougong.cli.planning import apply_folders
from dougong.cli.serve import serve, takes_address
from dougong.cli.words import WORDS
from dougong.definitions import bundled
from dougong.demo.fill import fill
from dougong.demo.people import Login
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.role import Role
from dougong.people.made_passwords import made_password
from dougong.storage.database import Database
from dougong.web.settings import DemoLogin, read_settings

APP = "crm"
ACCOUNTS = "accounts.json"
DATABASE = "dougong.db"
BUILDING = "dougong.db.building"


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("folder", metavar="DIR", nargs="?", default="demo", help=console.say("opt_folder"))
    parser.add_argument("--no-serve", action="store_true", help=console.say("opt_no_serve"))
    takes_address(parser, console, 8400)


def _run(options: argparse.Namespace, console: Console) -> int:
    folder = Path(options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DATABASE
    if path.exists():
        made = _read_accounts(folder, console)
        console.note(console.say("demo_exists", folder=options.folder))
    else:
        made = _make(folder, console)
    show_accounts(console, made)
    if options.no_serve:
        return 0
    database = assembly.open_database(f"sqlite:///{path}")
    os.environ["DOUGONG_DEMO_ACCOUNTS"] = msgspec.json.encode(made).decode()
    os.environ.setdefault("DOUGONG_LOG_LEVEL", "warning")
    settings = read_settings(database=f"sqlite:///{path}")
    serve(settings, database, options.host, options.port, options.workers, console)
    return 0


def _make(folder: Path, console: Console) -> tuple[DemoLogin, ...]:
    """Build beside the place and move there when all is done: a demo that was interrupted is begun anew."""
    building = folder / BUILDING
    for leftover in folder.glob(f"{BUILDING}*"):
        leftover.unlink()
    database = assembly.open_database(f"sqlite:///{building}")
    made = build(database, console)
    database.dispose()
    kept = folder / ACCOUNTS
    kept.touch(mode=0o600)
    kept.write_bytes(msgspec.json.encode(made))
    building.rename(folder / DATABASE)
    return made


def _read_accounts(folder: Path, console: Console) -> tuple[DemoLogin, ...]:
    """The accounts of the demo in a folder; a database that came there otherwise is nobody's to replace."""
    kept = folder / ACCOUNTS
    try:
        return msgspec.json.decode(kept.read_bytes(), type=tuple[DemoLogin, ...])
    except FileNotFoundError as error:
        raise _unusable("demo_foreign", DATABASE, folder, console) from error
    except (OSError, msgspec.DecodeError) as error:
        raise _unusable("demo_unread", ACCOUNTS, folder, console) from error


def _unusable(why: str, name: str, folder: Path, console: Console) -> Refusal:
    message = console.say(why, folder=folder.name, file=name)
    return Refusal("conflict", [Diagnostic("C150", message, hint=console.say("demo_elsewhere"))])


def build(database: Database, console: Console) -> tuple[DemoLogin, ...]:
    """Install the CRM, its people and its demo data in an empty database; the answer are the accounts to sign in with."""
    console.note(console.say("demo_apply"))
    apply_folders(database, [bundled.folder(APP)])
    release = assembly.releases(database).current()
    filled = fill(
        database,
        release,
        APP,
        datetime.now(UTC),
        made_password,
        lambda *words: console.progress(" ".join(str(each) for each in words)),
    )
    count = sum(filled.rows.values())
    console.progress(console.say("demo_data", count=f"{count:,}"), final=True)
    roles = release.app(APP).roles
    return tuple(
        DemoLogin(each.login, each.password or "", each.name, _titles(each, roles))
        for each in filled.logins
        if each.password
    )


def _titles(login: Login, roles: Mapping[str, Role]) -> dict[str, str]:
    """What the person of an account does, per language."""
    separators = {"zh": "、", "en": ", "}
    return {
        language: separator.join(
            [roles[name].label.get(language) for name in login.roles if name in roles]
            + ([WORDS["state_admin"][language == "en"]] if login.is_admin else [])
        )
        for language, separator in separators.items()
    }


def show_accounts(console: Console, made: tuple[DemoLogin, ...]) -> None:
    """The accounts for whoever tries it out."""
    heads = [console.say(f"heading_{name}") for name in ("name", "login", "password")]
    print(console.say("demo_accounts"), file=console.out)
    print(
        table(
            [[f"{each.name} · {each.titles[console.language]}", each.login, each.password] for each in made],
            heads,
        ),
        file=console.out,
        flush=True,
    )


COMMAND = Command("demo", "demo", _configure, _run)
