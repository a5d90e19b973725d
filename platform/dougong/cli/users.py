"""`dougong user` and `dougong token`: accounts and what programs sign in with."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from dougong import assembly
from dougong.cli.command import Command, Run, takes_database, takes_format
from dougong.cli.console import Console, table
from dougong.cli.opening import calling, database_of, settings_of, user_id_of
from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.model.text import LANGUAGES
from dougong.people import accounts, administration, tokens
from dougong.people.directory import paths_of
from dougong.people.made_passwords import made_password
from dougong.people.organisation import Membership
from dougong.people.person_values import PersonValues
from dougong.records.call import Call
from dougong.storage.release import Release


def _configure_user(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    add = _child(children, console, "add", "user_add", _add)
    add.add_argument("login", metavar="LOGIN", help=console.say("opt_login"))
    add.add_argument("--name", default="", help=console.say("opt_name"))
    add.add_argument("--email", default="", help=console.say("opt_email"))
    add.add_argument("--language", choices=LANGUAGES, help=console.say("opt_language"))
    add.add_argument(
        "--role", action="append", default=[], metavar="APPID.ROLE", help=console.say("opt_role")
    )
    add.add_argument("--admin", action="store_true", help=console.say("opt_admin"))
    add.add_argument("--password-stdin", action="store_true", help=console.say("opt_password_stdin"))
    _child(children, console, "list", "user_list", _list)
    disable = _child(children, console, "disable", "user_disable", _disable)
    disable.add_argument("login", metavar="LOGIN", help=console.say("opt_login"))
    enable = _child(children, console, "enable", "user_enable", _enable)
    enable.add_argument("login", metavar="LOGIN", help=console.say("opt_login"))
    change = _child(children, console, "change", "user_change", _change)
    change.add_argument("login", metavar="LOGIN", help=console.say("opt_login"))
    change.add_argument("--name", help=console.say("opt_name"))
    change.add_argument("--email", help=console.say("opt_email"))
    change.add_argument("--role", action="append", metavar="APPID.ROLE", help=console.say("opt_roles_all"))
    change.add_argument("--superior", metavar="LOGIN", help=console.say("opt_superior"))
    change.add_argument("--department", action="append", metavar="PATH", help=console.say("opt_department"))
    password = _child(children, console, "password", "user_password", _password)
    password.add_argument("login", metavar="LOGIN", help=console.say("opt_login"))
    password.add_argument("--password-stdin", action="store_true", help=console.say("opt_password_stdin"))


def _child(children: Any, console: Console, name: str, description: str, run: Run) -> argparse.ArgumentParser:
    words = console.say(description)
    child: argparse.ArgumentParser = children.add_parser(name, help=words, description=words)
    child.set_defaults(run=run)
    takes_database(child, console)
    takes_format(child, console)
    return child


def _add(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options, create=True)
    settings = settings_of(options)
    release = assembly.releases(database).current()
    roles = [known_role(release, text) for text in options.role]
    password = _given_password(options, console)
    made = password is None
    password = password if password is not None else made_password()
    with database.writing() as connection:
        accounts.add(
            connection,
            options.login,
            name=options.name,
            email=options.email,
            password=password,
            is_admin=options.admin,
            language=options.language or settings.language,
            timezone=settings.timezone,
            roles=roles,
            rules=settings.password_rules,
        )
    document = {"login": options.login} | ({"password": password} if made else {})
    words = console.say("user_added", login=options.login)
    console.result(
        f"{words}\n{console.say('user_password_is', password=password)}" if made else words, document
    )
    return 0


def known_role(release: Release, text: str) -> tuple[str, str]:
    """A role that exists in an installed app; refused with the nearest one otherwise."""
    app, role = accounts.parse_role(text)
    known = [f"{each.id}.{name}" for each in release.apps.values() for name in each.roles]
    if text not in known:
        raise Refusal(
            "missing", [Diagnostic("C104", f"there is no role '{text}'", hint=nearest(text, known))]
        )
    return app, role


def _given_password(options: argparse.Namespace, console: Console) -> str | None:
    """The password from standard input, or asked for at a terminal; nothing means that one is made."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return None


def _list(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).reading() as connection:
        found = accounts.list_accounts(connection)
    documents = [
        {
            "login": each.login,
            "name": each.name,
            "admin": each.is_admin,
            "disabled": each.is_disabled,
            "roles": [f"{app}.{role}" for app, role in each.roles],
        }
        for each in found
    ]
    heads = [console.say(f"heading_{name}") for name in ("login", "name", "roles", "state")]
    rows = [
        [each.login, each.name, ", ".join(f"{app}.{role}" for app, role in each.roles), _state(each, console)]
        for each in found
    ]
    console.result(table(rows, heads) if rows else console.say("no_users"), documents)
    return 0


def _state(account: accounts.Account, console: Console) -> str:
    if account.is_disabled:
        return console.say("state_disabled")
    return console.say("state_admin" if account.is_admin else "state_active")


def _disable(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).writing() as connection:
        accounts.disable(connection, user_id_of(connection, options.login))
    console.result(
        console.say("user_disabled", login=options.login), {"login": options.login, "disabled": True}
    )
    return 0


def _enable(options: argparse.Namespace, console: Console) -> int:
    with calling(database_of(options), settings_of(options), console, write=True) as call:
        administration.enable_person(call, user_id_of(call.connection, options.login))
    console.result(
        console.say("user_enabled", login=options.login), {"login": options.login, "disabled": False}
    )
    return 0


