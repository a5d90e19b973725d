"""The very statements of every kind of operation, on both dialects: what changes here changes for everybody's data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from dougong.storage.database import Database
from dougong.storage.install import install
from tests.faults.histories import AFTER, BEFORE
from tests.storage.conftest import World

GOLDEN = Path(__file__).parent / "golden"
HISTORY: list[dict[str, Any]] = [BEFORE, AFTER]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_statements(sqlite_url: str, dialect: str, request: pytest.FixtureRequest) -> None:
    database = Database(sqlite_url)
    install(database)
    world = World(database)
    target = create_engine(f"{dialect}+psycopg://" if dialect == "postgresql" else "sqlite://").dialect
    lines: list[str] = []
    for number, description in enumerate(HISTORY, start=1):
        plan = world.plan(description)
        lines.append(f"-- version {number}")
        for step in plan.steps:
            statements = step.operation.statements(target)
            lines.append(f"-- {type(step.operation).__name__}: {step.operation.describe('en')}")
            lines += [f"{each};" for each in statements] or ["-- (moves data only)"]
        world.publish(description, allow_loss=True)
    database.dispose()
    path = GOLDEN / f"{dialect}.sql"
    text = "\n".join(lines) + "\n"
    if not path.exists():
        path.write_text(text, "utf-8")
        pytest.fail(f"{path.name} was missing and has been written: read it, then run again")
    assert text == path.read_text("utf-8")
