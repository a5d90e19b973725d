"""A new password by mail: what the mail holds, what the link is good for, and what it tells to strangers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from dougong.people import accounts, resets
from dougong.storage.system import JOB, LINK, LINK_SECRET, OUTBOX, SESSION
from tests.links.conftest import Posted
from tests.web_server import PASSWORD, Server

NEW = "a river of small stones"


def asked(posted: Posted, who: str = "hana", email: str = "hana@example.com") -> str:
    """The path of the link that a request brings."""
    posted.set("hana", email=email)
    answer = posted.server.client().post("/forgotten", data={"who": who})
    assert answer.status_code == 200
    posted.work()
    return posted.link(email)


def opened(posted: Posted, path: str) -> FlaskClient:
    """A browser that has followed a link."""
    client = posted.server.client()
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/link"
    return client


def can_sign_in(posted: Posted, password: str) -> bool:
    answer = posted.server.client().post("/sign-in", data={"login": "hana", "password": password})
    return answer.status_code == 303


def test_a_forgotten_password_is_chosen_anew_by_a_link(posted: Posted) -> None:
    before = posted.server.browser("hana")
    client = opened(posted, asked(posted))
    page = client.get("/link")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert 'value="hana"' in page.text
    done = client.post("/link", data={"password": NEW})
    assert done.headers["Location"] == "/sign-in?done=reset&login=hana"
    assert client.get(done.headers["Location"]).status_code == 200
    assert can_sign_in(posted, NEW)
    assert not can_sign_in(posted, PASSWORD)
    assert before.get("/apps").status_code == 303  # all its sessions have ended
    posted.work()
    subjects = [each["Subject"] for each in posted.mails("hana@example.com")]
    assert subjects == ["Reset your dougong password", "Your dougong password was changed"]


def test_the_mail_is_in_the_language_of_its_reader_as_text_and_as_html(posted_sqlite: Posted) -> None:
    posted_sqlite.set("hana", language="zh", name="<b>李")
    path = asked(posted_sqlite)
    mail = posted_sqlite.mails("hana@example.com")[0]
    assert mail["Subject"] == "重设斗拱密码"
    html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert plain is not None
    content = html.get_content()
    assert f'href="http://dougong.example{path}"' in content
    assert "&lt;b&gt;李" in content
    assert "<b>" not in content
    assert "<b>李" in plain.get_content()
    assert content.count("http") == 2  # nothing is fetched when the mail is read


@pytest.mark.parametrize("who", ["hana", " HANA ", "hana@example.com", "Hana@Example.COM"])
def test_login_and_address_are_both_good(posted_sqlite: Posted, who: str) -> None:
    assert asked(posted_sqlite, who).startswith("/link/")


def test_looking_at_a_link_uses_nothing_up(posted: Posted) -> None:
    """Scanners of mails follow every link, some with another browser than the reader's."""
    path = asked(posted)
    for _ in range(3):
        scanner = opened(posted, path)
        assert scanner.get("/link").status_code == 200
        assert scanner.head("/link").status_code == 200
    reader = opened(posted, path)
    assert reader.post("/link", data={"password": NEW}).status_code == 303
    assert reader.post("/link", data={"password": NEW}).status_code == 410
    late = opened(posted, path)
    assert late.get("/link").status_code == 410
    assert late.post("/link", data={"password": PASSWORD}).status_code == 410
    assert can_sign_in(posted, NEW)


def test_the_secret_is_kept_nowhere(posted: Posted) -> None:
    secret = asked(posted).rpartition("/")[2]
    assert len(secret) == 43
    with posted.server.database.reading() as connection:
        for table in (LINK, LINK_SECRET, OUTBOX, JOB):
            for row in connection.execute(table.select()):
                assert secret not in repr(row)


@pytest.mark.parametrize("what", ["password", "email", "disabled", "time", "again"])
def test_what_happens_to_an_account_voids_its_links(posted: Posted, what: str) -> None:
    path = asked(posted)
    with posted.server.database.writing() as connection:
        hana = accounts.find(connection, "hana")
        assert hana is not None
        match what:
            case "password":
                accounts.set_password(connection, hana.id, "another stone bridge")
            case "email":
                accounts.change(connection, hana.id, email="else@example.com")
            case "disabled":
                accounts.disable(connection, hana.id)
            case "time":
                over = datetime.now(UTC) - timedelta(seconds=1)
                connection.execute(update(LINK).values(expires_at=over))
            case "again":
                resets.send_reset(connection, hana.id, 60)
    client = opened(posted, path)
    assert client.get("/link").status_code == 410
    assert client.post("/link", data={"password": NEW}).status_code == 410
    assert not can_sign_in(posted, NEW)


def test_a_link_that_is_over_before_its_mail_leaves_is_not_sent(posted: Posted) -> None:
    posted.set("hana", email="hana@example.com")
    with posted.server.database.writing() as connection:
        hana = accounts.find(connection, "hana")
        assert hana is not None
        resets.send_reset(connection, hana.id, 60)
        accounts.disable(connection, hana.id)
    posted.work()
    assert posted.letters.messages == []
    with posted.server.database.reading() as connection:
        assert connection.execute(select(OUTBOX.c.state)).scalars().all() == ["dropped"]


