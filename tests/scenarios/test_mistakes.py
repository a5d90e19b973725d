"""A copy of the CRM with a dozen mistakes in several files: all of them are named, each at its place, alike through every door."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from dougong import assembly
from dougong.compiler.folders import compile_folders
from dougong.definitions import bundled
from dougong.people import accounts, tokens
from dougong.storage.apply import apply
from dougong.storage.plan import plan
from tests.web_server import Api, server_of

ROOT = Path(__file__).resolve().parents[2]
MISTAKES: tuple[tuple[str, str, str], ...] = (
    (
        "entities/account.yaml",
        "type: money, label: {en: Annual revenue",
        "type: monney, label: {en: Annual revenue",
    ),
    (
        "entities/account.yaml",
        "{type: text, label: {en: Name, zh: 客户名称}, required: true,",
        "{type: text, label: {en: Name, zh: 客户名称}, requierd: true,",
    ),
    ("entities/contact.yaml", "to: account", "to: acount"),
    (
        "entities/opportunity.yaml",
        "ROUND(amount * stage.probability, 2)",
        "ROUND(amuont * stage.probability, 2)",
    ),
    ("entities/opportunity.yaml", "require: [lost_reason]", "require: [lost_reson]"),
    ("entities/quote.yaml", 'default: "TODAY() + 30"', 'default: "TODAY() + name"'),
    ("entities/lead.yaml", "fields:\n  ", "fields:\n  Bad Name: {type: text}\n  "),
    ("forms/opportunity.yaml", "facts: [amount, weighted,", "facts: [amount, wieghted,"),
    ("views/opportunity.yaml", "group: stage", "group: stages"),
    ("views/opportunity.yaml", "owner = ME()", "owner = ME("),
    ("workflows/quote_approval.yaml", "to: director", "to: directer"),
    ("workflows/quote_approval.yaml", "role: finance", "role: finanse"),
    ("reports/pipeline.yaml", "from: opportunity", "from: opportunities"),
    ("roles/sales_rep.yaml", "  competitor:\n", "  competitors:\n"),
    ("app.yaml", "dashboard: sales", "dashboard: salse"),
    ("views/quote.yaml", "  mine: {label: {en: Mine", "  all: {label: {en: Mine"),
)


def broken_copy(folder: Path) -> dict[tuple[str, int], str]:
    """Write the copy; the answer says on which line of which file each mistake stands, with what was written there."""
    shutil.copytree(bundled.folder("crm"), folder)
    expected: dict[tuple[str, int], str] = {}
    for name, right, wrong in MISTAKES:
        path = folder / name
        text = path.read_text("utf-8")
        assert right in text, (name, right)
        path.write_text(text.replace(right, wrong, 1), "utf-8")
    for name, right, wrong in MISTAKES:
        text = (folder / name).read_text("utf-8")
        at = text.index(wrong) + next(n for n, (a, b) in enumerate(zip_longest(wrong, right)) if a != b)
        expected[(f"crm/{name}", text.count("\n", 0, at) + 1)] = wrong
    return expected


def command(*words: str, database: str) -> tuple[int, Any, float]:
    """Run the program; its answer as data and how long it took."""
    environment = {
        **os.environ,
        "DOUGONG_DATABASE": database,
        "PYTHONPATH": f"{ROOT}/platform:{ROOT}/renderers",
    }
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "dougong", *words, "--format", "json"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), time.monotonic() - begun


def sources_of(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.suffix == ".yaml"]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


@pytest.fixture
def installed(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Api]]:
    """A database with the right CRM in it, and the API as its administrator uses it."""
    database = assembly.open_database(database_url)
    [app] = compile_folders([bundled.folder("crm")])
    with database.reading() as connection:
        planned = plan(None, app, connection)
    apply(planned, database)
    with database.writing() as connection:
        ada = accounts.add(connection, "ada", password="quiet-harbour-42", is_admin=True, language="en")
        token = tokens.issue(connection, ada, scopes=["admin"])
    database.dispose()
    server = server_of(database_url, {"ada": token}, tmp_path)
    yield database_url, server.api("ada")
    server.database.dispose()


def test_all_mistakes_alike_through_every_door(installed: tuple[str, Api], tmp_path: Path) -> None:
    url, api = installed
    folder = tmp_path / "crm"
    expected = broken_copy(folder)
    status, checked, seconds = command("check", str(folder), database=url)
    assert status == 1
    found = {(each["file"], each["line"]) for each in checked["errors"]}
    assert {key for key in expected if key not in found} == set(), checked["errors"]
    assert len(checked["errors"]) >= 12
    assert all(each["column"] >= 1 and each["code"] and each["message"] for each in checked["errors"])
    begun = time.monotonic()
    answer = api("POST", "/crm/plan", {"sources": sources_of(folder)})
    over_http = time.monotonic() - begun
    assert answer.status_code == 422
    print(f"{len(checked['errors'])} findings; command line {seconds:.2f} s, HTTP {over_http:.2f} s")
    assert answer.json["errors"] == checked["errors"]
    for words in (("plan", str(folder)), ("apply", str(folder), "--yes")):
        status, document, _ = command(*words, database=url)
        assert status == 1
        assert document["errors"] == checked["errors"]
    refused = api("POST", "/crm/apply", {"sources": sources_of(folder)})
    assert refused.status_code == 422
    again = api("POST", "/crm/plan", {"sources": sources_of(bundled.folder("crm"))})
    assert again.status_code == 200
    assert again.json["empty"] is True
