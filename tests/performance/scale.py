"""`make scale`: what large apps cost. 500 entities of 200 fields, an entity of 500 fields, and a record with 1 000 rows.

Times are of the processor, so that what else the machine does matters little; memory is what the process occupies at most.
Ends with status 1 when a figure is above its limit.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dougong import assembly
from dougong.compiler.folders import compile_folders
from dougong.people.actor import SYSTEM
from dougong.records.import_ import Options, run
from dougong.web.logs import configure
from tests.performance import large
from tests.web_server import Api, Browser, Server, server_of

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 15
ROWS = 1_000
LINES = 2_000
USABLE = 1_000
"""Milliseconds of the processor within which a page or a save of the largest kind has to be done."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `limit` is None where nothing was promised."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return self.limit is None or self.value <= self.limit


def processor_milliseconds(
    work: Callable[[], Any], rounds: int = ROUNDS, figure: Callable[[list[float]], float] = statistics.median
) -> float:
    """What a call costs: by default the median of some, after two that fill the caches."""
    taken = []
    for number in range(rounds + 2):
        began = time.process_time()
        answer = work()
        if number > 1:
            taken.append(time.process_time() - began)
        assert getattr(answer, "status_code", 200) < 400, answer.text
    return figure(taken) * 1000


# ------------------------------------------------------------------ check and start, each in a process of its own
def check(folder: Path) -> dict[str, float]:
    """What `dougong check` of an app costs this process, from its first import on."""
    [app] = compile_folders([folder])
    assert app.entities
    return _spent()


def start(url: str) -> dict[str, float]:
    """What it costs to serve the first list of an app, from the first import on."""
    configure("text", "error")
    issued = json.loads(sys.stdin.read())
    server = server_of(url, issued, Path(url).parent)
    assert server.api("cleo")("GET", "/large/e0").status_code == 200
    return _spent()


