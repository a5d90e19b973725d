"""`make bench`: dougong and the bare application side by side, on both databases, in one run.

Every figure is a median of requests made one after the other over a kept connection, so it is the latency that one person
feels; `ratio` is what dougong's rights, validation, computed fields, history and search cost. Figures of one run belong
together; those of different runs and machines do not compare.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dougong.assembly import open_database
from dougong.people import accounts, sessions
from tests.performance import bars, expressions, keystrokes, related
from tests.performance.bare import Store
from tests.performance.bars import Measured
from tests.performance.memory import Peak
from tests.servers.databases import Databases

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = 1_000
PAGE = 25
DEEP = 3_600
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
STAGES = ("new", "qualified", "lost")
WORDS = (
    "产线",
    "检测",
    "仓储",
    "物流",
    "能源",
    "水务",
    "实验室",
    "机器人",
    "视觉",
    "称重",
    "计量",
    "监测",
    "改造",
    "二期",
    "升级",
    "采购",
)
PEOPLE = ("root", "lin", "zhou", "chen", "gu", "he")


class Client:
    """Requests over one kept connection."""

    def __init__(self, port: int, token: str = "", session: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if session:
            self.headers |= {"Cookie": f"dg_session={session}", "Accept": "text/html"}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as JSON; anything but success ends the benchmark."""
        return json.loads(self.fetch(method, path, body))

    def fetch(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer as it came."""
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text[:400]!r}")
        return text


def median_ms(times: int, ask: Callable[[int], object]) -> float:
    """The median of so many calls, in milliseconds, after some that warm up."""
    for number in range(3):
        ask(number)
    measured = []
    for number in range(3, times + 3):
        began = time.perf_counter()
        ask(number)
        measured.append(time.perf_counter() - began)
    return statistics.median(measured) * 1000


def deals(count: int) -> Iterator[dict[str, Any]]:
    """Opportunities, the same in every run."""
    chance = random.Random(20260101)
    for number in range(1, count + 1):
        stage = chance.choice(STAGES)
        yield {
            "name": "".join(chance.choices(WORDS, k=3)) + f" {number}",
            "account": f"客户 {chance.randint(1, ACCOUNTS)}",
            "owner": chance.choice(PEOPLE),
            "stage": stage,
            "lost_reason": "price" if stage == "lost" else "",
            "close_on": date(2030, 1, 1) + timedelta(days=chance.randint(0, 700)),
            "source": chance.choice(("new", "existing", "referral", "tender")),
            "next_step": chance.choice(("寄送样机", "现场勘测", "方案评审会", "合同条款复核")),
        }


def dougong(url: str, *arguments: str, peak: Peak | None = None) -> str:
    """What the command line prints; failure ends the benchmark."""
    environment = {**os.environ, "DOUGONG_DATABASE": url, "LANG": "C.UTF-8", "PYTHONPATH": _python_path()}
    command = [sys.executable, "-m", "dougong", *arguments]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        if peak is not None:
            peak.watch(process)
        output, errors = process.communicate("long enough 1\n")
    if process.returncode:
        sys.exit(f"dougong {' '.join(arguments)}: {errors}")
    return output


def _python_path() -> str:
    return os.pathsep.join(str(ROOT / folder) for folder in ("platform", "renderers"))


@contextmanager
def serving(command: Sequence[str], port: int, **settings: str) -> Iterator[None]:
    """A server for as long as it is needed."""
    environment = {**os.environ, "PYTHONPATH": f"{_python_path()}{os.pathsep}{ROOT}", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"nothing listens at port {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prepare_dougong(url: str, folder: Path, count: int) -> tuple[float, float]:
    """Install the CRM and import accounts and opportunities; returns rows a second and megabytes of the latter."""
    dougong(url, "apply", str(ROOT / "app_definitions" / "crm"), "--yes")
    for login in PEOPLE:
        dougong(url, "user", "add", login, "--password-stdin", *(["--admin"] if login == "root" else []))
    _write(
        folder / "accounts.csv",
        ["name", "owner"],
        ([f"客户 {number}", "root"] for number in range(1, ACCOUNTS + 1)),
    )
    dougong(url, "import", "crm.account", str(folder / "accounts.csv"))
    rows = list(deals(count))
    _write(folder / "deals.csv", list(rows[0]), ([*row.values()] for row in rows))
    _write(folder / "first.csv", list(rows[0]), [[*rows[0].values()]])
    peak = Peak(every=0.25)
    # The bare application has no program to start, so the time of a trial of one line is taken off.
    start = _seconds(
        lambda: dougong(url, "import", "crm.opportunity", str(folder / "first.csv"), "--dry-run")
    )
    whole = _seconds(lambda: dougong(url, "import", "crm.opportunity", str(folder / "deals.csv"), peak=peak))
    return count / (whole - start), peak.megabytes


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _write(path: Path, head: list[str], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def prepare_bare(url: str, folder: Path, count: int) -> float:
    """The same data in the bare tables, read from the same file; returns rows a second."""
    store = Store(url)
    store.create()
    names = [f"客户 {number}" for number in range(1, ACCOUNTS + 1)]
    connection = store.connection()
    connection.execute("BEGIN")
    connection.cursor().executemany(
        store.sql("INSERT INTO account (name) VALUES (?)"), [(name,) for name in names]
    )
    connection.cursor().executemany(
        store.sql("INSERT INTO person (name) VALUES (?)"), [(name,) for name in PEOPLE]
    )
    connection.execute("COMMIT")
    accounts = {name: number for number, name in enumerate(names, 1)}
    people = {name: number for number, name in enumerate(PEOPLE, 1)}
    began = time.perf_counter()
    at = datetime.now(UTC)
    with (folder / "deals.csv").open(encoding="utf-8", newline="") as file:
        store.insert(
            (
                f"OPP-{number:06}", row["name"], accounts[row["account"]], people[row["owner"]], row["stage"], row["close_on"],
                Decimal("0.00"), row["source"], row["next_step"], at, 1,
            )
            for number, row in enumerate(csv.DictReader(file), 1)
        )  # fmt: skip
    return count / (time.perf_counter() - began)


def measure(url: str, bare_url: str, count: int, folder: Path, times: int) -> list[Measured]:
    """Everything, on one database."""
    ours, megabytes = prepare_dougong(url, folder, count)
    theirs = prepare_bare(bare_url, folder, count)
    found = [Measured(bars.IMPORT, ours, theirs, "rows/s"), Measured(bars.MEMORY, megabytes, None, "MB")]
    token = dougong(url, "token", "add", "root", "--scope", "write").split()[-1]
    port, bare_port = _free_port(), _free_port()
    bare_server = (
        "granian", "--interface", "wsgi", "--port", str(bare_port), "--blocking-threads", "8", "--no-log",
        "tests.performance.bare:application",
    )  # fmt: skip
    with (
        serving(("dougong", "serve", "--port", str(port)), port, DOUGONG_DATABASE=url, DOUGONG_WORKER="0"),
        serving(bare_server, bare_port, BARE_DATABASE=bare_url),
    ):
        ours_client, bare = Client(port, token), Client(bare_port, "bare")
        found += lists(ours_client, bare, times)
        found.append(page_of_html(ours_client, Client(port, session=session_of(url)), times))
        found += figures(ours_client, bare, times)
        found += changes(ours_client, bare, times)
    return found


def session_of(url: str) -> str:
    """The secret of a session of root, as the browser keeps it."""
    database = open_database(url)
    try:
        with database.writing() as connection:
            root = accounts.find(connection, "root")
            assert root is not None, "the benchmark has no root"
            return sessions.begin(connection, root.id).secret
    finally:
        database.dispose()


API = "/api/v1/crm/opportunity"
FIELDS = (
    "&fields=number,name,account,owner,stage,close_on,amount,source,next_step&expand=account,owner&count=none"
)
SEARCHED = "检测"


def pair(name: str, times: int, one: Callable[[int], object], other: Callable[[int], object]) -> Measured:
    """Both sides of one line of the table."""
    return Measured(name, median_ms(times, one), median_ms(times, other))


def lists(ours: Client, bare: Client, times: int) -> Iterator[Measured]:
    """Pages of a list: the first, a filtered one in another order, a searched one, and one far behind in two ways."""
    rows = int(ours.ask("GET", f"{API}?limit=1&count=exact")["page"]["count"])
    page = min(DEEP, rows // PAGE // 2)
    offset = page * PAGE
    narrowed = "&filter=" + quote("stage = 'new'") + "&sort=-close_on"
    opened = "&filter=" + quote("stage.outcome IS EMPTY")
    cursor = ours.ask("GET", f"{API}?limit={PAGE}&offset={offset - PAGE}&fields=number")["page"]["next"]
    last = bare.ask("GET", f"/o?offset={offset - 1}")[0]

    def both(name: str, query: str, path: str, rounds: int = times) -> Measured:
        return pair(
            name,
            rounds,
            lambda _: ours.ask("GET", f"{API}?limit={PAGE}{FIELDS}{query}"),
            lambda _: bare.ask("GET", path),
        )

    yield both(bars.LIST, opened, "/o?open=1")
    yield both(bars.FILTERED, narrowed, "/o?stage=new")
    yield both(bars.CURSOR, f"&cursor={cursor}", f"/o?after={quote(last['updated_at'])},{last['id']}")
    yield both(bars.OFFSET, f"&offset={offset}", f"/o?offset={offset}", max(times // 4, 5))
    yield both(bars.SEARCH, f"&q={quote(SEARCHED)}", f"/o?like={quote(SEARCHED)}", max(times // 4, 5))
    yield pair(
        bars.ONE,
        times,
        lambda n: ours.ask("GET", f"{API}/{n + 1}"),
        lambda n: bare.ask("GET", f"/o/{n + 1}"),
    )


def page_of_html(api: Client, browser: Client, times: int) -> Measured:
    """The list as a page beside the call of the API that gives the same rows and their number."""
    return pair(
        bars.PAGE,
        times,
        lambda _: browser.fetch("GET", "/crm/opportunity?view=*"),
        lambda _: api.fetch("GET", f"{API}?limit={PAGE}&count=exact"),
    )


def figures(ours: Client, bare: Client, times: int) -> Iterator[Measured]:
    """Figures over all records."""
    grouped = f"{API}/aggregate?group=stage&measures=COUNT(),SUM(amount)"
    yield pair(
        bars.SUM,
        max(times // 4, 5),
        lambda _: ours.ask("GET", grouped),
        lambda _: bare.ask("GET", "/sum"),
    )


def changes(ours: Client, bare: Client, times: int) -> Iterator[Measured]:
    """A creation and an update; they come last, as the bare application has no more to keep in order."""
    body = {"account": 1, "owner": 1, "close_on": "2031-05-05", "next_step": "现场勘测"}
    yield pair(
        bars.CREATE,
        times,
        lambda n: ours.ask(
            "POST", API, {**body, "account": "1", "owner": "1", "name": f"新商机 {n} {time.time_ns()}"}
        ),
        lambda n: bare.ask("POST", "/o", {**body, "name": f"新商机 {n}", "number": f"X{time.time_ns()}"}),
    )
    yield pair(
        bars.UPDATE,
        times,
        lambda n: ours.ask("PATCH", f"{API}/{n + 1}", {"next_step": f"第 {time.time_ns()} 步"}),
        lambda n: bare.ask("PATCH", f"/o/{n + 1}", {"next_step": f"第 {n} 步"}),
    )


DIALECTS = {"SQLite": "sqlite", "PostgreSQL": "postgresql"}


def databases_in(folder: Path) -> Databases:
    """The databases of a run."""
    (folder / "session").mkdir(exist_ok=True)
    return Databases(folder, folder / "session", os.getpid())


def addresses(databases: Databases) -> Iterator[tuple[str, ...]]:
    """For each database: its name, an empty database for dougong, one for the bare application, and two for expressions."""
    for name, dialect in DIALECTS.items():
        yield name, *(databases.fresh(dialect) for _ in range(4))


def of_expressions(
    databases: Databases, database: str, urls: Sequence[str], rows: int, folder: Path
) -> Iterator[Measured]:
    """What expressions cost in Python, in SQL and in a browser."""
    yield from expressions.in_python()
    yield from expressions.in_sql(urls[0], rows)
    yield from related.over_related(urls[1], rows)
    yield from keystrokes.in_a_browser(databases, DIALECTS[database], folder / f"files {database}")


def show(database: str, found: Sequence[Measured]) -> None:
    """A table for people."""
    print(f"\n{database:<34}{'dougong':>14}{'bare':>14}{'ratio':>9}")
    for each in found:
        print(f"{each.name:<34}" + "".join(f"{cell:>14}" for cell in _cells(each)))


def _cells(line: Measured) -> tuple[str, str, str]:
    ours, bare = (
        "" if value is None else f"{value:,.2f} ms" if line.unit == "ms" else f"{value:,.0f} {line.unit}"
        for value in (line.dougong, line.bare)
    )
    return ours, bare, "" if line.ratio is None else f"{line.ratio:.1f}×"


def as_markdown(database: str, rows: int, found: Sequence[Measured]) -> str:
    """The same table for a document."""
    head = (
        f"### {database}, {rows:,} records\n\n| | dougong | beside | ratio |\n| --- | ---: | ---: | ---: |\n"
    )
    return head + "".join(f"| {each.name} | {' | '.join(_cells(each))} |\n" for each in found)


def put_into(document: Path, tables: Sequence[str]) -> None:
    """Put the tables into a document in place of those that stand there."""
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(before + BEGIN + "\n\n" + "\n".join(tables) + "\n" + END + after, encoding="utf-8")


def main() -> int:
    """Measure and print; the exit status tells whether every bar was reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--into", type=Path, help="a document that takes the tables between its marks")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    options = parser.parse_args()
    tables: list[str] = []
    short: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dougong-bench-") as name:
        databases = databases_in(Path(name))
        for database, url, bare_url, *more_urls in addresses(databases):
            if options.only in (None, database):
                found = measure(url, bare_url, options.rows, Path(name), options.times)
                found += of_expressions(databases, database, more_urls, options.rows, Path(name))
                show(database, found)
                short += bars.missed(database, found)
                tables.append(as_markdown(database, options.rows, found))
    if options.into is not None:
        put_into(options.into, tables)
    print("\n" + ("\n".join(["missed:", *short]) if short else "every bar is reached"))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
