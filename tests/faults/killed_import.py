"""Imports a file, killed with SIGKILL at ever later statements and taken up again each time, until it gets through.

Run as a program of its own: `killed_import.py URL FILE LOGIN`. After every death it prints one JSON line: where the process
died, what the import says of itself and how many records of it there are.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from dougong.people.actor import load_actor
from dougong.records import importer
from dougong.records.import_ import Options, resume, run
from dougong.storage.release import releases_of
from dougong.storage.system import HISTORY, IMPORT, USER
from tests.installed import open_database

importer.CHUNK = 20
KEY = "shop.customer"
STRIDE = 4


def main(url: str, path: str, login: str) -> None:
    """Kill at a later statement each time."""
    step = 0
    while step < 2_000:
        step += STRIDE
        died = _child(url, Path(path), login, step) == -signal.SIGKILL
        if _report(url, step, died=died) == "done":
            return
    sys.exit("the import does not come to an end")


def _child(url: str, path: Path, login: str, step: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _import(url, path, login, step)
        except BaseException as error:  # noqa: BLE001  # the fork must never go on as its parent
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL}:
        sys.exit(f"the import failed at step {step}")
    return code


def _import(url: str, path: Path, login: str, step: int) -> None:
    database = open_database(url)
    release = releases_of(database).current()
    with database.reading() as connection:
        found = connection.execute(select(IMPORT.c.id)).scalars().all()
        user = connection.execute(select(USER.c.id).where(USER.c.login == login)).scalar_one()
        actor = load_actor(connection, user)
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    if found:
        resume(database, release, actor, found[0], path)
    else:
        run(database, release, actor, KEY, path, Options(mode="upsert", match=("email",)))


def _report(url: str, step: int, *, died: bool) -> str:
    database = open_database(url)
    with database.reading() as connection:
        row = connection.execute(select(IMPORT)).mappings().one_or_none()
        entries = connection.execute(
            select(HISTORY.c.action, func.count().label("number"))
            .where(HISTORY.c.door == "import")
            .group_by(HISTORY.c.action)
        ).all()
    database.dispose()
    document: dict[str, Any] = {
        "step": step,
        "died": died,
        "history": {each.action: each.number for each in entries},
    }
    document |= {"id": row["id"]} if row else {}
    document |= (
        {"state": row["state"], "added": row["added"], "updated": row["updated"]} if row else {"state": ""}
    )
    print(json.dumps(document), flush=True)
    return str(document["state"])


if __name__ == "__main__":
    main(*sys.argv[1:])
