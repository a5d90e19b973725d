"""Inviting people by mail: pasted addresses, the link and its form, sending again, revoking, and who may invite."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from dougong.diagnostics import Refusal
from dougong.people import accounts, invitations
from dougong.people.invitations import addresses_in
from dougong.storage.system import AUDIT, LINK, USER
from tests.links.conftest import Posted
from tests.web_server import Browser, Server

PAGE = "/people/invitations"
CHOSEN = "a river of small stones"


def invite(posted: Posted, emails: str, **more: object) -> tuple[Browser, str]:
    browser = posted.server.browser("ada")
    sent = {"emails": emails, "roles": "library.clerk", "language": "en", **more}
    answer = browser.post(PAGE, sent, page=PAGE)
    assert answer.status_code == 200, answer.text
    posted.work()
    return browser, answer.text


def account(posted: Posted, login: str) -> accounts.Account:
    with posted.server.database.reading() as connection:
        found = accounts.find(connection, login)
    assert found is not None
    return found


def states(posted: Posted) -> dict[str, str]:
    with posted.server.database.reading() as connection:
        return {each.email: each.state for each in invitations.invitations(connection)}


def test_who_is_invited_chooses_a_password_and_comes_in(posted: Posted) -> None:
    invite(posted, "Wei Zhang <wei@example.com>")
    made = account(posted, "wei@example.com")
    assert (made.name, made.email, made.roles) == ("Wei Zhang", "wei@example.com", (("library", "clerk"),))
    [mail] = posted.mails("wei@example.com")
    assert mail["Subject"] == "Ada invites you to dougong"
    client = posted.server.client()
    client.get(posted.link("wei@example.com"))
    page = client.get("/link", headers={"Accept-Language": "en"})
    assert "Choose a password, then you can sign in." in page.text
    assert 'value="Wei Zhang"' in page.text
    bad = client.post("/link", data={"name": " ", "password": "short"})
    assert bad.status_code == 422
    switched = client.get("/link?language=zh")
    assert switched.headers["Location"] == "/link"
    done = client.post("/link", data={"name": "张伟", "password": CHOSEN})
    assert done.headers["Location"] == "/sign-in?done=invitation&login=wei%40example.com"
    door = client.get(done.headers["Location"])
    assert 'value="wei@example.com"' in door.text
    entered = client.post("/sign-in", data={"login": "wei@example.com", "password": CHOSEN})
    assert entered.status_code == 303
    assert client.get("/library/book").status_code == 200
    assert (account(posted, "wei@example.com").name, account(posted, "wei@example.com").language) == (
        "张伟",
        "zh",
    )
    assert states(posted) == {"wei@example.com": "accepted"}


def test_nobody_comes_in_without_the_link(posted: Posted) -> None:
    invite(posted, "wei@example.com")
    client = posted.server.client()
    for password in ("", "None", CHOSEN):
        answer = client.post("/sign-in", data={"login": "wei@example.com", "password": password})
        assert answer.status_code == 401
    client.post("/forgotten", data={"who": "wei@example.com"})
    posted.work()
    assert len(posted.mails("wei@example.com")) == 1


def test_many_are_invited_at_once_and_nobody_twice(posted: Posted) -> None:
    posted.set("hana", email="hana@example.com")
    text = (
        "a@example.com, b@example.com；A@example.com\nLi An <c@example.com>\nHANA@example.com d@example.com"
    )
    _, page = invite(posted, text)
    sent = {each["To"] for each in posted.letters.messages}
    assert sent == {"a@example.com", "b@example.com", "c@example.com", "d@example.com"}
    assert len(posted.letters.messages) == 4
    assert "HANA@example.com" in page
    invite(posted, "a@example.com")
    assert len(posted.mails("a@example.com")) == 2
    with posted.server.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(USER)).scalar_one() == 5 + 4
    assert states(posted) == dict.fromkeys(sorted(sent), "open")


@pytest.mark.parametrize(
    "emails", ["", "  \n ,", "no address", "a@example.com, b", "a@@example.com", "<>", "a@example.com\x01", "x" * 400 + "@example.com"]
)  # fmt: skip
def test_one_bad_address_and_nobody_is_invited(posted: Posted, emails: str) -> None:
    browser = posted.server.browser("ada")
    answer = browser.post(PAGE, {"emails": emails, "language": "en"}, page=PAGE)
    assert answer.status_code == 422
    with posted.server.database.reading() as connection:
        assert accounts.count(connection) == 5
    posted.work()
    assert posted.letters.messages == []


@pytest.mark.parametrize("more", [{"roles": "library.nobody"}, {"roles": "x"}, {"language": "fr"}])
def test_roles_and_languages_that_there_are_not_are_refused(
    posted_sqlite: Posted, more: dict[str, str]
) -> None:
    browser = posted_sqlite.server.browser("ada")
    answer = browser.post(PAGE, {"emails": "a@example.com", "language": "en", **more}, page=PAGE)
    assert answer.status_code == 422
    with posted_sqlite.server.database.reading() as connection:
        assert accounts.count(connection) == 5


def test_too_many_addresses_are_refused() -> None:
    with pytest.raises(Refusal):
        addresses_in("\n".join(f"n{number}@example.com" for number in range(201)))
    assert len(addresses_in("\n".join(f"n{number}@example.com" for number in range(200)))) == 200


def test_sending_again_ends_the_link_before(posted: Posted) -> None:
    browser, page = invite(posted, "wei@example.com")
    first = posted.link("wei@example.com")
    action = re.search(rf"{PAGE}/(\d+)/resend", page)
    assert action is not None
    assert browser.post(action[0], page=PAGE).status_code == 303
    posted.work()
    second = posted.link("wei@example.com")
    assert second != first
    for path, status in ((first, 410), (second, 200)):
        client = posted.server.client()
        client.get(path)
        assert client.get("/link").status_code == status


def test_a_revoked_invitation_opens_nothing(posted: Posted) -> None:
    browser, page = invite(posted, "wei@example.com")
    path = posted.link("wei@example.com")
    number = re.search(rf"{PAGE}/(\d+)/revoke", page)
    assert number is not None
    assert browser.post(number[0], page=PAGE).status_code == 303
    client = posted.server.client()
    client.get(path)
    assert client.post("/link", data={"name": "Wei", "password": CHOSEN}).status_code == 410
    assert states(posted) == {"wei@example.com": "revoked"}
    assert browser.post(number[0], page=PAGE).status_code == 409
    assert browser.post(f"{PAGE}/{number[1]}/resend", page=PAGE).status_code == 303
    assert states(posted) == {"wei@example.com": "open"}


def test_an_old_invitation_is_over_until_it_is_sent_again(posted: Posted) -> None:
    invite(posted, "wei@example.com")
    with posted.server.database.writing() as connection:
        connection.execute(update(LINK).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    client = posted.server.client()
    client.get(posted.link("wei@example.com"))
    assert client.get("/link").status_code == 410
    assert states(posted) == {"wei@example.com": "expired"}


def test_only_administrators_invite(posted: Posted) -> None:
    for person in ("hana", "nemo"):
        browser = posted.server.browser(person)
        assert browser.get(PAGE).status_code == 403
        for path in (PAGE, f"{PAGE}/1/resend", f"{PAGE}/1/revoke"):
            assert browser.post(path, {"emails": "a@example.com"}).status_code == 403
    assert posted.server.client().get(PAGE).status_code == 303
    missing = posted.server.browser("ada")
    for path in (f"{PAGE}/99/resend", f"{PAGE}/99/revoke", f"{PAGE}/x/revoke"):
        assert missing.post(path, page=PAGE).status_code == 404


def test_without_mail_the_link_is_shown_once(posted_sqlite: Posted) -> None:
    runtime = posted_sqlite.server.runtime
    bare = Server(replace(runtime, settings=replace(runtime.settings, smtp_url="")), {})
    browser = bare.browser("ada")
    page = browser.post(PAGE, {"emails": "wei@example.com", "language": "en"}, page=PAGE)
    found = re.search(r"http://dougong\.example(/link/[\w-]{43})", page.text)
    assert found is not None
    assert found[1] not in browser.get(PAGE).text
    client = bare.client()
    client.get(found[1])
    assert client.post("/link", data={"name": "Wei", "password": CHOSEN}).status_code == 303


def test_what_was_done_is_written_down(posted_sqlite: Posted) -> None:
    invite(posted_sqlite, "wei@example.com")
    client = posted_sqlite.server.client()
    client.get(posted_sqlite.link("wei@example.com"))
    client.post("/link", data={"name": "Wei", "password": CHOSEN})
    with posted_sqlite.server.database.reading() as connection:
        actions = [row.action for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id))]
    assert [each for each in actions if each.startswith("person.")] == [
        "person.add",
        "person.invite",
        "person.join",
    ]
