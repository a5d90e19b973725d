"""Masked values: nobody gets one whole by any door but the one that asks for it and is remembered."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic
from tests.fieldtypes.page_forms import inputs_of
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, serving_app

SECRETS = {
    "phone": "13800138000",
    "paper": "11010519491231002X",
    "mail": "li.wei@example.com",
    "nick": "abcdefgh",
}
MASKS = {
    "phone": "138****8000",
    "paper": "1101**********002X",
    "mail": "l*****@example.com",
    "nick": "ab****gh",
}
SOURCES = {
    "app.yaml": "{id: desk, version: 1.0.0, label: {en: Desk, zh: 前台}, languages: [zh, en]}",
    "entities/guest.yaml": """
label: {en: Guest, zh: 客人}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 姓名}}
  phone: {type: phone, mask: phone, unique: true, label: {en: Phone, zh: 电话}}
  paper: {type: text, format: id_number, mask: id_number, label: {en: Paper, zh: 证件}}
  mail: {type: email, mask: email, label: {en: Mail, zh: 邮箱}}
  nick: {type: text, mask: {first: 2, last: 2}, label: {en: Nick, zh: 昵称}}
  owner: {type: member, default: "ME()", label: {en: Owner, zh: 负责人}}
  visits:
    type: table
    label: {en: Visits, zh: 来访}
    fields:
      door: {type: text, label: {en: Door, zh: 门}}
      badge: {type: text, mask: {first: 1, last: 1}, label: {en: Badge, zh: 证牌}}
""",
    "entities/stay.yaml": """
label: {en: Stay, zh: 住宿}
title: "{room}"
fields:
  room: {type: text, required: true, label: {en: Room, zh: 房间}}
  guest: {type: link, to: guest, label: {en: Guest, zh: 客人}, fill: {reached: phone}}
  reached: {type: text, mask: phone, label: {en: Reached at, zh: 联系}}
  remark: {type: text, label: {en: Remark, zh: 备注}}
""",
    "roles/clerk.yaml": """
label: {en: Clerk, zh: 职员}
grants:
  guest: {read: true, create: true, update: true, import: true, export: true}
  stay: {read: true, create: true, update: true}
""",
    "roles/chief.yaml": """
label: {en: Chief, zh: 主管}
grants:
  guest: {read: true, create: true, update: true, export: true, reveal: true}
  stay: {read: true}
""",
    "roles/host.yaml": """
label: {en: Host, zh: 接待}
grants:
  guest: {read: true, create: true, update: true, reveal: {rows: "owner = ME()", fields: {except: [paper]}}}
