"""Does one thing again and again on a disk that has ever more room left, until it gets through: a program of its own.

Run as `full_disk.py KIND SCENARIO FOLDER STRIDE`: FOLDER is a small file system (`disk`), or no file may grow beyond a size (`limit`);
STRIDE is how many bytes more there are each time. Prints lines as `program.py` does; what is wrong is looked for twice, while the
disk is still full and when there is room again.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dougong.diagnostics import Refusal
from dougong.storage.drift import verify
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.small_disk import fill

_REFUSED = 7
_MOST = 400


def main(kind: str, name: str, folder: Path, stride: int) -> None:
    """Leave more room each time: of the disk, or of what a file may grow to (`limit`)."""
    tempfile.tempdir = str(folder)
    scenario = SCENARIOS[name]
    url = f"sqlite:///{folder / 'app.db'}"
    scenario.prepare(url)
    for step in range(_MOST):
        notes = Path(os.environ["NOTES"]) / f"{name}-{step}"
        notes.touch()
        found: list[str] = []
        with _little_room(kind, folder, step * stride):
            ended = _child(url, scenario, step, notes, step * stride if kind == "limit" else None)
            acknowledged = notes.read_text().split()
            with suppress(Refusal):  # not even what SQLite shares between processes may have room
                found = _verified(url, scenario)
        found = (
            found
            or _verified(url, scenario)
            or scenario.problems(scenario.open(url), step, acknowledged, folder)
        )
        report = {"step": step, "ended": ended, "acknowledged": acknowledged, "found": found}
        print(json.dumps(report, ensure_ascii=False), flush=True)
        if ended == "done":
            return
    sys.exit("it does not come to an end")


@contextmanager
def _little_room(kind: str, folder: Path, free: int) -> Iterator[None]:
    ballast = fill(folder, free) if kind == "disk" else None
    try:
        yield
    finally:
        if ballast is not None:
            ballast.unlink()


def _child(url: str, scenario: Scenario, step: int, notes: Path, limit: int | None) -> str:
    pid = os.fork()
    if pid == 0:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        os._exit(_work(url, scenario, step, notes))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {0: "done", _REFUSED: "refused"}.get(code, f"status {code}")


def _work(url: str, scenario: Scenario, step: int, notes: Path) -> int:
    def acknowledge(word: str) -> None:
        with notes.open("a") as file:
            file.write(f"{word}\n")

    try:
        scenario.run(scenario.open(url), step, acknowledge)
    except (Refusal, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return _REFUSED
    except Exception:  # noqa: BLE001 - whatever the library raises is looked at
        traceback.print_exc()
        return 3
    return 0


def _verified(url: str, scenario: Scenario) -> list[str]:
    database = scenario.open(url)
    try:
        with database.reading() as connection:
            return [str(each) for each in verify(connection)]
    finally:
        database.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
