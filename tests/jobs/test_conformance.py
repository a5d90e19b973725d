"""What every engine promises, shown for each of them on each database it works with."""

import itertools
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dougong.diagnostics import Diagnostic, Refusal
from dougong.jobs import Job, Task, Tasks, queue, wake
from dougong.jobs.running import reason_of
from dougong.storage.system import AUDIT, JOB
from tests.jobs.conftest import Bench


def effect(job: Job, arguments: Mapping[str, Any]) -> None:
    """Leave a row behind and end the job, in one transaction."""
    with job.writing() as connection:
        connection.execute(
            AUDIT.insert().values(at=datetime.now(UTC), action="effect", subject=str(arguments["n"]))
        )
        job.complete(connection, {"n": arguments["n"]})


def effects(bench: Bench) -> list[str]:
    with bench.database.reading() as connection:
        return list(connection.execute(select(AUDIT.c.subject).order_by(AUDIT.c.id)).scalars())


TASKS = Tasks([Task("effect", effect), Task("sum", lambda job, arguments: sum(arguments["numbers"]))])


def test_a_job_is_done_and_its_result_kept(bench: Bench) -> None:
    with bench.worker(TASKS):
        one, two = bench.enqueue("effect", {"n": 1}), bench.enqueue("sum", {"numbers": [1, 2, 3]}, actor_id=7)
        assert bench.wait(one).state == queue.DONE
        done = bench.wait(two)
    assert (done.state, done.result, done.attempts, done.error, done.actor_id) == (queue.DONE, 6, 1, None, 7)
    assert done.started_at is not None
    assert done.finished_at is not None
    assert effects(bench) == ["1"]


def test_jobs_that_wait_are_found_by_a_worker_that_starts_later(bench: Bench) -> None:
    jobs = [bench.enqueue("effect", {"n": number}) for number in range(5)]
    with bench.worker(TASKS):
        for job in jobs:
            assert bench.wait(job).state == queue.DONE
    assert sorted(effects(bench)) == ["0", "1", "2", "3", "4"]


