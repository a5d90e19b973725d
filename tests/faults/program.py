"""Does one thing again and again, each time interrupted one step later, until it gets through: a program of its own.

Run as `program.py URL SCENARIO KIND FIRST STRIDE FOLDER`. After every interruption it prints one JSON line: how the process
ended, and what was found to be wrong afterwards.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path

from dougong.diagnostics import Refusal
from dougong.storage.drift import verify
from tests.faults.points import Points
from tests.faults.scenarios import SCENARIOS, Scenario, let_no_file_grow

_REFUSED = 7
_MOST = 2_000


def main(url: str, name: str, kind: str, first: int, stride: int, folder: Path) -> None:
    """Interrupt at every step in turn."""
    tempfile.tempdir = str(folder)
    scenario = SCENARIOS[name]
    for step in range(first, _MOST, stride):
        notes = folder / f"acknowledged-{name}-{kind}-{step}"
        notes.touch()
        ended = _child(url, scenario, kind, step, notes)
        acknowledged = notes.read_text().split()
        found = _found(url, scenario, step, acknowledged, folder)
        report = {"step": step, "ended": ended, "acknowledged": acknowledged, "found": found}
        print(json.dumps(report, ensure_ascii=False), flush=True)
        if ended == "done" or (scenario.ends and acknowledged):
            return
    sys.exit("it does not come to an end")


def _child(url: str, scenario: Scenario, kind: str, step: int, notes: Path) -> str:
    pid = os.fork()
    if pid == 0:
        os._exit(_work(url, scenario, kind, step, notes))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    known = {0: "done", 1: "troubled", _REFUSED: "refused", -signal.SIGKILL: "killed"}
    return known.get(code, f"status {code}")


def _work(url: str, scenario: Scenario, kind: str, step: int, notes: Path) -> int:
    database = scenario.open(url)
    points = Points(database, kind, step, let_no_file_grow if scenario.fills_own_disk else None)

    def acknowledge(word: str) -> None:
        with notes.open("a") as file:
            file.write(f"{word}\n")

    try:
        scenario.run(database, step, acknowledge)
    except (Refusal, OSError):
        return _REFUSED if points.has_struck else 2
    except Exception:  # noqa: BLE001 - whatever the library raises is looked at
        traceback.print_exc()
        return 3
    return 1 if points.has_struck else 0


def _found(url: str, scenario: Scenario, step: int, acknowledged: list[str], folder: Path) -> list[str]:
    database = scenario.open(url)
    try:
        with database.reading() as connection:
            found = [str(each) for each in verify(connection)]
        return found or scenario.problems(database, step, acknowledged, folder)
    finally:
        database.dispose()


if __name__ == "__main__":
    address, wanted, trouble, begin, every, where = sys.argv[1:]
    main(address, wanted, trouble, int(begin), int(every), Path(where))
