"""Stored values equal a full recomputation by an independent oracle, whatever is done to the records."""

from __future__ import annotations

import os

import pytest

from tests.graph.conftest import Ledger
from tests.graph.machine import Machine

SEED = int(os.environ.get("DOUGONG_GRAPH_SEED", "20261123"))


def test_random_work_leaves_nothing_wrong(book: Ledger) -> None:
    machine = Machine(book, SEED)
    machine.run(120)
    assert {"create", "update", "delete", "restore", "batch", "rolled back"} <= set(machine.done)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(5))
def test_ten_thousand_steps_leave_nothing_wrong(book: Ledger, part: int) -> None:
    machine = Machine(book, SEED + 1 + part)
    machine.run(2000)
    assert {"create", "update", "delete", "restore", "batch", "undo", "merge", "rolled back"} <= set(
        machine.done
    )
