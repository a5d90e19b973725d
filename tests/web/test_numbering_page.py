"""Numbering again at the screen: offered to admins only, shown first, then done."""

from __future__ import annotations

from tests.web_server import Server

PAGE = "/library/loan/renumber/number"


def _loans(server: Server) -> list[str]:
    """Four loans of which the first is gone for good, so that numbering again moves the others; their ids."""
    cleo, ada = server.api("cleo"), server.api("ada")
    book = cleo.made("/library/book", title="a")["id"]
    reader = cleo.made("/library/reader", name="b")["id"]
    made = [cleo.made("/library/loan", book=book, reader=reader)["id"] for _ in range(4)]
    assert ada("DELETE", f"/library/loan/{made[0]}").status_code == 204
    assert ada("POST", "/library/loan/purge", {"records": made[:1]}).status_code == 200
    return made[1:]


def test_an_admin_sees_what_would_change_and_does_it(server: Server) -> None:
    ids, browser = _loans(server), server.browser("ada")
    assert PAGE in browser.get("/library/loan").text
    page = browser.get(PAGE).text
    assert "3 records, of which 3 get another number" in page
    assert page.index("L-0002") < page.index("L-0001")
    assert browser.post(PAGE, page=PAGE).status_code == 303
    assert "3 records have another number" in browser.get("/library/loan").text
    api = server.api("ada")
    numbers = [api("GET", f"/library/loan/{each}").json["number"] for each in ids]
    assert numbers == ["L-0001", "L-0002", "L-0003"]
    assert "numbering again renumber-" in browser.get(f"/library/loan/{ids[0]}/history").text
    page = browser.get(PAGE).text
    assert "3 records, of which 0 get another number" in page
    assert "confirm-renumber" not in page


def test_others_are_neither_offered_it_nor_let_in(server: Server) -> None:
    _loans(server)
    for person in ("hana", "cleo"):
        browser = server.browser(person)
        assert "/renumber/" not in browser.get("/library/loan").text
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE).status_code == 403


def test_what_has_no_numbers_is_not_found(server: Server) -> None:
    browser = server.browser("ada")
    for path in (
        "/library/loan/renumber/book",
        "/library/loan/renumber/none",
        "/library/none/renumber/number",
    ):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path).status_code == 404, path
    assert "/renumber/" not in browser.get("/library/book").text
