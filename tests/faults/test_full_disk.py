"""On a small disk that is really full, and where no file may grow: the old state or the new one, and all that was acknowledged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.scenarios import SCENARIOS
from tests.faults.small_disk import command, reason_against

ROOT = Path(__file__).parents[2]


_STRIDES = {"apply": 56_000, "batch": 56_000, "import": 160_000, "backup": 20_000}
RUNS = [(kind, scenario) for kind in ("disk", "limit") for scenario in SCENARIOS]


@pytest.mark.parametrize(("kind", "scenario"), RUNS)
def test_with_some_room(tmp_path: Path, kind: str, scenario: str) -> None:
    _check(tmp_path, kind, scenario, stride=_STRIDES[scenario])


@pytest.mark.nightly
@pytest.mark.parametrize(("kind", "scenario"), RUNS)
def test_with_ever_more_room(tmp_path: Path, kind: str, scenario: str) -> None:
    _check(tmp_path, kind, scenario, stride=4 * 1024)


def _check(tmp_path: Path, kind: str, scenario: str, stride: int) -> None:
    folder, notes = tmp_path / "disk", tmp_path / "notes"
    folder.mkdir()
    notes.mkdir()
    program = str(ROOT / "tests/faults/full_disk.py")
    run = [sys.executable, program, kind, scenario, str(folder), str(stride)]
    if kind == "disk":
        if reason := reason_against(folder):
            pytest.skip(
                f"no small disk can be mounted here ({reason}); where no file may grow is tried anyway"
            )
        run = command("24m", folder, *run)
    path = os.pathsep.join(map(str, (ROOT / "platform", ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "NOTES": str(notes)}
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=1_800, check=False)
    assert done.returncode == 0, done.stderr[-3_000:] + done.stdout[-1_000:]
    reports: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each for each in reports if each["found"]] == []
    assert {each["ended"] for each in reports[:-1]} == {"refused"}, done.stderr[-3_000:]
    assert (reports[-1]["ended"], bool(reports[-1]["acknowledged"])) == ("done", True)
