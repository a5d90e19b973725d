"""Killed, out of disk or without its connection at any step: the old state or the new one, what was acknowledged is there, `verify`
finds nothing, and what was interrupted goes on or is undone.

Every step makes more than 1 100 interrupted runs (`make nightly`; SQLite 752, PostgreSQL 338 for apply alone), some of them are
made for every change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.scenarios import SCENARIOS
from tests.servers.databases import Databases

ROOT = Path(__file__).parents[2]
RUNS = [
    (dialect, scenario, kind)
    for dialect in ("sqlite", "postgresql")
    for scenario in SCENARIOS
    for kind in ("kill", "full", "lost")
    if (dialect, kind) != ("sqlite", "lost")  # SQLite has no connection that could be lost
]
STRIDES = {"apply": 17, "batch": 11, "import": 13, "backup": 5}


@pytest.mark.parametrize(("dialect", "scenario", "kind"), RUNS)
def test_some_steps(databases: Databases, tmp_path: Path, dialect: str, scenario: str, kind: str) -> None:
    first = 1 + RUNS.index((dialect, scenario, kind)) % STRIDES[scenario]
    _check(databases, tmp_path, dialect, scenario, kind, first, STRIDES[scenario])


@pytest.mark.nightly
@pytest.mark.parametrize(("dialect", "scenario", "kind"), RUNS)
def test_every_step(databases: Databases, tmp_path: Path, dialect: str, scenario: str, kind: str) -> None:
    _check(databases, tmp_path, dialect, scenario, kind, 1, 1)


def _check(
    databases: Databases, folder: Path, dialect: str, scenario: str, kind: str, first: int, stride: int
) -> None:
    reports: list[dict[str, Any]] = []
    step = first
    while not reports or reports[-1]["ended"] != "done":
        with databases.database(dialect) as url:
            SCENARIOS[scenario].prepare(url)
            reports += _run(url, scenario, kind, step, stride, folder)
        step = reports[-1]["step"] + stride  # what can be done only once got through in spite of the trouble
    assert [each for each in reports if each["found"]] == []
    assert reports[-1]["acknowledged"]
    ends = {each["ended"] for each in reports[:-1]}
    assert ends <= ({"killed"} if kind == "kill" else {"refused", "troubled"}), reports
    assert len(reports) > 1


def _run(url: str, scenario: str, kind: str, first: int, stride: int, folder: Path) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT)))}
    program = str(ROOT / "tests" / "faults" / "program.py")
    command = [sys.executable, program, url, scenario, kind, str(first), str(stride), str(folder)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1_800, check=False)
    assert run.returncode == 0, run.stderr[-3_000:] + run.stdout[-1_000:]
    return [json.loads(line) for line in run.stdout.splitlines()]
