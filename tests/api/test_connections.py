"""A request uses one connection, holds no transaction while it waits for its body, and gives everything back however it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.pool import QueuePool

from dougong.web import bodies
from tests.web_server import Api, Server

Ask = Callable[[Api, str], Any]
REQUESTS: dict[str, tuple[Ask, int]] = {
    "list": (lambda api, path: api("GET", "/library/book"), 200),
    "record": (lambda api, path: api("GET", path), 200),
    "record, as it is known": (lambda api, path: api("GET", path, headers={"If-None-Match": '"1"'}), 304),
    "no record": (lambda api, path: api("GET", "/library/book/999999"), 404),
    "no entity": (lambda api, path: api("GET", "/library/nothing/1"), 404),
    "unknown parameter": (lambda api, path: api("GET", f"{path}?strange=1"), 400),
    "create": (lambda api, path: api("POST", "/library/book", {"title": "b"}), 201),
    "create, refused": (lambda api, path: api("POST", "/library/book", {"pages": 1}), 422),
    "update": (lambda api, path: api("PATCH", path, {"pages": 3}), 200),
    "update of what is not there": (
        lambda api, path: api("PATCH", "/library/book/999999", {"pages": 3}),
        404,
    ),
    "update without a body": (lambda api, path: api("PATCH", path), 415),
    "delete": (lambda api, path: api("DELETE", path), 204),
}


def lent(server: Server) -> int:
    """How many connections somebody holds."""
    pool = server.database.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_gives_its_connection_back(server: Server, name: str) -> None:
    ask, status = REQUESTS[name]
    api = server.api("ada")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    answer = ask(api, path)
    assert answer.status_code == status, answer.text
    assert lent(server) == 0
    stranger = Api(server.client(), "dg_nobody")
    assert ask(stranger, path).status_code == 401
    assert lent(server) == 0


def test_a_change_holds_no_transaction_while_its_body_comes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = server.api("ada")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    read_body = bodies.json_body
    writers: list[int] = []

    def slow(*given: Any) -> Any:
        assert lent(server) == 1
        with server.database.writing() as connection:
            if server.database.dialect == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                connection.exec_driver_sql("LOCK TABLE dg_state IN ACCESS EXCLUSIVE MODE")
            writers.append(lent(server))
        return read_body(*given)

    monkeypatch.setattr(bodies, "json_body", slow)
    assert api("PATCH", path, {"pages": 3}).status_code == 200
    assert writers == [2]
    assert lent(server) == 0


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ["list", "record", "create", "update"])
def test_connections_that_were_lost_meanwhile_are_made_anew(server: Server, name: str) -> None:
    ask, status = REQUESTS[name]
    api = server.api("ada")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    for _ in range(8):  # until the statements are prepared
        assert api("GET", path).status_code == 200
    address = make_url(server.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
    answer = ask(api, path)
    assert answer.status_code == status, answer.text


def test_a_token_ends_at_once(server: Server) -> None:
    api, other = server.api("ada"), server.api("ada")
    path = f"/library/book/{api.made('/library/book', title='a')['id']}"
    assert api("GET", path).status_code == 200
    with server.database.writing() as connection:
        connection.exec_driver_sql("UPDATE dg_token SET revoked_at = created_at")
    for each in (api, other):
        assert each("GET", path).status_code == 401
        assert each("PATCH", path, {"pages": 3}).status_code == 401