def test_a_rollback_leaves_neither_record_nor_job(bench: Bench) -> None:
    def failing() -> None:
        with bench.database.writing() as connection:
            connection.execute(AUDIT.insert().values(at=datetime.now(UTC), action="record"))
            queue.enqueue(connection, "effect", {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    marker = bench.enqueue("effect", {"n": 2})
    with bench.worker(TASKS):
        bench.wait(marker)
    assert effects(bench) == ["2"]
    with bench.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(JOB)).scalar_one() == 1


def test_a_job_waits_until_it_is_due(bench: Bench) -> None:
    due = datetime.now(UTC) + timedelta(seconds=2)
    job = bench.enqueue("effect", {"n": 1}, due=due)
    with bench.worker(TASKS):
        time.sleep(0.5)
        assert bench.state(job).state == queue.WAITING
        done = bench.wait(job)
    assert done.started_at is not None
    assert done.started_at >= due


def test_the_same_key_waits_once(bench: Bench) -> None:
    first = bench.enqueue("effect", {"n": 1}, key="k")
    assert bench.enqueue("effect", {"n": 2}, key="k") == first
    other = bench.enqueue("effect", {"n": 3}, key="l")
    with bench.worker(TASKS):
        bench.wait(first)
        bench.wait(other)
        again = bench.enqueue("effect", {"n": 4}, key="k")
        assert again != first
        bench.wait(again)
    assert sorted(effects(bench)) == ["1", "3", "4"]


def test_a_duplicate_key_does_not_spoil_the_transaction(bench: Bench) -> None:
    with bench.database.writing() as connection:
        first = queue.enqueue(connection, "effect", {"n": 1}, key="k")
        assert queue.enqueue(connection, "effect", {"n": 1}, key="k") == first
        connection.execute(AUDIT.insert().values(at=datetime.now(UTC), action="record", subject="record"))
    assert effects(bench) == ["record"]


def test_the_same_lock_never_runs_twice_at_a_time(bench: Bench) -> None:
    running, overlaps, guard = [0], [0], threading.Lock()

    def alone(job: Job, arguments: Mapping[str, Any]) -> None:
        with guard:
            running[0] += 1
            overlaps[0] = max(overlaps[0], running[0])
        time.sleep(0.15)
        with guard:
            running[0] -= 1

    tasks = Tasks([Task("alone", alone)])
    jobs = [bench.enqueue("alone", lock="the-same") for _ in range(5)]
    with bench.worker(tasks, concurrency=3), bench.worker(tasks, concurrency=3):
        for job in jobs:
            assert bench.wait(job).state == queue.DONE
    assert overlaps == [1]


def test_jobs_without_a_lock_run_side_by_side(bench: Bench) -> None:
    barrier = threading.Barrier(2, timeout=20)
    tasks = Tasks([Task("meet", lambda job, arguments: barrier.wait() and None)])
    jobs = [bench.enqueue("meet") for _ in range(2)]
    with bench.worker(tasks, concurrency=2):
        for job in jobs:
            assert bench.wait(job).state == queue.DONE


def test_the_more_urgent_runs_first(bench: Bench) -> None:
    jobs = [bench.enqueue("effect", {"n": number}, priority=number % 3) for number in range(6)]
    with bench.worker(TASKS, concurrency=1):
        for job in jobs:
            bench.wait(job)
    assert effects(bench) == ["2", "5", "1", "4", "0", "3"]


def test_a_failure_is_tried_again_and_then_given_up(bench: Bench) -> None:
    attempts = []

    def fail(job: Job, arguments: Mapping[str, Any]) -> None:
        attempts.append(job.attempt)
        if job.attempt < arguments["good_at"]:
            raise ValueError("not yet")

    tasks = Tasks([Task("fail", fail, first_pause=timedelta(milliseconds=50))])
    with bench.worker(tasks):
        good = bench.wait(bench.enqueue("fail", {"good_at": 3}))
        bad = bench.wait(bench.enqueue("fail", {"good_at": 9}, max_attempts=2))
    assert (good.state, good.attempts, good.error) == (queue.DONE, 3, None)
    assert (bad.state, bad.attempts) == (queue.FAILED, 2)
    assert bad.error is not None
    assert bad.error.startswith("ValueError: not yet")
    assert attempts == [1, 2, 3, 1, 2]
    with bench.database.reading() as connection:
        assert [each.id for each in queue.list_jobs(connection, queue.FAILED)] == [bad.id]


def test_any_reason_can_be_kept(bench: Bench) -> None:
    job = bench.enqueue("effect", {"n": 1}, max_attempts=1)
    reason = reason_of(ValueError("a\0b \ud800 " + "长" * 5000))
    with bench.database.writing() as connection:
        held = queue.claim(connection, "me", timedelta(seconds=60))
        assert held is not None
        assert queue.finish(connection, held, queue.FAILED, error=reason)
    error = bench.state(job).error
    assert error is not None
    assert error.startswith("ValueError: a b ? 长")


def test_the_pauses_grow_to_an_hour() -> None:
    task = Task("x", lambda job, arguments: None)
    assert [task.pause(number).total_seconds() for number in (1, 2, 3, 4, 50)] == [5, 15, 45, 135, 3600]


def test_a_refusal_is_not_tried_again(bench: Bench) -> None:
    def refuse(job: Job, arguments: Mapping[str, Any]) -> None:
        raise Refusal("invalid", [Diagnostic("required", "name must be filled in")])

    with bench.worker(Tasks([Task("refuse", refuse)])):
        ended = bench.wait(bench.enqueue("refuse"))
    assert (ended.state, ended.attempts) == (queue.FAILED, 1)
    assert "name must be filled in" in (ended.error or "")


def test_an_unknown_task_fails_and_can_be_retried_by_a_worker_that_knows_it(bench: Bench) -> None:
    job = bench.enqueue("effect", {"n": 1})
    with bench.worker(Tasks()):
        assert "effect" in (bench.wait(job).error or "")
    with bench.database.writing() as connection:
        assert queue.retry(connection, job)
        assert not queue.retry(connection, job)
    with bench.worker(TASKS):
        done = bench.wait(job)
    assert (done.state, done.error, effects(bench)) == (queue.DONE, None, ["1"])


def test_waiting_jobs_can_be_cancelled(bench: Bench) -> None:
    job = bench.enqueue("effect", {"n": 1}, due=datetime.now(UTC) + timedelta(seconds=0.5))
    marker = bench.enqueue("effect", {"n": 2}, due=datetime.now(UTC) + timedelta(seconds=1))
    with bench.database.writing() as connection:
        assert queue.cancel(connection, job) == queue.CANCELLED
        assert queue.cancel(connection, 999) is None
    with bench.worker(TASKS):
        bench.wait(marker)
    assert (bench.state(job).state, effects(bench)) == (queue.CANCELLED, ["2"])


def test_a_running_job_stops_when_asked(bench: Bench) -> None:
    def long(job: Job, arguments: Mapping[str, Any]) -> None:
        for number in range(600):
            job.progress(number, 600)
            time.sleep(0.05)

    with bench.worker(Tasks([Task("long", long)]), lease=1):
        job = bench.enqueue("long")
        bench.wait(job, queue.RUNNING)
        with bench.database.writing() as connection:
            assert queue.cancel(connection, job) == queue.RUNNING
        assert bench.state(job).is_cancelling
        ended = bench.wait(job, seconds=15)
    assert ended.state == queue.CANCELLED
    assert not ended.is_cancelling


def test_progress_can_be_watched(bench: Bench) -> None:
    go_on = threading.Event()

    def long(job: Job, arguments: Mapping[str, Any]) -> None:
        job.progress(3, 10, "三分之一")
        go_on.wait(20)
        job.progress(10, 10, "x" * 2000)

    with bench.worker(Tasks([Task("long", long)])):
        job = bench.enqueue("long")
        seen = bench.until(lambda: (found := bench.state(job)).done and found)
        assert (seen.done, seen.total, seen.note, seen.state) == (3, 10, "三分之一", queue.RUNNING)
        go_on.set()
        assert bench.wait(job).done == 10


def test_a_long_job_keeps_its_lease(bench: Bench) -> None:
    starts = []

    def long(job: Job, arguments: Mapping[str, Any]) -> None:
        starts.append(job.attempt)
        time.sleep(7)

    with bench.worker(Tasks([Task("long", long)]), lease=3):
        done = bench.wait(bench.enqueue("long"))
    assert (done.state, done.attempts, starts) == (queue.DONE, 1, [1])


def test_who_lost_the_lease_can_write_nothing(bench: Bench) -> None:
    job = bench.enqueue("effect", {"n": 1})
    with bench.database.writing() as connection:
        first = queue.claim(connection, "first", timedelta(seconds=-1))
        second = queue.claim(connection, "second", timedelta(seconds=60))
    assert first is not None
    assert second is not None
    assert (first.id, second.id, second.attempts) == (job, job, 2)
    with bench.database.writing() as connection:
        assert queue.renew(connection, first, timedelta(seconds=60)) is None
        assert not queue.report(connection, first, done=5)
        assert not queue.finish(connection, first, queue.DONE, "first")
        assert not queue.put_back(connection, first, datetime.now(UTC), "first")
        assert queue.claim(connection, "third", timedelta(seconds=60)) is None
        assert queue.finish(connection, second, queue.DONE, "second")
    assert bench.state(job).result == "second"


def test_a_job_that_kills_every_worker_is_buried(bench: Bench) -> None:
    job = bench.enqueue("effect", {"n": 1}, max_attempts=2)
    with bench.database.writing() as connection:
        for _ in range(2):
            assert queue.claim(connection, "dying", timedelta(seconds=-1)) is not None
        assert queue.claim(connection, "next", timedelta(seconds=1)) is None
    ended = bench.state(job)
    assert (ended.state, ended.error) == (queue.FAILED, "the worker was lost")


def test_a_retry_gives_way_to_a_newer_job_with_the_same_key(bench: Bench) -> None:
    first = bench.enqueue("effect", {"n": 1}, key="k")
    with bench.database.writing() as connection:
        held = queue.claim(connection, "me", timedelta(seconds=60))
        assert held is not None
        second = queue.enqueue(connection, "effect", {"n": 2}, key="k")
        assert second != first
        assert queue.put_back(connection, held, datetime.now(UTC), "failed")
        assert queue.get(connection, first).state == queue.CANCELLED  # type: ignore[union-attr]
        assert not queue.retry(connection, first)
        assert queue.get(connection, second).state == queue.WAITING  # type: ignore[union-attr]


def test_periodic_tasks_run_again_and_again_but_never_twice_at_a_time(bench: Bench) -> None:
    moments: list[float] = []
    tasks = Tasks(
        [Task("tick", lambda job, arguments: moments.append(time.time()), every=timedelta(seconds=1))]
    )
    with bench.worker(tasks), bench.worker(tasks):
        bench.until(lambda: len(moments) >= 3)
    with bench.database.reading() as connection:
        assert len(queue.list_jobs(connection, queue.WAITING)) == 1
    assert all(later - earlier > 0.5 for earlier, later in itertools.pairwise(moments))


def test_a_failing_periodic_task_goes_on(bench: Bench) -> None:
    count = [0]

    def fail(job: Job, arguments: Mapping[str, Any]) -> None:
        count[0] += 1
        raise Refusal("unavailable", [])

    with bench.worker(Tasks([Task("tick", fail, every=timedelta(seconds=1))])):
        bench.until(lambda: count[0] >= 2)


def test_stopping_waits_for_the_job_under_way(bench: Bench) -> None:
    tasks = Tasks([Task("slow", lambda job, arguments: time.sleep(1))])
    worker = bench.worker(tasks)
    worker.start()
    job = bench.enqueue("slow")
    bench.wait(job, queue.RUNNING)
    worker.stop()
    assert bench.state(job).state == queue.DONE


def test_old_jobs_are_forgotten_but_not_failed_ones(bench: Bench) -> None:
    with bench.worker(TASKS):
        done, bad = bench.enqueue("effect", {"n": 1}), bench.enqueue("unknown")
        bench.wait(done)
        bench.wait(bad)
    with bench.database.writing() as connection:
        assert queue.forget_old(connection) == 0
        assert queue.forget_old(connection, timedelta(0)) == 1
        assert queue.get(connection, done) is None
        assert queue.get(connection, bad) is not None


def test_many_jobs_and_workers_do_each_exactly_once(bench: Bench) -> None:
    jobs = [bench.enqueue("effect", {"n": number}) for number in range(40)]
    with bench.worker(TASKS, concurrency=2), bench.worker(TASKS, concurrency=2):
        for job in jobs:
            assert bench.wait(job).state == queue.DONE
    assert sorted(map(int, effects(bench))) == list(range(40))


def test_names_of_tasks_are_checked() -> None:
    tasks = Tasks([Task("a.b_1", lambda job, arguments: None)])
    for name in ("a.b_1", "", "A", "a b", "a..b", "a;b"):
        with pytest.raises(ValueError, match="task"):
            tasks.add(Task(name, lambda job, arguments: None))


def test_procrastinate_still_has_what_deferring_needs(postgresql_url: str) -> None:
    """The function and the type carry a version in their names: an upgrade that drops them must not pass unnoticed."""
    import procrastinate

    schema = procrastinate.schema.SchemaManager.get_schema()
    assert f"CREATE FUNCTION {wake.DEFER_FUNCTION}(" in schema
    assert "CREATE TYPE procrastinate_job_to_defer_v1 AS (" in schema
