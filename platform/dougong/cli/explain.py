"""`dougong explain`: why somebody may or may not do something."""

from __future__ import annotations

import argparse
import re

from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console
from dougong.cli.opening import calling, database_of, entity_key_of, settings_of, user_id_of
from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.expressions.sql import to_sql
from dougong.model.expression import Expression
from dougong.model.role import ACTIONS
from dougong.people.actor import SYSTEM, load_actor
from dougong.policy.explain import explain
from dougong.records.call import Call, as_actor
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.records.visible import sql_context

SUBJECT = re.compile(r"^(?P<key>[a-z0-9_]+\.[a-z0-9_]+)(?:/(?P<id>\d{1,18}))?(?:\.(?P<field>[a-z0-9_]+))?$")


def _configure(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("user", metavar="USER", help=console.say("opt_login"))
    parser.add_argument("action", metavar="ACTION", choices=ACTIONS, help=console.say("opt_action"))
    parser.add_argument("subject", metavar="APPID.ENTITY[/ID][.FIELD]", help=console.say("opt_subject"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    parts = SUBJECT.match(options.subject)
    if parts is None:
        raise Refusal("invalid", [Diagnostic("C120", console.say("bad_subject", subject=options.subject))])
    with calling(database_of(options), settings_of(options), console) as call:
        key = entity_key_of(call.release, parts["key"])
        fields = call.release.entity(key).fields
        field = parts["field"] or ""
        if field and field not in fields:
            raise Refusal(
                "missing",
                [Diagnostic("C121", f"'{key}' has no field '{field}'", hint=nearest(field, fields))],
            )
        actor = load_actor(call.connection, user_id_of(call.connection, options.user))
        identifier = int(parts["id"]) if parts["id"] else None
        if identifier is not None and not _exists(as_actor(call, SYSTEM), key, identifier):
            raise Refusal("missing", [Diagnostic("C122", f"there is no record {key}/{identifier}")])

        def holds(rule: Expression) -> bool:
            asked = as_actor(call, actor)
            return _meets(asked, key, identifier or 0, rule)

        found = explain(
            call.release,
            actor,
            key,
            options.action,
            field,
            holds if identifier is not None else None,
            console.language,
        )
    verdict = console.say("explain_yes" if found.allowed else "explain_no")
    text = "\n".join([verdict, *(f"  {line}" for line in found.lines)])
    console.result(text, {"allowed": found.allowed, "reasons": list(found.lines)})
    return 0


def _exists(call: Call, key: str, identifier: int) -> bool:
    return Selection(call, shape_of(call.release, key)).among([identifier]).count() > 0


def _meets(call: Call, key: str, identifier: int, rule: Expression) -> bool:
    """Whether a row rule is true for one record, as the named person; the platform itself looks the record up."""
    shape = shape_of(call.release, key)
    everybody = Selection(as_actor(call, SYSTEM), shape).among([identifier])
    condition = to_sql(rule, sql_context(call, key, shape.table, as_definition=True))
    return everybody.where(condition).count() > 0


COMMAND = Command("explain", "explain", _configure, _run)
