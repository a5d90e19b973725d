"""Log lines hold no secret and cannot be forged, whatever is sent wherever."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from dougong.web.logs import configure, logger, request_id
from dougong.web.table import ROUTES
from tests.hostile.test_every_door import House
from tests.security.houses import plain_address
from tests.security.payloads import PAYLOADS
from tests.web_server import PASSWORD

SECRET = "s3cr3t-Zx81kQp-never-logged"
FORGED = (
    "x\n2026-11-23T00:00:00Z [info     ] request              actor=1 status=200",
    'x\r\n{"event": "request", "actor": 1}',
    "x\x1b[2K\x1b[1A\x1b[31mred",
    "x\x00\x08\x7f\x9b31m",
    "x\u2028{}\u2029\u202eabc\u2066",
    'x", "actor": 1, "y": "',
)


@dataclass(frozen=True, slots=True)
class Log:
    """What was logged, and in which form."""

    form: str
    stream: io.StringIO

    @property
    def written(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[str]:
        return [line for line in self.written.split("\n") if line]


@contextmanager
def logging_as(form: str, level: str) -> Iterator[Log]:
    """Logs as a server writes them, but into memory; afterwards as the other tests have them."""
    stream, kept = io.StringIO(), sys.stderr
    sys.stderr = stream
    try:
        configure(form, level)
        yield Log(form, stream)
    finally:
        sys.stderr = kept
        configure("text", "error")


@pytest.fixture(params=["json", "text"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """The log in both forms."""
    with logging_as(request.param, "debug") as made:
        yield made


def test_no_secret_is_logged_wherever_it_is_sent(house: House, log: Log) -> None:
    """In the address, the query, every header that holds one, and every field of a form or document, at every entry point."""
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "X-CSRF-Token": SECRET,
        "User-Agent": f"password={SECRET}",
        "Referer": f"http://localhost/reset?token={SECRET}",
        "Idempotency-Key": SECRET,
        "X-Request-ID": SECRET + "\t",
    }
    names = (
        "password",
        "old",
        "new",
        "again",
        "token",
        "code",
        "secret",
        "csrf_token",
        "login",
        "otp",
        "state",
    )
    for route in ROUTES:
        if route.endpoint == "POST /sign-out":
            continue
        path = plain_address(house, route)
        sent: dict[str, Any] = {"query_string": dict.fromkeys(names, SECRET), "headers": headers}
        house.server.client().open(path, method=route.method, json=dict.fromkeys(names, SECRET), **sent)
        house.server.client().open(
            path, method=route.method, data=dict.fromkeys(names, SECRET), headers=headers
        )
    house.server.client().get(f"/{SECRET}/{SECRET}?{SECRET}")
    client = house.server.client()
    answer = client.post(
        "/sign-in", data={"login": "hana", "password": PASSWORD, "next": f"/?token={SECRET}"}
    )
    cookie = client.get_cookie("dg_session")
    assert answer.status_code == 303
    assert cookie is not None
    written = log.written
    assert written.count("request") > len(ROUTES)
    for secret in (SECRET, PASSWORD, cookie.value, house.server.tokens["ada"], house.token):
        assert secret not in written


def test_a_failure_tells_no_secret(log: Log) -> None:
    texts = (
        f"cannot connect to postgresql://admin:{SECRET}@db/x",
        f"Authorization: Bearer {SECRET}",
        f"{{'password': '{SECRET}', 'login': 'hana'}}",
        f"https://crm.example/reset?token={SECRET}&x=1",
        f"Set-Cookie: __Host-dg_session={SECRET}; Path=/",
        f"the token dg_{SECRET.replace('-', '_')} is not valid",
        f"smtp://mailer:{SECRET}@mail.example:587",
        f"client_secret={SECRET}",
    )
    for text in texts:
        try:
            raise ValueError(text)
        except ValueError as error:
            logger().error("failure", kind="broken", exc_info=error, reason=text)
    written = log.written
    assert SECRET not in written
    assert SECRET.replace("-", "_") not in written
    assert written.count("ValueError") >= len(texts)
    assert "hana" in written


@pytest.mark.parametrize("forged", FORGED, ids=lambda each: ascii(each)[:20])
def test_no_line_is_forged(log: Log, forged: str) -> None:
    logger().info("request", route=forged, agent=forged)
    try:
        raise ValueError(forged)
    except ValueError as error:
        logger().error("failure", exc_info=error)
    written = log.lines
    begun = [line for line in written if not line.startswith("    | ")]
    assert len(begun) <= 3, written  # two entries; the text form writes a traceback below its entry
    for line in written:
        assert line.isprintable(), ascii(line)
        if log.form == "json":
            entry = json.loads(line)
            assert entry["event"] in ("request", "failure")
            assert "actor" not in entry


def test_payloads_do_not_break_a_line(log: Log) -> None:
    for each in PAYLOADS:
        logger().info("request", route=each)
    assert len(log.lines) == len(PAYLOADS)


@pytest.mark.parametrize(
    "sent", ["abcdefgh\n", "abcdefgh\r\nx: y", "a" * 65, "short", "x\x1b[31mabcdefgh", "ａｂｃｄｅｆｇｈ"]
)
def test_a_request_id_that_could_forge_is_not_taken(sent: str) -> None:
    assert request_id(sent) != sent


def test_every_request_that_was_refused_is_in_the_log(house: House) -> None:
    with logging_as("json", "info") as log:
        house.server.client().post("/sign-in", data={"login": "hana", "password": "wrong"})
        house.server.api("cleo")("DELETE", "/library/book/1")
        house.server.client().get("/api/v1/apps")
        entries = [json.loads(line) for line in log.lines]
    seen = [(entry["route"], entry["status"]) for entry in entries if entry["event"] == "request"]
    assert seen == [("/sign-in", 401), ("/api/v1/<app>/<entity>/<identifier>", 403), ("/api/v1/apps", 401)]
    for entry in entries:
        assert {"timestamp", "level", "request_id", "address", "method", "milliseconds"} <= set(entry)
