"""A worker that is killed in the middle of a job loses nothing, and what it did is not done again."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from dougong.jobs import queue
from dougong.storage.system import AUDIT
from tests.jobs.conftest import Bench
from tests.jobs.victim import STEPS, tasks

ROOT = Path(__file__).parents[2]
LEASE = "2"


def start_victim(bench: Bench, signs: Path) -> "subprocess.Popen[bytes]":
    path = f"{ROOT / 'platform'}:{ROOT}"
    command = [sys.executable, "-m", "tests.jobs.victim", bench.url, bench.engine, str(signs), "0.4", LEASE]
    return subprocess.Popen(command, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"}, cwd=ROOT)


@pytest.mark.parametrize("after", ["0-1", "3-1"], ids=["at the first step", "in the middle"])
def test_another_worker_finishes_the_job(bench: Bench, tmp_path: Path, after: str) -> None:
    job = bench.enqueue("steps", lock="one at a time")
    victim = start_victim(bench, tmp_path)
    try:
        bench.until((tmp_path / after).exists)
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    assert bench.state(job).state == queue.RUNNING
    with bench.worker(tasks(tmp_path, 0.1), lease=float(LEASE)):
        done = bench.wait(job, seconds=60)
    assert (done.state, done.result, done.attempts) == (queue.DONE, "all steps", 2)
    with bench.database.reading() as connection:
        left = list(connection.execute(select(AUDIT.c.subject).order_by(AUDIT.c.id)).scalars())
    assert left == [str(step) for step in range(STEPS)]


def test_the_next_job_of_the_lock_goes_on_after_the_death_of_a_worker(bench: Bench, tmp_path: Path) -> None:
    first = bench.enqueue("steps", lock="one at a time")
    victim = start_victim(bench, tmp_path)
    try:
        bench.until((tmp_path / "1-1").exists)
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    second = bench.enqueue("steps", lock="one at a time")
    with bench.worker(tasks(tmp_path, 0.05), lease=float(LEASE)):
        assert bench.wait(first, seconds=60).state == queue.DONE
        assert bench.wait(second, seconds=60).state == queue.DONE
