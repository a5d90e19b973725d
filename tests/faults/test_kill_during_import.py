"""kill -9 at any statement of an import loses no line and takes none twice; taken up again, it ends as if nothing had been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dougong.records import import_log
from dougong.records.query import Query, list_records
from dougong.records.undo import undo
from dougong.storage.drift import verify
from tests.records.conftest import Shop, shop, shop_templates

__all__ = ["shop", "shop_templates"]

ROOT = Path(__file__).parents[2]
LINES = 260


def content() -> str:
    """New records, changes of standing ones, equal ones, names of records further down, a double key and what is wrong."""
    lines = ["name,email,visits,referrer"]
    for number in range(LINES):
        visits = "many" if number % 50 == 7 else str(number)
        referrer = f"N{number + 90}" if number % 40 == 3 and number + 90 < LINES else ""
        email = f"n{number if number != 200 else 5}@x.example"
        lines.append(f"N{number},{email},{visits},{referrer}")
    lines.append("Lost,lost@x.example,1,Nobody at all")
    return "\n".join(lines)


def test_an_import_killed_again_and_again_ends_as_if_nothing_had_been(shop: Shop, tmp_path: Path) -> None:
    for number in (1, 2, 150):
        shop.customer(name="Old", email=f"n{number}@x.example", visits=number)
    path = tmp_path / "in.csv"
    path.write_text(content())
    lines = _killed(shop, path)
    assert sum(each["died"] for each in lines) >= 10
    for each in lines:
        assert each["history"].get("create", 0) == each.get("added", 0), each
        assert each["history"].get("update", 0) == each.get("updated", 0), each
    identity = lines[-1]["id"]
    failed = {number for number in range(LINES) if number % 50 == 7} | {200}
    with shop.reading() as call:
        records = list_records(call, "shop.customer", Query(sort="id", limit=1000)).rows
        row = import_log.noted(call.connection, identity)
        failures = [failure for _, failure in import_log.failures(call.connection, identity, None)]
        assert verify(call.connection) == []
    assert row is not None
    assert (row["total"], row["added"], row["updated"], row["failed"]) == (
        LINES + 1,
        LINES - len(failed) - 3,
        3,
        len(failed) + 1,
    )
    assert {failure.line - 2 for failure in failures} == {*failed, LINES}
    names = [record.values["name"] for record in records]
    assert sorted(names) == sorted(f"N{number}" for number in range(LINES) if number not in failed)
    by_name = {record.values["name"]: record for record in records}
    assert by_name["N3"].values["referrer"] == by_name["N93"].id
    with shop.writing("mia") as call:
        undone = undo(call, identity)
    assert (undone.deleted, undone.restored) == (LINES - len(failed) - 3, 3)
    with shop.reading() as call:
        left = list_records(call, "shop.customer", Query(limit=1000)).rows
    assert {record.values["name"] for record in left} == {"Old"}


def _killed(shop: Shop, path: Path) -> list[dict[str, Any]]:
    url = shop.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.killed_import", url, str(path), "mia"]
    environment = {
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT / 'renderers'}:{ROOT}",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
