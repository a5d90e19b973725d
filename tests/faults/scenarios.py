"""What is interrupted: an apply, an import, a batch, a backup; each says what must hold afterwards."""

from __future__ import annotations

import resource
import signal
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from sqlalchemy import func, select

from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.people.actor import SYSTEM, Actor
from dougong.records import importer
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.import_ import Options, resume, run
from dougong.records.undo import undo
from dougong.storage import ledger
from dougong.storage.apply import apply
from dougong.storage.backup import backup, restore
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import Release, releases_of
from dougong.storage.system import IMPORT
from tests.faults.histories import AFTER, BEFORE
from tests.records.conftest import publish_shop
from tests.storage.conftest import World
from tests.storage.factory import build, compile_app

Acknowledge = Callable[[str], None]
CUSTOMER = "shop.customer"
NOTES = "长文本 " * 500
"""So long that the database has to grow with every record."""
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Scenario(ABC):
    """One thing that is done again and again on the same database, each time interrupted one step later."""

    name: ClassVar[str]
    ends: ClassVar[bool] = False
    """Whether doing it once is the end, as a version can be applied only once."""

    def open(self, url: str) -> Database:
        """The database as this scenario needs it."""
        return Database(url, SQLITE_FUNCTIONS)

    fills_own_disk: ClassVar[bool] = False
    """Whether the disk that is full is that of the files which are written, not the database's."""

    @abstractmethod
    def prepare(self, url: str) -> None:
        """Make the state that everything begins with."""

    @abstractmethod
    def run(self, database: Database, step: int, acknowledge: Acknowledge) -> None:
        """Do it; what has been promised to somebody is acknowledged."""

    @abstractmethod
    def problems(self, database: Database, step: int, acknowledged: list[str], folder: Path) -> list[str]:
        """What is wrong afterwards; work that was interrupted is finished or undone first, by the commands for that."""


class ApplyScenario(Scenario):
    """Apply a version that does nearly everything a plan can do."""

    name = "apply"
    ends = True

    def prepare(self, url: str) -> None:
        database = self.open(url)
        install(database)
        world = World(database)
        world.publish(BEFORE)
        rows = ({"name": f"客户{i}", "code": f"c{i}", "fax": "1"} for i in range(5))
        customers = world.add(CUSTOMER, *rows)
        world.add("shop.order", *({"customer": each, "total": f"{each}.50"} for each in customers))
        world.add("shop.order/lines", {"parent_id": 1, "position": 1, "what": "tea"})
        world.reindex()
        database.dispose()

    def run(self, database: Database, step: int, acknowledge: Acknowledge) -> None:
        releases = releases_of(database, compile_app)
        new = build(AFTER)
        with database.reading() as connection:
            planned = plan(releases.recorded(connection, new.id), new, connection)
        apply(planned, database, allow_loss=True)
        acknowledge("applied")

    def problems(self, database: Database, step: int, acknowledged: list[str], folder: Path) -> list[str]:
        world = World(database)
        with database.reading() as connection:
            newest = ledger.present(connection, "shop")
        number = newest.number if newest else 0
        if number not in {1, 2} or (acknowledged and number != 2):
            return [f"version {number}"]
        orders = world.rows("shop.order")
        if number == 1:
            return (
                [] if [row["total"] for row in orders] == [f"{i}.50" for i in range(1, 6)] else ["old data"]
            )
        titles = [row["title"] for row in world.rows("shop.client")]
        whole = (
            len(orders) == 5 and titles[0] == "客户0" and world.rows("shop.order/items")[0]["what"] == "tea"
        )
        return [] if whole else ["new data"]


class _Shop(Scenario):
    """The shop of the tests of records."""

    def prepare(self, url: str) -> None:
        publish_shop(url)

    def release(self, database: Database) -> Release:
        return releases_of(database).current()

    def actor(self) -> Actor:
        return replace(SYSTEM, name="Fault")

    def count(self, database: Database, prefix: str) -> int:
        table = self.release(database).table(CUSTOMER)
        live = table.c.deleted_at.is_(None) & table.c.name.like(f"{prefix}%")
        with database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table).where(live)).scalar_one()


