"""Photograph the sample screens in Chromium: `python -m tests.browser.gallery FOLDER [NAME…]`.

Every sample is rendered to a page, served from a local port without a route of its own, and photographed on a desk and a
phone, in both languages, light and dark.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from dougong.fieldtypes.regions import regional_tree
from dougong_renderers.html.assets import STATIC
from dougong_renderers.html.render import render
from tests.renderers.html import samples

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RESULTS = b'{"results": [{"id": "1", "label": "VX-2400", "note": "86,000.00", "href": "/"}], "more": true}'
REFUSAL = '{"title": "conflict", "errors": [{"path": "decider", "message": "决策人没有填"}]}'.encode()
POSTED: list[tuple[str, str]] = []
"""What pages sent, address and body, for tests to look at."""
VARIANTS = (
    ("desk", "zh", "light"),
    ("phone", "zh", "light"),
    ("desk", "en", "dark"),
    ("phone", "en", "dark"),
)


def page(name: str, language: str, theme: str) -> str:
    """The page of one sample."""
    build, place = samples.SAMPLES[name]
    at = {"dashboard": "dashboards/sales"}.get(name, "opportunity")
    return render(build(language), samples.info(language, place, theme, at))


class Handler(SimpleHTTPRequestHandler):
    """Serves static files and sample pages (`/NAME/LANGUAGE/THEME`) under the product's content security policy."""

    def do_GET(self) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[0] == "static":
            super().do_GET()
        elif len(parts) == 3 and parts[0] in samples.SAMPLES:
            self._send(page(*parts).encode(), "text/html; charset=utf-8")
        elif parts[0] in ("choose", "search"):
            self._send(RESULTS, "application/json")
        elif parts == ["divisions"]:
            self._send(json.dumps(regional_tree()).encode(), "application/json")
        elif self.path.partition("?")[0].endswith("/rules/preview"):
            self._send(b"", "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Take what is sent, keep it for whoever looks, and refuse to move a card."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path.endswith("/check"):  # what stands in an input is looked over, nothing is sent
            self._send(b'{"problems": [], "reading": "", "completion": null}', "application/json")
            return
        POSTED.append((self.path, body))
        if self.path.endswith("/move"):
            self._send(REFUSAL, "application/problem+json", 409)
        elif self.path == "/live":
            self._send(b'{"values": {"weighted": "1.00"}}', "application/json")
        else:
            self._send(
                b"<!doctype html><html lang=en><title>Sent</title><h1>Sent</h1>", "text/html; charset=utf-8"
            )

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def translate_path(self, path: str) -> str:
        return str(STATIC / path.split("?")[0].removeprefix("/static/"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class calls it so
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of samples."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def photograph(
    browser: Browser, address: str, folder: Path, names: list[str], variants: Any = VARIANTS
) -> list[str]:
    """One picture of every sample and variant; what the console complained about comes back."""
    complaints: list[str] = []
    for size, language, theme in variants:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=1 if size == "desk" else 2,
            has_touch=size == "phone",
            is_mobile=size == "phone",
            locale="zh-CN" if language == "zh" else "en-GB",
        )
        tab = context.new_page()
        tab.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        for name in names:
            tab.goto(f"{address}/{name}/{language}/{theme}")
            tab.wait_for_timeout(150)
            tab.screenshot(path=str(folder / f"{name}-{size}-{language}-{theme}.png"))
        context.close()
    return complaints


def main() -> int:
    """Photograph the samples named on the command line, or all."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = sys.argv[2:] or list(samples.SAMPLES)
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        complaints = photograph(browser, address, folder, names)
        browser.close()
    for complaint in dict.fromkeys(complaints):
        print(complaint, file=sys.stderr)
    print(f"{len(names) * len(VARIANTS)} pictures in {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
