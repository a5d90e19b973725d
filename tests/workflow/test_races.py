"""Two people at the same moment, behind a barrier: exactly one wins, and the other is told what happened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from dougong.diagnostics import Refusal
from dougong.storage.system import HISTORY, INSTANCE, STEP, TASK
from tests.workflow.scenario import KEY, Stage

ROUNDS = 6


def at_once(*actions: Callable[[], Any]) -> list[Refusal | None]:
    """Run the actions in threads that begin together; what each was refused for, or nothing."""
    barrier = threading.Barrier(len(actions))
    found: list[Refusal | Exception | None] = [None] * len(actions)

    def run(place: int) -> None:
        barrier.wait(30)
        try:
            actions[place]()
        except Exception as error:  # noqa: BLE001 — told to the test below
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "two actions wait for each other"
    unexpected = [each for each in found if each is not None and not isinstance(each, Refusal)]
    assert not unexpected, unexpected
    return found  # type: ignore[return-value]


def lines(stage: Stage, *actions: str) -> int:
    with stage.database.reading() as connection:
        instance = stage.instance(connection).id
        query = (
            select(func.count())
            .select_from(STEP)
            .where(STEP.c.instance_id == instance, STEP.c.action.in_(actions))
        )
        return int(connection.execute(query).scalar_one())


def only_loser(found: list[Refusal | None]) -> Refusal:
    [loser] = [each for each in found if each is not None]
    return loser


@pytest.mark.parametrize("second", ["approves", "rejects"])
def test_two_deciders_where_one_is_enough(stage: Stage, second: str) -> None:
    stage.workflow = "any_of_several"
    for _ in range(ROUNDS):
        stage.create()
        stage.submit()
        other = (
            (lambda: stage.approve("fin")) if second == "approves" else (lambda: stage.reject("fin", "no"))
        )
        loser = only_loser(at_once(lambda: stage.approve("fay"), other))
        assert loser.kind == "conflict"
        assert loser.problems[0].code == "workflow_task_closed"
        assert loser.problems[0].message.startswith(("Fay approved at", "Fin approved at", "Fin rejected at"))
        assert lines(stage, "approved", "rejected") == 1
        assert lines(stage, "finished") == 1
        stage.check()


def test_everybody_where_all_are_asked(stage: Stage) -> None:
    for _ in range(ROUNDS):
        stage.create(price=5000)
        stage.submit()
        stage.approve("bob")
        assert at_once(lambda: stage.approve("fay", "ok"), lambda: stage.approve("fin", "ok")) == [None, None]
        stage.expect(state="approved", tasks={}, record={"status": "approved"})
        assert lines(stage, "approved") == 3
        assert lines(stage, "finished") == 1


def test_the_same_person_twice(stage: Stage) -> None:
    for _ in range(ROUNDS):
        stage.create(price=500)
        stage.submit()
        loser = only_loser(at_once(lambda: stage.approve("bob"), lambda: stage.approve("bob")))
        assert loser.problems[0].code == "workflow_decided_at"
        assert lines(stage, "approved") == 1


def test_submitted_twice(stage: Stage) -> None:
    for _ in range(ROUNDS):
        stage.create(price=500)
        loser = only_loser(at_once(stage.submit, stage.submit))
        assert (loser.kind, loser.problems[0].code) in {
            ("conflict", "workflow_already_running"),
            ("conflict", "record_locked"),
        }
        with stage.database.reading() as connection:
            query = select(func.count()).select_from(INSTANCE).where(INSTANCE.c.record_id == stage.record)
            assert connection.execute(query).scalar_one() == 1
        stage.expect(state="running", tasks={"boss": ["bob"]})


def test_approved_against_withdrawn(stage: Stage) -> None:
    for _ in range(ROUNDS):
        stage.create(price=500)
        stage.submit()
        loser = only_loser(at_once(lambda: stage.approve("bob"), lambda: stage.withdraw("ann")))
        assert loser.kind == "conflict"
        assert loser.problems[0].code in {"workflow_withdrawn_by", "workflow_not_running", "workflow_ended"}
        with stage.database.reading() as connection:
            row = stage.instance(connection)
        status = {"approved": "approved", "withdrawn": "draft"}[row.outcome]
        stage.expect(tasks={}, record={"status": status})
        assert lines(stage, "finished") == 1


def test_submitted_against_changed(stage: Stage) -> None:
    """A change comes before the approval or is refused: it never slips in after the record is locked."""
    for _ in range(ROUNDS):
        stage.create(price=500)
        found = at_once(stage.submit, lambda: stage.update("ann", subject="Changed"))
        assert found[0] is None
        if found[1] is not None:
            assert found[1].problems[0].code == "record_locked"
        with stage.database.reading() as connection:
            query = select(HISTORY.c.changes).where(
                HISTORY.c.entity == KEY, HISTORY.c.record_id == stage.record
            )
            changes = [each for each in connection.execute(query.order_by(HISTORY.c.id)).scalars() if each]
        subjects = [number for number, each in enumerate(changes) if "subject" in each]
        assert all(number == 0 for number in subjects), "the change lies before the submission"


def test_parallel_steps_at_once(stage: Stage) -> None:
    stage.workflow = "parallel"
    for _ in range(ROUNDS):
        stage.create()
        stage.submit()
        assert at_once(lambda: stage.approve("bob"), lambda: stage.approve("fin")) == [None, None]
        stage.expect(state="approved", tasks={}, record={"status": "approved"})
        assert lines(stage, "entered") == 2
        assert lines(stage, "finished") == 1


def test_no_task_is_left_behind(stage: Stage) -> None:
    stage.workflow = "parallel_rejected"
    for _ in range(ROUNDS):
        stage.create()
        stage.submit()
        found = at_once(lambda: stage.approve("bob"), lambda: stage.reject("fin", "no"))
        assert found[1] is None or found[0] is None
        with stage.database.reading() as connection:
            row = stage.instance(connection)
            left = (
                select(func.count())
                .select_from(TASK)
                .where(TASK.c.instance_id == row.id, TASK.c.state == "open")
            )
            assert connection.execute(left).scalar_one() == 0
        assert row.outcome == "rejected"
