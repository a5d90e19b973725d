"""The recycle bin, the history, undo and merging at the screen."""

from __future__ import annotations

import re
from html import unescape

from tests.web_server import Server, hidden


def form_with(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that leads to an address."""
    for form in re.findall(r"<form[^>]*>.*?</form>", page, re.S):
        if f'action="{action}"' in form:
            tags = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
            return {name: unescape(value) for name, value in tags}
    raise AssertionError(f"no form leads to {action}")


def test_a_deletion_offers_to_be_undone(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    book = api.made("/library/book", title="Undone")
    path = f"/library/book/{book['id']}"
    gone = browser.post(f"{path}/delete", {"version": "1"}, page=path)
    assert gone.status_code == 303
    page = browser.get("/library/book").text
    sent = form_with(page, "/undo")
    assert sent["batch"].startswith("delete-")
    back = browser.post("/undo", sent)
    assert back.headers["Location"] == "/library/book"
    assert 'action="/undo"' in browser.get(path).text
    assert 'action="/undo"' not in browser.get(path).text


def test_chosen_rows_are_deleted_and_undone_as_one(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    ids = [api.made("/library/book", title=title)["id"] for title in "abc"]
    browser.post("/library/book/delete", {"id": ids[:2]}, page="/library/book")
    assert len(api("GET", "/library/book").json["data"]) == 1
    browser.post("/undo", form_with(browser.get("/library/book").text, "/undo"))
    assert len(api("GET", "/library/book").json["data"]) == 3


def test_the_bin_is_searched_and_several_come_back(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    ids = [api.made("/library/book", title=title)["id"] for title in ("红楼梦", "Dune", "100%", "Kept")]
    for each in ids[:3]:
        api("DELETE", f"/library/book/{each}")
    page = browser.get("/library/book/bin").text
    assert all(title in page for title in ("红楼梦", "Dune", "100%"))
    assert "Kept" not in page
    for q, found in (("红楼", "红楼梦"), ("DUNE", "Dune"), ("0%", "100%")):
        shown = browser.get("/library/book/bin", query_string={"q": q}).text
        assert re.findall(r'class="title">([^<]*)<', shown) == [found]
    assert "Nothing found" in browser.get("/library/book/bin?q=nowhere").text
    done = browser.post("/library/book/bin/restore", {"id": ids[:2]}, page="/library/book/bin")
    assert done.status_code == 303
    assert len(api("GET", "/library/book").json["data"]) == 3
    assert browser.post("/library/book/bin/restore", page="/library/book/bin").status_code == 422
    assert (
        browser.post("/library/book/bin/restore", {"id": ids[3]}, page="/library/book/bin").status_code == 404
    )


def test_only_those_with_the_right_delete_for_good(server: Server) -> None:
    api = server.api("hana")
    book = api.made("/library/book", title="Gone")["id"]
    api("DELETE", f"/library/book/{book}")
    hana, ada = server.browser("hana"), server.browser("ada")
    assert "bin/purge" not in hana.get("/library/book/bin").text
    assert "bin/purge" in ada.get("/library/book/bin").text
    refused = hana.post("/library/book/bin/purge", {"id": book}, page="/library/book/bin")
    assert refused.status_code == 403
    assert ada.post("/library/book/bin/purge", {"id": book}, page="/library/book/bin").status_code == 303
    assert "Gone" not in ada.get("/library/book/bin").text
    assert server.browser("nemo").get("/library/book/bin").status_code in (403, 404)


def test_the_history_takes_changes_back(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    book = api.made("/library/book", title="First", pages=1)
    path = f"/library/book/{book['id']}"
    api("PATCH", path, {"title": "Second"})
    page = browser.get(f"{path}/history").text
    assert "API" in page
    assert "First" in page
    [newest, _] = re.findall(rf'action="({path}/history/\d+/undo)"', page)
    done = browser.post(newest, {"back": f"{path}/history"}, page=path)
    assert (done.status_code, done.headers["Location"]) == (303, f"{path}/history")
    assert api("GET", path).json["title"] == "First"
    again = browser.post(newest, page=path)
    assert again.status_code == 409
    for number in range(60):
        api("PATCH", path, {"pages": number + 2})
    page = browser.get(f"{path}/history").text
    older = re.search(rf'href="({path}/history\?before=\d+)"', page)
    assert older is not None
    assert "created" in browser.get(unescape(older[1])).text
    assert browser.get(f"{path}/history?before=x").status_code == 200


def test_two_records_are_compared_and_merged(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    first = api.made("/library/book", title="Same", pages=1, isbn="1")
    second = api.made("/library/book", title="same", price="9.00", tags=["new"])
    path = f"/library/book/{first['id']}"
    assert f"{path}/merge" in browser.get(path).text
    found = browser.get(f"{path}/merge").text
    assert f"{path}/merge?with={second['id']}" in found
    assert browser.get(f"{path}/merge?q=same").status_code == 200
    page = browser.get(f"{path}/merge?with={second['id']}").text
    assert page.count('name="survivor"') == 2
    assert 'name="choice-title"' in page
    sent = {
        "record": [first["id"], second["id"]],
        f"version-{first['id']}": "1",
        f"version-{second['id']}": "1",
        "survivor": first["id"],
        "choice-title": second["id"],
        "choice-price": second["id"],
        "choice-pages": first["id"],
    }
    done = browser.post(f"{path}/merge", sent, page=path)
    assert (done.status_code, done.headers["Location"]) == (303, path)
    record = api("GET", path).json
    assert (record["title"], record["price"], record["pages"]) == ("same", "9.00", 1)
    moved = browser.get(f"/library/book/{second['id']}")
    assert (moved.status_code, moved.headers["Location"]) == (303, path)
    browser.post("/undo", form_with(browser.get(path).text, "/undo"))
    assert api("GET", f"/library/book/{second['id']}").json["title"] == "same"


def test_a_merge_that_is_refused_comes_back_as_it_was_chosen(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    first, second = (api.made("/library/book", title=title) for title in "ab")
    path = f"/library/book/{first['id']}"
    sent = {
        "record": [first["id"], second["id"]],
        f"version-{first['id']}": "1",
        f"version-{second['id']}": "7",
        "survivor": second["id"],
        "choice-title": second["id"],
    }
    refused = browser.post(f"{path}/merge", sent, page=path)
    assert refused.status_code == 409
    assert hidden(refused.text, f"version-{second['id']}") == "1"
    assert re.search(rf'value="{second["id"]}" checked', refused.text)
    for bad in ({"survivor": "x"}, {"record": first["id"], "survivor": first["id"]}, {}):
        assert browser.post(f"{path}/merge", bad, page=path).status_code in (404, 422)
    assert browser.get(f"{path}/merge?with=1,2,3,4,5,6,7,8").status_code == 422
    assert browser.get(f"{path}/merge?with=999").status_code == 404


def test_rows_of_a_list_go_side_by_side(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("hana")
    ids = [api.made("/library/book", title=title)["id"] for title in "ab"]
    chosen = browser.post("/library/book/merge", {"id": ids}, page="/library/book")
    assert chosen.status_code == 303
    assert browser.get(unescape(chosen.headers["Location"])).status_code == 200
    assert browser.post("/library/book/merge", {"id": ids[:1]}, page="/library/book").status_code == 422
