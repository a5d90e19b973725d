"""Random records of a random app, written by the verbs, as people would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Connection

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.numbers import EXACT
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.people import accounts, organisation
from dougong.people.actor import SYSTEM
from dougong.records.call import call_for
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.storage.database import Database
from dougong.storage.release import Release

WORDS = (
    "12", "7.50", "007", "x", "z", "2026-03-01", "是", "no", "Großer Name", "客户 一", "a@example.com", "-3", "1e3", "шш", "😀 ok",
)  # fmt: skip
_PEOPLE = frozenset({"member", "members", "department", "departments"})
_GIVEN = frozenset({"serial", "stage", "embed"}) | FILES


def add_people(database: Database) -> None:
    """People and departments for fields to point to."""
    with database.writing() as connection:
        for login in ("ada", "zoe"):
            person = accounts.add(connection, login, name=login.title(), language="en")
            organisation.add_department(connection, f"Unit {login}", head_id=person)


def fill(random: Random, database: Database, release: Release, app: str) -> int:
    """Records of every entity, some of them in the recycle bin; tells how many were refused."""
    known: dict[str, list[int]] = {}
    refused = 0
    with database.writing() as connection:
        entities = [each for each in release.apps[app].entities.values() if not each.parent]
        for entity in sorted(entities, key=_needs_others):
            known[entity.key] = []
            for _ in range(random.choice((0, 2, 4, 6))):
                if not _add(random, connection, release, entity, known):
                    refused += 1
        for key, identifiers in known.items():
            if identifiers and random.random() < 0.3:
                _put_into_bin(connection, release, key, random.choice(identifiers))
    return refused


def add_one(random: Random, database: Database, release: Release, entity: Entity) -> None:
    """One more record, unless it is refused."""
    with database.writing() as connection:
        _add(random, connection, release, entity, {})


def _needs_others(entity: Entity) -> bool:
    return any(each.required for each in entity.fields.values())


def _add(
    random: Random,
    connection: Connection,
    release: Release,
    entity: Entity,
    known: Mapping[str, list[int]],
) -> bool:
    values = _values(random, release, entity, known)
    call = call_for(release, connection, SYSTEM, "cli")
    try:
        with connection.begin_nested():
            record = create(call, entity.key, values)
    except Refusal:
        return False
    _add_files(random, connection, release, entity, record.id)
    known.get(entity.key, []).append(record.id)
    return True


def _put_into_bin(connection: Connection, release: Release, key: str, identifier: int) -> None:
    """Unless others that point to it keep it."""
    try:
        with connection.begin_nested():
            delete(call_for(release, connection, SYSTEM, "cli"), key, identifier)
    except Refusal:
        pass


def _values(
    random: Random, release: Release, entity: Entity, known: Mapping[str, list[int]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    alternatives: set[str] = set()
    for each in entity.fields.values():
        if each.is_computed or each.type in _GIVEN:
            continue
        if each.one_of is not None and each.one_of.field in alternatives:
            continue
        value = _given(random, release, each, known)
        if value is not None:
            found[each.id] = value
            alternatives |= {each.one_of.field} if each.one_of else set()
    return found


def _given(random: Random, release: Release, field: Field, known: Mapping[str, list[int]]) -> Any:
    """A value as the API takes it."""
    if field.type == "table":
        rows = release.entity(field.table)
        return [_values(random, release, rows, known) for _ in range(random.choice((0, 1, 1, 2)))]
    if field.target is not None and field.type in {"link", "links"}:
        targets = known.get(field.target.key, [])
        if field.type == "links":
            return random.sample(targets, min(len(targets), random.randint(0, 2)))
        return random.choice([*targets, *([] if field.required else [None])] or [None])
    if field.type in _PEOPLE:
        return (
            random.choice((None, 1, 2)) if field.type in {"member", "department"} else [random.randint(1, 2)]
        )
    value = value_of(random, field)
    return None if value is None else json.loads(json.dumps(TYPES[field.type].to_json(value, field)))


def value_of(random: Random, field: Field) -> Value:
    """Some value of a field in memory, or none."""
    if random.random() < 0.2:
        return None
    if field.type in {"text", "long_text"}:
        return random.choice(WORDS)
    if field.type in {"choice", "choices"}:
        ids = [option.id for option in field.options]
        chosen = tuple(sorted(random.sample(ids, random.randint(1, min(2, len(ids)))), key=ids.index))
        return chosen if field.type == "choices" else chosen[0]
    if field.type == "integer":
        return random.randint(-5, 50)
    if field.type in {"decimal", "money"}:
        number = random.randint(-500, 99_999)
        if number % 5 == 0:
            number *= 10 ** (field.digits - 5) + 1
        return Decimal(number).scaleb(-field.decimals, EXACT)
    if field.type == "boolean":
        return random.random() < 0.5
    if field.type == "date":
        return date(2026, 1, 1) + timedelta(days=random.randint(0, 400))
    if field.type == "datetime":
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=random.randint(0, 99) * 12)
    return TYPES[field.type].example(field)


def _add_files(
    random: Random, connection: Connection, release: Release, entity: Entity, identifier: int
) -> None:
    """What a record says of its files; no one uploads any here."""
    table = release.table(entity.key)
    for each in entity.fields.values():
        if each.type in FILES and random.random() < 0.8:
            value = {each.id: TYPES[each.type].example(each)}
            connection.execute(table.update().where(table.c.id == identifier).values(value))
