"""Changing the own mail address: confirmed at the new one, told to the old one, and only by who knows the password."""

from __future__ import annotations

import pytest

from dougong.people import accounts
from tests.links.conftest import Posted
from tests.web_server import PASSWORD


def email_of(posted: Posted, login: str) -> str:
    with posted.server.database.reading() as connection:
        found = accounts.find(connection, login)
    assert found is not None
    return found.email


def test_a_new_address_counts_when_it_is_confirmed(posted: Posted) -> None:
    posted.set("hana", email="old@example.com")
    browser = posted.server.browser("hana")
    sent = browser.post("/profile/email", {"email": "new@example.com", "current": PASSWORD}, page="/profile")
    assert sent.status_code == 303
    posted.work()
    assert email_of(posted, "hana") == "old@example.com"
    client = posted.server.client()
    client.get(posted.link("new@example.com"))
    assert "new@example.com" in client.get("/link").text
    assert email_of(posted, "hana") == "old@example.com"
    assert client.post("/link", data={}).headers["Location"] == "/sign-in?done=email&login=hana"
    assert email_of(posted, "hana") == "new@example.com"
    assert client.post("/link", data={}).status_code == 410
    posted.work()
    [told] = posted.mails("old@example.com")
    assert "new@example.com" in told.as_string()


@pytest.mark.parametrize(
    ("email", "current"),
    [("new@example.com", "wrong"), ("new@example.com", ""), ("", PASSWORD), ("none", PASSWORD), ("old@example.com", PASSWORD)],
)  # fmt: skip
def test_what_is_no_address_or_not_asked_by_the_owner_is_refused(
    posted_sqlite: Posted, email: str, current: str
) -> None:
    posted_sqlite.set("hana", email="old@example.com")
    browser = posted_sqlite.server.browser("hana")
    answer = browser.post("/profile/email", {"email": email, "current": current}, page="/profile")
    assert answer.status_code == 422
    posted_sqlite.work()
    assert posted_sqlite.letters.messages == []


def test_nobody_sends_mails_to_strangers_by_the_dozen(posted_sqlite: Posted) -> None:
    browser = posted_sqlite.server.browser("hana")
    statuses = [
        browser.post(
            "/profile/email", {"email": f"n{n}@example.com", "current": PASSWORD}, page="/profile"
        ).status_code
        for n in range(6)
    ]
    assert statuses == [303] * 5 + [429]
