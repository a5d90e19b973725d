"""kill -9 at every statement of an apply leaves the old version or the new one, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from dougong.storage.database import Database
from dougong.storage.install import install
from tests.faults.histories import BEFORE
from tests.storage.conftest import World

ROOT = Path(__file__).parents[2]


def test_every_statement_may_be_the_last(database_url: str) -> None:
    database = Database(database_url)
    install(database)
    world = World(database)
    world.publish(BEFORE)
    customers = world.add(
        "shop.customer", *({"name": f"客户{i}", "code": f"c{i}", "fax": "1"} for i in range(5))
    )
    world.add("shop.order", *({"customer": each, "total": f"{each}.50"} for each in customers))
    world.add("shop.order/lines", {"parent_id": 1, "position": 1, "what": "tea"})
    world.reindex()
    database.dispose()

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT)))}
    command = [sys.executable, str(ROOT / "tests" / "faults" / "killed_apply.py"), database_url]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert run.returncode == 0, run.stderr
    reports = [json.loads(line) for line in run.stdout.splitlines()]

    assert len(reports) > 40
    assert [each for each in reports if each["found"]] == []
    assert all(each["died"] for each in reports)
    assert [each["number"] for each in reports] == [1] * (len(reports) - 1) + [2]
    assert len(world.rows("shop.order")) == 5
    assert world.rows("shop.client")[0]["title"] == "客户0"
    assert world.rows("shop.order/items")[0]["what"] == "tea"
    database.dispose()
