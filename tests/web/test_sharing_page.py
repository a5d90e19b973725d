"""The pages on which a record is shared and given away."""

from __future__ import annotations

from tests.web_server import Server


def _loan(server: Server) -> str:
    hana, cleo = server.api("hana"), server.api("cleo")
    book, reader = hana.made("/library/book", title="a"), hana.made("/library/reader", name="b")
    return str(cleo.made("/library/loan", book=book["id"], reader=reader["id"])["id"])


def _id_of(server: Server, login: str) -> str:
    return str(server.api("ada")("GET", f"/people?q={login}").json["data"][0]["id"])


def test_a_record_is_shared_on_its_page_and_taken_back(sqlite_server: Server) -> None:
    server = sqlite_server
    loan, ada = _loan(server), server.browser("ada")
    path = f"/library/loan/{loan}"
    assert f"{path}/share" in ada.get(path).text
    page = ada.get(f"{path}/share")
    assert page.status_code == 200
    wanted = {
        "person": _id_of(server, "otto"),
        "group": "",
        "level": "read",
        "until": "2099-01-01",
        "note": "look",
    }
    done = ada.post(f"{path}/share", wanted)
    assert (done.status_code, done.headers["Location"]) == (303, f"{path}/share")
    shown = ada.get(f"{path}/share").text
    assert "Otto" in shown
    assert "look" in shown
    [share] = server.api("ada")("GET", f"/library/loan/{loan}/shares").json["data"]
    assert share["until"].startswith(("2099-01-01", "2099-01-02"))
    assert "shared the record" in ada.get(path).text
    assert ada.post(f"{path}/share/{share['id']}/end", {}).status_code == 303
    assert server.api("ada")("GET", f"/library/loan/{loan}/shares").json["data"] == []


def test_a_form_that_says_nothing_is_shown_again(sqlite_server: Server) -> None:
    server = sqlite_server
    path, ada = f"/library/loan/{_loan(server)}/share", server.browser("ada")
    good = {"person": "", "group": "role:library.clerk", "level": "read", "until": "", "note": ""}
    for wrong in (
        {"group": ""},
        {"person": "otto"},
        {"group": "role:nothing.here"},
        {"group": "god:1"},
        {"level": "own"},
        {"until": "soon"},
        {"until": "9999-12-31"},
        {"until": "2001-01-01"},
        {"note": "x" * 501},
    ):
        refused = ada.post(path, {**good, **wrong})
        assert refused.status_code == 422, wrong
        assert 'role="alert"' in refused.text or "problem" in refused.text
    assert ada.post(path, good).status_code == 303


def test_who_may_not_share_is_not_offered_it(sqlite_server: Server) -> None:
    server = sqlite_server
    loan = _loan(server)
    path, cleo, otto = f"/library/loan/{loan}", server.browser("cleo"), server.browser("otto")
    assert f"{path}/share" not in cleo.get(path).text
    assert cleo.get(f"{path}/share").status_code == 403
    assert otto.get(f"{path}/share").status_code == otto.get("/library/loan/999999/share").status_code == 403
    assert otto.get(f"{path}/transfer").status_code == 404


def test_a_record_is_given_away_on_its_page(sqlite_server: Server) -> None:
    server = sqlite_server
    loan, ada = _loan(server), server.browser("ada")
    path, otto = f"/library/loan/{loan}", _id_of(server, "otto")
    assert f"{path}/transfer" in ada.get(path).text
    assert ada.get(f"{path}/transfer").status_code == 200
    assert ada.post(f"{path}/transfer", {"owner": ""}).status_code == 422
    assert ada.post(f"{path}/transfer", {"owner": "999999"}).status_code == 422
    done = ada.post(f"{path}/transfer", {"owner": otto})
    assert (done.status_code, done.headers["Location"].partition("?")[0]) == (303, path)
    assert server.api("ada")("GET", path).json["owner"] == otto
