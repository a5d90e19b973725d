"""Changes that may be sent twice, many at once, and beside each other."""

from __future__ import annotations

import threading

from tests.web_server import Server


def test_an_idempotency_key_makes_one_record(server: Server) -> None:
    api = server.api("hana")
    headers = {"Idempotency-Key": "order-7"}
    first = api("POST", "/library/book", {"title": "once"}, headers=headers)
    again = api("POST", "/library/book", {"title": "once"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1
    other = api("POST", "/library/book", {"title": "another"}, headers=headers)
    assert other.status_code == 422
    assert other.json["code"] == "W413"


def test_a_refused_request_may_be_tried_again_under_its_key(server: Server) -> None:
    api = server.api("hana")
    headers = {"Idempotency-Key": "k"}
    assert api("POST", "/library/book", {"title": ""}, headers=headers).status_code == 422
    assert api("POST", "/library/book", {"title": "now"}, headers=headers).status_code == 201


def test_two_people_may_use_the_same_key(server: Server) -> None:
    headers = {"Idempotency-Key": "same"}
    first = server.api("hana")("POST", "/library/reader", {"name": "a"}, headers=headers)
    second = server.api("cleo")("POST", "/library/reader", {"name": "b"}, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json["id"] != second.json["id"]


def test_the_same_key_at_the_same_time_makes_one_record(server: Server) -> None:
    api, answers, barrier = server.api("hana"), [], threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        caller = server.api("hana")
        answers.append(caller("POST", "/library/book", {"title": "race"}, headers={"Idempotency-Key": "r"}))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1


def test_a_batch_is_all_or_nothing(server: Server) -> None:
    api = server.api("hana")
    kept = api.made("/library/book", title="kept")
    operations = [
        {"action": "create", "values": {"title": "a"}},
        {"action": "update", "id": kept["id"], "values": {"pages": 5}},
        {"action": "create", "values": {"title": ""}},
    ]
    refused = api("POST", "/library/book/batch", {"operations": operations})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["path"].startswith("2/")
    assert api("GET", "/library/book?count=exact").json["page"]["count"] == 1
    single = api("POST", "/library/book/batch", {"atomic": False, "operations": operations})
    assert [each["status"] for each in single.json["results"]] == [201, 200, 422]
    assert api("GET", f"/library/book/{kept['id']}").json["pages"] == 5


def test_a_batch_has_an_end(sqlite_server: Server) -> None:
    operations = [{"action": "create", "values": {}}] * 10_001
    assert (
        sqlite_server.api("hana")("POST", "/library/book/batch", {"operations": operations}).status_code
        == 413
    )


def test_of_two_writers_one_is_told_to_look_again(server: Server) -> None:
    api = server.api("hana")
    book = api.made("/library/book", title="a")
    statuses: list[int] = []
    barrier = threading.Barrier(2)

    def write(pages: int) -> None:
        caller = server.api("hana")
        barrier.wait()
        answer = caller("PATCH", f"/library/book/{book['id']}", {"pages": pages}, headers={"If-Match": '"1"'})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(pages,)) for pages in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412]


def test_comments_history_and_files(server: Server) -> None:
    import io

    api = server.api("hana")
    book = api.made("/library/book", title="a")
    path = f"/library/book/{book['id']}"
    comment = api("POST", f"{path}/comments", {"text": "see @cleo"})
    assert comment.status_code == 201
    assert [each["text"] for each in api("GET", f"{path}/comments").json["data"]] == ["see @cleo"]
    assert api("POST", f"{path}/comments", {"text": " "}).status_code == 422
    sent = api("POST", "/library/book/files?field=cover", data={"file": (io.BytesIO(b"hello"), "a b.txt")})
    assert sent.status_code == 201, sent.text
    assert api("PATCH", path, {"cover": [{"id": sent.json["id"]}]}).status_code == 200
    [attached] = api("GET", f"{path}/attachments").json["data"]
    assert attached["name"] == "a b.txt"
    got = api("GET", f"/files/{sent.json['id']}")
    assert got.data == b"hello"
    assert (
        "attachment" in got.headers["Content-Disposition"] or "inline" in got.headers["Content-Disposition"]
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert server.api("nemo")("GET", f"/files/{sent.json['id']}").status_code == 404
    wrong = api("POST", "/library/book/files?field=cover", data={"file": (io.BytesIO(b"MZ"), "virus.exe")})
    assert wrong.status_code == 422
    entries = api("GET", f"{path}/history").json["data"]
    assert [each["action"] for each in entries] == ["update", "create"]


def test_figures_are_grouped(server: Server) -> None:
    api = server.api("hana")
    for title, shelf, price in (("a", "a", "10"), ("b", "b", "20.5"), ("c", "b", "1")):
        api.made("/library/book", title=title, shelf=shelf, price=price)
    query = {"group": "shelf", "measures": "books: COUNT(), total: SUM(price)", "sort": "-total"}
    found = api("GET", "/library/book/aggregate", query_string=query)
    assert found.status_code == 200, found.text
    assert found.json["data"] == [
        {"shelf": "b", "books": 2, "total": "21.50"},
        {"shelf": "a", "books": 1, "total": "10.00"},
    ]
