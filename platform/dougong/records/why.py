"""Explains rights about a real record: the rules of policy, evaluated for what stands in it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from dougong.expressions.sql import to_sql
from dougong.model.expression import Expression
from dougong.people.actor import Actor
from dougong.policy.explain import Explanation, explain
from dougong.records.call import Call, as_actor
from dougong.records.chunks import possible_ids
from dougong.records.messages import refuse
from dougong.records.shape import shape_of
from dougong.records.visible import sql_context


def why(
    call: Call, actor: Actor, key: str, action: str, identifier: int | None = None, field: str = ""
) -> Explanation:
    """Why `actor` may or may not do something with an entity, one of its records, or one of its fields."""
    app_id, _, entity_id = key.partition(".")
    app = call.release.apps.get(app_id)
    if app is None or entity_id not in app.entities:
        refuse("missing", call.language, "unknown_entity", name=key)
    if field and field not in app.entities[entity_id].fields:
        refuse("missing", call.language, "unknown_field", name=field)
    holds = _holds(as_actor(call, actor), key, identifier) if identifier is not None else None
    return explain(call.release, actor, key, action, field, holds, call.language)


def _holds(call: Call, key: str, identifier: int) -> Callable[[Expression], bool]:
    """Whether a row rule is true for the record, asked in the very form in which lists ask it."""
    table = shape_of(call.release, key).table
    if (
        call.connection.execute(select(table.c.id).where(table.c.id.in_(possible_ids([identifier])))).first()
        is None
    ):
        refuse("missing", call.language, "not_found")

    def holds(rule: Expression) -> bool:
        condition = to_sql(rule, sql_context(call, key, table, as_definition=True))
        return (
            call.connection.execute(select(table.c.id).where(table.c.id == identifier, condition)).first()
            is not None
        )

    return holds
