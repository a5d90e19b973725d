"""Explains rights about a real record: the rules of policy, evaluated for what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select

from dougong.expressions.sql import to_sql
from dougong.model.expression import Call as Operation
from dougong.model.expression import Expression, Node, Path
from dougong.people.actor import Actor
from dougong.policy.access import WRITES, access
from dougong.policy.explain import Cause, Explanation, Trial, explain
from dougong.records.call import Call, as_actor
from dougong.records.chunks import possible_ids
from dougong.records.evaluation import Evaluation
from dougong.records.lent import is_lent
from dougong.records.locks import locked_ids
from dougong.records.messages import refuse
from dougong.records.rule_states import locks_on
from dougong.records.selection import stands
from dougong.records.shape import shape_of
from dougong.records.visible import sql_context

_LOCKED = frozenset({"update", "delete"})


@dataclass(frozen=True, slots=True)
class Part:
    """One condition of a row rule, `depth` deep in it: `node` is true for the record (`outcome`), false, or empty.

    `joined` is AND, OR or NOT where it is made of the parts that follow one deeper. `fields` are the names of the record that it
    reads itself.
    """

    node: Node
    outcome: bool | None
    depth: int = 0
    joined: str = ""
    fields: tuple[str, ...] = ()


def why(
    call: Call, actor: Actor, key: str, action: str, identifier: int | None = None, field: str = ""
) -> Explanation:
    """Why `actor` may or may not do something with an entity, one of its records, or one of its fields."""
    _check_entity(call, key)
    _check_field(call, key, field)
    if identifier is None:
        return explain(call.release, actor, key, action, field, None, call.language)
    binned = _standing(call, key, identifier)
    trial = _trial(as_actor(call, actor), key, identifier)
    found = explain(call.release, actor, key, action, field, trial, call.language)
    against = tuple(_hindrances(call, key, action, identifier, binned))
    return replace(found, allowed=found.allowed and not against, causes=(*found.causes, *against))


def why_oneself(
    call: Call, key: str, action: str, identifier: int | None = None, field: str = ""
) -> Explanation:
    """The same about whoever asks, who learns nothing of records and fields that they may not see."""
    _check_entity(call, key)
    seen = access(call.release, replace(call.actor, scopes=None), key, "read")
    if not seen.allowed:
        refuse("missing", call.language, "unknown_entity", name=key)
    if field and (field in seen.hidden or field.partition(".")[0] in seen.hidden):
        refuse("missing", call.language, "unknown_field", name=field)
    if identifier is None or stands(call, shape_of(call.release, key), identifier):
        return why(call, call.actor, key, action, identifier, field)
    found = why(call, call.actor, key, action, None, field)
    return replace(found, allowed=False, causes=(Cause("missing", action, key), *found.causes))


def _check_entity(call: Call, key: str) -> None:
    """An entity that has records of its own."""
    app_id, _, entity_id = key.partition(".")
    app = call.release.apps.get(app_id)
    if app is None or entity_id not in app.entities or "/" in entity_id:
        refuse("missing", call.language, "unknown_entity", name=key)


def _check_field(call: Call, key: str, field: str) -> None:
    """A field of the entity, or a column of one of its sub-tables (`lines.cost`)."""
    if not field:
        return
    table, point, column = field.partition(".")
    fields = call.release.entity(key).fields
    known = table in fields
    if known and point:
        known = bool(fields[table].table) and column in call.release.entity(fields[table].table).fields
    if not known:
        refuse("missing", call.language, "unknown_field", name=field)


def _standing(call: Call, key: str, identifier: int) -> bool:
    """Whether the record lies in the recycle bin; refused when there is none."""
    table = shape_of(call.release, key).table
    found = select(table.c.deleted_at).where(table.c.id.in_(possible_ids([identifier])))
    row = call.connection.execute(found).first()
    if row is None:
        refuse("missing", call.language, "not_found")
    return row[0] is not None


def _trial(call: Call, key: str, identifier: int) -> Trial:
    """What is true for the record, asked in the very form in which lists ask it."""
    table = shape_of(call.release, key).table

    def meets(condition: ColumnElement[bool]) -> bool:
        found = select(table.c.id).where(table.c.id == identifier, condition)
        return call.connection.execute(found).first() is not None

    def holds(rule: Expression) -> bool:
        return meets(to_sql(rule, sql_context(call, key, table, as_definition=True), positive=True))

    return Trial(holds, lambda level: meets(is_lent(call, key, table, level)))


def _hindrances(call: Call, key: str, action: str, identifier: int, binned: bool) -> Iterator[Cause]:
    """What keeps anybody from it, whatever their rights are."""
    if binned:
        if action not in ("delete", "purge"):
            yield Cause("binned", action, key)
        return
    if action in _LOCKED and locked_ids(call, key, [identifier]):
        yield Cause("approval", action, key)
    said = locks_on(call, key, identifier) if action in _LOCKED & WRITES else {}
    if action in said:
        yield Cause("kept", action, key, reason=said[action])


def parts_of(call: Call, actor: Actor, key: str, identifier: int, rule: Expression) -> tuple[Part, ...]:
    """The conditions that a row rule is made of, each with what it comes to for a record and a person."""
    evaluation = Evaluation(as_actor(replace(call, timezone=actor.timezone or call.timezone), actor))
    values = {**evaluation.related(key, identifier), "id": identifier}

    def outcome(node: Node) -> bool | None:
        found = evaluation.value(Expression("", node, node.type), values)
        return found if isinstance(found, bool) else None

    return tuple(_parts(rule.tree, outcome, 0))


def _parts(node: Node, outcome: Callable[[Node], bool | None], depth: int) -> Iterator[Part]:
    fields = tuple(dict.fromkeys(_fields(node)))
    if not isinstance(node, Operation) or node.name not in ("AND", "OR", "NOT"):
        yield Part(node, outcome(node), depth, "", fields)
        return
    yield Part(node, outcome(node), depth, node.name, fields)
    for each in _flat(node, node.name):
        yield from _parts(each, outcome, depth + 1)


def _flat(node: Operation, name: str) -> Iterator[Node]:
    """The conditions that are joined by one word, however they were bracketed."""
    for each in node.arguments:
        if isinstance(each, Operation) and each.name == name and name != "NOT":
            yield from _flat(each, name)
        else:
            yield each


def _fields(node: Node) -> Iterator[str]:
    if isinstance(node, Path):
        yield node.names[0]
    elif isinstance(node, Operation):
        for each in node.arguments:
            yield from _fields(each)