def test_strangers_learn_nothing(posted: Posted) -> None:
    """Known, unknown, disabled, without a password, without an address: the same page, and the same work before it."""
    with posted.server.database.writing() as connection:
        accounts.add(connection, "nopass", email="nopass@example.com")
        closed = accounts.add(connection, "closed", email="closed@example.com", password=PASSWORD)
        accounts.disable(connection, closed)
    posted.set("hana", email="hana@example.com")
    texts = set()
    for who in (
        "hana",
        "nobody",
        "closed",
        "nopass",
        "cleo",
        "",
        "x" * 5000,
        "%",
        "hana\u0000".strip("\u0000"),
    ):
        answer = posted.server.client().post("/forgotten", data={"who": who})
        texts.add((answer.status_code, re.sub(r'nonce="[^"]*"', "", answer.text)))
    assert len(texts) == 1
    with posted.server.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(LINK)).scalar_one() == 0
        asked_for = select(func.count()).select_from(JOB).where(JOB.c.task == resets.TASK)
        assert connection.execute(asked_for).scalar_one() == 9
    posted.work()
    assert {each["To"] for each in posted.letters.messages} == {"hana@example.com"}


def test_nobody_is_drowned_in_mails(posted: Posted) -> None:
    posted.set("hana", email="hana@example.com")
    for _ in range(6):
        posted.server.client().post("/forgotten", data={"who": "hana"})
    posted.work()
    assert len(posted.letters.messages) <= resets.MOST_IN_AN_HOUR


def test_who_asks_and_asks_has_to_wait(posted: Posted) -> None:
    client = posted.server.client()
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 60:
        statuses.append(client.post("/forgotten", data={"who": f"n{len(statuses)}"}).status_code)
    assert statuses[:20] == [200] * 20
    assert statuses[-1] == 429


@pytest.mark.parametrize("password", ["", "short", "password1", "hana-hana-hana", "x" * 300])
def test_bad_passwords_are_refused_and_the_link_stays(posted_sqlite: Posted, password: str) -> None:
    client = opened(posted_sqlite, asked(posted_sqlite))
    answer = client.post("/link", data={"password": password})
    assert answer.status_code == 422
    assert "<form" in answer.text
    assert client.post("/link", data={"password": NEW}).status_code == 303


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 5000, "%00", "é", "'--", "..%2f"])
def test_made_up_links_open_nothing(posted_sqlite: Posted, secret: str) -> None:
    client = posted_sqlite.server.client()
    assert client.get(f"/link/{secret}").status_code in (303, 404)
    assert client.get("/link").status_code == 410
    assert client.post("/link", data={"password": NEW}).status_code == 410


def test_another_site_cannot_send_the_form(posted_sqlite: Posted) -> None:
    client = opened(posted_sqlite, asked(posted_sqlite))
    for path in ("/link", "/forgotten"):
        answer = client.post(path, data={"password": NEW}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
    assert can_sign_in(posted_sqlite, PASSWORD)


def test_of_several_at_once_one_gets_through(posted: Posted) -> None:
    path = asked(posted)
    clients, together, statuses = [opened(posted, path) for _ in range(4)], Barrier(4), []

    def one(number: int) -> None:
        together.wait(30)
        answer = clients[number].post("/link", data={"password": f"{NEW} {number}"})
        statuses.append((answer.status_code, number))

    threads = [Thread(target=one, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    won = [number for status, number in statuses if status == 303]
    assert len(won) == 1
    assert sorted(status for status, _ in statuses) == [303, 410, 410, 410]
    assert can_sign_in(posted, f"{NEW} {won[0]}")


def test_without_mail_the_page_says_whom_to_ask(posted_sqlite: Posted) -> None:
    client = posted_sqlite.server.client()
    assert "/forgotten" in client.get("/sign-in").text
    settings = replace(posted_sqlite.server.runtime.settings, smtp_url="")
    bare = Server(replace(posted_sqlite.server.runtime, settings=settings), {}).client()
    assert "/forgotten" not in bare.get("/sign-in").text
    assert "<form" not in bare.get("/forgotten").text
    assert "<form" not in bare.post("/forgotten", data={"who": "hana"}).text


def test_the_host_of_a_request_never_comes_into_a_mail(posted_sqlite: Posted) -> None:
    posted_sqlite.set("hana", email="hana@example.com")
    posted_sqlite.server.client().post("/forgotten", data={"who": "hana"}, headers={"Host": "evil.example"})
    posted_sqlite.work()
    assert "evil" not in posted_sqlite.letters.messages[0].as_string()


def test_the_session_cookie_is_not_what_a_link_gives(posted_sqlite: Posted) -> None:
    client = opened(posted_sqlite, asked(posted_sqlite))
    client.post("/link", data={"password": NEW})
    with posted_sqlite.server.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(SESSION)).scalar_one() == 0
    assert client.get("/apps").status_code == 303
