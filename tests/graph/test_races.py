"""Writers in several processes never leave a wrong total, whatever they do to the same few records at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.read import read
from dougong.records.update import update
from tests.graph.conftest import Ledger
from tests.graph.machine import Machine
from tests.graph.world import wrong

ROOT = Path(__file__).parents[2]
PROCESSES = 2
PATIENCE = 600


def race(url: str, steps: int) -> Counter[str]:
    """Let the processes begin together and wait for all; what they did."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT / "renderers", ROOT))),
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.graph.racer", url, str(seed), str(steps)],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    done: Counter[str] = Counter()
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in started:
            out, err = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, err
            done.update(json.loads(out))
    finally:
        for process in started:
            process.kill()
            process.communicate()
    return done


def _race(book: Ledger, steps: int) -> None:
    Machine(book, 1).run(40)
    done = race(book.database.url.render_as_string(hide_password=False), steps)
    assert done.total() == PROCESSES * steps
    assert done["create"] > 0
    assert done["update"] > 0
    with book.reading() as call:
        assert wrong(call) == []


def test_two_processes_leave_nothing_wrong(book: Ledger) -> None:
    _race(book, 30)


@pytest.mark.nightly
def test_two_processes_leave_nothing_wrong_for_long(book: Ledger) -> None:
    _race(book, 1500)


def _meanwhile(book: Ledger, first: Callable[[Call], object], second: Callable[[Call], object]) -> None:
    """Let somebody begin the second change before the first one is committed."""

    def change() -> None:
        with book.writing() as call:
            second(call)

    other = threading.Thread(target=change)
    with book.writing() as call:
        first(call)
        other.start()
        other.join(0.5)
    other.join()
    with book.reading() as call:
        assert wrong(call) == []


def test_what_a_new_record_reads_does_not_change_under_its_hands(book: Ledger) -> None:
    region = book.make("region", name="North", rate="0.5")
    account = book.make("account", name="Acme", region=region, level=1)
    product = book.make("product", name="Pipe", price="10.00")
    values = {"account": account, "lines": [{"product": product, "quantity": 2}], "extras": [product]}
    for change in ({"price": "12.00"}, {"price": "7.00"}):
        _meanwhile(
            book,
            lambda call: create(call, "ledger.order", values),
            lambda call, change=change: update(call, "ledger.product", product, change),  # type: ignore[misc]
        )
    _meanwhile(
        book,
        lambda call: update(call, "ledger.account", account, {"level": 5}),
        lambda call: create(call, "ledger.order", values),
    )


def test_two_that_add_to_one_total_both_count(book: Ledger) -> None:
    account = book.make("account", name="Acme", region=book.make("region", name="North", rate="1"))
    product = book.make("product", name="Pipe", price="10.00")
    values = {"account": account, "lines": [{"product": product, "quantity": 2}]}
    _meanwhile(
        book,
        lambda call: create(call, "ledger.order", values),
        lambda call: create(call, "ledger.order", values),
    )
    with book.reading() as call:
        assert read(call, "ledger.product", product).values["sold"] == 4


def test_a_record_that_reads_through_another_meets_one_that_comes_there(book: Ledger) -> None:
    region = book.make("region", name="North", rate="1", **{"class": 5})
    values = {"name": "Acme", "region": region, "level": 5}
    _meanwhile(
        book,
        lambda call: create(call, "ledger.account", values),
        lambda call: create(call, "ledger.account", values),
    )
    account = book.make("account", **values)
    order = book.make("order", number="1", account=account)
    _meanwhile(
        book,
        lambda call: create(call, "ledger.invoice", {"order": order, "fee": "3.00"}),
        lambda call: create(call, "ledger.region", {"name": "West", "class": 5}),
    )
