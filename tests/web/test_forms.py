"""Forms in the browser: filled, refused with the entry kept, sent twice, raced, with rows and files."""

from __future__ import annotations

import io

from tests.web_server import Server, hidden


def test_a_record_is_made_and_shown(server: Server) -> None:
    browser = server.browser("hana")
    page = browser.get("/library/book/new").text
    sent = {
        "dg_form": hidden(page, "dg_form"),
        "title": "山海经",
        "isbn": "978",
        "shelf": "b",
        "tags": ["new", "rare"],
        "pages": "1,200",
        "price": "¥12.5",
        "bought_on": "2026-03-01",
        "lent": "true",
        "notes": "a\r\nb",
    }
    answer = browser.post("/library/book/new", sent, page="/library/book/new")
    assert answer.status_code == 303, answer.text
    shown = browser.get(answer.headers["Location"])
    assert "山海经" in shown.text
    assert "Created" in shown.text
    record = server.api("hana")("GET", "/library/book").json["data"][0]
    assert (record["pages"], record["price"], record["tags"]) == (1200, "12.50", ["new", "rare"])
    assert record["notes"] == "a\nb"


def test_a_refused_form_keeps_what_was_entered(server: Server) -> None:
    browser = server.browser("hana")
    answer = browser.post(
        "/library/book/new",
        {"title": "", "pages": "many", "price": "7<b>", "notes": "kept words"},
        page="/library/book/new",
    )
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert "7&lt;b&gt;" in answer.text
    assert "kept words" in answer.text
    assert "must be filled in" in answer.text
    assert server.api("hana")("GET", "/library/book?count=exact").json["page"]["count"] == 0


def test_a_double_submit_makes_one_record(server: Server) -> None:
    browser = server.browser("hana")
    page = browser.get("/library/book/new").text
    sent = {"csrf_token": hidden(page, "csrf_token"), "dg_form": hidden(page, "dg_form"), "title": "once"}
    first = browser.client.post("/library/book/new", data=sent)
    again = browser.client.post("/library/book/new", data=sent)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert server.api("hana")("GET", "/library/book?count=exact").json["page"]["count"] == 1


