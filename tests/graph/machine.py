"""Random work on a ledger: everything that can be done to records, batches that fail, transactions that end in nothing, and what makes
its own transactions: imports, new versions of the app and going back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.create import create, create_many
from dougong.records.delete import delete, restore
from dougong.records.history import history
from dougong.records.merge import merge
from dougong.records.undo import undo_batch, undo_change
from dougong.records.update import update
from tests.graph import between
from tests.graph.conftest import Ledger
from tests.graph.world import ENTITIES, wrong

STEPS_OF_A_TRANSACTION = 8
BETWEEN = 0.05
"""How often something happens between two transactions."""
MANY = 60
"""From so many living records of an entity on, one is deleted instead of made: what is few is linked and computed more closely."""


class Abandoned(Exception):
    """Ends a transaction without a trace."""


class Machine:
    """One random run; the same seed does the same work."""

    def __init__(self, book: Ledger, seed: int) -> None:
        self.book = book
        self.random = Random(seed)
        self.done: dict[str, int] = {}
        self.undoable: list[str] = []
        self.published = 0

    def run(self, steps: int) -> None:
        """Do so many steps, and compare everything with the oracle after each transaction."""
        taken = 0
        while taken < steps:
            if self.random.random() < BETWEEN:
                self._between()
                taken += 1
                continue
            count = min(self.random.randint(1, STEPS_OF_A_TRANSACTION), steps - taken)
            with suppress(Abandoned), self.book.writing() as call:
                for _ in range(count):
                    self._step(call)
                found = wrong(call)
                assert not found, f"after {taken + count} steps: {found[:5]}, done {self.done}"
                if self.random.random() < 0.1:
                    self._count("rolled back")
                    raise Abandoned
            taken += count
        with self.book.reading() as call:
            assert wrong(call) == []

    def _between(self) -> None:
        """Something that makes its own transactions; afterwards nothing may be wrong either."""
        what = self.random.choices(["import", "version", "back"], [6, 1, 1])[0]
        if what == "import":
            entity = self.random.choice(sorted(between.COLUMNS))
            with self.book.reading() as call:
                lines = [self._values(call, entity) for _ in range(self.random.randint(1, 5))]
            self.undoable.append(between.import_lines(self.book, self.random, entity, lines))
        elif what == "version":
            between.publish_other(self.book)
            self.published += 1
        elif self.published:
            between.roll_back(self.book)
        else:
            return
        self._count(what)
        with self.book.reading() as call:
            found = wrong(call)
        assert not found, f"after {what}: {found[:5]}, done {self.done}"

    def race(self, steps: int) -> None:
        """Do so many steps, each in a transaction of its own, while others do the same; who waits in a circle tries something else."""
        for _ in range(steps):
            try:
                with self.book.writing() as call:
                    self._step(call)
            except Refusal as refusal:
                if refusal.kind != "unavailable":
                    raise
                self._count("crossed")

    def _step(self, call: Call) -> None:
        weighted: list[tuple[Callable[[Call], None], int]] = [
            (self._create, 26),
            (self._update, 40),
            (self._delete, 9),
            (self._restore, 8),
            (self._batch, 8),
            (self._create_many, 3),
            (self._undo, 4),
            (self._undo_change, 4),
            (self._merge, 2),
        ]
        [step] = self.random.choices([each for each, _ in weighted], [weight for _, weight in weighted])
        name = step.__name__.strip("_")
        try:
            with call.connection.begin_nested():
                step(call)
            self._count(name)
        except Refusal as refusal:
            self._count(f"{name} {refusal.kind}")

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def _create(self, call: Call) -> None:
        entity = self._entity()
        found = self._ids(call, entity)
        if len(found) >= MANY:
            self.undoable.append(delete(call, f"ledger.{entity}", self.random.choice(found)))
            return
        create(call, f"ledger.{entity}", self._values(call, entity))

    def _create_many(self, call: Call) -> None:
        entity = self._entity()
        values = [self._values(call, entity) for _ in range(self.random.randint(2, 6))]
        create_many(call, f"ledger.{entity}", values)

    def _update(self, call: Call) -> None:
        entity = self._entity()
        found = self._ids(call, entity)
        if found:
            update(call, f"ledger.{entity}", self.random.choice(found), self._some(call, entity))

    def _delete(self, call: Call) -> None:
        entity = self._entity()
        found = self._ids(call, entity)
        if len(found) > 3:
            self.undoable.append(delete(call, f"ledger.{entity}", self.random.choice(found)))

    def _restore(self, call: Call) -> None:
        entity = self._entity()
        found = self._ids(call, entity, deleted=True)
        if found:
            restore(call, f"ledger.{entity}", self.random.choice(found))

    def _undo(self, call: Call) -> None:
        if self.undoable:
            place = self.random.randrange(len(self.undoable))
            undo_batch(call, self.undoable.pop(place), self.random.choice(["refuse", "skip"]))

    def _undo_change(self, call: Call) -> None:
        entity = self._entity()
        found = self._ids(call, entity)
        if found:
            chosen = self.random.choice(found)
            entry = self.random.choice(history(call, f"ledger.{entity}", chosen, limit=3).entries)
            undo_change(call, f"ledger.{entity}", chosen, entry.id, self.random.choice(["refuse", "skip"]))

    def _merge(self, call: Call) -> None:
        entity = self.random.choice(["region", "account", "product"])
        found = self._ids(call, entity)
        if len(found) > 4:
            survivor, loser = self.random.sample(found, 2)
            self.undoable.append(merge(call, f"ledger.{entity}", survivor, [loser]).batch)

    def _batch(self, call: Call) -> None:
        operations = []
        for _ in range(self.random.randint(2, 8)):
            entity = self._entity()
            key, found = f"ledger.{entity}", self._ids(call, entity)
            kind = self.random.choice(["create", "update", "update", "delete"])
            if kind == "create":
                operations.append(Operation("create", values=self._values(call, entity), key=key))
            elif found and kind == "update":
                values = self._some(call, entity)
                operations.append(Operation("update", self.random.choice(found), values, key=key))
            elif len(found) > 5:
                operations.append(Operation("delete", self.random.choice(found), key=key))
        if self.random.random() < 0.4:
            wrong_value = {"level": 77}
            ids = self._ids(call, "account")
            operations.append(
                Operation("update", self.random.choice(ids or [1]), wrong_value, key="ledger.account")
            )
        self.random.shuffle(operations)
        batch(call, "ledger.order", operations, atomic=self.random.random() < 0.5)

    def _entity(self) -> str:
        return self.random.choices(ENTITIES, [2, 4, 4, 7, 4])[0]

    def _ids(self, call: Call, entity: str, deleted: bool = False) -> list[int]:
        table = call.release.table(f"ledger.{entity}")
        in_bin = table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
        return list(call.connection.execute(select(table.c.id).where(in_bin).order_by(table.c.id)).scalars())

    def _some(self, call: Call, entity: str) -> dict[str, Any]:
        """A part of the values of a record; of rows that stand there some are kept."""
        values = self._values(call, entity)
        chosen = self.random.sample(sorted(values), self.random.randint(1, len(values)))
        return {name: values[name] for name in chosen}

    def _values(self, call: Call, entity: str) -> dict[str, Any]:
        draw, number = self.random, self.random.randint(1, 10**6)
        if entity == "region":
            return {"name": f"R{number}", "rate": self._number(4, 3), "class": draw.choice([None, 0, 1, 5])}
        if entity == "account":
            level = draw.choice([None, 0, 1, 5, 9])
            links = {"region": self._one(call, "region"), "above": self._one(call, "account")}
            return {"name": f"A{number}", "level": level, **links}
        if entity == "product":
            return {"name": f"P{number}", "price": self._number(2, 500)}
        if entity == "invoice":
            links = {"order": self._one(call, "order"), "product": self._one(call, "product")}
            return {"number": str(number), "fee": self._number(2, 50), **links}
        products = self._ids(call, "product")
        lines = [
            {"product": self._one(call, "product"), "quantity": draw.choice([None, 0, 1, 2, 7])}
            for _ in range(draw.randint(0, 4))
        ]
        extras = draw.sample(products, min(len(products), draw.randint(0, 3)))
        account = self._one(call, "account")
        return {"number": str(number), "account": account, "lines": lines, "extras": extras}

    def _one(self, call: Call, entity: str) -> int | None:
        found = self._ids(call, entity)
        return None if not found or self.random.random() < 0.15 else self.random.choice(found)

    def _number(self, decimals: int, most: int) -> str | None:
        if self.random.random() < 0.15:
            return None
        return f"{self.random.randint(0, most * 10**decimals) / 10**decimals:.{decimals}f}"
