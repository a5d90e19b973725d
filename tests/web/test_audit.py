"""The audit trail over HTTP and on screen, its export, and taking back from it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from sqlalchemy import select, update

from dougong.people import accounts
from dougong.storage.evidence.sealing import seal
from dougong.storage.system import AUDIT, HISTORY
from tests.web.test_changes import form_with
from tests.web.test_own_access import day, made
from tests.web_server import PASSWORD, Server

READING = {"scope": "read", "expires": day(30)}
"""The form of a token, but for its name."""


def entries(server: Server, **asked: str) -> list[dict[str, object]]:
    answer = server.api("ada")("GET", "/audit", query_string=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json["data"]
    return found


def test_who_did_what_from_where_and_by_which_path(server: Server) -> None:
    browser = server.client()
    wrong = {"login": "Cleo", "password": "wrong-horse-7", "next": "/"}
    assert browser.post("/sign-in", data=wrong, headers={"User-Agent": "Firefox/1"}).status_code == 401
    cleo = server.browser("cleo")
    book = server.api("cleo").made("/library/book", title="Walden")
    cleo.post(f"/library/book/{book['id']}/edit", {"title": "Walden Pond", "dg_version": "1"})
    failed, begun = entries(server, action="session.fail")[0], entries(server, action="session.begin")[0]
    assert (failed["details"], failed["address"]) == ({"login": "cleo"}, "127.0.0.1")
    assert failed["actor"] is None
    assert failed["route"] == "POST /sign-in"
    assert begun["actor"]["title"]  # type: ignore[index]
    assert len(str(begun["request_id"])) >= 8
    created = entries(server, entity="library.book", action="create")[0]
    assert created["record"] == book["id"]
    assert (created["door"], created["address"]) == ("api", "127.0.0.1")
    assert re.fullmatch(r"token:\d+", str(created["origin"]))
    changed = entries(server, entity="library.book", record=book["id"], action="update")
    assert re.fullmatch(r"session:\d+", str(changed[0]["origin"]))
    assert changed[0]["door"] == "screen"


def test_what_happens_to_accounts_tokens_and_departments_is_kept(server: Server) -> None:
    made(server.browser("ada").post("/profile/tokens", {"name": "a program", **READING}))
    issued = entries(server, action="token.add")[0]
    assert issued["details"]["name"] == "a program"  # type: ignore[index]
    assert issued["actor"]["id"]  # type: ignore[index]
    assert "dg_" not in json.dumps(issued)
    with server.database.writing() as connection:
        cleo = accounts.find(connection, "cleo")
        assert cleo is not None
        accounts.change(connection, cleo.id, name="Cleopatra", language=cleo.language)
        accounts.set_roles(connection, cleo.id, [])
        accounts.set_roles(connection, cleo.id, [])
        accounts.disable(connection, cleo.id)
    of_cleo = entries(server, subject=f"user:{cleo.id}")
    assert {each["action"] for each in of_cleo[:4]} == {
        "account.disable",
        "token.revoke_all",
        "account.roles",
        "account.change",
    }
    roles = next(each for each in of_cleo if each["action"] == "account.roles")
    assert roles["details"] == {"before": ["library.clerk"], "after": []}
    changed = next(each for each in of_cleo if each["action"] == "account.change")
    assert list(changed["details"]["changes"]) == ["name"]  # type: ignore[index]


def test_pages_of_the_trail_hold_every_entry_once(server: Server) -> None:
    api = server.api("ada")
    for number in range(7):
        api.made("/library/book", title=f"Book {number}")
        server.browser("hana")
    with server.database.writing() as connection:
        connection.execute(update(AUDIT).values(at=select(AUDIT.c.at).limit(1).scalar_subquery()))
        connection.execute(update(HISTORY).values(at=select(AUDIT.c.at).limit(1).scalar_subquery()))
    whole = [(each["source"], each["id"]) for each in entries(server, limit="500")]
    assert len(set(whole)) == len(whole) > 14
    paged, cursor = [], ""
    while True:
        answer = api("GET", "/audit", query_string={"limit": "3", **({"cursor": cursor} if cursor else {})})
        paged += [(each["source"], each["id"]) for each in answer.json["data"]]
        cursor = answer.json["page"]["next"]
        if not cursor:
            break
    assert paged == whole


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"record": "x"}, "record"),
        ({"since": "yesterday"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"person": "nobody-here"}, "person"),
        ({"entity": "library.nothing"}, "entity"),
        ({"source": "dg_user"}, "source"),
        ({"cursor": "1.2"}, "cursor"),
        ({"cursor": "999999999999999999.0.1"}, "cursor"),
    ],
)
def test_what_cannot_be_understood_is_refused(server: Server, asked: dict[str, str], field: str) -> None:
    answer = server.api("ada")("GET", "/audit", query_string=asked)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["path"] == field
    page = server.browser("ada").get("/audit", query_string=asked)
    assert page.status_code in (200, 422)


def test_only_administrators_read_it(server: Server) -> None:
    for path in ("/audit", "/audit/head"):
        assert server.api("hana")("GET", path).status_code == 403
        assert server.client().get(f"/api/v1{path}").status_code == 401
    hana = server.browser("hana")
    assert hana.get("/audit").status_code == 403
    assert hana.get("/audit/export").status_code == 403


def test_the_page_tells_it_in_both_languages_and_finds(server: Server) -> None:
    book = server.api("ada").made("/library/book", title="Walden <b>")
    server.api("ada")("PATCH", f"/library/book/{book['id']}", {"title": "Walden <i>"})
    browser = server.browser("ada")
    seal(server.database)
    english = browser.get("/audit", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    for words in ("Audit trail", "signed in", "Walden &lt;b&gt;", "Sealed up to block", "Take back…"):
        assert words in english
    assert "Walden <i>" not in english
    browser.client.set_cookie("dg_language", "zh")
    chinese = browser.get("/audit").text
    assert "审计记录" in chinese
    assert "登录" in chinese
    found = browser.get("/audit", query_string={"action": "update", "entity": "library.book"}).text
    assert found.count('class="ev"') == 1
    assert "没有符合条件的条目" in browser.get("/audit", query_string={"address": "6.6.6.6"}).text
    assert browser.get("/audit", query_string={"before": "what"}).status_code == 200


def test_the_export_is_a_table_and_is_noted_itself(server: Server) -> None:
    server.api("ada").made("/library/book", title="=1+1")
    book = server.api("ada").made("/library/book", title="x")
    server.api("ada")("PATCH", f"/library/book/{book['id']}", {"title": "=cmd()"})
    browser = server.browser("ada")
    answer = browser.get("/audit/export", query_string={"entity": "library.book"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    lines = browser.get("/audit/export", query_string={"format": "jsonl"}).text.splitlines()
    assert json.loads(lines[0])["action"] == "audit.export"
    assert browser.get("/audit/export?format=exe").status_code == 400


def test_a_change_is_looked_at_and_taken_back(server: Server) -> None:
    api, browser = server.api("ada"), server.browser("ada")
    book = api.made("/library/book", title="Walden")
    path = f"/library/book/{book['id']}"
    api("PATCH", path, {"title": "Wrong"})
    entry = entries(server, entity="library.book", action="update")[0]["id"]
    preview = browser.get(f"{path}/history/{entry}/revert")
    assert preview.status_code == 200
    assert api("GET", path).json["title"] == "Wrong"
    assert f'{path}/history/{entry}/revert"' in browser.get("/audit").text
    browser.post(f"{path}/history/{entry}/revert", form_with(preview.text, f"{path}/history/{entry}/revert"))
    assert api("GET", path).json["title"] == "Walden"
    api("PATCH", path, {"title": "Newer"})
    told = browser.get(f"{path}/history/{entry}/revert", headers={"Accept-Language": "en"}).text
    assert "1 record is in the way" in told
    refused = browser.post(f"{path}/history/{entry}/revert")
    assert refused.status_code == 409
    assert api("GET", path).json["title"] == "Newer"
    assert browser.post(f"{path}/history/{entry}/revert", {"conflicts": "all"}).status_code == 400
    assert browser.get(f"{path}/history/999999/revert").status_code == 404
    assert browser.get(f"/library/book/999/history/{entry}/revert").status_code == 404


def test_a_batch_is_taken_back_as_a_whole(server: Server) -> None:
    api, browser = server.api("hana"), server.browser("ada")
    operations = [{"action": "create", "values": {"title": title}} for title in ("One", "Two", "Three")]
    done = api("POST", "/library/book/batch", {"operations": operations})
    assert done.status_code == 200, done.text
    created = entries(server, entity="library.book", action="create")
    first = created[-1]
    assert len({each["batch"] for each in created}) == 1
    path = f"/library/book/{first['record']}/history/{first['id']}/revert"
    told = browser.get(f"{path}?whole=true", headers={"Accept-Language": "en"}).text
    assert "3 records would be deleted" in told
    sent = form_with(told, path)
    assert sent["whole"] == "true"
    assert browser.post(path, sent).status_code == 303
    assert api("GET", "/library/book").json["data"] == []
    undone = entries(server, entity="library.book", action="delete")
    assert {str(each["batch"]).partition("-")[0] for each in undone} == {"undo"}


def test_somebody_without_the_right_learns_nothing_of_a_change(server: Server) -> None:
    book = server.api("ada").made("/library/book", title="Walden")
    entry = entries(server, entity="library.book", action="create")[0]["id"]
    nemo = server.browser("nemo")
    path = f"/library/book/{book['id']}/history/{entry}/revert"
    missing = f"/library/book/{book['id']}/history/987654/revert"
    token = nemo.token("/profile")
    answers = [nemo.get(each) for each in (path, missing)]
    answers += [
        nemo.client.post(each, data={"csrf_token": token}, headers={"Accept": "text/html"})
        for each in (path, missing)
    ]
    assert {each.status_code for each in answers} == {404}


def test_the_head_of_the_chain_can_be_fetched(server: Server) -> None:
    api = server.api("ada")
    assert api("GET", "/audit/head").json == {"number": 0, "hash": "0" * 64, "at": None}
    seal(server.database)
    newest = api("GET", "/audit/head").json
    assert newest["number"] >= 1
    assert re.fullmatch(r"[0-9a-f]{64}", newest["hash"])


def test_nothing_secret_stands_in_the_trail(server: Server) -> None:
    token = made(server.browser("ada").post("/profile/tokens", {"name": "p", **READING}))
    with server.database.reading() as connection:
        everything = str(connection.execute(select(AUDIT)).all())
    assert PASSWORD not in everything
    assert server.tokens["ada"] not in everything
    assert token not in everything
