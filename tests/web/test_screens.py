"""Lists, boards, search, figures and settings, as people with different rights see them."""

from __future__ import annotations

import pytest

from tests.web.test_own_access import day, made
from tests.web_server import Server


def some_books(server: Server) -> None:
    api = server.api("hana")
    for number in range(30):
        api.made(
            "/library/book",
            title=f"Book {number:02}",
            price=str(number * 10),
            shelf="ab"[number % 2],
            cost="77.77",
        )


def test_a_list_pages_sorts_filters_and_totals(server: Server) -> None:
    some_books(server)
    browser = server.browser("hana")
    first = browser.get("/library/book?sort=title").text
    assert "1–25 of 30" in first
    assert "Book 00" in first
    assert "Book 29" not in first
    assert "4,350.00" in first
    second = browser.get("/library/book?sort=title&page=2").text
    assert "26–30 of 30" in second
    narrowed = browser.get("/library/book?filter=price > 100 AND shelf = 'a'")
    assert "Shelf" in narrowed.text
    assert "Novels" in narrowed.text
    added = browser.get("/library/book?add_field=title&add_operator=contains&add_value=2'9")
    assert added.headers["Location"] == "/library/book?filter=CONTAINS%28title%2C%20%272%27%279%27%29"
    assert browser.get(added.headers["Location"]).status_code == 200
    wrong = browser.get("/library/book?filter=prize > 100")
    assert wrong.status_code == 200
    assert "price" in wrong.text
    assert "No Books match" in browser.get("/library/book?q=zzzz").text


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "size=7",
        "cursor=rubbish",
        "view=nothing",
        "kind=map",
        "sort=nothing",
        "utm_source=mail",
    ],
)
def test_a_list_forgives_strange_addresses(sqlite_server: Server, query: str) -> None:
    assert sqlite_server.browser("hana").get(f"/library/book?{query}").status_code == 200


def test_a_hidden_field_shows_on_no_page(server: Server) -> None:
    some_books(server)
    clerk = server.browser("cleo")
    paths = (
        "/library/book",
        "/library/book/1",
        "/library/book/new",
        "/library/book?filter=cost > 1",
        "/library/dashboards/desk",
    )
    for path in paths:
        page = clerk.get(path)
        assert "77.77" not in page.text, path
        assert "Purchase cost" not in page.text, path
    assert clerk.get("/library/reports/books_total").status_code == 404


def test_figures_lead_to_their_records(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    book, reader = api.made("/library/book", title="a", price="250"), api.made("/library/reader", name="b")
    for fee in ("1", "2"):
        api.made("/library/loan", book=book["id"], reader=reader["id"], fee=fee)
    report = browser.get("/library/reports/loans_by_stage")
    assert report.status_code == 200
    assert "view=%2A&amp;filter=stage" in report.text
    board = browser.get("/library/dashboards/desk")
    assert "250" in board.text
    assert "25" in board.text
    data = api("GET", "/library/reports/loans_by_stage").json
    assert data["data"][0]["values"] == {"stage": "asked", "loans": 2, "fees": "3.00"}
    drilled = api(
        "GET", "/library/loan", query_string={"filter": data["data"][0]["filter"], "count": "exact"}
    )
    assert drilled.json["page"]["count"] == 2
    cards = {each["id"]: each for each in api("GET", "/library/dashboards/desk").json["cards"]}
    assert cards["value"]["value"] == "250.00"
    assert cards["open"]["count"] == 2
    assert api("GET", "/library/reports/nothing").status_code == 404
    assert browser.get("/library/reports/loans_by_stage?filter=nothing").status_code == 200


def test_search_over_everything(server: Server) -> None:
    api = server.api("hana")
    api.made("/library/book", title="红楼梦")
    api.made("/library/reader", name="李雷")
    found = (
        server.browser("hana").get("/search?q=红楼", headers={"Accept": "application/json"}).json["results"]
    )
    assert [each["label"] for each in found] == ["红楼梦"]
    assert "红楼梦" in server.browser("hana").get("/search?q=红楼").text
    assert (
        server.browser("nemo").get("/search?q=红楼", headers={"Accept": "application/json"}).json["results"]
        == []
    )


def test_two_languages(server: Server) -> None:
    browser = server.browser("hana")
    assert "Books" in browser.get("/library/book").text
    answer = browser.post("/preferences/language", {"language": "zh", "next": "/library/book"})
    assert answer.headers["Location"] == "/library/book"
    page = browser.get("/library/book").text
    assert "图书" in page
    assert '<html lang="zh' in page
    assert browser.post("/preferences/language", {"language": "xx"}).status_code == 400
    dark = browser.post("/preferences", {"theme": "dark", "next": "//evil.example"})
    assert dark.headers["Location"] == "/"


def test_ones_own_page(server: Server) -> None:
    from tests.web_server import PASSWORD

    browser, other = server.browser("hana"), server.browser("hana")
    assert browser.get("/profile").status_code == 200
    form = {"name": "script", "scope": "read", "expires": day(30)}
    server.tokens["script"] = made(browser.post("/profile/tokens", form))
    assert server.api("script")("GET", "/apps").status_code == 200
    wrong = browser.post(
        "/profile/password", {"old": "wrong", "new": "calm-meadow-77", "again": "calm-meadow-77"}
    )
    assert wrong.status_code == 422
    differ = browser.post(
        "/profile/password", {"old": PASSWORD, "new": "calm-meadow-77", "again": "calm-meadow-78"}
    )
    assert differ.status_code == 422
    good = browser.post(
        "/profile/password", {"old": PASSWORD, "new": "calm-meadow-77", "again": "calm-meadow-77"}
    )
    assert good.status_code == 303
    assert browser.get("/apps").status_code == 200
    assert other.get("/apps").status_code == 303
    assert browser.post("/profile/tokens/999/revoke").status_code == 404


def test_administration(server: Server) -> None:
    admin = server.browser("ada")
    assert "Cleo" in admin.get("/people").text
    assert "1 (1.0.0)" in admin.get("/versions").text
    assert admin.get("/templates").status_code == 200
    assert admin.post("/templates/nothing/install").status_code == 404
    assert admin.post("/versions/nothing/rollback", {"to": "1"}).status_code == 404


def test_static_files(sqlite_server: Server) -> None:
    client = sqlite_server.client()
    assert client.get("/static/../web/application.py").status_code == 404
    assert client.get("/static/%2e%2e/forms.py").status_code == 404
    assert client.get("/static/nothing.css").status_code == 404
