"""What every operation of a plan is: frozen data that describe, count, undo and run themselves.

`impact` looks at the data as they are before anything runs, so specs that an operation counts by are the recorded ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from dougong.storage.convert import Sample
from dougong.storage.labels import Labels
from dougong.storage.schema import TableSpec
from dougong.storage.wording import say


@dataclass(frozen=True, slots=True)
class Impact:
    """What an operation meets: rows it touches, values that would disappear or are set aside because the author said so,
    rows that stand against it with the first ids and their values, examples of what becomes of values, and rows that break
    what is asked from now on but stand against nothing (`unmet`)."""

    touched: int = 0
    lost: int = 0
    failing: int = 0
    first: tuple[int, ...] = ()
    aside: int = 0
    refused: tuple[Sample, ...] = ()
    samples: tuple[Sample, ...] = ()
    unmet: int = 0


NOTHING = Impact()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step; `table` is the table as it is when the step runs, `before` as it was recorded (None: it did not exist)."""

    app: str
    table: TableSpec
    before: TableSpec | None = None

    is_internal: ClassVar[bool] = False

    @property
    def technical(self) -> bool:
        """Whether the step matters to the database alone, so that a plan for people leaves it out."""
        return self.is_internal or self.table.kind == "search"

    def describe(self, language: str, labels: Labels | None = None) -> str:
        """What the step does: by ids, or by the labels that people know."""
        words = self.labelled_words(labels, language) if labels else self._words()
        return say(self._sentence(), language, **words)

    def _sentence(self) -> str:
        return type(self).__name__

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key}

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        """What the sentence speaks of, by the labels that people know."""
        words, entity = self._words(), self.table.key.partition(".")[2]
        told = {"table": labels.table(words["table"], language)}
        if "column" in words:
            told["column"] = labels.field(entity, words["column"], language)
        if "columns" in words:
            fields = [labels.field(entity, each, language) for each in words["columns"].split(", ")]
            told["columns"] = say("comma", language).join(fields)
        return words | told

    def impact(self, connection: Connection) -> Impact:
        """Count what the step meets in the data as they are now."""
        return NOTHING

    def recount(self, connection: Connection, planned: Impact) -> Impact:
        """Count again when the plan is applied, under the locks that it takes; what was done ahead need not be counted twice."""
        return self.impact(connection)

    def undo(self) -> tuple[Operation, ...]:
        """The steps that take this one back; none when only a rollback to a recorded version can."""
        return ()

    def statements(self, dialect: Dialect) -> list[str]:
        """The SQL of the step; steps that move data do more than their statements."""
        return []

    def run(self, connection: Connection) -> None:
        """Do the step inside the transaction of the connection."""
        execute(connection, self.statements(connection.dialect))


def execute(connection: Connection, statements: Sequence[str]) -> None:
    """Run statements one after the other."""
    for statement in statements:
        connection.exec_driver_sql(statement)
