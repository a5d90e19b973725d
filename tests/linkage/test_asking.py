"""An open form asks what it would hold if it were saved: nothing is written, and nobody hears what they may not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong.people import accounts
from tests.linkage.trade import SOURCES
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import PASSWORD, Browser, Server, serving_app


@pytest.fixture(scope="module", params=DIALECTS)
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("files")
    with serving_app(databases, request.param, SOURCES, folder) as server:
        yield server


@pytest.fixture(scope="module")
def known(server: Server) -> dict[str, str]:
    """What the records of these tests point to."""
    make = server.api("ada").made
    acme = make("/desk/account", name="Acme", phone="021", region="north", secret="s1")["id"]
    best = make("/desk/account", name="Best", phone="022", region="south")["id"]
    kern = make("/desk/brand", name="Kern")["id"]
    make("/desk/term", name="a", account=acme, kind="new", rebate="0.1")
    make("/desk/term", name="b", account=acme, kind="new", rebate="0.2")
    return {
        "acme": acme,
        "best": best,
        "anna": make("/desk/contact", name="Anna", account=acme)["id"],
        "bea": make("/desk/contact", name="Bea", account=best)["id"],
        "bolt": make("/desk/product", name="bolt", price="10", unit="box", brand=kern)["id"],
        "nut": make("/desk/product", name="nut", price="3")["id"],
    }


def asked(browser: Browser, data: dict[str, Any], record: str = "", page: str = "/desk/claim/new") -> Any:
    answer = browser.post(f"/desk/claim{record}/live", data, page=page)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_chosen_links_fill_whatever_stands_there(server: Server, known: dict[str, str]) -> None:
    found = asked(
        server.browser("ada"),
        {"name": "x", "customer": known["acme"], "phone": "typed", "dg_chosen": "customer"},
    )
    assert found["inputs"] == {
        "phone": {"text": "021"},
        "region": {"text": "NORTH"},
        "secret": {"text": "s1"},
    }
    assert found["values"]["claims"] == {"n": "1"}


def test_rows_answer_under_the_numbers_they_came_with(server: Server, known: dict[str, str]) -> None:
    rows = {
        "lines-sent": "1",
        "lines-7-product": known["nut"],
        "lines-7-price": "5",
        "lines-2-product": known["bolt"],
        "lines-2-quantity": "3",
        "rebate": "50",
    }
    found = asked(server.browser("ada"), {**rows, "dg_chosen": "lines-2-product"})
    assert found["inputs"] == {
        "lines-2-price": {"text": "5.00"},
        "lines-2-unit": {"text": "box"},
        "lines-2-brand": {"text": "Kern"},
    }
    assert found["values"]["lines-2-maker"] == "KERN"
    assert found["values"]["lines-7-maker"] is None
    assert found["values"]["lines-2-cost"] == {"n": "15.00"}
    assert found["values"]["total"] == {"n": "20.00"}


def test_links_that_are_filled_come_with_their_names(server: Server, known: dict[str, str]) -> None:
    deal = server.api("ada").made("/desk/deal", name="d", account=known["acme"], contact=known["anna"])["id"]
    found = asked(server.browser("ada"), {"deal": deal, "dg_chosen": "deal"})["inputs"]
    assert found["customer"] == {"chosen": [{"id": known["acme"], "label": "Acme"}]}
    assert found["person"] == {"chosen": [{"id": known["anna"], "label": "Anna"}]}
    assert found["phone"] == {"text": "021"}


def test_defaults_over_other_records_follow(server: Server, known: dict[str, str]) -> None:
    entered = {"customer": known["acme"], "kind": "new", "rebate": "7", "dg_renewed": "rebate"}
    assert asked(server.browser("ada"), entered)["inputs"] == {"rebate": {"text": "20"}}
    assert asked(server.browser("ada"), {**entered, "kind": "old"})["inputs"] == {"rebate": {"text": ""}}


def test_what_no_longer_fits_is_told(server: Server, known: dict[str, str]) -> None:
    entered = {"customer": known["best"], "person": known["anna"], "helpers": [known["anna"], known["bea"]]}
    assert asked(server.browser("ada"), entered)["unfit"] == {
        "person": [known["anna"]],
        "helpers": [known["anna"]],
    }


def test_nothing_is_written(server: Server, known: dict[str, str]) -> None:
    api = server.api("ada")
    made = api.made("/desk/claim", name="kept", customer=known["acme"], lines=[{"product": known["bolt"]}])
    before = api("GET", f"/desk/claim/{made['id']}").json
    found = asked(
        server.browser("ada"),
        {"name": "other", "customer": known["best"], "dg_chosen": "customer", "lines-sent": "1"},
        record=f"/{made['id']}",
        page=f"/desk/claim/{made['id']}/edit",
    )
    assert found["inputs"]["phone"] == {"text": "022"}
    assert found["values"]["total"] == {"n": "0.00"}
    assert api("GET", f"/desk/claim/{made['id']}").json == before


def test_rows_that_did_not_come_with_the_form_are_left_out(server: Server, known: dict[str, str]) -> None:
    api = server.api("ada")
    lines = [{"product": known["bolt"], "price": "4", "quantity": 2}]
    made = api.made("/desk/claim", name="part", customer=known["acme"], lines=lines)
    found = asked(
        server.browser("ada"), {"name": "other"}, f"/{made['id']}", f"/desk/claim/{made['id']}/edit"
    )
    assert found["values"]["total"] == {"n": "8.00"}
    assert not [name for name in (*found["values"], *found["inputs"]) if name.startswith("lines")]


def test_what_cannot_be_read_counts_as_left_out(server: Server, known: dict[str, str]) -> None:
    found = asked(
        server.browser("ada"),
        {
            "customer": "no number",
            "rebate": "much",
            "lines-sent": "1",
            "lines-0-quantity": "x",
            "claims": "9",
        },
    )
    assert found["values"]["claims"] == {"n": "0"}
    assert asked(server.browser("ada"), {"dg_chosen": ["nonsense", "lines-9-product", "deal"]})["inputs"]


def test_nothing_flows_from_what_one_may_not_see(server: Server, known: dict[str, str]) -> None:
    with server.runtime.database.writing() as connection:
        accounts.add(
            connection, "lola", name="Lola", roles=[("desk", "local")], language="en", password=PASSWORD
        )
    lola = server.browser("lola")
    entered = {"customer": known["best"], "dg_chosen": "customer"}
    found = asked(lola, entered)
    assert found["inputs"]["phone"] == {"text": ""}
    assert found["values"]["claims"] == {"n": "0"}
    assert asked(lola, {**entered, "customer": known["acme"]})["inputs"]["phone"] == {"text": "021"}


def test_only_who_may_write_may_ask(server: Server, known: dict[str, str]) -> None:
    made = server.api("ada").made("/desk/claim", name="closed")
    browser = server.browser("ada")
    assert browser.post("/desk/claim/99999/live", {}, page="/desk/claim/new").status_code == 404
    assert browser.post("/desk/nothing/live", {}, page="/desk/claim/new").status_code == 404
    assert browser.client.post(f"/desk/claim/{made['id']}/live", data={"name": "x"}).status_code == 403


def test_pickers_ask_with_what_the_form_holds(server: Server, known: dict[str, str]) -> None:
    browser = server.browser("ada")

    def offered(field: str, data: dict[str, Any], q: str = "") -> list[str]:
        answer = browser.post(f"/desk/claim/choose/{field}?q={q}", data, page="/desk/claim/new")
        assert answer.status_code == 200, answer.text
        return [each["label"] for each in answer.json["results"]]

    assert offered("person", {"customer": known["acme"]}) == ["Anna"]
    assert offered("person", {"customer": known["acme"]}, "bea") == []
    assert offered("person", {}) == ["Bea", "Anna"]
    assert offered("lines.product", {"brand": "Kern"}) == ["bolt"]
    row = {"brand": "", "lines-sent": "1", "lines-4-product": "", "dg_row": "4"}
    assert offered("lines.product", row) == ["nut", "bolt"]


def test_the_designer_judges_a_limit_by_the_record_to_choose(server: Server) -> None:
    browser = server.browser("ada")

    def judged(text: str) -> Any:
        token = browser.token("/design/desk/claim")
        answer = browser.client.post(
            "/design/desk/claim/check",
            json={"text": text, "purpose": "filter", "caret": len(text), "field": "person", "record": ""},
            headers={"X-CSRF-Token": token},
        )
        assert answer.status_code == 200, answer.text
        return answer.json

    fine = judged("account = this.customer")
    assert not fine["problems"]
    assert "tried" not in fine
    assert judged("acount = this.customer")["problems"]
    assert judged("account")["problems"]