class BatchScenario(_Shop):
    """An atomic batch of records, each with a serial number."""

    name = "batch"
    size = 12

    def run(self, database: Database, step: int, acknowledge: Acknowledge) -> None:
        release = self.release(database)
        with database.writing() as connection:
            call = Call(release, connection, self.actor(), "api", AT, "en", "UTC")
            rows = [
                Operation("create", values={"name": f"b{step}-{i}", "notes": NOTES}) for i in range(self.size)
            ]
            batch(call, CUSTOMER, rows)
        acknowledge("batch")

    def problems(self, database: Database, step: int, acknowledged: list[str], folder: Path) -> list[str]:
        found = self.count(database, f"b{step}-")
        wanted = {self.size} if acknowledged else {0, self.size}
        return [] if found in wanted else [f"{found} records", *self._numbers(database)]

    def _numbers(self, database: Database) -> list[str]:
        table = self.release(database).table(CUSTOMER)
        with database.reading() as connection:
            numbers = list(connection.execute(select(table.c.number)).scalars())
        return [] if len(numbers) == len(set(numbers)) else ["numbers twice"]


class ImportScenario(_Shop):
    """An import in several chunks, each acknowledged; interrupted, it goes on or is undone by one command."""

    name = "import"
    size = 12

    def run(self, database: Database, step: int, acknowledge: Acknowledge) -> None:
        importer.CHUNK = 4
        run(
            database,
            self.release(database),
            self.actor(),
            CUSTOMER,
            self._file(database, step),
            Options(),
            progress=lambda counts: acknowledge(str(counts.added)),
        )
        acknowledge("done")

    def _file(self, database: Database, step: int) -> Path:
        path = Path(tempfile.gettempdir()) / f"dougong-fault-{database.url.database.__hash__()}-{step}.csv"
        lines = [f"i{step}-{i},1{i:010},{NOTES}" for i in range(self.size)]
        path.write_text("name,phone,notes\n" + "\n".join(lines) + "\n", "utf-8")
        return path

    def problems(self, database: Database, step: int, acknowledged: list[str], folder: Path) -> list[str]:
        importer.CHUNK = 4
        found = self.count(database, f"i{step}-")
        promised = max((int(each) for each in acknowledged if each.isdigit()), default=0)
        if found % 4 or found < promised:
            return [f"{found} records, {promised} were promised"]
        with database.reading() as connection:
            last = connection.execute(select(IMPORT).order_by(IMPORT.c.id.desc()).limit(1)).first()
        if last is None or last.name != self._file(database, step).name:
            return [] if found == 0 else ["records of an unknown import"]
        return self._undone(database, step, last.id) if step % 2 else self._gone_on(database, step, last)

    def _undone(self, database: Database, step: int, identity: int) -> list[str]:
        with database.writing() as connection:
            call = Call(self.release(database), connection, self.actor(), "cli", AT, "en", "UTC")
            undo(call, identity)
        left = self.count(database, f"i{step}-")
        return [f"{left} records after undoing"] if left else []

    def _gone_on(self, database: Database, step: int, last: object) -> list[str]:
        if getattr(last, "state", "") != "done":
            resume(database, self.release(database), self.actor(), last.id)  # type: ignore[attr-defined]  # a row
        found = self.count(database, f"i{step}-")
        return [] if found == self.size else [f"{found} records after going on"]


def let_no_file_grow() -> None:
    """From now on every write beyond the first byte of a file fails, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))


class BackupScenario(_Shop):
    """A backup, which is there whole or not at all."""

    name = "backup"
    fills_own_disk = True

    def prepare(self, url: str) -> None:
        super().prepare(url)
        database = self.open(url)
        BatchScenario().run(database, 0, lambda word: None)
        database.dispose()

    def run(self, database: Database, step: int, acknowledge: Acknowledge) -> None:
        backup(database, self._target(database, step))
        acknowledge("backup")

    def _target(self, database: Database, step: int) -> Path:
        return Path(tempfile.gettempdir()) / f"dougong-fault-{database.url.database.__hash__()}-{step}.zip"

    def problems(self, database: Database, step: int, acknowledged: list[str], folder: Path) -> list[str]:
        target = self._target(database, step)
        if not target.exists():
            return ["an acknowledged backup is gone"] if acknowledged else []
        copy = self.open(f"sqlite:///{folder / f'restored-{step}.db'}")
        try:
            restore(copy, target)
            with copy.reading() as connection:
                return [str(each) for each in verify(connection)]
        finally:
            copy.dispose()
            target.unlink()


SCENARIOS: dict[str, Scenario] = {
    each.name: each for each in (ApplyScenario(), BatchScenario(), ImportScenario(), BackupScenario())
}
