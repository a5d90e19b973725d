"""Saved views at the screen: kept from the list as it stands, changed, shared, and mended when the app has moved on."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.web_server import Browser, Server

LIST = "/library/book"


def shelf(server: Server) -> None:
    api = server.api("hana")
    for title, price, cost in (("Walden", "5", "3"), ("Emma", "12", "10"), ("Dune", "20", "15")):
        api.made(LIST, title=title, price=price, cost=cost)


def titles(page: Any) -> list[str]:
    assert page.status_code == 200, page.text
    return re.findall(r'<a class="title" href="/library/book/\d+">([^<]*)</a>', page.text)


def saved(browser: Browser, name: str, **more: str) -> str:
    """Keep the list that an address shows, by the form that its page has; the address of the view."""
    page = browser.get(f"{LIST}?{'&'.join(f'{key}={value}' for key, value in more.items())}")
    form = page.text.split('class="view-save"')[1].split("</form>")[0]
    fields = {key: unescape(value) for key, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    fields.pop("csrf_token")
    answer = browser.post(f"{LIST}/views", {**fields, "name": name})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_the_list_as_it_stands_is_kept_and_comes_back(server: Server) -> None:
    shelf(server)
    browser = server.browser("cleo")
    address = saved(browser, "Dear", filter="price+%3E+10", sort="title", columns="title,price", size="50")
    assert re.fullmatch(r"/library/book\?view=\d+", address)
    page = browser.get(address)
    assert titles(page) == ["Dune", "Emma"]
    assert ">Dear</a>" in page.text
    heads = re.findall(r'<th[^>]*scope="col"[^>]*>(.*?)</th>', page.text, re.S)
    assert [re.sub(r"<[^>]*>|\s", "", each) for each in heads if "Title" in each or "Shelf" in each] == [
        "Title"
    ]
    assert "View changed" not in page.text
    assert 'name="filter" value="price &gt; 10"' in page.text


def test_a_view_of_the_definition_is_kept_with_its_own_filter(server: Server) -> None:
    shelf(server)
    server.api("hana").made(LIST, title="Bible", price="200")
    browser = server.browser("cleo")
    address = saved(browser, "Dear and new", view="dear", filter="price+%3C+300")
    assert titles(browser.get(address)) == ["Bible"]


def test_conditions_of_a_view_can_be_taken_away_and_the_view_follows(server: Server) -> None:
    shelf(server)
    browser = server.browser("cleo")
    address = saved(browser, "Dear", filter="price+%3E+10")
    without = browser.get(f"{address}&filter=*")
    assert sorted(titles(without)) == ["Dune", "Emma", "Walden"]
    assert "View changed" in without.text
    assert 'name="filter" value="*"' in without.text
    assert sorted(titles(browser.get(f"{address}&filter="))) == ["Dune", "Emma", "Walden"]
    view = address.rpartition("=")[2]
    answer = browser.post(
        f"{LIST}/views/{view}/update", {"filter": "price < 10", "version": "1", "size": "25"}
    )
    assert answer.status_code == 303
    assert titles(browser.get(address)) == ["Walden"]
    late = browser.post(f"{LIST}/views/{view}/update", {"filter": "", "version": "1"})
    assert late.status_code == 412
    assert titles(browser.get(address)) == ["Walden"]


def test_adding_a_condition_keeps_those_of_the_view(server: Server) -> None:
    shelf(server)
    browser = server.browser("cleo")
    address = saved(browser, "Dear", filter="price+%3E+10")
    added = browser.get(f"{address}&add_field=title&add_operator=is&add_value=Emma")
    assert added.status_code == 303
    assert titles(browser.get(added.headers["Location"])) == ["Emma"]


def test_exports_take_out_the_view(server: Server) -> None:
    shelf(server)
    browser = server.browser("hana")
    address = saved(browser, "Dear", filter="price+%3E+10", sort="title")
    view = address.rpartition("=")[2]
    taken = browser.get(f"{LIST}/export?view={view}&format=csv")
    assert [line.split(",")[1] for line in taken.text.splitlines()[1:]] == ["Dune", "Emma"]
    assert "Records: 2" in browser.get(f"{LIST}/export/new?view={view}").text
    for lost in ("999", view):
        who = browser if lost == "999" else server.browser("ada")
        assert who.get(f"{LIST}/export?view={lost}&format=csv").status_code == 404
        assert who.post(f"{LIST}/export?view={lost}", {"format": "csv"}).status_code == 404


def test_the_form_changes_a_view_and_says_what_is_wrong(server: Server) -> None:
    shelf(server)
    browser = server.browser("cleo")
    address = saved(browser, "Dear", filter="price+%3E+10", columns="price,title")
    path = f"{LIST}/views/{address.rpartition('=')[2]}"
    page = browser.get(path)
    assert page.status_code == 200
    assert "price &gt; 10" in page.text
    assert 'name="shared"' not in page.text
    data = {"name": "Cheap", "filter": "price <", "sort": "title", "size": "50", "dg_version": "1"}
    wrong = browser.post(path, {**data, "columns": ["isbn", "title"]})
    assert wrong.status_code == 422
    assert "price &lt;" in wrong.text
    assert titles(browser.get(address)) != []
    done = browser.post(path, {**data, "filter": "price < 10", "columns": ["isbn", "title"]})
    assert done.status_code == 303
    assert titles(browser.get(address)) == ["Walden"]
    kept = server.api("cleo")("GET", path).json
    assert (kept["name"], kept["columns"], kept["size"]) == ("Cheap", ["title", "isbn"], 50)
    late = browser.post(path, {**data, "filter": "", "name": "Late"})
    assert late.status_code == 412
    assert 'value="Late"' in late.text


def test_views_are_listed_moved_copied_deleted_and_chosen(server: Server) -> None:
    shelf(server)
    browser = server.browser("cleo")
    first, second = (saved(browser, name, filter="price+%3E+10").rpartition("=")[2] for name in "ab")
    page = browser.get(f"{LIST}/views").text
    assert page.index(">a</a>") < page.index(">b</a>")
    assert browser.post(f"{LIST}/views/{second}/move", {"to": "0"}).status_code == 303
    page = browser.get(f"{LIST}/views").text
    assert page.index(">b</a>") < page.index(">a</a>")
    copied = browser.post(f"{LIST}/views/{first}/duplicate")
    assert 'value="a 2"' in browser.get(copied.headers["Location"]).text
    assert browser.post(f"{LIST}/views/begin", {"view": second}).status_code == 303
    assert sorted(titles(browser.get(LIST))) == ["Dune", "Emma"]
    assert sorted(titles(browser.get(f"{LIST}?view=all"))) == ["Dune", "Emma", "Walden"]
    assert browser.post(f"{LIST}/views/{second}/delete").status_code == 303
    assert sorted(titles(browser.get(LIST))) == ["Dune", "Emma", "Walden"]
    lost = browser.get(f"{LIST}?view={second}")
    assert "does not exist or is not shared" in lost.text
    assert len(titles(lost)) == 3
    assert browser.post(f"{LIST}/views/begin", {"view": "999"}).status_code == 404
    assert browser.post(f"{LIST}/views/begin", {"view": "dear"}).status_code == 303
    assert titles(browser.get(LIST)) == []
    assert browser.post(f"{LIST}/views/begin", {"view": ""}).status_code == 303
    assert len(titles(browser.get(LIST))) == 3


def test_a_board_is_kept_with_what_it_goes_by(server: Server) -> None:
    api = server.api("cleo")
    head = server.api("hana")
    book = head.made(LIST, title="a")
    reader = head.made("/library/reader", name="b")
    api.made("/library/loan", book=book["id"], reader=reader["id"])
    made = api.made("/library/loan/views", name="Board", kind="kanban", group="stage")
    page = server.browser("cleo").get(f"/library/loan?view={made['id']}")
    assert page.status_code == 200
    assert "data-board" in page.text or "kb-" in page.text
    as_list = server.browser("cleo").get(f"/library/loan?view={made['id']}&kind=grid")
    assert "View changed" in as_list.text


def test_who_designs_shares_a_view_and_others_only_look(server: Server) -> None:
    shelf(server)
    head, clerk = server.browser("hana"), server.browser("cleo")
    address = saved(head, "For all", filter="price+%3E+10")
    view = address.rpartition("=")[2]
    assert clerk.get(f"{LIST}/views/{view}").status_code == 404
    page = head.get(f"{LIST}/views/{view}")
    assert 'name="shared"' in page.text
    assert (
        head.post(
            f"{LIST}/views/{view}", {"name": "For all", "filter": "price > 10", "shared": ["", "*"]}
        ).status_code
        == 303
    )
    seen = clerk.get(address)
    assert sorted(titles(seen)) == ["Dune", "Emma"]
    assert "Shared by Hana" in seen.text
    assert f"{LIST}/views/{view}/update" not in clerk.get(f"{address}&sort=title").text
    for way in ("", "/update", "/delete"):
        assert clerk.post(f"{LIST}/views/{view}{way}", {"name": "x"}).status_code == 403, way
    copied = clerk.post(f"{LIST}/views/{view}/duplicate")
    assert copied.status_code == 303


def test_a_view_outlives_a_field_and_says_what_to_do(server: Server) -> None:
    shelf(server)
    head = server.api("hana")
    browser = server.browser("hana")
    address = saved(browser, "Thick", filter="pages+%3E+10", columns="title,pages,price", sort="-pages")
    other = saved(browser, "Columns", columns="title,pages,price")
    without_pages(head)
    page = browser.get(address)
    assert page.status_code == 200
    assert "conditions cannot be read" in page.text
    assert "pages" in page.text
    assert titles(page) == []
    left = browser.get(other)
    assert len(titles(left)) == 3
    assert "leaves out what is no longer there: pages" in left.text
    listed = browser.get(f"{LIST}/views")
    assert "cannot be read any more" in listed.text
    view = address.rpartition("=")[2]
    assert head("GET", f"{LIST}/views/{view}").json["problems"] != []
    assert head("GET", LIST, query_string={"view": view}).status_code == 422
    assert browser.post(f"{LIST}/views/{view}", {"name": "Thick", "filter": "price > 10"}).status_code == 303
    assert sorted(titles(browser.get(address))) == ["Dune", "Emma"]


def test_a_view_follows_fields_that_are_renamed(server: Server) -> None:
    shelf(server)
    head = server.api("hana")
    book = head("GET", LIST, query_string={"filter": "title = 'Emma'"}).json["data"][0]
    reader = head.made("/library/reader", name="Jane")
    head.made("/library/loan", book=book["id"], reader=reader["id"])
    head("PATCH", f"{LIST}/{book['id']}", {"pages": 300})
    filter_ = (
        "pages >= 300 and title <> 'pages' AND COUNT(loans WHERE book.pages > 1 AND this.pages > 1) = 1 "
        "AND COUNT(ALL(book) WHERE pages > 1) = 1"
    )
    thick = head.made(
        f"{LIST}/views", name="Thick", filter=filter_, sort="-pages", columns=["title", "pages"]
    )
    behind = head.made("/library/loan/views", name="Of thick ones", filter="book.pages > 10")
    with_pages_called(head, "sheets", "pages")
    kept = head("GET", f"{LIST}/views/{thick['id']}").json
    followed = filter_.replace("pages", "sheets").replace("'sheets'", "'pages'")
    assert kept["problems"] == []
    assert (kept["filter"], kept["sort"], kept["columns"]) == (followed, "-sheets", ["title", "sheets"])
    browser = server.browser("hana")
    assert titles(browser.get(f"{LIST}?view={thick['id']}")) == ["Emma"]
    other = head("GET", f"/library/loan/views/{behind['id']}").json
    assert (other["filter"], other["version"], other["problems"]) == ("book.sheets > 10", 2, [])


def with_pages_called(api: Any, name: str, was: str) -> None:
    """The next version of the app calls a field by another name."""
    for path, before, after in (
        ("entities/book.yaml", f"  {was}: {{type", f"  {name}: {{was: {was}, type"),
        ("forms/book.yaml", f" {was},", f" {name},"),
    ):
        text = api("GET", f"/library/definitions/{path}").json["text"]
        assert before in text
        put = api("PUT", f"/library/definitions/{path}", {"text": text.replace(before, after)})
        assert put.status_code == 200
    applied = api("POST", "/library/apply", {})
    assert applied.status_code == 200, applied.text


def without_pages(api: Any) -> None:
    """The next version of the app has no field `pages`."""
    sources = {}
    for name in ("entities/book.yaml", "forms/book.yaml"):
        text = api("GET", f"/library/definitions/{name}").json["text"]
        kept = [line for line in text.splitlines() if not line.strip().startswith("pages:")]
        sources[name] = "\n".join(kept).replace("pages, ", "") + "\n"
        assert api("PUT", f"/library/definitions/{name}", {"text": sources[name]}).status_code == 200
    applied = api("POST", "/library/apply", {"allow_loss": True})
    assert applied.status_code == 200, applied.text


def test_the_columns_of_a_list_are_chosen_in_its_address(server: Server) -> None:
    shelf(server)
    browser = server.browser("cleo")
    answer = browser.post(
        f"{LIST}/columns", {"next": f"{LIST}?filter=price+%3E+10&page=2", "column": ["title", "cost", "isbn"]}
    )
    assert answer.headers["Location"] == f"{LIST}?filter=price%20%3E%2010&columns=title%2Ccost%2Cisbn"
    page = browser.get(answer.headers["Location"])
    assert sorted(titles(page)) == ["Dune", "Emma"]
    assert "15.00" not in page.text
    elsewhere = browser.post(f"{LIST}/columns", {"next": "https://example.com/x?a=1", "column": ["title"]})
    assert elsewhere.headers["Location"] == f"{LIST}?columns=title"


def test_reports_go_by_a_view(server: Server) -> None:
    head = server.api("hana")
    books = [head.made(LIST, title=title, price=price) for title, price in (("Emma", "12"), ("Dune", "20"))]
    reader = head.made("/library/reader", name="Jane")
    for book in books:
        head.made("/library/loan", book=book["id"], reader=reader["id"])
    made = head.made("/library/loan/views", name="Dunes", filter="book.title = 'Dune'")
    browser = server.browser("hana")
    page = browser.get(f"/library/loan?view={made['id']}").text
    link = re.search(r'href="(/library/reports/loans_by_stage\?[^"]*)"', page)
    assert link is not None
    report = browser.get(unescape(link[1]))
    assert "1 record" in report.text
    assert "book.title = &#39;Dune&#39;" in report.text
    added = browser.get(f"{unescape(link[1])}&add_field=fee&add_operator=more&add_value=5")
    assert added.status_code == 303
    assert "0 records" in browser.get(added.headers["Location"]).text
    plain = browser.get("/library/reports/loans_by_stage")
    assert "2 records" in plain.text
    assert 'id="filter-expression"' in plain.text
    wrong = browser.get("/library/reports/loans_by_stage?filter=nothing+%3D+1")
    assert "there is no name &#39;nothing&#39;" in wrong.text
    path = "/library/reports/loans_by_stage"
    assert head("GET", path, query_string={"view": made["id"]}).json["count"] == 1
    assert head("GET", path, query_string={"view": made["id"], "filter": "id < 0"}).json["count"] == 0
    assert head("GET", path, query_string={"view": "999"}).status_code == 404
    assert server.api("cleo")("GET", path, query_string={"view": made["id"]}).status_code == 404
