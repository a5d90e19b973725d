"""How much memory a program takes, with all processes that it starts."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path


class Peak:
    """The most memory seen while a program ran as the leader of a session of its own; read from `/proc`.

    `every` says how many seconds pass between two looks. One takes some milliseconds of the processor, which a program that is timed
    should not have to share.
    """

    def __init__(self, every: float = 0.02) -> None:
        self.every = every
        self.megabytes = 0.0

    def watch(self, process: subprocess.Popen[str]) -> None:
        """Look until the program has ended."""
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()

    def _watch(self, process: subprocess.Popen[str]) -> None:
        ended = threading.Event()
        while process.poll() is None:
            taken = sum(_megabytes(each) for each in _of_session(process.pid))
            self.megabytes = max(self.megabytes, taken)
            ended.wait(self.every)


def _of_session(leader: int) -> list[Path]:
    """The processes of a session, as folders of `/proc`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if after_name[3] == str(leader):
            found.append(folder)
    return found


def _megabytes(folder: Path) -> float:
    """What a process holds; pages that several processes share count for a part in each."""
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
