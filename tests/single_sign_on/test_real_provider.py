"""Single sign-on by a certified provider: signing in, linking, making accounts, following groups, its keys, and its end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from dougong.people import accounts
from dougong.storage.system import AUDIT
from tests.single_sign_on.conftest import PUBLIC, as_settings, offering
from tests.single_sign_on.real import Real, Visitor, new_key, real
from tests.web_server import Browser, Server, hidden


def come_back(client: FlaskClient, visitor: Visitor, login: str, begin: str = "/sign-in/with/real") -> str:
    """Begin, sign in at the provider, and give the address at this server to which it leads back."""
    away = client.get(begin)
    assert away.status_code == 303, away.text
    place = visitor.sign_in(away.headers["Location"], login, PUBLIC)
    return place.removeprefix(PUBLIC)


def account(server: Server, login: str) -> accounts.Account:
    with server.database.reading() as connection:
        found = accounts.find(connection, login)
    assert found is not None
    return found


def set_email(server: Server, login: str, email: str) -> None:
    with server.database.writing() as connection:
        found = accounts.find(connection, login)
        assert found is not None
        accounts.change(connection, found.id, email=email)


def linking(browser: Browser) -> str:
    """The address on the own page that begins to link the provider."""
    page: str = browser.get("/profile").text
    start = page.index("/profile/sign-on/real?token=")
    return page[start : page.index('"', start)]


def test_the_way_out_names_what_comes_back(sqlite_server: Server, provider: Real) -> None:
    server = offering(sqlite_server, as_settings(provider))
    client = server.client()
    door = client.get("/sign-in?next=/library/book", headers={"Accept-Language": "en"})
    assert "Sign in with Company account" in door.text
    assert 'href="/sign-in/with/real?next=%2Flibrary%2Fbook"' in door.text
    away = client.get("/sign-in/with/real?next=/library/book")
    sent = parse_qs(urlsplit(away.headers["Location"]).query)
    assert sent["response_type"] == ["code"]
    assert sent["redirect_uri"] == [f"{PUBLIC}/sign-in/with/real/back"]
    assert sent["code_challenge_method"] == ["S256"]
    assert len({sent["state"][0], sent["nonce"][0], sent["code_challenge"][0]}) == 3
    cookie = away.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    again = parse_qs(urlsplit(client.get("/sign-in/with/real").headers["Location"]).query)
    assert again["state"] != sent["state"]
    assert again["nonce"] != sent["nonce"]


def test_nobody_gets_in_whose_account_is_not_linked(server: Server, provider: Real) -> None:
    set_email(server, "hana", "hana@example.com")
    offered = offering(server, as_settings(provider))
    client = offered.client()
    back = client.get(come_back(client, Visitor(), "hana"), headers={"Accept-Language": "en"})
    assert back.status_code == 403
    assert "no account here belongs to this sign-in" in back.text
    assert client.get("/apps").status_code == 303
    with server.database.reading() as connection:
        assert accounts.count(connection) == 5


def test_an_account_is_linked_by_who_is_signed_in_and_opens_with_it(server: Server, provider: Real) -> None:
    offered = offering(server, as_settings(provider))
    browser, visitor = offered.browser("hana"), Visitor()
    back = browser.get(come_back(browser.client, visitor, "hana", linking(browser)))
    assert back.headers["Location"] == "/profile"
    assert "hana@example.com" in browser.get("/profile").text

    client = offered.client()
    entered = client.get(come_back(client, visitor, "hana", "/sign-in/with/real?next=/library/book"))
    assert entered.status_code == 303, entered.text
    assert entered.headers["Location"] == "/library/book"
    assert client.get("/library/book").status_code == 200
    assert "Hana" in client.get("/profile").text

    taken = offered.browser("cleo")
    again = taken.get(come_back(taken.client, visitor, "hana", linking(taken)))
    assert again.status_code == 409
    second = browser.get(come_back(browser.client, Visitor(), "lian", linking_again(browser)))
    assert second.status_code == 409


def linking_again(browser: Browser) -> str:
    """The page offers no second link of the same provider; its address is known all the same."""
    from dougong.web.pages.single_sign_on import linking_token

    return f"/profile/sign-on/real?token={linking_token(browser.token('/profile'), 'real')}"


def test_a_link_is_taken_back_unless_it_is_the_last_way_in(server: Server, provider: Real) -> None:
    offered = offering(server, as_settings(provider, creates_accounts=True))
    browser = offered.browser("hana")
    browser.get(come_back(browser.client, Visitor(), "hana", linking(browser)))
    gone = browser.post("/profile/sign-on/real/unlink", page="/profile")
    assert gone.status_code == 303
    assert browser.post("/profile/sign-on/real/unlink", page="/profile").status_code == 404
    assert "hana@example.com" not in browser.get("/profile").text

    made = Browser(offered.client())
    made.get(come_back(made.client, Visitor(), "lian"))
    assert made.post("/profile/sign-on/real/unlink", page="/profile").status_code == 409


def test_linking_cannot_be_begun_by_another_site(sqlite_server: Server, provider: Real) -> None:
    browser = offering(sqlite_server, as_settings(provider)).browser("hana")
    for token in ("", "x", "0" * 64, "ü"):
        assert browser.get(f"/profile/sign-on/real?token={token}").status_code == 403


def test_what_was_begun_for_linking_is_of_no_use_to_another_session(server: Server, provider: Real) -> None:
    """Somebody plants the cookie and the answer of a linking of their own in another person's browser."""
    offered = offering(server, as_settings(provider))
    attacker, victim = offered.browser("otto"), offered.browser("hana")
    back = come_back(attacker.client, Visitor(), "eve", linking(attacker))
    planted = attacker.client.get_cookie("dg_sign_on_real")
    assert planted is not None
    victim.client.set_cookie("dg_sign_on_real", planted.value)
    assert victim.get(back).status_code == 403
    assert "linked" not in actions(server)


