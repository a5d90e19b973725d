"""One of the processes that race: random work on a ledger as soon as everybody is ready.

Run as a program of its own: `racer.py URL SEED STEPS`. Prints `ready`, waits for a line, then one JSON object that counts what it did.
"""

from __future__ import annotations

import json
import sys

from tests.graph.conftest import Ledger
from tests.graph.machine import Machine
from tests.installed import open_database


def main(url: str, seed: str, steps: str) -> None:
    database = open_database(url)
    machine = Machine(Ledger(database), int(seed))
    print("ready", flush=True)
    sys.stdin.readline()
    machine.race(int(steps))
    print(json.dumps(machine.done))
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
