"""A new version reaches a server of two processes while people work: no restart, no failed request, the data as they were."""

from __future__ import annotations

import json
import shutil
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.cli.test_serving import serving
from tests.web_server import LIBRARY, prepare

CHANGES: tuple[tuple[str, str, str], ...] = (
    ("entities/book.yaml", "  lent:", "  weight: {type: decimal, decimals: 3}\n  lent:"),
    (
        "entities/book.yaml",
        "{type: integer, min: 1, max: 9999,",
        "{type: decimal, decimals: 2, min: 1, max: 9999,",
    ),
    ("entities/book.yaml", "price: {type: money, decimals: 2", "price: {type: money, decimals: 4"),
    ("entities/book.yaml", "  notes: {", "  remarks: {was: notes, "),
    ("entities/reader.yaml", "  email:", "  birthday: {type: date}\n  email:"),
)
"""A column more, a column of another type, of another scale, one renamed, and another table."""


class Worker(threading.Thread):
    """Somebody who reads and writes without a pause and notes every answer that is not the expected one."""

    def __init__(self, address: str, token: str, number: int) -> None:
        super().__init__()
        self.address, self.token, self.number = address, token, number
        self.stop = threading.Event()
        self.failures: list[str] = []
        self.made: list[str] = []
        self.asked = 0

    def run(self) -> None:
        while not self.stop.is_set():
            status, made = self.ask(
                "POST",
                "/library/book",
                {"title": f"book {self.number}-{self.asked}", "pages": 12, "price": "3.50"},
            )
            if status == 201:
                self.made.append(made["id"])
                self.ask("GET", f"/library/book/{made['id']}?expand=keeper")
                self.ask("PATCH", f"/library/book/{made['id']}", {"pages": 13})
            self.ask("GET", "/library/book?limit=50&sort=-price&filter=pages%20%3E%203&count=exact")
            self.ask("GET", "/library/book/aggregate?group=shelf&measures=SUM(price)")

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request; a refusal is a failure too, as every request is right under every version."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.address}/api/v1{path}", data, headers, method=method)
        self.asked += 1
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            self.failures.append(f"{method} {path}: {error.code} {error.read()[:400]!r}")
            return error.code, None
        except OSError as error:
            self.failures.append(f"{method} {path}: {error!r}")
            return 0, None


def test_under_load(database_url: str, tmp_path: Path) -> None:
    issued = prepare(database_url)
    app = tmp_path / "library"
    shutil.copytree(LIBRARY, app)
    with serving(database_url, tmp_path, "--workers", "2") as (address, process):
        people = [Worker(address, issued["hana"], number) for number in range(3)]
        for each in people:
            each.start()
        admin = Worker(address, issued["ada"], 99)
        try:
            for name, before, after in CHANGES:
                wait_for_more(people)
                path = app / name
                text = path.read_text("utf-8")
                assert before in text, before
                path.write_text(text.replace(before, after, 1), "utf-8")
                form = app / "forms/book.yaml"
                if "was: notes" in after:
                    form.write_text(form.read_text("utf-8").replace("notes", "remarks"), "utf-8")
                files = {
                    found.relative_to(app).as_posix(): found.read_text("utf-8")
                    for found in app.rglob("*.yaml")
                }
                status, answer = admin.ask("POST", "/library/apply", {"sources": files})
                assert admin.failures == []
                assert status == 200, answer
            wait_for_more(people)
        finally:
            for each in people:
                each.stop.set()
            for each in people:
                each.join()
        assert [failure for each in people for failure in each.failures] == []
        assert process.poll() is None
        total = sum(len(each.made) for each in people)
        status, page = admin.ask("GET", "/library/book?limit=1000&count=exact")
        assert page["page"]["count"] == total
        assert {(row["pages"], row["price"]) for row in page["data"]} == {("13.00", "3.5000")}
        print(
            f"{sum(each.asked for each in people)} requests, {total} records, {len(CHANGES)} versions, 0 failures"
        )


def wait_for_more(people: list[Worker], count: int = 10) -> None:
    """Until everybody has had that many more answers."""
    wanted = [each.asked + count for each in people]
    until = time.monotonic() + 120
    while any(each.asked < number for each, number in zip(people, wanted, strict=True)):
        assert time.monotonic() < until, "the server has become too slow"
        time.sleep(0.05)
