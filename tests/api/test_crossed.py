"""Requests that wait for each other in a circle: PostgreSQL ends one, and the platform makes it again instead of telling anybody."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from dougong.records import events
from dougong.records.call import Call
from dougong.records.events import Event
from dougong.web import repeating
from tests.web_server import Api, Server


@pytest.fixture
def meeting() -> Iterator[Counter[str]]:
    """Whoever changes the first record of its batch waits until the other one has done so too; how often each was made."""
    both, first = threading.Barrier(2), threading.local()
    made: Counter[str] = Counter()

    def listener(call: Call, told: Sequence[Event]) -> None:
        changed = [event for event in told if event.kind == "update"]
        if changed and not getattr(first, "is_done", False):
            first.is_done = True
            both.wait(60)
        made.update(str(event.after["title"]) for event in changed if event.after)

    events.listen("meeting", listener)
    yield made
    events.forget("meeting")


def together(*work: Callable[[], Any]) -> list[Any]:
    """What several threads give that begin at the same time."""
    found: dict[int, Any] = {}

    def one(place: int) -> None:
        found[place] = work[place]()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(work))]


def operations(pair: Sequence[int], title: str) -> list[dict[str, Any]]:
    """Two records changed one after the other: something else is made between them, so that they are two steps."""
    one, other = ({"action": "update", "id": each, "values": {"title": title}} for each in pair)
    return [one, {"action": "create", "values": {"title": f"of {title}"}}, other]


def two_books(api: Api) -> tuple[int, int]:
    return api.made("/library/book", title="a")["id"], api.made("/library/book", title="b")["id"]


def test_two_batches_that_wait_for_each_other_are_both_made(
    postgresql_server: Server, meeting: Counter[str]
) -> None:
    api = postgresql_server.api("hana")
    books = two_books(api)
    orders = {"up": books, "down": books[::-1]}

    def send(title: str) -> Callable[[], Any]:
        body = {"operations": operations(orders[title], title)}
        mine = postgresql_server.api("hana")
        return lambda: mine("POST", "/library/book/batch", body, headers={"Idempotency-Key": f"k-{title}"})

    answers = together(send("up"), send("down"))
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    assert sorted(meeting.values()) == [2, 3], "one of them was made again from its beginning"
    titles = {api("GET", f"/library/book/{each}").json["title"] for each in books}
    assert len(titles) == 1, "they are one after the other, not mixed"
    made = api("GET", "/library/book?q=of").json["data"]
    assert sorted(each["title"] for each in made) == ["of down", "of up"]


def test_who_is_crossed_again_and_again_is_told(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A circle that never ends: after a few attempts the person hears of it."""
    api = postgresql_server.api("hana")
    books = two_books(api)
    count = _always_crossed(postgresql_server, monkeypatch)
    answer = api("PATCH", f"/library/book/{books[0]}", {"title": "c"})
    assert answer.status_code == 503
    assert [each["code"] for each in answer.json["errors"]] == ["P103"]
    assert count["update"] == repeating.ATTEMPTS
    monkeypatch.undo()
    assert api("PATCH", f"/library/book/{books[0]}", {"title": "c"}).status_code == 200


def _always_crossed(server: Server, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Each update of a book ends as one does that PostgreSQL chose for its victim."""
    count: Counter[str] = Counter()

    def listener(call: Call, told: Sequence[Event]) -> None:
        count.update(event.kind for event in told)
        call.connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'victim' USING ERRCODE = '40P01'; END $$"
        )

    monkeypatch.setitem(events._LISTENERS, "victim", listener)
    monkeypatch.setitem(events._CONCERNS, "victim", lambda call, key, kind: True)
    return count


def test_what_came_as_a_stream_is_not_made_again(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = postgresql_server.browser("hana")
    token = browser.token("/library/book/new")
    count = _always_crossed(postgresql_server, monkeypatch)
    sent = {"csrf_token": token, "title": "c", "cover": (io.BytesIO(b"a"), "a.txt")}
    answer = browser.client.post(
        "/library/book/new", data=sent, headers={"Accept": "text/html"}, buffered=True
    )
    assert answer.status_code == 503
    assert count["create"] == 1
    plain = browser.client.post("/library/book/new", data={"csrf_token": token, "title": "c"}, buffered=True)
    assert plain.status_code == 503
    assert count["create"] == 1 + repeating.ATTEMPTS