def _spent() -> dict[str, float]:
    """Its processor time, and the most memory that it took: of the program itself, not of the one that it was begun from."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {"seconds": time.process_time(), "megabytes": int(status["VmHWM"].split()[0]) / 1024}


def _alone(what: str, argument: str, given: str = "") -> dict[str, float]:
    command = [sys.executable, "-m", "tests.performance.scale", what, argument]
    done = subprocess.run(command, input=given, capture_output=True, text=True, cwd=ROOT, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def many_entities(folder: Path, entities: int, fields: int) -> Iterator[Figure]:
    """An app of many entities: checked, started, and what it costs beside one of a single entity."""
    checked = _alone("check", str(large.write(folder / "large", entities, fields)))
    name = f"{entities} × {fields}"
    yield Figure(f"check {name}", checked["seconds"], "s", 20)
    yield Figure(f"check {name}, memory", checked["megabytes"], "MB", 600)
    servers = {}
    for count in (1, entities):
        url = f"sqlite:///{folder / f'{count}.db'}"
        issued = large.install(url, count, fields)
        if count == entities:
            started = _alone("start", url, json.dumps(issued))
            yield Figure(f"start {name}", started["seconds"], "s", 10)
            yield Figure(f"start {name}, memory", started["megabytes"], "MB", 600)
        servers[count] = server_of(url, issued, folder)
    few, many = (requests(server) for server in servers.values())
    for request in few:
        ratio = many[request] / few[request]
        yield Figure(f"{request}, {entities} entities against 1", ratio, "×", 1.25)


def requests(server: Server) -> dict[str, float]:
    """What the usual calls of the API cost at least, in milliseconds."""
    api = server.api("cleo")
    first = api.made("/large/e0", name="first", f0="x", f2="1.50")
    for number in range(30):
        api.made("/large/e0", name=f"n{number}")
    counts = iter(range(10_000))
    path = f"/large/e0/{first['id']}"
    return {
        "list": processor_milliseconds(lambda: api("GET", "/large/e0?limit=25"), figure=min),
        "read": processor_milliseconds(lambda: api("GET", path), figure=min),
        "create": processor_milliseconds(lambda: api("POST", "/large/e0", {"name": "new"}), figure=min),
        "update": processor_milliseconds(lambda: api("PATCH", path, {"f0": str(next(counts))}), figure=min),
    }


# ------------------------------------------------------------------ wide and long records
def wide(folder: Path, fields: int = 500) -> Iterator[Figure]:
    """An entity of many fields: pages, saves and an import."""
    url = f"sqlite:///{folder / 'wide.db'}"
    server = server_of(url, large.install(url, 1, fields), folder)
    api, browser = server.api("cleo"), server.browser("cleo")
    values = filled(fields)
    for number in range(25):
        api.made("/large/e0", **values | {"name": f"n{number}"})
    made = api.made("/large/e0", **values)
    yield from _pages(f"{fields} fields", browser, "/large/e0", made["id"])
    yield _usable(f"{fields} fields: create", lambda: api("POST", "/large/e0", values))
    began = time.process_time()
    imported(server, folder, values)
    per_second = LINES / (time.process_time() - began)
    yield Figure(f"{fields} fields: import", per_second, "rows/s")


def filled(fields: int) -> dict[str, Any]:
    """A value for every field that takes one."""
    of_kind = (
        "text",
        5,
        "1.50",
        "2026-03-01",
        True,
        "a",
        None,
        "long\ntext",
        "2026-03-01T08:00:00Z",
        "a@b.example",
    )
    found: dict[str, Any] = {"name": "filled"}
    for place in range(fields - 3):
        value = of_kind[place % len(large.KINDS)]
        if value is not None:
            found[f"f{place}"] = value
    return found


def imported(server: Server, folder: Path, values: dict[str, Any], lines: int = LINES) -> int:
    """Import lines that fill every field; how many were added."""
    plain = {name: value for name, value in values.items() if "\n" not in str(value)}
    head = ",".join(plain)
    line = ",".join("yes" if value is True else str(value) for value in plain.values())
    file = folder / "lines.csv"
    file.write_text("\n".join([head, *[line] * lines]) + "\n", "utf-8")
    releases = assembly.releases(server.database)
    with server.database.reading() as connection:
        release = releases.pinned(connection)
    actor = SYSTEM
    result = run(server.database, release, actor, "large.e0", file, Options())
    assert result.counts.failed == 0, result.failures[:3]
    return result.counts.added


def long(folder: Path, rows: int = ROWS) -> Iterator[Figure]:
    """A record with many rows: pages, and saves with one changed row."""
    url = f"sqlite:///{folder / 'long.db'}"
    server = server_of(url, large.install(url, 1, 8), folder)
    api, browser = server.api("cleo"), server.browser("cleo")
    product = api.made("/large/e0", name="product")["id"]
    made = with_rows(api, rows, product)
    yield from _pages(f"{rows} rows", browser, "/large/order", made["id"])
    counts = iter(range(10_000))
    lines = [
        {name: row[name] for name in ("id", "what", "product", "quantity", "price")} for row in made["lines"]
    ]

    def change() -> Any:
        lines[rows // 2]["quantity"] = next(counts)
        return api("PATCH", f"/large/order/{made['id']}", {"lines": lines})

    yield _usable(f"{rows} rows: create", lambda: api("POST", "/large/order", order(rows, product)))
    yield _usable(f"{rows} rows: change one", change)


def order(rows: int, product: str) -> dict[str, Any]:
    """A new order with so many lines."""
    lines = [
        {"what": f"row {number}", "quantity": number, "price": "2.50", "product": product}
        for number in range(rows)
    ]
    return {"name": "long", "lines": lines}


def with_rows(api: Api, rows: int, product: str) -> dict[str, Any]:
    """An order with so many lines, as it was made."""
    return api.made("/large/order", **order(rows, product))


def _pages(name: str, browser: Browser, path: str, identifier: str) -> Iterator[Figure]:
    for what, address in (
        ("list", path),
        ("record", f"{path}/{identifier}"),
        ("form", f"{path}/{identifier}/edit"),
    ):
        yield _usable(f"{name}: {what}", lambda address=address: browser.get(address))  # type: ignore[misc]


def _usable(name: str, work: Callable[[], Any]) -> Figure:
    return Figure(name, processor_milliseconds(work, rounds=5), "ms", USABLE)


def measure(folder: Path, entities: int, fields: int) -> list[Figure]:
    """Every figure, each printed as soon as it is known."""
    found = []
    for part in (many_entities(folder, entities, fields), wide(folder), long(folder)):
        for figure in part:
            limit = "" if figure.limit is None else f"≤ {figure.limit:g} {figure.unit}"
            mark = " " if figure.holds else "✗"
            print(f"{mark} {figure.name:45} {figure.value:10.2f} {figure.unit:7} {limit}", flush=True)
            found.append(figure)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="measure", choices=("measure", "check", "start"))
    parser.add_argument("argument", nargs="?")
    parser.add_argument("--entities", type=int, default=500)
    parser.add_argument("--fields", type=int, default=200)
    options = parser.parse_args()
    if options.what == "check":
        print(json.dumps(check(Path(options.argument))))
        return 0
    if options.what == "start":
        print(json.dumps(start(options.argument)))
        return 0
    configure("text", "error")
    with tempfile.TemporaryDirectory(prefix="dougong-scale-") as folder:
        figures = measure(Path(folder), options.entities, options.fields)
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
