"""Stored values equal a full recomputation by an independent oracle, whatever is done to the records."""

from __future__ import annotations

import os
import time

import pytest

from tests.graph.conftest import Ledger
from tests.graph.machine import Machine

SEED = int(os.environ.get("DOUGONG_GRAPH_SEED", "20261123"))


EVERYTHING = {
    "create",
    "create_many",
    "update",
    "delete",
    "restore",
    "batch",
    "undo",
    "undo_change",
    "merge",
    "import",
    "version",
    "back",
    "rolled back",
}
"""What a long run must have done."""


def test_random_work_leaves_nothing_wrong(book: Ledger) -> None:
    machine = Machine(book, SEED)
    machine.run(120)
    assert {"create", "update", "delete", "restore", "batch", "import", "rolled back"} <= set(machine.done)


@pytest.mark.nightly
def test_ten_thousand_steps_leave_nothing_wrong(book: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    """One run without a break, on each database; everything is compared after every transaction."""
    began = time.process_time()
    machine = Machine(book, SEED + 1)
    machine.run(10_000)
    with capsys.disabled():
        seconds = time.process_time() - began
        print(f"\n{book.database.dialect}: 10000 steps in {seconds:.0f} s of the processor, {machine.done}")
    assert set(machine.done) >= EVERYTHING
