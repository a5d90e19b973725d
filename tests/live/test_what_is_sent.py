"""Only what the reader may see leaves the server with a form; what it says about the rest stays on the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dougong.people import accounts, tokens
from tests.servers.databases import Databases
from tests.web_server import PASSWORD, Server, serving_app

SECRET = "98765.43"
FIRM = {
    "app.yaml": "{id: firm, version: 1.0.0, label: {en: Firm, zh: 公司}, languages: [zh, en]}",
    "entities/deal.yaml": """
label: {en: Deal, zh: 商机}
title: "{name}"
fields:
  name: {type: text, label: {en: Name, zh: 名称}}
  phone: {type: phone, mask: phone, label: {en: Phone, zh: 电话}}
  partner: {type: link, to: deal, label: {en: Partner, zh: 伙伴}}
  beside: {type: money, decimals: 2, formula: "partner.cost", label: {en: Beside, zh: 旁边}}
  next: {type: money, decimals: 2, formula: "partner.price", label: {en: Next, zh: 隔壁}}
  price: {type: money, decimals: 2, label: {en: Price, zh: 价格}}
  cost: {type: money, decimals: 2, label: {en: Cost, zh: 成本}}
  twice: {type: money, decimals: 2, formula: "price * 2", label: {en: Twice, zh: 两倍}}
  margin: {type: money, decimals: 2, formula: "price - cost", label: {en: Margin, zh: 毛利}}
  bonus: {type: money, decimals: 2, formula: "margin * 0.1", label: {en: Bonus, zh: 奖金}}
  pattern: {type: boolean, formula: "REGEXMATCH(name, 'x+')", label: {en: Pattern, zh: 模式}}
  fee: {type: money, decimals: 2, default: "cost * 0.01", label: {en: Fee, zh: 费用}}
  tip: {type: money, decimals: 2, default: "price * 0.01", label: {en: Tip, zh: 小费}}
  lines:
    type: table
    fields:
      quantity: {type: integer, label: {en: Quantity, zh: 数量}}
      secret: {type: money, decimals: 2, label: {en: Secret, zh: 机密}}
      worth: {type: money, decimals: 2, formula: "quantity * secret", label: {en: Worth, zh: 价值}}
      double: {type: integer, formula: "quantity * 2", label: {en: Double, zh: 加倍}}
  all: {type: money, decimals: 2, formula: "SUM(lines.worth)", label: {en: All, zh: 合计}}
  count: {type: integer, formula: "SUM(lines.double)", label: {en: Count, zh: 数目}}
""",
    "roles/clerk.yaml": """
label: {en: Clerk, zh: 职员}
grants:
  deal: {read: {hide: [cost, lines.secret]}, create: true, update: true}