def _change(options: argparse.Namespace, console: Console) -> int:
    """Change what is named; roles and departments are given whole."""
    with calling(database_of(options), settings_of(options), console, write=True) as call:
        user_id = user_id_of(call.connection, options.login)
        given: dict[str, Any] = {
            name: getattr(options, name) for name in ("name", "email") if getattr(options, name) is not None
        }
        if options.role is not None:
            given["roles"] = tuple(sorted({known_role(call.release, each) for each in options.role}))
        if options.superior is not None:
            above = user_id_of(call.connection, options.superior) if options.superior else None
            given["superior_id"] = above
        if options.department is not None:
            places = (department_at(call, path, console) for path in options.department)
            given["memberships"] = tuple(
                Membership(each, None, place == 0) for place, each in enumerate(places)
            )
        changed = administration.change_person(call, user_id, cast(PersonValues, given))
    document = {"login": options.login, "changed": sorted(changed)}
    console.result(console.say("user_changed", login=options.login), document)
    return 0


def department_at(call: Call, path: str, console: Console) -> int:
    """The department at a path; refused where there is none."""
    for identifier, known in paths_of(call.connection).items():
        if known == path:
            return identifier
    raise Refusal("missing", [Diagnostic("C106", console.say("no_department", path=path))])


def _password(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    password = _given_password(options, console)
    if password is None and sys.stdin.isatty():
        password = getpass.getpass(console.say("ask_password"))
    made = password is None
    password = password if password is not None else made_password()
    with database.writing() as connection:
        accounts.set_password(
            connection,
            user_id_of(connection, options.login),
            password,
            rules=settings_of(options).password_rules,
        )
    words = console.say("user_password_set", login=options.login)
    shown = f"{words}\n{console.say('user_password_is', password=password)}" if made else words
    console.result(shown, {"login": options.login} | ({"password": password} if made else {}))
    return 0


# -- tokens -------------------------------------------------------------------------------------------------------------


def _configure_token(parser: argparse.ArgumentParser, console: Console) -> None:
    children = parser.add_subparsers(metavar="…", required=True)
    add = _child(children, console, "add", "token_add", _add_token)
    add.add_argument("login", metavar="LOGIN", help=console.say("opt_login"))
    add.add_argument("--scope", action="append", default=[], metavar="SCOPE", help=console.say("opt_scope"))
    add.add_argument("--expires", metavar="DATE", help=console.say("opt_expires"))
    add.add_argument("--name", default="", help=console.say("opt_name"))
    listing = _child(children, console, "list", "token_list", _list_tokens)
    listing.add_argument("login", metavar="LOGIN", nargs="?", help=console.say("opt_login"))
    revoke = _child(children, console, "revoke", "token_revoke", _revoke_token)
    revoke.add_argument("id", metavar="ID", type=int, help=console.say("opt_token_id"))


def _add_token(options: argparse.Namespace, console: Console) -> int:
    settings = settings_of(options)
    expires = _end_of_day(options.expires, settings.timezone, console) if options.expires else None
    with database_of(options).writing() as connection:
        user_id = user_id_of(connection, options.login)
        text = tokens.issue(
            connection,
            user_id,
            scopes=options.scope or ["write"],
            name=options.name,
            expires_at=expires,
            longest=timedelta(days=settings.token_days),
        )
    console.result(text, {"token": text, "login": options.login})
    return 0


def _end_of_day(text: str, timezone: str, console: Console) -> datetime:
    try:
        last = datetime.combine(date.fromisoformat(text), time.max, ZoneInfo(timezone))
        return last.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal("invalid", [Diagnostic("C130", console.say("bad_date", value=text))]) from error


def _list_tokens(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).reading() as connection:
        user_id = user_id_of(connection, options.login) if options.login else None
        found = tokens.list_tokens(connection, user_id)
        logins = {each.id: each.login for each in accounts.list_accounts(connection)}
    heads = [console.say(f"heading_{name}") for name in ("id", "login", "name", "scopes", "expires", "state")]
    rows = [
        [
            str(each.id),
            logins.get(each.user_id, ""),
            f"{each.hint}… {each.name}".strip(),
            ", ".join(each.scopes),
            each.expires_at.date().isoformat() if each.expires_at else "",
            console.say("state_disabled" if each.is_revoked else "state_active"),
        ]
        for each in found
    ]
    documents = [
        {
            "id": each.id,
            "login": logins.get(each.user_id, ""),
            "name": each.name,
            "hint": each.hint,
            "scopes": list(each.scopes),
            "expires_at": each.expires_at.isoformat() if each.expires_at else None,
            "revoked": each.is_revoked,
        }
        for each in found
    ]
    console.result(table(rows, heads), documents)
    return 0


def _revoke_token(options: argparse.Namespace, console: Console) -> int:
    with database_of(options).writing() as connection:
        revoked = tokens.revoke(connection, options.id)
    if not revoked:
        raise Refusal("missing", [Diagnostic("C105", console.say("no_token", id=options.id))])
    console.result(console.say("token_revoked", id=options.id), {"id": options.id, "revoked": True})
    return 0


USER = Command("user", "user", _configure_user, lambda options, console: 2)
TOKEN = Command("token", "token", _configure_token, lambda options, console: 2)
