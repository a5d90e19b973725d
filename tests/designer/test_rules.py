"""Rules through the designer's entry points: what is written into the file, what stays, what is refused, two people at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fieldtypes.page_forms import inputs_of
from tests.fixtures_web import prepared, server
from tests.rules.claims import SOURCES
from tests.servers.databases import Databases
from tests.web_server import Browser, Server, hidden, serving_app

__all__ = ["prepared", "server"]
RULES = "/design/library/book/rules"
SCIENCE = {"when-mode": "all", "when-0-field": "shelf", "when-0-operator": "is", "when-0-value": "b"}
WRITTEN = """
rules:
  # what is dear is looked at twice
  - {when: "price > 1000", warn: {en: Dear, zh: 贵}, fields: [price], on: [create]}
  - when: pages IS EMPTY AND shelf <> 'a'   # not of novels
    require: [pages]
    doors: [screen, api]
  - check: "cost <= price"
    message: {en: Sold at a loss, zh: 亏本}
  - {when: LEN(title) > 50 OR price / 2 > cost, set: {notes: "'long'", lent: false}, options: {shelf: [b]}}
"""


def put(server: Server, rules: str) -> str:
    api = server.api("hana")
    path = "/library/definitions/entities/book.yaml"
    text: str = api("GET", path).json["text"] + rules.lstrip("\n")
    answer = api("PUT", path, json={"text": text})
    assert answer.status_code == 200, answer.json
    return text


def text_of(server: Server, person: str = "hana") -> str:
    found: str = server.api(person)("GET", "/library/definitions/entities/book.yaml").json["text"]
    return found


def send(browser: Browser, operation: str, **given: Any) -> Any:
    return browser.post(RULES, {"operation": operation} | given)


@pytest.mark.parametrize("rule", range(4))
def test_saving_what_is_shown_changes_no_byte(server: Server, rule: int) -> None:
    before = put(server, WRITTEN)
    browser = server.browser("hana")
    page = browser.get(f"{RULES}?rule={rule}")
    assert page.status_code == 200
    sent = inputs_of(page.text)
    assert sent["operation"] == ["set_rule"]
    assert browser.post(RULES, sent).status_code == 303
    assert text_of(server) == before


def test_one_change_leaves_the_rest_and_its_comments(server: Server) -> None:
    before = put(server, WRITTEN)
    browser = server.browser("hana")
    sent = inputs_of(browser.get(f"{RULES}?rule=1").text)
    assert sent["when-mode"] == ["expression"]
    sent |= {"require": ["pages", "notes"], "doors": ["screen", "api", "import"]}
    assert browser.post(RULES, sent).status_code == 303
    after = text_of(server)
    assert [line for line in before.splitlines() if line not in after.splitlines()] == [
        "    require: [pages]",
        "    doors: [screen, api]",
    ]
    assert "# not of novels" in after


def test_rules_are_moved_removed_and_had_back(server: Server) -> None:
    before = put(server, WRITTEN)
    browser = server.browser("hana")
    assert send(browser, "move_rule", rule="2", position="0").status_code == 303
    moved = text_of(server)
    assert moved.index("cost <= price") < moved.index("price > 1000")
    assert send(browser, "move_rule", rule="0", position="3").status_code == 303
    assert text_of(server).index("cost <= price") > text_of(server).index("LEN(title)")
    for _ in range(4):
        assert send(browser, "remove_rule", rule="0").status_code == 303
    assert "rules" not in text_of(server)
    for _ in range(6):
        assert send(browser, "undo").status_code == 303
    assert text_of(server) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"when-mode": "all", "require": "notes"}, "at least one condition"),
        ({**SCIENCE, "when-0-value": "", "require": "notes"}, "value that Shelf is compared with"),
        ({**SCIENCE, "when-0-operator": "starts", "require": "notes"}, "how Shelf is compared"),
        ({**SCIENCE, "when-0-field": "nothing", "require": "notes"}, "no &#39;nothing&#39;"),
        ({**SCIENCE, "when-0-against": "price OR TRUE", "when-0-operator": "is", "require": "notes"}, "no &#39;price OR TRUE"),
        ({**SCIENCE, "when-0-value": "= 'zz'", "require": "notes"}, "zz"),
        ({**SCIENCE, "when-0-field": "price", "when-0-value": "many", "require": "notes"}, "class=\"err\" data-at=\"when/0\">"),
        ({"when-mode": "expression", "when-expression": "prize > 1", "require": "notes"}, "did you mean &#39;price&#39;"),
        ({"when-mode": "expression", "when-expression": "(" * 300, "require": "notes"}, "data-at=\"when\""),
        ({**SCIENCE}, "choose what the rule does"),
        ({"when-mode": "always", "block_en": "Never"}, "it needs a condition"),
        ({"when-mode": "always", "lock": "1"}, "it needs a condition"),
        ({**SCIENCE, "set-0-field": "pages", "set-0-value": "'x'"}, "data-at=\"set/0\""),
        ({**SCIENCE, "set-0-field": "pages", "set-0-value": ""}, "write the value"),
        ({**SCIENCE, "set-0-field": "cover", "set-0-value": "'x'"}, "cover"),
        ({"when-mode": "always", "check": "price"}, "data-at=\"check\""),
        ({**SCIENCE, "require": "notes", "doors": "window"}, "window"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_lost(server: Server, given: dict[str, str], said: str) -> None:
    browser = server.browser("hana")
    before = text_of(server)
    answer = send(browser, "add_rule", rule="new", **given)
    assert answer.status_code == 422
    assert said in answer.text
    again = inputs_of(answer.text)
    for name, value in given.items():
        if name in again and name.startswith(("block", "when-mode", "when-expression", "check")):
            assert again[name] == [value]
    assert text_of(server) == before


def test_a_rule_that_was_changed_meanwhile_is_not_overwritten(server: Server) -> None:
    put(server, WRITTEN)
    one, other = server.browser("hana"), server.browser("hana")
    mine, theirs = (inputs_of(each.get(f"{RULES}?rule=0").text) for each in (one, other))
    assert one.post(RULES, mine | {"warn_en": ["Very dear"]}).status_code == 303
    refused = other.post(RULES, theirs | {"warn_en": ["Too dear"]})
    assert refused.status_code == 409
    assert "changed in the meantime" in refused.text
    assert "Very dear" in text_of(server)
    assert send(other, "remove_rule", rule="0", was=theirs["was"][0]).status_code == 409
    assert send(other, "remove_rule", rule="9").status_code == 404
    assert send(other, "move_rule", rule="0", position="-1").status_code == 422
    assert send(other, "nothing").status_code == 400


def test_every_example_can_be_saved_and_published_as_it_stands(server: Server) -> None:
    browser = server.browser("hana")
    count = 0
    for entity in ("book", "loan", "order", "reader"):
        path = f"/design/library/{entity}/rules"
        for example in ("require", "show", "dates", "large", "budget", "stock"):
            sent = inputs_of(browser.get(f"{path}?rule=new&example={example}").text)
            if sent["when-mode"] == ["all"] and not any(sent["when-0-field"]):
                continue
            answer = browser.post(path, sent)
            assert answer.status_code == 303, (entity, example, answer.text)
            count += 1
        assert browser.get(f"{path}/preview").status_code == 200
    assert count == 6
    state = hidden(browser.get("/design/library/publish").text, "plan")
    assert browser.post("/design/library/publish", {"plan": state}).status_code == 303


def test_an_expression_is_tried_within_the_rights_of_who_asks(server: Server) -> None:
    api, head = server.api("hana"), server.browser("hana")
    book = api.made("/library/book", title="Tried", price="12.50", cost="10", lent=True)

    def tried(**given: Any) -> Any:
        body = {"text": "price - cost", "purpose": "formula", "record": ""} | given
        answer = head.client.post(
            "/design/library/book/check", json=body, headers={"X-CSRF-Token": head.token()}
        )
        assert answer.status_code == given.pop("status", 200), answer.text
        return (answer.json or {}).get("tried")

    assert tried()["text"] == "2.50"
    assert tried()["records"] == [{"id": str(book["id"]), "title": "Tried"}]
    assert tried(record=str(book["id"]), text="TEXT(price, '0.0') & '!'")["text"] == "12.5!"
    assert tried(text="price > 12", purpose="rule")["text"] == "Yes"
    assert tried(text="pages", field="pages")["text"] == ""
    assert tried(text="price >") is None
    put(server, "")
    send(head, "add_rule", rule="new", **SCIENCE, require="notes")
    added = head.post(
        "/design/library/book", {"operation": "add_field", "type": "integer", "label": "Weight"}
    )
    assert added.status_code == 303
    assert "not published" in tried(text="weight + 1")["problem"]
    preview = head.get(f"{RULES}/preview")
    assert preview.status_code == 200
    assert 'name="weight"' in preview.text
    body = {"text": "price", "purpose": "formula", "record": "999999"}
    headers = {"X-CSRF-Token": head.token()}
    assert head.client.post("/design/library/book/check", json=body, headers=headers).status_code == 404
    wrong = {"text": "price", "purpose": "formula", "record": 1}
    assert head.client.post("/design/library/book/check", json=wrong, headers=headers).status_code == 400


@pytest.fixture(scope="module")
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app with a rule of every kind, also for rows."""
    with serving_app(databases, "sqlite", SOURCES, tmp_path_factory.mktemp("desk")) as started:
        yield started


