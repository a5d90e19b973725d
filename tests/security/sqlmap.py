"""Let sqlmap loose on every parameter that names a field, direction, function, zone, locale or kind: `python -m tests.security.sqlmap`.

It asks a server of its own on this machine and nothing else. First it must find an injection that was planted in a tiny server,
else its silence would prove nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.security.slow import shipped
from tests.web_server import prepare, server_of

BOOKS = "/api/v1/library/book"
ADDRESSES = (
    f"{BOOKS}?sort=title*&limit=2",
    f"{BOOKS}?sort=-price*&limit=2",
    f"{BOOKS}?fields=title*&limit=2",
    f"{BOOKS}?filter=title*&limit=2",
    f"{BOOKS}?filter=price%20%3E%201*&limit=2",
    f"{BOOKS}?q=Book*&limit=2",
    f"{BOOKS}?expand=keeper*&limit=2",
    f"{BOOKS}?limit=2*",
    f"{BOOKS}?view=all*&limit=2",
    f"{BOOKS}?cursor=abc*&limit=2",
    f"{BOOKS}/aggregate?group=shelf*&measures=n:COUNT()",
    f"{BOOKS}/aggregate?group=month:bought_on*&measures=n:COUNT()",
    f"{BOOKS}/aggregate?group=shelf&measures=n:SUM(price)*",
    f"{BOOKS}/aggregate?group=shelf&measures=n:COUNT()&sort=n*",
    f"{BOOKS}/export?format=csv&fields=title*",
    f"{BOOKS}/export?format=csv*&fields=title",
    f"{BOOKS}/choose/keeper?q=a*",
    f"{BOOKS}/1*",
    "/api/v1/library/book*?limit=2",
    "/api/v1/library*/book?limit=2",
    "/api/v1/library/reports/loans_by_stage?filter=stage*",
)
LANGUAGE = f"{BOOKS}?limit=2"


class Planted(BaseHTTPRequestHandler):
    """A server that puts a parameter into its ORDER BY."""

    def do_GET(self) -> None:
        column = parse_qs(urlsplit(self.path).query).get("sort", ["1"])[0]
        connection = sqlite3.connect(":memory:")
        try:
            connection.executescript("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (2, 1), (3, 0);")
            body, status = repr(connection.execute(f"SELECT * FROM t ORDER BY {column}").fetchall()), 200
        except sqlite3.Error as error:
            body, status = str(error), 500
        finally:
            connection.close()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class calls it so
        """Say nothing."""


@contextmanager
def planted() -> Iterator[str]:
    """The address of the planted server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Planted)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/?sort=a*"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def injections(program: str, address: str, folder: Path, *options: str) -> str:
    """What sqlmap says of an address when it has found something; nothing else is of interest."""
    if urlsplit(address).hostname != "127.0.0.1":
        raise ValueError("only this machine is asked")
    command = [
        program, "-u", address, "--batch", "--flush-session", "--level=2", "--risk=2", "--technique=BEUT", "--time-sec=3",
        "--timeout=120", "--retries=5", "--disable-coloring", "--ignore-code=*", "--skip-waf", f"--output-dir={folder}", *options,
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
    said = ended.stdout
    if "all tested parameters do not appear to be injectable" in said:
        return ""
    if "identified the following injection point" in said:
        return said[said.index("identified the following injection point") :]
    raise RuntimeError(f"sqlmap did not come to an end: {said[-2000:]}{ended.stderr[-500:]}")


def main() -> int:
    """Prints what was found; 1 when anything was, or when the planted injection was not."""
    program = shutil.which("sqlmap", path=str(Path(sys.executable).parent)) or shutil.which("sqlmap")
    if program is None:
        print("sqlmap is missing: install it from the package index or as Debian's package", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="dougong-sqlmap-") as name:
        folder = Path(name)
        with planted() as address:
            if not injections(program, address, folder, "--dbms=sqlite"):
                print("sqlmap did not find the injection that was planted", file=sys.stderr)
                return 1
        print("the planted injection was found")
        return look(program, folder)


def look(program: str, folder: Path) -> int:
    """Ask a library for everything; 1 when something was found."""
    url = f"sqlite:///{folder / 'library.db'}"
    server = server_of(url, prepare(url), folder)
    api = server.api("ada")
    for number in range(5):
        api.made("/library/book", title=f"Book {number}", price=str(number), bought_on="2026-11-22")
    server.database.dispose()
    found = 0
    bearer = f"--headers=Authorization: Bearer {server.tokens['ada']}"
    with shipped(url, folder) as running:
        base = f"http://127.0.0.1:{running.port}"
        asked = [(f"{base}{each}", [bearer]) for each in ADDRESSES]
        asked.append((f"{base}{LANGUAGE}", [f"{bearer}\nAccept-Language: en*\nTimezone: Asia/Shanghai*"]))
        for address, options in asked:
            said = injections(program, address, folder, "--dbms=sqlite", *options)
            print(f"{'FOUND' if said else 'nothing'}: {address.removeprefix(base)}", flush=True)
            found += bool(said)
            if said:
                print(said[:2000])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
