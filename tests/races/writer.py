"""One of the processes that race: some threads, each doing its share of operations as soon as everybody is ready.

Run as a program of its own: `writer.py URL THREADS OPERATIONS SEED`. Prints `ready`, waits for a line, then prints one JSON object that
counts what came of the operations; what nobody expects, such as "database is locked", is listed word for word.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable

from sqlalchemy import Connection, select

from dougong.diagnostics import Refusal
from dougong.records.batches import in_batch
from dougong.records.create import create
from dougong.records.delete import delete, restore
from dougong.records.merge import merge
from dougong.records.read import read
from dougong.records.undo import undo_batch
from dougong.records.update import update
from dougong.storage.database import Database
from dougong.storage.release import releases_of
from tests.races.warehouse import CODES, PEOPLE, call_of, open_depot

TRIES = 1000
"""How often somebody takes up a change again that somebody else was faster with."""
PERSON_GONE = frozenset(
    {"restricted", "not_found", "merged", "not_deleted", "unknown_target", "forbidden_row"}
)
"""What is said when somebody else merged or deleted a person, or visited one, in between."""


class Writer:
    """One thread."""

    def __init__(self, database: Database, seed: int, operations: int) -> None:
        self.database = database
        self.random = random.Random(seed)
        self.operations = operations
        self.outcomes: Counter[str] = Counter()
        self.unexpected: list[str] = []

    def run(self, start: threading.Event) -> None:
        """Wait for the start, then do one operation after the other."""
        kinds: list[Callable[[], str]] = [self.ticket, self.refused_ticket, self.lost_ticket, self.code]
        kinds += [self.ticket, self.place, self.take, self.count_up]
        kinds += [self.visit, self.merge, self.come_and_go]
        start.wait()
        for _ in range(self.operations):
            kind = self.random.choice(kinds)
            try:
                self.outcomes[f"{kind.__name__} {kind()}"] += 1
            except Exception as error:  # noqa: BLE001 - told to the test, which expects none
                codes = [each.code for each in error.problems] if isinstance(error, Refusal) else ""
                self.unexpected.append(f"{kind.__name__}: {type(error).__name__}: {codes} {error}"[:300])

    def ticket(self, never: bool | None = None) -> str:
        with self.database.writing() as connection:
            create(
                call_of(self.database, connection),
                "depot.ticket",
                {"lane": self.random.choice("ab"), "never": never},
            )
        return "done"

    def refused_ticket(self) -> str:
        """A rule refuses it: no number may be gone."""
        return self._unless("rule", lambda: self.ticket(never=True))

    def lost_ticket(self) -> str:
        """It was numbered and written, then its transaction is given up."""
        with self.database.writing() as connection:
            create(call_of(self.database, connection), "depot.ticket", {"lane": "a"})
            connection.rollback()
        return "done"

    def code(self) -> str:
        """Everybody wants the same few codes."""
        return self._unless("unique", lambda: self._create_code(f"c{self.random.randrange(CODES)}", None))

    def place(self) -> str:
        """The same few places among those that are open; a code of its own."""
        return self._unless(
            "unique", lambda: self._create_code(f"{self.random.random()}", self.random.randrange(CODES))
        )

    def _create_code(self, code: str, place: int | None) -> str:
        with self.database.writing() as connection:
            values = {"code": code, "open": place is not None, "place": place}
            create(call_of(self.database, connection), "depot.code", values)
        return "done"

    def take(self) -> str:
        """Take one of what is scarce, as long as there is any."""
        return self._unless("rule", lambda: self._change(1, -1))

    def count_up(self) -> str:
        return self._change(2, +1)

    def visit(self) -> str:
        """Somebody is visited, unless he was merged or deleted meanwhile."""
        return self._unless("unknown_target", self._create_visit, among=PERSON_GONE)

    def _create_visit(self) -> str:
        with self.database.writing() as connection:
            values = {"reason": "tea", "person": self._somebody(connection)}
            create(call_of(self.database, connection), "depot.visit", values)
        return "done"

    def merge(self) -> str:
        """One person becomes part of another with all visits; sometimes it is taken back at once."""
        return self._unless("", self._merge_two, among=PERSON_GONE)

    def _merge_two(self) -> str:
        with self.database.writing() as connection:
            call = in_batch(call_of(self.database, connection), "merge")
            one, other = self._somebody(connection), self._somebody(connection)
            if one == other:
                return "same"
            merge(call, "depot.person", one, [other])
        if call.batch is not None and self.random.random() < 0.7:
            with self.database.writing() as connection:
                undo_batch(call_of(self.database, connection), call.batch, "skip")
        else:
            with self.database.writing() as connection:
                create(call_of(self.database, connection), "depot.person", {"name": "another"})
        return "done"

    def come_and_go(self) -> str:
        """A record is deleted, comes back and is deleted again; none that is visited goes."""
        with self.database.writing() as connection:
            made = create(call_of(self.database, connection), "depot.person", {"name": "passing"}).id
        return self._unless("", lambda: self._go(made), among=PERSON_GONE)

    def _go(self, made: int) -> str:
        for step in (delete, restore, delete):
            with self.database.writing() as connection:
                step(call_of(self.database, connection), "depot.person", made)
        return "done"

    def _somebody(self, connection: Connection) -> int:
        """One of the people that there are, one of the latest."""
        table = releases_of(self.database).pinned(connection).table("depot.person")
        living = select(table.c.id).where(table.c.deleted_at.is_(None)).order_by(table.c.id.desc())
        return int(self.random.choice(connection.execute(living.limit(PEOPLE)).scalars().all()))

    def _change(self, item: int, difference: int) -> str:
        """What a screen does: read, change, save with the version that was read, and again when somebody was faster."""
        for _ in range(TRIES):
            with self.database.reading() as connection:
                found = read(call_of(self.database, connection), "depot.item", item)
            changes = {
                "stock": found.values["stock"] + difference,
                "taken": found.values["taken"] + 1,
            }
            try:
                with self.database.writing() as connection:
                    update(call_of(self.database, connection), "depot.item", item, changes, found.version)
            except Refusal as refusal:
                if refusal.kind != "stale":
                    raise
                self.outcomes["stale"] += 1
            else:
                return "done"
        raise RuntimeError("somebody else was always faster")

    def _unless(self, code: str, work: Callable[[], str], among: frozenset[str] = frozenset()) -> str:
        """The outcome, or `refused` when the refusal is the one that is meant, or one of those `among` which it may be."""
        try:
            return work()
        except Refusal as refusal:
            if not {each.code for each in refusal.problems} <= {code, *among}:
                raise
            return "refused"


def main(url: str, threads: int, operations: int, seed: int) -> None:
    database = open_depot(url)
    with database.reading() as connection:
        releases_of(database).pinned(connection)
    writers = [Writer(database, seed * 100 + number, operations) for number in range(threads)]
    start = threading.Event()
    running = [threading.Thread(target=each.run, args=(start,)) for each in writers]
    for thread in running:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    start.set()
    for thread in running:
        thread.join()
    database.dispose()
    outcomes = sum((each.outcomes for each in writers), Counter[str]())
    unexpected = [text for each in writers for text in each.unexpected]
    print(json.dumps({"outcomes": dict(outcomes), "unexpected": unexpected}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