def actions(server: Server) -> str:
    with server.database.reading() as connection:
        return " ".join(row.action for row in connection.execute(AUDIT.select()))


def test_accounts_are_linked_by_a_verified_address_where_that_is_allowed(
    server: Server, provider: Real
) -> None:
    set_email(server, "hana", "Hana@Example.com")
    offered = offering(server, as_settings(provider, links_by_email=True))
    stranger = offered.client()
    assert (
        stranger.get(come_back(stranger, Visitor(), "eve")).status_code == 403
    )  # the address is not verified
    client = offered.client()
    assert client.get(come_back(client, Visitor(), "hana")).headers["Location"] == "/"
    assert 'value="hana"' in client.get("/profile").text or "Hana" in client.get("/profile").text


def test_an_address_that_two_accounts_have_links_neither(server: Server, provider: Real) -> None:
    for login in ("hana", "cleo"):
        set_email(server, login, "hana@example.com")
    client = offering(server, as_settings(provider, links_by_email=True)).client()
    assert client.get(come_back(client, Visitor(), "hana")).status_code == 403


def test_accounts_are_made_and_follow_groups_where_that_is_allowed(server: Server, provider: Real) -> None:
    groups = (("clerks", (("library", "clerk"),)), ("heads", (("library", "head"),)))
    offered = offering(
        server,
        as_settings(
            provider, creates_accounts=True, group_roles=groups, scopes=("openid", "profile", "email")
        ),
    )
    client, visitor = offered.client(), Visitor()
    assert client.get(come_back(client, visitor, "lian")).headers["Location"] == "/"
    made = account(server, "lian")
    assert (made.name, made.email, made.language) == ("李安", "lian@example.com", "zh")
    assert made.roles == (("library", "clerk"),)
    assert not made.is_admin

    with server.database.writing() as connection:
        accounts.set_roles(connection, made.id, [("library", "clerk"), ("library", "warden")])
    moved = provider.people["lian"]["groups"]
    assert moved == ["clerks"]
    changed = offering(
        server,
        as_settings(provider, creates_accounts=True, group_roles=((("others", (("library", "clerk"),))),)),
    )
    again = changed.client()
    again.get(come_back(again, visitor, "lian"))
    assert account(server, "lian").roles == (("library", "warden"),)
    assert account(server, "lian").id == made.id


def test_a_login_that_is_taken_gets_a_number(server: Server, provider: Real) -> None:
    offered = offering(server, as_settings(provider, creates_accounts=True))
    with server.database.writing() as connection:
        accounts.add(connection, "lian")
    client = offered.client()
    client.get(come_back(client, Visitor(), "lian"))
    assert account(server, "lian-2").name == "李安"


def test_only_people_of_the_named_domains_get_an_account(server: Server, provider: Real) -> None:
    settings = as_settings(provider, creates_accounts=True, email_domains=("other.example",))
    client = offering(server, settings).client()
    assert client.get(come_back(client, Visitor(), "lian")).status_code == 403
    with server.database.reading() as connection:
        assert accounts.count(connection) == 5


