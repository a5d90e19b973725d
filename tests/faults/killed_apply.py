"""Applies a version again and again, killed with SIGKILL at its first, second, third … statement, until it gets through.

Run as a program of its own: `killed_apply.py URL`. After every kill it prints one JSON line: where the process died, at which
version the database stands, what `verify` found.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from dougong.storage import ledger
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.plan import plan
from dougong.storage.release import releases_of
from tests.faults.histories import AFTER
from tests.storage.factory import build, compile_app


def main(url: str) -> None:
    """Kill at every statement, then just before and just after the commit."""
    step = 0
    while step < 500:
        step += 1
        died = _child(url, step) == -signal.SIGKILL
        if _report(url, step, died=died) > 1:
            return
    sys.exit("the apply does not come to an end")


def _child(url: str, step: int) -> int:
    pid = os.fork()
    if pid == 0:
        _apply(url, step)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL}:
        sys.exit(f"the apply failed at step {step}")
    return code


def _apply(url: str, step: int) -> None:
    database = Database(url)
    releases = releases_of(database, compile_app)
    new = build(AFTER)
    with database.reading() as connection:
        planned = plan(releases.recorded(connection, new.id), new, connection)
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    apply(planned, database, allow_loss=True)
    count()


def _report(url: str, step: int, *, died: bool) -> int:
    database = Database(url)
    with database.reading() as connection:
        newest = ledger.present(connection, "shop")
        number = newest.number if newest else 0
        found = [str(each) for each in verify(connection)]
    database.dispose()
    print(json.dumps({"step": step, "died": died, "number": number, "found": found}), flush=True)
    return number


if __name__ == "__main__":
    main(sys.argv[1])