def test_rows_of_a_sub_table(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    book = api.made("/library/book", title="Walden")
    sent = {
        "name": "Order",
        "lines-sent": "1",
        "lines-0-id": "",
        "lines-0-book": book["id"],
        "lines-0-quantity": "2",
        "lines-0-price": "10",
        "lines-1-id": "",
        "lines-1-book": "",
        "lines-1-quantity": "",
        "lines-1-price": "",
    }
    made = browser.post("/library/order/new", sent, page="/library/order/new")
    assert made.status_code == 303, made.text
    path = made.headers["Location"]
    stored = api("GET", path).json
    assert stored["total"] == "20.00"
    assert len(stored["lines"]) == 1
    row = stored["lines"][0]["id"]
    edited = {
        **sent,
        "lines-0-id": row,
        "lines-0-quantity": "3",
        "lines-1-book": "Walden",
        "lines-1-quantity": "1",
        "lines-1-price": "x",
    }
    refused = browser.post(f"{path}/edit", edited, page=f"{path}/edit")
    assert refused.status_code == 422
    assert 'value="x"' in refused.text
    saved = browser.post(f"{path}/edit", {**edited, "lines-1-price": "5"}, page=f"{path}/edit")
    assert saved.status_code == 303, saved.text
    stored = api("GET", path).json
    assert (stored["total"], [each["quantity"] for each in stored["lines"]]) == ("35.00", [3, 1])
    assert stored["lines"][0]["id"] == row
    emptied = browser.post(f"{path}/edit", {"name": "Order", "lines-sent": "1"}, page=f"{path}/edit")
    assert emptied.status_code == 303
    assert api("GET", path).json["lines"] == []


def test_of_two_editors_the_second_sees_it_before_overwriting(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("ada")
    book = api.made("/library/book", title="first")
    path = f"/library/book/{book['id']}"
    page = browser.get(f"{path}/edit").text
    api("PATCH", path, {"title": "by ada"})
    sent = {
        "csrf_token": hidden(page, "csrf_token"),
        "dg_version": hidden(page, "dg_version"),
        "title": "by hana",
    }
    late = browser.client.post(f"{path}/edit", data=sent, headers={"Accept": "text/html"})
    assert late.status_code == 409
    assert "Ada" in late.text
    assert 'value="by hana"' in late.text
    again = browser.client.post(f"{path}/edit", data={**sent, "dg_version": hidden(late.text, "dg_version")})
    assert again.status_code == 303
    assert api("GET", path).json["title"] == "by hana"


def test_fields_one_may_not_write_are_shown_and_not_taken(server: Server) -> None:
    api, clerk = server.api("hana"), server.browser("cleo")
    mine = server.api("cleo").made("/library/book", title="mine", isbn="111")
    theirs = api.made("/library/book", title="theirs")
    path = f"/library/book/{mine['id']}"
    page = clerk.get(f"{path}/edit").text
    assert 'name="isbn"' not in page
    assert "Purchase cost" not in page
    assert (
        clerk.post(
            f"{path}/edit", {"title": "mine", "isbn": "999", "cost": "1"}, page=f"{path}/edit"
        ).status_code
        == 303
    )
    assert api("GET", path).json["isbn"] == "111"
    other = f"/library/book/{theirs['id']}"
    assert f"{other}/edit" not in clerk.get(other).text
    assert clerk.post(f"{other}/edit", {"title": "stolen"}).status_code == 403


def test_files_come_with_the_form(server: Server) -> None:
    browser = server.browser("hana")
    data = {
        "csrf_token": browser.token(),
        "title": "with cover",
        "cover-upload": (io.BytesIO(b"text"), "封面.txt"),
    }
    answer = browser.client.post(
        "/library/book/new", data=data, content_type="multipart/form-data", buffered=True
    )
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["Location"]).text
    assert "封面.txt" in page
    wrong = {**data, "csrf_token": browser.token(), "cover-upload": (io.BytesIO(b"MZ"), "a.exe")}
    refused = browser.client.post(
        "/library/book/new", data=wrong, content_type="multipart/form-data", headers={"Accept": "text/html"}
    )
    assert refused.status_code == 422
    assert "with cover" in refused.text


def test_a_link_may_be_chosen_by_name_and_prefilled(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    book = api.made("/library/book", title="Walden", price="9")
    api.made("/library/reader", name="李雷")
    page = browser.get(f"/library/loan/new?book={book['id']}").text
    assert "Walden" in page
    made = browser.post("/library/loan/new", {"book": book["id"], "reader": "李雷"}, page="/library/loan/new")
    assert made.status_code == 303, made.text
    unknown = browser.post(
        "/library/loan/new", {"book": book["id"], "reader": "nobody"}, page="/library/loan/new"
    )
    assert unknown.status_code == 422
    found = browser.get("/library/order/choose/lines.book?q=Wal", headers={"Accept": "application/json"}).json
    assert found["results"] == [{"id": book["id"], "label": "Walden", "note": ""}]


def test_stages_move_when_they_may(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    book, reader = api.made("/library/book", title="a"), api.made("/library/reader", name="b")
    loan = api.made("/library/loan", book=book["id"], reader=reader["id"])
    path = f"/library/loan/{loan['id']}"
    board = browser.get("/library/loan?view=board").text
    assert f"{path}/move" in board
    scripted = {"Accept": "application/json"}
    refused = browser.post(f"{path}/move", {"to": "out"}, headers=scripted)
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert browser.post(f"{path}/move", {"to": "back"}, headers=scripted).status_code == 422
    api("PATCH", path, {"due_on": "2026-12-31"})
    assert browser.post(f"{path}/move", {"to": "out"}, headers=scripted).status_code == 204
    assert browser.post(f"{path}/move", {"to": "back"}).status_code == 303
    assert api("GET", path).json["stage"] == "back"


def test_chosen_rows_are_deleted_together(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    ids = [api.made("/library/book", title=str(number))["id"] for number in range(3)]
    assert (
        browser.post("/library/book/delete", {"id": ids[:2], "next": "/library/book?view=all"}).headers[
            "Location"
        ]
        == "/library/book?view=all"
    )
    assert [each["id"] for each in api("GET", "/library/book").json["data"]] == ids[2:]
    assert browser.post("/library/book/delete", {"id": ["abc"]}).status_code == 404


def test_rows_come_and_go_without_scripts(server: Server) -> None:
    browser = server.browser("hana")
    sent = {"name": "kept", "lines-sent": "1", "lines-0-id": "", "lines-0-quantity": "7"}
    more = browser.post("/library/order/new", {**sent, "lines-add": "1"}, page="/library/order/new")
    assert more.status_code == 200, more.text
    assert 'name="lines-1-quantity"' in more.text
    assert 'value="kept"' in more.text
    less = browser.post("/library/order/new", {**sent, "lines-remove": "0"}, page="/library/order/new")
    assert 'name="lines-0-quantity"' not in less.text
    assert server.api("hana")("GET", "/library/order?count=exact").json["page"]["count"] == 0