def test_a_disabled_account_stays_closed(server: Server, provider: Real) -> None:
    offered = offering(server, as_settings(provider, creates_accounts=True))
    client, visitor = offered.client(), Visitor()
    client.get(come_back(client, visitor, "lian"))
    with server.database.writing() as connection:
        accounts.disable(connection, account(server, "lian").id)
    assert client.get("/apps").status_code == 303
    again = offered.client()
    assert again.get(come_back(again, visitor, "lian")).status_code == 403


def test_an_answer_is_taken_once_and_only_in_the_browser_that_asked(server: Server, provider: Real) -> None:
    offered = offering(server, as_settings(provider, creates_accounts=True))
    client = offered.client()
    place = come_back(client, Visitor(), "lian")
    assert offered.client().get(place).status_code == 403
    kept = client.get_cookie("dg_sign_on_real")
    assert kept is not None
    assert client.get(place).status_code == 303
    assert client.get(place).status_code == 403  # the cookie is gone
    thief = offered.client()
    thief.set_cookie("dg_sign_on_real", kept.value)
    assert thief.get(place).status_code == 403  # the provider gives nothing for a code a second time
    assert thief.get("/apps").status_code == 303


def test_who_declines_is_told_so(sqlite_server: Server, provider: Real) -> None:
    client = offering(sqlite_server, as_settings(provider)).client()
    away = client.get("/sign-in/with/real")
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    address = f"/sign-in/with/real/back?error=access_denied&error_description=<b>&state={state}&iss={provider.issuer}"
    back = client.get(address, headers={"Accept-Language": "en"})
    assert back.status_code == 403
    assert "cancelled or declined" in back.text
    assert "<b>&" not in back.text


def test_signing_out_leads_to_the_provider_too(sqlite_server: Server, provider: Real) -> None:
    offered = offering(sqlite_server, as_settings(provider, creates_accounts=True))
    browser = Browser(offered.client())
    browser.get(come_back(browser.client, Visitor(), "lian"))
    browser.post("/sign-out")
    door = browser.get("/sign-in", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert 'href="/sign-out/with/real"' in door.text
    out = browser.get("/sign-out/with/real")
    place = urlsplit(out.headers["Location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{provider.issuer}/session/end"
    assert parse_qs(place.query)["post_logout_redirect_uri"] == [f"{PUBLIC}/sign-in"]
    assert "/sign-out/with/real" not in browser.get("/sign-in").text


def test_a_provider_that_is_not_there_is_said_to_be_away(sqlite_server: Server) -> None:
    with real([f"{PUBLIC}/sign-in/with/real/back"]) as started:
        settings = as_settings(started, creates_accounts=True)
        offered = offering(sqlite_server, settings)
        client = offered.client()
        place = come_back(client, Visitor(), "lian")
        started.stop()
        back = client.get(place, headers={"Accept-Language": "en"})
        assert back.status_code == 503
        assert "cannot be reached" in back.text
        fresh = offering(sqlite_server, settings).client()
        assert fresh.get("/sign-in/with/real").status_code == 503
        assert fresh.get("/sign-in").status_code == 200
        assert 'name="password"' in fresh.get("/sign-in").text


def test_new_keys_of_a_provider_are_fetched(sqlite_server: Server) -> None:
    with real([f"{PUBLIC}/sign-in/with/real/back"]) as started:
        offered = offering(sqlite_server, as_settings(started, creates_accounts=True))
        for _ in range(2):
            client = offered.client()
            assert client.get(come_back(client, Visitor(), "lian")).headers["Location"] == "/"
            started.stop()
            started.keys = [new_key("two")]
            started.start()


@pytest.mark.parametrize("basic", [True, False])
def test_the_secret_is_sent_as_the_provider_takes_it(sqlite_server: Server, basic: bool) -> None:
    with real([f"{PUBLIC}/sign-in/with/real/back"], basic=basic) as started:
        client = offering(sqlite_server, as_settings(started, creates_accounts=True)).client()
        assert client.get(come_back(client, Visitor(), "lian")).headers["Location"] == "/"


def test_unknown_providers_are_not_there(sqlite_server: Server, provider: Real) -> None:
    client = offering(sqlite_server, as_settings(provider)).client()
    for path in ("/sign-in/with/other", "/sign-in/with/other/back", "/sign-out/with/other"):
        assert client.get(path).status_code == 404
    assert hidden(client.get("/sign-in").text, "next") == "/"
