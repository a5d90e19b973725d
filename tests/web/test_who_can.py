"""Who can see a record: the page from the record, its API, and whom it is open to."""

from __future__ import annotations

import pytest

from tests.web.test_why import stocked
from tests.web_server import Server

__all__ = ["stocked"]


def test_the_page_tells_people_what_they_may_and_why(stocked: Server) -> None:
    ada = stocked.browser("ada")
    assert "/library/loan/1/access" in ada.get("/library/loan/1").text
    page = ada.get("/library/loan/1/access").text
    for said in (
        "Ada",
        "Administrator",
        "Hana",
        "Head librarian: every record",
        "Cleo",
        "Clerk: Handled by",
        "May edit",
    ):
        assert said in page, said
    assert "Otto" not in page
    assert "/why?person=cleo&amp;action=update&amp;entity=library.loan&amp;record=1" in page
    assert "Otto" not in ada.get("/library/loan/2/access").text
    found = ada.get("/library/loan/1/access?q=cleo").text
    assert "Cleo" in found
    assert "Hana" not in found
    assert "Cleo" not in ada.get("/library/loan/1/access?best=delete").text


def test_the_api_gives_pages_and_counts(stocked: Server) -> None:
    ada = stocked.api("ada")
    told = ada("GET", "/library/loan/1/access?limit=2").json
    assert [each["person"]["login"] for each in told["data"]] == ["ada", "cleo"]
    assert told["page"] == {"next": 2, "count": 3}
    assert told["counts"] == {"read": 0, "update": 1, "delete": 2}
    rest = ada("GET", "/library/loan/1/access?limit=2&offset=2").json
    assert [(each["person"]["login"], each["action"]) for each in rest["data"]] == [("hana", "delete")]
    assert rest["page"] == {"next": None, "count": 3}


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("cleo", "/library/loan/1/access", 403),
        ("cleo", "/library/loan/2/access", 404),
        ("cleo", "/library/loan/999/access", 404),
        ("nemo", "/library/loan/1/access", 404),
        ("ada", "/library/loan/999/access", 404),
        ("ada", "/library/loan/x/access", 404),
        ("ada", "/library/none/1/access", 404),
        ("ada", "/library/loan/1/access?best=fly", 400),
        ("ada", "/library/loan/1/access?offset=-1", 400),
        ("ada", "/library/loan/1/access?limit=0", 400),
        ("ada", "/library/loan/1/access?what=1", 400),
    ],
)
def test_whoever_may_not_ask_is_refused(stocked: Server, who: str, path: str, status: int) -> None:
    assert stocked.api(who)("GET", path).status_code == status
    if "what" not in path:
        assert stocked.browser(who).get(path).status_code == status
