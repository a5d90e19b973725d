"""A failure between any two statements of an action leaves everything as it was before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from dougong.records.read import read
from dougong.storage.system import HISTORY, INSTANCE, JOB, STEP, TASK
from dougong.workflow import notices
from tests.workflow.scenario import KEY, Stage


class Broken(Exception):
    """What fails in the middle."""


def everything(stage: Stage) -> dict[str, Any]:
    tables = (INSTANCE, TASK, STEP, HISTORY, JOB)
    with stage.database.reading() as connection:
        found: dict[str, Any] = {
            table.name: connection.execute(select(table).order_by(table.c.id)).all() for table in tables
        }
    with stage.call("root", writing=False) as call:
        found["record"] = dict(read(call, KEY, stage.record).values)
    return found


def failing_at(stage: Stage, number: int, action: Callable[[], None]) -> bool:
    """Run the action with a failure before its n-th writing statement; False when it has fewer."""
    count = 0

    def count_down(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        nonlocal count
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            count += 1
            if count == number:
                raise Broken

    event.listen(stage.database.engine, "before_cursor_execute", count_down)
    try:
        action()
    except Broken:
        return True
    finally:
        event.remove(stage.database.engine, "before_cursor_execute", count_down)
    return False


@pytest.mark.parametrize("name", ["submit", "approve", "reject", "withdraw"])
def test_old_or_new(stage: Stage, name: str) -> None:
    notices.open_post(True)
    try:
        stage.create(price=5000)
        if name != "submit":
            stage.submit()
        actions: dict[str, Callable[[], None]] = {
            "submit": stage.submit,
            "approve": lambda: stage.approve("bob", "fine", {"limit": "5.00"}),
            "reject": lambda: stage.reject("bob", "no"),
            "withdraw": stage.withdraw,
        }
        before = everything(stage)
        number = 1
        while failing_at(stage, number, actions[name]):
            assert everything(stage) == before, f"statement {number}"
            number += 1
        assert number > 5, "the action writes several rows"
        assert everything(stage) != before
        stage.check()
    finally:
        notices.open_post(False)
