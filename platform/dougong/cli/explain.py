"""`dougong explain`: why somebody may or may not do something."""

from __future__ import annotations

import argparse
import re

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import calling, database_of, entity_key_of, settings_of, user_id_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.role import ACTIONS
from dougong.people import accounts
from dougong.people.actor import SCOPES, SYSTEM, as_person, load_actor
from dougong.policy.explain import Cause, Explanation
from dougong.records.why import why
from dougong.screens.why import document, lines, reasons

SUBJECT = re.compile(
    r"^(?P<key>[a-z0-9_]+\.[a-z0-9_]+)(?:/(?P<id>\d{1,18}))?(?:\.(?P<field>[a-z0-9_]+(?:\.[a-z0-9_]+)?))?$"
)


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("user", metavar="USER", help=console.say("opt_login"))
    parser.add_argument("action", metavar="ACTION", choices=ACTIONS, help=console.say("opt_action"))
    parser.add_argument("subject", metavar="APPID.ENTITY[/ID][.FIELD]", help=console.say("opt_subject"))
    parser.add_argument("--scope", choices=SCOPES, help=console.say("opt_as_scope"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    parts = SUBJECT.match(options.subject)
    if parts is None:
        raise Refusal("invalid", [Diagnostic("C120", console.say("bad_subject", subject=options.subject))])
    with calling(database_of(options), settings_of(options), console) as call:
        key = entity_key_of(call.release, parts["key"])
        identifier, field = int(parts["id"]) if parts["id"] else None, parts["field"] or ""
        account = accounts.find(call.connection, options.user)
        if account is not None and account.is_disabled:
            found = Explanation(False, (Cause("disabled", options.action, key),), console.language)
            told = reasons(call, SYSTEM, key, found)
        else:
            person = load_actor(call.connection, user_id_of(call.connection, options.user))
            if options.scope:
                person = as_person(person, [options.scope])
            found = why(call, person, key, options.action, identifier, field)
            told = reasons(call, person, key, found, identifier)
    verdict = console.say("explain_yes" if found.allowed else "explain_no")
    text = "\n".join([verdict, *(f"  {line}" for line in lines(told))])
    console.result(text, document(found, told))
    return 0


COMMAND = Command("explain", "explain", _configure, _run)
