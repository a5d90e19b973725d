"""A provider that lies, and whoever stands between it and the browser: nothing of it is believed, and nobody gets in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dougong.outbound import Client
from dougong.people import accounts
from dougong.people.oidc_directory import FRESH_KEYS_AFTER, KEPT_SECONDS, QUIET_SECONDS, Directory
from dougong.storage.system import IDENTITY
from tests.single_sign_on.conftest import offering
from tests.single_sign_on.evil import Evil, as_settings, evil
from tests.web_server import Server


@pytest.fixture
def liar() -> Iterator[Evil]:
    with evil() as it:
        yield it


def tried(server: Server, liar: Evil, more: str = "", **settings: Any) -> TestResponse:
    """The answer to somebody who comes back from the provider."""
    client = offering(server, as_settings(liar, **settings)).client()
    away = client.get("/sign-in/with/evil")
    if away.status_code != 303:
        return away
    state = liar.visited(away.headers["Location"])
    return client.get(
        f"/sign-in/with/evil/back?code=abc&state={state}{more}", headers={"Accept-Language": "en"}
    )


def nobody_got_in(server: Server) -> None:
    with server.database.reading() as connection:
        assert accounts.count(connection) == 5
        assert connection.execute(IDENTITY.select()).all() == []


def test_when_it_tells_the_truth_one_gets_in(sqlite_server: Server, liar: Evil) -> None:
    assert tried(sqlite_server, liar).status_code == 303
    assert "/me" in liar.asked


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"nonce": 5}, {"nonce": ["x"]},
        {"aud": "another"}, {"aud": ["another"]}, {"aud": None}, {"aud": []}, {"aud": {"dougong": 1}}, {"aud": ["dougong", "another"]},
        {"azp": "another"}, {"aud": ["dougong", "another"], "azp": "another"},
        {"iss": "https://another.example"}, {"iss": None}, {"iss": "http://127.0.0.1"},
        {"exp": timedelta(seconds=-120)}, {"exp": None}, {"exp": "soon"}, {"exp": True},
        {"iat": timedelta(hours=1)}, {"iat": timedelta(hours=-2)}, {"iat": None}, {"nbf": timedelta(hours=1)},
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"sub": "a\nb"},
        {"sub": "somebody else than the one it tells about"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    sqlite_server: Server, liar: Evil, claims: dict[str, Any]
) -> None:
    liar.claims = {name: _as_sent(value) for name, value in claims.items()}
    answer = tried(sqlite_server, liar)
    assert answer.status_code == 403
    assert "could not be verified" in answer.text
    nobody_got_in(sqlite_server)


def _as_sent(value: Any) -> Any:
    """A span of time as the moment so far from now."""
    return int(time.time() + value.total_seconds()) if isinstance(value, timedelta) else value


@pytest.mark.parametrize(
    "signing",
    ["other key", "own key in the header", "none", "nOnE", "public key as secret", "client secret", "changed",
     "unknown kid", "", "a.b", "a.b.c", "....", "x" * 100_000, "é.é.é"],
    ids=lambda each: each[:20] or "nothing",
)  # fmt: skip
def test_a_token_that_nobody_or_somebody_else_signed_is_refused(
    sqlite_server: Server, liar: Evil, signing: str
) -> None:
    liar.signing = signing
    assert tried(sqlite_server, liar).status_code == 403
    nobody_got_in(sqlite_server)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/.well-known/openid-configuration", {"issuer": "https://another.example"}),
        ("/.well-known/openid-configuration", []),
        ("/.well-known/openid-configuration", b"<html>"),
        ("/.well-known/openid-configuration", b"x" * 600_000),
        ("/keys", {"keys": []}), ("/keys", {"keys": "x"}), ("/keys", []), ("/keys", b"\xff"),
        ("/keys", {"keys": [None, 1, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA"}, {"kty": "RSA", "n": "!", "e": "AQAB"}]}),
        ("/token", []), ("/token", {}), ("/token", {"id_token": 5}), ("/token", b"nonsense"),
        ("/me", []), ("/me", {"sub": "another", "email": "hana@example.com", "email_verified": True}), ("/me", b""),
    ],
)  # fmt: skip
def test_documents_that_are_none_are_refused(
    sqlite_server: Server, liar: Evil, path: str, document: object
) -> None:
    liar.documents[path] = document
    assert tried(sqlite_server, liar).status_code in (403, 503)
    nobody_got_in(sqlite_server)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token", "/me"])
def test_answers_of_failure_are_refused(sqlite_server: Server, liar: Evil, path: str) -> None:
    for status in (302, 400, 404, 500):
        liar.status[path] = status
        assert tried(sqlite_server, liar).status_code in (403, 503)
    nobody_got_in(sqlite_server)


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
@pytest.mark.parametrize(
    "address", ["http://plain.example/x", "javascript:alert(1)", "//evil.example", 7, "file:///etc/passwd"]
)
def test_addresses_without_tls_are_not_asked(
    sqlite_server: Server, liar: Evil, name: str, address: object
) -> None:
    path = "/.well-known/openid-configuration"
    liar.documents[path] = {
        "issuer": liar.issuer,
        "authorization_endpoint": f"{liar.issuer}/auth",
        "token_endpoint": f"{liar.issuer}/token",
        "jwks_uri": f"{liar.issuer}/keys",
        name: address,
    }
    assert tried(sqlite_server, liar).status_code == 403
    assert liar.asked == [path]


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "localhost", "[::1]", "192.168.0.1"])
def test_a_provider_cannot_send_this_server_into_its_own_network(
    sqlite_server: Server, liar: Evil, host: str
) -> None:
    path = "/.well-known/openid-configuration"
    liar.documents[path] = {
        "issuer": liar.issuer,
        "authorization_endpoint": f"{liar.issuer}/auth",
        "token_endpoint": f"https://{host}/token",
        "jwks_uri": f"https://{host}/keys",
    }
    assert tried(sqlite_server, liar).status_code == 503
    nobody_got_in(sqlite_server)


def test_an_answer_that_names_another_issuer_is_refused_before_its_code_is_redeemed(
    sqlite_server: Server, liar: Evil
) -> None:
    assert tried(sqlite_server, liar, "&iss=https://another.example").status_code == 403
    assert "/token" not in liar.asked
    nobody_got_in(sqlite_server)


def test_an_issuer_that_promised_to_name_itself_must(sqlite_server: Server, liar: Evil) -> None:
    document = {
        "issuer": liar.issuer,
        "authorization_endpoint": f"{liar.issuer}/auth",
        "token_endpoint": f"{liar.issuer}/token",
        "jwks_uri": f"{liar.issuer}/keys",
        "authorization_response_iss_parameter_supported": True,
    }
    liar.documents["/.well-known/openid-configuration"] = document
    assert tried(sqlite_server, liar).status_code == 403
    assert "/token" not in liar.asked
    assert tried(sqlite_server, liar, f"&iss={liar.issuer}").status_code == 303


def test_the_answer_of_one_provider_is_not_taken_for_that_of_another(
    sqlite_server: Server, liar: Evil
) -> None:
    """The mix-up: begun at the honest one, brought back to the address of the other."""
    with evil() as honest:
        one, two = replace(as_settings(honest), id="honest"), as_settings(liar)
        client = offering(sqlite_server, one, two).client()
        state = honest.visited(client.get("/sign-in/with/honest").headers["Location"])
        client.get("/sign-in/with/evil")
        assert client.get(f"/sign-in/with/evil/back?code=abc&state={state}").status_code == 403
        planted = client.get_cookie("dg_sign_on_honest")
        assert planted is not None
        client.set_cookie("dg_sign_on_evil", planted.value)
        assert client.get(f"/sign-in/with/evil/back?code=abc&state={state}").status_code == 403
    assert "/token" not in liar.asked
    nobody_got_in(sqlite_server)


@pytest.mark.parametrize(
    "query", ["", "code=abc", "state=x", "code=abc&state=", "code=&state={state}", "state={state}"]
)
def test_answers_with_something_missing_are_refused(sqlite_server: Server, liar: Evil, query: str) -> None:
    client = offering(sqlite_server, as_settings(liar)).client()
    state = liar.visited(client.get("/sign-in/with/evil").headers["Location"])
    assert client.get(f"/sign-in/with/evil/back?{query.format(state=state)}").status_code == 403
    assert "/token" not in liar.asked


@pytest.mark.parametrize("cookie", ["x", "zz", "00", "ff" * 9, "6100", "é", "a" * 4000])
def test_a_cookie_that_was_made_up_is_no_sign_in_under_way(
    sqlite_server: Server, liar: Evil, cookie: str
) -> None:
    client = offering(sqlite_server, as_settings(liar)).client()
    client.set_cookie("dg_sign_on_evil", cookie)
    assert client.get("/sign-in/with/evil/back?code=abc&state=abc").status_code == 403
    assert liar.asked == []


def test_one_subject_of_an_issuer_never_takes_the_account_of_another(
    sqlite_server: Server, liar: Evil
) -> None:
    """Somebody else gets an address at the company; the account that it opened stays with whom it was linked to."""
    with sqlite_server.database.writing() as connection:
        hana = accounts.find(connection, "hana")
        assert hana is not None
        accounts.change(connection, hana.id, email="eve@example.com")
    assert tried(sqlite_server, liar).status_code == 303
    liar.claims = {"sub": "the next one", "email": "eve@example.com", "email_verified": True, "name": "Eve"}
    assert tried(sqlite_server, liar).status_code == 409


class Clock:
    """A clock that a test turns on."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_what_is_published_is_kept_and_fetched_again_in_time(liar: Evil) -> None:
    clock = Clock()
    known = Directory((as_settings(liar),), Client(frozenset({"127.0.0.1"})), clock)
    provider = known.provider("evil")
    for _ in range(3):
        assert known.keys(provider, "one")
    assert liar.asked == ["/.well-known/openid-configuration", "/keys"]
    for _ in range(5):
        assert known.keys(provider, "two")  # fetched anew once, not as often as somebody makes up a name
    assert liar.asked[2:] == ["/keys"]
    clock.now += FRESH_KEYS_AFTER
    known.keys(provider, "two")
    assert liar.asked[3:] == ["/keys"]
    clock.now += KEPT_SECONDS + 1
    known.keys(provider, "one")
    assert liar.asked[4:] == ["/.well-known/openid-configuration", "/keys"]


def test_one_that_does_not_answer_is_left_alone_for_a_while() -> None:
    clock, asked = Clock(), []

    def nobody(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        raise OSError

    with evil() as it:
        known = Directory((as_settings(it),), Client(resolver=nobody), clock)
    provider = known.provider("evil")
    for _ in range(4):
        with pytest.raises(Exception, match=r"cannot be found|a moment ago"):
            known.metadata(provider)
    assert len(asked) == 1
    clock.now += QUIET_SECONDS
    with pytest.raises(Exception, match="cannot be found"):
        known.metadata(provider)
    assert len(asked) == 2
