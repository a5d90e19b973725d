"""`make real-data DATA=folder`: brings a company's real sales pipeline in by the command line, on both databases, and proves that
nothing is lost, nothing is invented, and that the same import again changes nothing. Prints its figures last; 0 only when they hold."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "tests" / "real_data" / "app"
MAPS = ROOT / "tests" / "real_data" / "maps"
PLACES = Decimal("0.0000000001")
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One file of the data: the entity it becomes, the fields that tell its rows apart, and how its cells compare with ours."""

    name: str
    entity: str
    match: Sequence[str]
    columns: Mapping[str, str]
    """Column of the file → field."""
    normal: Mapping[str, Callable[[str], str]]
    has_key: bool = True
    links: Mapping[str, str] = field(default_factory=dict)
    """Column → entity that it links to: an export gives the id, the file the name."""


def _number(text: str) -> str:
    return f"{Decimal(text):.2f}" if text else ""


def _whole(text: str) -> str:
    return str(int(Decimal(text))) if text else ""


def _american(text: str) -> str:
    if "/" not in text:
        return text
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day)).isoformat()


def _folded(text: str) -> str:
    return text.casefold().replace("_", " ")


FILES = (
    File(
        "accounts",
        "account",
        ["name"],
        {"account": "name", "revenue": "revenue", "employees": "employees"},
        {"revenue": _number, "employees": _whole},
    ),
    File(
        "products",
        "product",
        ["name"],
        {"product": "name", "sales_price": "sales_price"},
        {"sales_price": _number},
    ),
    File(
        "sales_teams",
        "agent",
        ["name"],
        {"sales_agent": "name", "manager": "manager", "regional_office": "regional_office"},
        {"regional_office": _folded},
    ),
    File(
        "sales_pipeline",
        "deal",
        ["opportunity_id"],
        {
            name: name
            for name in (
                "account",
                "opportunity_id",
                "sales_agent",
                "deal_stage",
                "product",
                "close_date",
                "close_value",
                "created_on",
            )
        },
        {"close_value": _number, "deal_stage": _folded},
        links={"account": "account", "sales_agent": "agent", "product": "product"},
    ),
    File(
        "clicks",
        "click",
        ["clicked_on", "source", "industry", "product"],
        {"created_on": "clicked_on", "source": "source", "industry": "industry", "Product": "product"},
        {"created_on": _american, "source": _folded},
        has_key=False,
        links={"Product": "product"},
    ),
)


class Failed(Exception):
    """Something did not hold."""


