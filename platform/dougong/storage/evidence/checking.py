"""Checks the chain against what stands there, and names the first entries that were altered, removed or inserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from dougong.diagnostics import Diagnostic
from dougong.storage.evidence.anchors import Given, given_up
from dougong.storage.evidence.form import (
    FIRST,
    FORM,
    SOURCES,
    Source,
    block_hash,
    entry_digest,
    head_of,
    unpacked,
)
from dougong.storage.evidence.sealing import Head, entries_statement, gaps_of
from dougong.storage.problems import problem
from dougong.storage.system import SEAL

_TOLD = 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: how many blocks and entries are sealed, how many entries wait, and what is wrong."""

    head: Head
    blocks: int
    entries: int
    waiting: int
    problems: tuple[Diagnostic, ...]


def check(connection: Connection, against: Sequence[Head] = ()) -> Checked:
    """Check every block and every entry; `against` are heads that were kept elsewhere, so that a chain made anew is told."""
    problems: list[Diagnostic] = []
    last, count, entries = Head(0, FIRST, None), 0, 0
    known = {each.number: each for each in against}
    late, awaited = _late(connection)
    given = given_up(connection)
    for row in _blocks(connection):
        broken = _broken(row, last)
        if broken is not None:
            problems.append(broken)
            break
        last, count, entries = Head(row["number"], row["hash"], row["at"]), count + 1, entries + row["count"]
        kept = known.pop(last.number, None)
        if kept is not None and kept.hash != last.hash:
            problems.append(problem("V120/other", str(last.number), number=last.number))
            break
        for each in _entries(connection, row, late, awaited, given):
            problems.append(each)
            if len(problems) >= _TOLD:
                return Checked(last, count, entries, 0, tuple(problems))
    if not problems:
        problems += [problem("V120/short", str(number), number=number) for number in sorted(known)]
    return Checked(last, count, entries, _waiting(connection), tuple(problems))


def _blocks(connection: Connection) -> Iterator[Mapping[str, Any]]:
    number = 0
    while True:
        statement = select(SEAL).where(SEAL.c.number > number).order_by(SEAL.c.number).limit(50)
        rows = [row._asdict() for row in connection.execute(statement)]
        yield from rows
        if not rows:
            return
        number = rows[-1]["number"]


def _broken(row: Mapping[str, Any], last: Head) -> Diagnostic | None:
    """What is wrong with a block itself, and with its place in the chain."""
    number = last.number + 1
    if row["number"] != number:
        return problem("V120/missing", str(number), number=number)
    if row["previous_hash"] != last.hash or block_hash(row) != row["hash"] or row["source"] not in SOURCES:
        return problem("V120/altered", str(number), number=number)
    return None if row["facts"].get("form") == FORM else problem("V120/form", str(number), number=number)


def _late(connection: Connection) -> tuple[dict[str, set[int]], dict[str, list[tuple[int, int]]]]:
    """By source: the ids that were sealed late, and those that are still awaited."""
    late: dict[str, set[int]] = {name: set() for name in SOURCES}
    awaited: dict[str, list[tuple[int, int]]] = {name: [] for name in SOURCES}
    for source, facts in connection.execute(select(SEAL.c.source, SEAL.c.facts).order_by(SEAL.c.number)):
        if source in SOURCES and isinstance(facts, dict) and facts.get("form") == FORM:
            late[source].update(facts["late"])
            awaited[source] = [(gap.first, gap.last) for gap in gaps_of(facts)]
    return late, awaited


def _entries(
    connection: Connection,
    row: Mapping[str, Any],
    late: Mapping[str, set[int]],
    awaited: Mapping[str, Sequence[tuple[int, int]]],
    given: Given,
) -> Iterator[Diagnostic]:
    """What is wrong with the entries of one block."""
    source = SOURCES[row["source"]]
    expected = dict(zip(_sealed_ids(row), unpacked(row["digests"]), strict=True))
    found = {each[0]: each for each in _standing(connection, source, row)}
    for identifier in sorted(expected.keys() | found.keys()):
        path = f"{source.name}/{identifier}"
        if identifier not in found:
            if not given.may_be_gone(source.name, identifier):
                yield problem("V121/removed", path, source=source.name, id=identifier)
        elif identifier not in expected:
            is_awaited = any(first <= identifier <= last for first, last in awaited[source.name])
            if identifier not in late[source.name] and not is_awaited:
                yield problem("V121/inserted", path, source=source.name, id=identifier)
        elif not _is_as_sealed(source, found[identifier], expected[identifier], given):
            yield problem("V121/altered", path, source=source.name, id=identifier)


def _sealed_ids(row: Mapping[str, Any]) -> list[int]:
    ids: list[int] = []
    begin = row["first"]
    for first, last in [*row["facts"]["missing"], (row["last"] + 1, row["last"] + 1)]:
        ids += range(begin, first)
        begin = last + 1
    return ids + list(row["facts"]["late"])


def _standing(connection: Connection, source: Source, row: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    identifier, late = source.table.c.id, row["facts"]["late"]
    yield from connection.execute(
        entries_statement(source).where(identifier.between(row["first"], row["last"]))
    )
    if late:
        yield from connection.execute(entries_statement(source).where(identifier.in_(late)))


def _is_as_sealed(source: Source, values: Sequence[Any], digest: bytes, given: Given) -> bool:
    """Whether an entry is what was sealed, or at least its head where its body was given up."""
    actual = entry_digest(values)
    if actual == digest:
        return True
    if values[-1] is not None or head_of(actual) != head_of(digest) or source.name != "history":
        return False
    place: Callable[[str], int] = source.head.index
    return values[place("record_id")] in given.reduced.get(values[place("entity")], ())


def _waiting(connection: Connection) -> int:
    """How many entries no block holds yet."""
    waiting = 0
    for source in SOURCES.values():
        sealed = select(func.coalesce(func.max(SEAL.c.last), 0)).where(SEAL.c.source == source.name)
        statement = select(func.count()).where(source.table.c.id > sealed.scalar_subquery())
        waiting += connection.execute(statement).scalar_one()
    return waiting