@pytest.mark.parametrize("table", ["", "lines"])
def test_rules_of_every_kind_are_told_and_saved_unchanged(desk: Server, table: str) -> None:
    browser, path = desk.browser("ada"), "/design/desk/claim/rules"
    address = "/desk/definitions/entities/claim.yaml"
    before = desk.api("ada")("GET", address).json["text"]
    listed = browser.get(f"{path}?table={table}")
    assert listed.status_code == 200
    count = listed.text.count('class="rl-card"')
    assert count >= 4
    assert "Does nothing" not in listed.text
    for rule in range(count):
        page = browser.get(f"{path}?table={table}&rule={rule}")
        sent = inputs_of(page.text)
        assert sent["table"] == [table]
        checked = browser.post(f"{path}/check", sent)
        assert checked.json["problems"] == [], (rule, checked.json)
        assert browser.post(path, sent).status_code == 303, rule
        assert desk.api("ada")("GET", address).json["text"] == before, rule


def test_a_rule_for_rows_is_written_and_refuses(desk: Server) -> None:
    browser, api, path = desk.browser("ada"), desk.api("ada"), "/design/desk/claim/rules"
    given = {"when-mode": "all", "when-0-field": "quantity", "when-0-operator": "less", "when-0-value": "0"}
    answer = browser.post(
        path,
        {"operation": "add_rule", "rule": "new", "table": "lines", **given, "block_en": "Not below none"},
    )
    assert answer.status_code == 303
    state = hidden(browser.get("/design/desk/publish").text, "plan")
    assert browser.post("/design/desk/publish", {"plan": state}).status_code == 303
    line = {"what": "x", "quantity": -1, "price": "1", "room": "1"}
    refused = api("POST", "/desk/claim", {"name": "Rows", "kind": "travel", "city": "Wuxi", "lines": [line]})
    assert refused.status_code == 422
    assert "Not below none" in refused.text
    assert browser.get(f"{path}?table=nothing").status_code == 404