def main(arguments: Sequence[str]) -> int:
    """Run everything; 0 only when all figures hold."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(
            "usage: python tools/real_data.py FOLDER (with accounts.csv, products.csv, sales_teams.csv, "
            "sales_pipeline.csv and clicks.csv)",
            file=sys.stderr,
        )
        return 2
    data = Path(arguments[0]).resolve()
    report: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="real-data-") as folder:
            for dialect, url in _databases(Path(folder)):
                report += _Run(data, Path(folder), dialect, url).everything()
    except Failed as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    print("\n".join([*_known(data), *report, "real data: everything holds"]))
    return 0


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    """An empty database on each engine."""
    sys.path.insert(0, str(ROOT))
    from tests.servers.databases import DIALECTS, Databases

    own = folder / "databases"
    own.mkdir()
    databases = Databases(own, own, os.getpid())
    for dialect in DIALECTS:
        with databases.database(dialect) as url:
            yield dialect, url


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by header."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _known(data: Path) -> list[str]:
    """How the files name each other: every spelling difference would show here."""
    accounts = {row["account"] for row in read_csv(data / "accounts.csv")}
    products = {row["product"] for row in read_csv(data / "products.csv")}
    agents = {row["sales_agent"] for row in read_csv(data / "sales_teams.csv")}
    deals, clicks = read_csv(data / "sales_pipeline.csv"), read_csv(data / "clicks.csv")
    unknown = {
        "accounts": sum(row["account"] not in accounts for row in deals if row["account"]),
        "products": sum(row["product"] not in products for row in deals)
        + sum(row["Product"] not in products for row in clicks),
        "agents": sum(row["sales_agent"] not in agents for row in deals),
    }
    named = ", ".join(f"{count} {name}" for name, count in unknown.items())
    return [
        f"names that the lists do not have: {named}; deals without an account: {sum(not row['account'] for row in deals)}"
    ]


class _Run:
    """The whole proof on one database."""

    def __init__(self, data: Path, folder: Path, dialect: str, url: str) -> None:
        self.data, self.folder, self.dialect, self.url = data, folder, dialect, url
        self.names: dict[str, dict[str, str]] = {}

    def everything(self) -> list[str]:
        """Install, import, compare, import again, compare again; returns the figures."""
        self._dougong("apply", str(APP), "--yes")
        lines = [self._import(file) for file in FILES]
        lines += [self._compare(file) for file in FILES]
        before = self._traces()
        lines += [self._again(file) for file in FILES]
        after = self._traces()
        self._expect("history and versions after importing again", after, before)
        lines.append(f"imported again: {before['history']:,} history entries and every version as before")
        lines += self._served()
        self._dougong("verify")
        return [f"{self.dialect}: {line}" for line in lines]

    def _dougong(self, *arguments: str, status: Sequence[int] = (0,)) -> str:
        command = [sys.executable, "-m", "dougong", *arguments, "--database", self.url]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=self._environment(), cwd=self.folder
        )
        if done.returncode not in status:
            raise Failed(
                f"{self.dialect}: dougong {' '.join(arguments)}: status {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def _environment(self) -> dict[str, str]:
        roots = os.pathsep.join([str(ROOT / "platform"), str(ROOT / "renderers")])
        return {**os.environ, "PYTHONPATH": roots, "LANG": "C.UTF-8", "LANGUAGE": "en"}

    def _expect(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            raise Failed(f"{self.dialect}: {what}: {found}, expected {wanted}")

    def _run_import(self, file: File, *more: str, status: Sequence[int] = (0,)) -> dict[str, Any]:
        mapping = MAPS / f"{file.name}.json"
        arguments = ["--map", str(mapping)] if mapping.exists() else []
        failed = ["--failed", str(self.folder / f"{file.name}.failed.csv")]
        source = str(self.data / f"{file.name}.csv")
        target = f"pipeline.{file.entity}"
        found: dict[str, Any] = json.loads(
            self._dougong(
                "import", target, source, *arguments, *failed, *more, "--format", "json", status=status
            )
        )
        return found

    def _import(self, file: File) -> str:
        wanted = len(read_csv(self.data / f"{file.name}.csv"))
        begun = time.monotonic()
        found = self._run_import(file)
        seconds = time.monotonic() - begun
        self._expect(f"{file.name}: added, failed", (found["added"], found["failed"]), (wanted, 0))
        return f"{file.name}.csv: {wanted:,} rows in {seconds:.1f} s, none failed"

    def _compare(self, file: File) -> str:
        """Every row of the file against every row of an export, as a bag of rows: neither may have one more."""
        target = self.folder / f"{self.dialect}-{file.entity}.jsonl"
        self._dougong("export", f"pipeline.{file.entity}", "--to", str(target))
        records = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
        self.names[file.entity] = {str(each["id"]): str(each[file.match[0]]) for each in records}
        ours = Counter(self._exported(file, record) for record in records)
        theirs = Counter(
            tuple(file.normal.get(column, str)(row[column]) for column in file.columns)
            for row in read_csv(self.data / f"{file.name}.csv")
        )
        lost, invented = (theirs - ours).total(), (ours - theirs).total()
        if lost or invented:
            examples = [*(theirs - ours)][:3], [*(ours - theirs)][:3]
            raise Failed(f"{self.dialect}: {file.name}: {lost} lost, {invented} invented: {examples}")
        return f"{file.entity}: {ours.total():,} rows, 0 lost, 0 invented"

    def _exported(self, file: File, record: Mapping[str, Any]) -> Row:
        cells = []
        for column, name in file.columns.items():
            cell = "" if record[name] is None else str(record[name])
            if column in file.links and cell:
                cell = self.names[file.links[column]][cell]
            cells.append(file.normal.get(column, str)(cell))
        return tuple(cells)

    def _again(self, file: File) -> str:
        rows = read_csv(self.data / f"{file.name}.csv")
        bag = Counter(tuple(row.values()) for row in rows)
        twins = 0 if file.has_key else sum(count for count in bag.values() if count > 1)
        found = self._run_import(file, "--match", ",".join(file.match), status=(1,) if twins else (0,))
        numbers = tuple(found[name] for name in ("added", "updated", "unchanged", "failed"))
        self._expect(f"{file.name} again", numbers, (0, 0, len(rows) - twins, twins))
        more = f"; {twins:,} lines have twins, so no one record is meant: refused" if twins else ""
        return f"{file.name}.csv again: 0 added, 0 updated, {found['unchanged']:,} unchanged{more}"

    def _traces(self) -> dict[str, int]:
        """What any change would leave behind."""
        import sqlalchemy

        engine = sqlalchemy.create_engine(self.url)
        with engine.connect() as connection:
            history = connection.execute(sqlalchemy.text("SELECT count(*) FROM dg_history")).scalar_one()
        engine.dispose()
        return {"history": history, "changed": sum(self._changed(file) for file in FILES)}

    def _changed(self, file: File) -> int:
        target = self.folder / "changed.jsonl"
        self._dougong("export", f"pipeline.{file.entity}", "--to", str(target), "--filter", "version > 1")
        return len(target.read_text("utf-8").splitlines())

    def _served(self) -> list[str]:
        """Counts, empty accounts and the win rate, read back over HTTP as any program would."""
        deals = read_csv(self.data / "sales_pipeline.csv")
        stages = Counter(row["deal_stage"] for row in deals)
        won, lost = stages["Won"], stages["Lost"]
        empty = sum(not row["account"] for row in deals)
        self._dougong("user", "add", "reader", "--admin")
        token = self._dougong("token", "add", "reader", "--scope", "read").strip()
        with self._server(token) as get:
            for file in FILES:
                wanted = len(read_csv(self.data / f"{file.name}.csv"))
                self._expect(
                    f"{file.entity} over HTTP",
                    get(file.entity, limit="1", count="exact")["page"]["count"],
                    wanted,
                )
            found = get("deal", limit="1", count="exact", filter="account IS EMPTY")["page"]["count"]
            self._expect("deals without an account", found, empty)
            measures = "COUNT(deal_stage = 'won') / COUNT(deal_stage.outcome IS NOT EMPTY)"
            answer = get("deal/aggregate", measures=measures)
        rate = (Decimal(won) / (won + lost)).quantize(PLACES)
        figures = [Decimal(str(value)) for value in _numbers(answer["data"])]
        self._expect("win rate over HTTP", figures, [rate])
        return [
            f"over HTTP: all counts equal, {empty:,} deals without an account, win rate {won:,} / ({won:,} + {lost:,}) = {rate}"
        ]

    @contextmanager
    def _server(self, token: str) -> Iterator[Callable[..., Any]]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "dougong", "serve", "--port", str(port), "--database", self.url]
        with (self.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                command, env=self._environment(), cwd=self.folder, stdout=log, stderr=log
            )
            try:
                base = f"http://127.0.0.1:{port}"
                _await(f"{base}/readyz", server)

                def get(path: str, **parameters: str) -> Any:
                    url = f"{base}/api/v1/pipeline/{path}?{urllib.parse.urlencode(parameters)}"
                    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
                    with urllib.request.urlopen(request, timeout=60) as answer:
                        return json.load(answer)

                yield get
            except urllib.error.HTTPError as error:
                raise Failed(f"{self.dialect}: {error.url}: {error.code} {error.read().decode()}") from error
            finally:
                server.terminate()
                server.wait(20)


def _numbers(value: Any) -> Iterator[str]:
    """All figures in an answer, however deep they stand."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif value is not None:
        yield str(value)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise Failed("the server did not become ready")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