""",
}


@pytest.fixture(scope="module")
def firm(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_app(databases, "sqlite", FIRM, tmp_path_factory.mktemp("files")) as server:
        with server.database.writing() as connection:
            cleo = accounts.add(connection, "cleo", name="Cleo", password=PASSWORD, roles=[("firm", "clerk")])
            server.tokens["cleo"] = tokens.issue(connection, cleo, scopes=["admin"])
        yield server


@pytest.fixture(scope="module")
def deal(firm: Server) -> int:
    line = {"quantity": 3, "secret": SECRET}
    made = firm.api("ada").made(
        "/firm/deal", name="Deal", phone="13800138000", price="100", cost=SECRET, lines=[line]
    )
    return int(made["id"])


def page_of(server: Server, person: str, path: str) -> str:
    answer = server.browser(person).get(path)
    assert answer.status_code == 200
    return str(answer.text)


def plan_of(page: str) -> dict[str, Any]:
    found = re.search(r"<form[^>]* data-live-plan='([^']*)'", page)
    assert found is not None
    plan: dict[str, Any] = json.loads(found[1])
    return plan


def names(plan: dict[str, Any], kind: str) -> list[str]:
    return [each["name"] for each in plan[kind]]


def test_who_sees_all_computes_all_that_a_browser_can(firm: Server, deal: int) -> None:
    plan = plan_of(page_of(firm, "ada", f"/firm/deal/{deal}/edit"))
    assert set(names(plan, "computed")) == {
        *("lines/worth", "lines/double", "twice", "margin", "bonus", "all", "count", "beside", "next"),
    }
    assert SECRET in json.dumps(plan)
    assert plan["ask"]["computed"] == [{"name": "pattern", "reads": ["name"]}]


def test_what_is_hidden_stays_on_the_server_and_all_that_says_it(firm: Server, deal: int) -> None:
    page = page_of(firm, "cleo", f"/firm/deal/{deal}/edit")
    plan = plan_of(page)
    assert set(names(plan, "computed")) == {"lines/double", "twice", "count", "next"}
    asked = {"beside", "margin", "bonus", "pattern", "all"}
    assert {each["name"] for each in plan["ask"]["computed"]} == {*asked, "lines/worth"}
    shown = {"name", "price", "twice", "count", "lines", "next", "partner", *asked}
    assert set(plan["fields"]) == shown
    assert set(plan["fields"]["lines"]["rows"]) == {"quantity", "double", "worth"}
    assert set(plan["record"]["r"]) <= shown
    assert all(set(row["r"]) == {"quantity", "double", "worth"} for row in plan["record"]["r"]["lines"])
    assert SECRET not in page
    assert "cost" not in json.dumps(plan)
    marked = re.findall(r'data-field="(\w+)"[^<]*<span class="lab">\w+<span class="live">', page)
    assert set(marked) == {"twice", "count", "next", *asked}


def test_behind_a_link_stands_what_its_reader_may_see(firm: Server, deal: int) -> None:
    linked = firm.api("ada").made("/firm/deal", name="Other", price="3", partner=deal)
    path = f"/firm/deal/{linked['id']}/edit"
    seen = plan_of(page_of(firm, "ada", path))["related"][f"firm.deal/{deal}"]["r"]
    assert seen == {"cost": {"n": SECRET}, "price": {"n": "100.00"}}
    page = page_of(firm, "cleo", path)
    assert plan_of(page)["related"] == {f"firm.deal/{deal}": {"r": {"price": {"n": "100.00"}}}}
    assert page.count(SECRET) == 1, "what a formula that she sees gives, and nothing beside it"
    assert plan_of(page)["record"]["r"]["beside"] == {"n": SECRET}
    assert "cost" not in json.dumps(plan_of(page))
    cleo = firm.browser("cleo")
    told = cleo.get(f"/firm/deal/live/partner?id={deal}").json["values"]["r"]
    assert told["price"] == {"n": "100.00"}
    assert not {"cost", "phone", "lines"} & set(told)
    for wrong in ("live/cost?id=1", "live/partner?id=999999", "live/lines.nothing?id=1", "live/x.y?id=1"):
        assert cleo.get(f"/firm/deal/{wrong}").status_code == 404, wrong
    for wrong in ("live/partner", "live/partner?id=x"):
        assert cleo.get(f"/firm/deal/{wrong}").status_code in (400, 404, 422), wrong
    assert firm.client().get(f"/firm/deal/live/partner?id={deal}").status_code in (303, 401)


def test_defaults_of_a_new_record_are_sent_as_far_as_what_they_read(firm: Server) -> None:
    assert names(plan_of(page_of(firm, "ada", "/firm/deal/new")), "defaults") == ["fee", "tip"]
    plan = plan_of(page_of(firm, "cleo", "/firm/deal/new"))
    assert names(plan, "defaults") == ["tip"]
    assert "cost" not in json.dumps(plan)


def test_a_form_that_comes_back_begins_with_what_was_entered(firm: Server, deal: int) -> None:
    browser = firm.browser("ada")
    path = f"/firm/deal/{deal}/edit"
    entered = {"price": "7.5", "name": "x" * 5000, "lines-sent": "1", "lines-0-quantity": "4"}
    answer = browser.post(path, {"dg_form": "again", "dg_version": "1", **entered}, page=path)
    assert answer.status_code in (409, 422), answer.status_code
    record = plan_of(answer.text)["record"]["r"]
    assert record["price"] == {"n": "7.50"}
    assert [row["r"]["quantity"] for row in record["lines"]] == [{"n": "4"}]


def test_nothing_is_sent_where_nothing_is_computed(firm: Server, databases: Databases, tmp_path: Any) -> None:
    plain = {
        "app.yaml": FIRM["app.yaml"],
        "entities/deal.yaml": "{label: Deal, title: '{name}', fields: {name: {type: text, label: Name}}}",
    }
    with serving_app(databases, "sqlite", plain, tmp_path) as server:
        page = page_of(server, "ada", "/firm/deal/new")
    assert "data-live-plan" not in page
    assert "/live-" not in page


def test_a_text_of_a_record_cannot_end_the_plan(firm: Server) -> None:
    hostile = "</script><script>alert(1)</script><!--"
    made = firm.api("ada").made("/firm/deal", name=hostile, price="1", lines=[])
    page = page_of(firm, "ada", f"/firm/deal/{made['id']}/edit")
    assert "<script>alert" not in page
    plan_of(page)
