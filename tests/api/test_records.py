"""Records over HTTP: created, read, changed, deleted, with versions and rights."""

from __future__ import annotations

from tests.web_server import Server


def test_a_record_lives_and_goes(server: Server) -> None:
    api = server.api("hana")
    made = api(
        "POST",
        "/library/book",
        {"title": "山海经", "price": "12.5", "tags": ["new"], "bought_on": "2026-03-01"},
    )
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/api/v1/library/book/{made.json['id']}"
    assert made.json["price"] == "12.50"
    assert made.json["shelf"] == "a"
    assert made.json["lent"] is True
    path = f"/library/book/{made.json['id']}"
    read = api("GET", path)
    assert read.json == made.json
    assert read.headers["ETag"] == made.headers["ETag"] == '"1"'
    changed = api("PATCH", path, {"pages": 310}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert changed.json["version"] == 2
    assert changed.json["pages"] == 310
    stale = api("PATCH", path, {"pages": 311}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json["code"] == "stale"
    assert api("GET", path, headers={"If-None-Match": '"2"'}).status_code == 304
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404
    assert api("POST", f"{path}/restore", {}).json["pages"] == 310


def test_lists_page_through_everything(server: Server) -> None:
    api = server.api("hana")
    for number in range(7):
        api.made("/library/book", title=f"Book {number}", price=str(number))
    first = api("GET", "/library/book?sort=title&limit=3&count=exact").json
    assert [each["title"] for each in first["data"]] == ["Book 0", "Book 1", "Book 2"]
    assert first["page"]["count"] == 7
    second = api(
        "GET", "/library/book", query_string={"sort": "title", "limit": 3, "cursor": first["page"]["next"]}
    ).json
    assert [each["title"] for each in second["data"]] == ["Book 3", "Book 4", "Book 5"]
    filtered = api("GET", "/library/book", query_string={"filter": "price >= 5", "fields": "title"}).json
    assert sorted(each["title"] for each in filtered["data"]) == ["Book 5", "Book 6"]
    found = api("GET", "/library/book", query_string={"q": "Book 4"}).json
    assert [each["title"] for each in found["data"]] == ["Book 4"]


def test_links_are_ids_unless_expanded(server: Server) -> None:
    api = server.api("hana")
    book = api.made("/library/book", title="Walden")
    reader = api.made("/library/reader", name="李雷")
    loan = api.made("/library/loan", book=book["id"], reader=reader["id"], due_on="2026-12-24")
    assert loan["book"] == book["id"]
    assert loan["number"] == "L-0001"
    assert loan["stage"] == "asked"
    expanded = api("GET", f"/library/loan/{loan['id']}?expand=book,reader").json
    assert expanded["book"] == {"id": book["id"], "title": "Walden"}
    related = api("GET", f"/library/book/{book['id']}/related/loans").json
    assert [each["id"] for each in related["data"]] == [loan["id"]]