""",
}
PEOPLE = {"ann": "clerk", "bob": "chief", "cat": "host"}


@pytest.fixture(scope="module", params=DIALECTS)
def desk(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving_app(databases, request.param, SOURCES, tmp_path_factory.mktemp("files"), PEOPLE) as server:
        yield server


_numbers = iter(range(10_000, 99_999))


def guest(desk: Server, person: str = "cat") -> tuple[dict[str, Any], str]:
    """A guest of their own, and the telephone number nobody else has."""
    phone = f"138{next(_numbers):05d}777"
    given = {**SECRETS, "phone": phone, "visits": [{"door": "east", "badge": "B-4711-X"}]}
    return desk.api(person).made("/desk/guest", name="Guest", **given), phone


def leaks(text: str, phone: str) -> list[str]:
    """Which of the whole values stand in a text."""
    found = [each for each in (*SECRETS.values(), phone, "B-4711-X") if each in html.unescape(text)]
    return [each for each in found if each != SECRETS["phone"]]


@pytest.mark.parametrize("person", PEOPLE)
def test_no_door_gives_a_whole_value(desk: Server, person: str) -> None:
    made, phone = guest(desk)
    assert made["phone"] == f"{phone[:3]}****{phone[-4:]}"
    assert {name: made[name] for name in ("paper", "mail", "nick")} == {
        name: MASKS[name] for name in ("paper", "mail", "nick")
    }
    assert made["visits"][0]["badge"] == "B******X"
    api, browser, path = desk.api(person), desk.browser(person), f"/desk/guest/{made['id']}"
    desk.api("ann")("PATCH", path, {"nick": "zyxwvuts"})
    answers = [
        api("GET", path),
        api("GET", "/desk/guest"),
        api("GET", f"{path}/history"),
        api("GET", "/desk/guest?q=Guest"),
        api("GET", f"/desk/guest/choose/owner?q={phone}"),
        browser.get(path),
        browser.get(f"{path}/edit"),
        browser.get("/desk/guest"),
        browser.get(f"/desk/guest/new?copy={made['id']}"),
    ]
    if person != "cat":
        answers += [api("GET", f"/desk/guest/export?format={kind}") for kind in ("csv", "jsonl")]
    for answer in answers:
        assert answer.status_code in (200, 400, 404, 422), answer.text
        assert leaks(answer.text, phone) == []
        assert "zyxwvuts" not in answer.text


def test_who_may_not_reveal_can_neither_filter_sort_search_nor_match(desk: Server) -> None:
    made, phone = guest(desk)
    ann, bob, cat = desk.api("ann"), desk.api("bob"), desk.api("cat")
    condition = {"filter": f"phone = '{phone}'"}
    for api in (ann, cat):
        assert api("GET", "/desk/guest", query_string=condition).status_code == 422
        assert api("GET", "/desk/guest?sort=phone").status_code == 422
        assert api("GET", "/desk/guest", query_string={"filter": "STARTSWITH(nick, 'a')"}).status_code == 422
    found = bob("GET", "/desk/guest", query_string=condition).json["data"]
    assert [each["id"] for each in found] == [made["id"]]
    assert found[0]["phone"] == made["phone"]
    assert bob("GET", "/desk/guest?sort=phone").status_code == 200
    for api in (ann, bob):
        assert api("GET", f"/desk/guest?q={phone}").json["data"] == []
    file = f"name,phone\nOther,{phone}\n".encode()
    sent = {"file": (io.BytesIO(file), "g.csv")}
    refused = ann("POST", "/desk/guest/import?match=phone", data=sent)
    assert refused.status_code == 422
    assert "import_match" in refused.text
    measured = ann("GET", "/desk/guest/aggregate", query_string={"group": "phone", "measures": "COUNT(id)"})
    assert measured.status_code in (400, 404, 422)


def test_revealing_shows_one_value_and_is_remembered(desk: Server) -> None:
    made, phone = guest(desk)
    path = f"/desk/guest/{made['id']}"
    assert desk.api("ann")("POST", f"{path}/reveal", {"field": "phone"}).status_code == 403
    shown = desk.api("bob")("POST", f"{path}/reveal", {"field": "phone"})
    assert (shown.status_code, shown.json) == (200, {"field": "phone", "value": phone})
    row = {"field": "visits.badge", "row": made["visits"][0]["id"]}
    assert desk.api("bob")("POST", f"{path}/reveal", row).json["value"] == "B-4711-X"
    entries = desk.api("ann")("GET", f"{path}/history").json["data"]
    assert [(each["action"], each["revealed"], each["actor"]["title"]) for each in entries[:2]] == [
        ("reveal", ["visits.badge"], "Bob"),
        ("reveal", ["phone"], "Bob"),
    ]
    assert entries[-1]["action"] == "create"
    assert leaks(json.dumps(entries), phone) == []
    page = desk.browser("ann").get(path).text
    assert "looked at the whole value of Phone" in page
    assert "data-reveal" not in page


def test_rows_and_fields_limit_what_may_be_revealed(desk: Server) -> None:
    own, phone = guest(desk, "cat")
    other, _ = guest(desk, "bob")
    cat = desk.api("cat")
    assert cat("POST", f"/desk/guest/{own['id']}/reveal", {"field": "phone"}).json["value"] == phone
    assert cat("POST", f"/desk/guest/{own['id']}/reveal", {"field": "paper"}).status_code == 403
    assert cat("POST", f"/desk/guest/{other['id']}/reveal", {"field": "phone"}).status_code == 403
    for bad in ({"field": "name"}, {"field": "nothing"}, {"field": "visits.door"}, {"field": "owner.phone"}):
        assert cat("POST", f"/desk/guest/{own['id']}/reveal", bad).status_code == 422
    assert cat("POST", f"/desk/guest/{own['id']}/reveal", {"field": 1}).status_code == 400
    assert cat("POST", f"/desk/guest/{own['id']}/reveal", {}).status_code == 400
    assert cat("POST", "/desk/guest/999999/reveal", {"field": "phone"}).status_code == 404
    missing = {"field": "visits.badge", "row": "999999"}
    assert desk.api("bob")("POST", f"/desk/guest/{own['id']}/reveal", missing).status_code == 404


def test_a_browser_without_scripts_gets_the_page_with_the_value(desk: Server) -> None:
    made, phone = guest(desk)
    browser, path = desk.browser("bob"), f"/desk/guest/{made['id']}"
    assert browser.get(path).text.count("data-reveal") == 5
    in_a_row = {"field": "visits.badge", "row": made["visits"][0]["id"]}
    assert "B-4711-X" in html.unescape(browser.post(f"{path}/reveal", in_a_row, page=path).text)
    strange = browser.post(f"{path}/reveal", {**in_a_row, "row": "999999"}, page=path)
    assert strange.status_code == 404
    shown = browser.post(f"{path}/reveal", {"field": "phone"}, page=path)
    assert shown.status_code == 200
    assert phone in shown.text
    scripted = browser.post(
        f"{path}/reveal", {"field": "mail"}, page=path, headers={"Accept": "application/json"}
    )
    assert scripted.json == {"field": "mail", "value": SECRETS["mail"]}
    assert desk.browser("ann").post(f"{path}/reveal", {"field": "phone"}, page=path).status_code == 403


@pytest.mark.parametrize("person", PEOPLE)
def test_saving_what_is_shown_changes_nothing(desk: Server, person: str) -> None:
    made, phone = guest(desk, "bob")
    browser, path = desk.browser(person), f"/desk/guest/{made['id']}"
    sent = inputs_of(browser.get(f"{path}/edit").text)
    answer = browser.client.post(f"{path}/edit", data={**sent, "name": ["Renamed"]})
    assert answer.status_code == 303, answer.text
    api = desk.api(person)
    whole = {name: api("GET", path).json[name] for name in (*SECRETS, "visits")}
    assert api("PATCH", path, whole).status_code == 200
    reveal = desk.api("bob")
    assert reveal("POST", f"{path}/reveal", {"field": "phone"}).json["value"] == phone
    for name in ("paper", "mail", "nick"):
        assert reveal("POST", f"{path}/reveal", {"field": name}).json["value"] == SECRETS[name]
    row = {"field": "visits.badge", "row": made["visits"][0]["id"]}
    assert reveal("POST", f"{path}/reveal", row).json["value"] == "B-4711-X"


def test_a_new_value_is_taken_and_a_foreign_mask_is_not(desk: Server) -> None:
    made, _ = guest(desk)
    ann, path = desk.api("ann"), f"/desk/guest/{made['id']}"
    assert ann("PATCH", path, {"phone": "139****0000"}).status_code == 422
    changed = ann("PATCH", path, {"phone": "13911112222", "nick": None})
    assert (changed.status_code, changed.json["phone"], changed.json["nick"]) == (200, "139****2222", None)
    ann("PATCH", path, {"phone": None})
    assert desk.api("bob")("POST", f"{path}/reveal", {"field": "phone"}).json["value"] is None


def test_an_import_of_an_export_keeps_the_values(desk: Server) -> None:
    made, phone = guest(desk)
    ann = desk.api("ann")
    exported = ann("GET", f"/desk/guest/export?format=csv&fields=id,name,phone,mail&filter=id = {made['id']}")
    file = exported.data.replace(b"Guest", b"Guest two")
    done = ann("POST", "/desk/guest/import?match=id&mode=update", data={"file": (io.BytesIO(file), "g.csv")})
    assert (done.status_code, done.json["updated"]) == (200, 1), done.text
    assert ann("GET", f"/desk/guest/{made['id']}").json["name"] == "Guest two"
    again = ann(
        "POST", "/desk/guest/import", data={"file": (io.BytesIO(b"name,phone\nX,138****8000\n"), "g.csv")}
    )
    assert [each["errors"][0]["code"] for each in again.json["failures"]] == ["not_a_phone"]
    assert (
        desk.api("bob")("POST", f"/desk/guest/{made['id']}/reveal", {"field": "phone"}).json["value"] == phone
    )


def test_choosing_a_record_fills_only_what_is_masked_as_well(desk: Server) -> None:
    made, phone = guest(desk)
    ann = desk.api("ann")
    stay = ann.made("/desk/stay", room="12", guest=made["id"])
    assert stay["reached"] == made["phone"] != phone
    assert phone not in ann("GET", "/desk/stay/choose/guest").text
    assert phone not in ann("GET", f"/desk/stay/{stay['id']}?expand=guest").text
    browser = desk.browser("ann")
    asked = browser.post(
        "/desk/stay/live", {"guest": made["id"], "dg_chosen": "guest"}, page="/desk/stay/new"
    )
    assert asked.status_code == 200
    assert phone not in asked.text
    assert phone not in browser.get(f"/desk/stay/new?guest={made['id']}").text


def test_an_undo_after_a_look_still_works(desk: Server) -> None:
    made, _ = guest(desk, "ann")
    ann, path = desk.api("ann"), f"/desk/guest/{made['id']}"
    ann("PATCH", path, {"nick": "newnewnew"})
    desk.api("bob")("POST", f"{path}/reveal", {"field": "nick"})
    before = ann("GET", f"{path}/history").json["data"]
    assert [each["action"] for each in before] == ["reveal", "update", "create"]


@pytest.mark.parametrize(
    ("file", "old", "new", "about"),
    [
        ("guest", 'title: "{name}"', 'title: "{phone}"', "title"),
        ("guest", 'title: "{name}"', 'title: "{name}"\nsearch: [name, phone]', "search"),
        ("guest", "  owner:", '  copied: {type: text, formula: "phone & nick"}\n  owner:', "formula"),
        ("guest", "  owner:", '  first: {type: text, formula: "COALESCE(phone, name)"}\n  owner:', "formula"),
        ("stay", "  remark: {type: text,", '  remark: {type: text, default: "guest.phone",', "default"),
        ("stay", "fill: {reached: phone}", "fill: {remark: UPPER(phone)}", "fill/remark"),
        ("stay", "fill: {reached: phone}", "filter: phone = this.remark", "filter"),
        (
            "guest",
            "  owner:",
            "  number: {type: serial, parts: [{field: nick}, {count: 3}]}\n  owner:",
            "parts",
        ),
    ],
)
def test_a_definition_cannot_pass_a_masked_value_on(file: str, old: str, new: str, about: str) -> None:
    path = f"entities/{file}.yaml"
    found = check_sources({**SOURCES, path: SOURCES[path].replace(old, new, 1)}, {})
    assert isinstance(found, list), about
    assert "D467" in [each.code for each in found if isinstance(each, Diagnostic)], found
