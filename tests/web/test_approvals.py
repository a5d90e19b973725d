"""An approval through the browser and through the API: submitted, seen, decided, told."""

from __future__ import annotations

from typing import Any

from tests.web_server import Server


def an_order(server: Server, price: str = "200") -> dict[str, Any]:
    """An order of cleo's that needs approval when it is dear."""
    book = server.api("hana").made("/library/book", title="Walden")
    line = {"book": book["id"], "quantity": 1, "price": price}
    return server.api("cleo").made("/library/order", name="Autumn order", lines=[line])


def test_submitted_in_the_browser_and_approved_in_the_inbox(server: Server) -> None:
    order = an_order(server)
    path = f"/library/order/{order['id']}"
    clerk, head = server.browser("cleo"), server.browser("hana")
    assert "Submit for approval" in clerk.get(path).text
    sent = clerk.post(f"{path}/submit", {"workflow": "order_approval"})
    assert sent.status_code == 303
    page = clerk.get(path).text
    assert "Under approval" in page
    assert "Withdraw" in page
    assert clerk.post(f"{path}/edit", {"name": "changed"}).status_code == 409
    inbox = head.get("/inbox").text
    assert "Autumn order" in inbox
    [task] = server.api("hana")("GET", "/tasks").json["data"]
    assert task["record"]["id"] == order["id"]
    opened = head.get(f"/inbox/{task['id']}")
    assert opened.status_code == 200
    assert "Cleo" in opened.text
    decided = head.post(f"/inbox/{task['id']}/approve", {"dg_comment": "fine"})
    assert decided.status_code == 303
    assert "Approved Autumn order" in head.get("/inbox").text
    done = server.api("cleo")("GET", path).json
    assert done["status"] == "approved"
    assert "fine" in clerk.get(path).text
    late = head.post(f"/inbox/{task['id']}/approve", {})
    assert late.status_code in (404, 409)


def test_a_rejection_needs_words(server: Server) -> None:
    order = an_order(server)
    path = f"/library/order/{order['id']}"
    api = server.api("cleo")
    assert api("POST", f"{path}/actions/submit", {}).status_code == 200
    [task] = server.api("hana")("GET", "/tasks").json["data"]
    head = server.browser("hana")
    silent = head.post(f"/inbox/{task['id']}/reject", {"dg_comment": " "})
    assert silent.status_code == 422
    assert head.post(f"/inbox/{task['id']}/reject", {"dg_comment": "too dear"}).status_code == 303
    assert api("GET", path).json["status"] == "rejected"
    assert server.api("cleo")("GET", "/tasks?kind=started").json["data"][0]["status"] == "rejected"


def test_through_the_api(server: Server) -> None:
    order = an_order(server)
    path = f"/library/order/{order['id']}"
    cleo, otto, hana = server.api("cleo"), server.api("otto"), server.api("hana")
    assert otto("POST", f"{path}/actions/submit", {}).status_code == 404
    assert cleo("POST", f"{path}/actions/nothing", {}).status_code == 404
    submitted = cleo("POST", f"{path}/actions/submit", {})
    assert submitted.json["status"] == "pending"
    assert cleo("POST", f"{path}/actions/submit", {}).status_code == 409
    [task] = hana("GET", "/tasks").json["data"]
    assert otto("GET", f"/tasks/{task['id']}").status_code == 404
    assert otto("POST", f"/tasks/{task['id']}/approve", {}).status_code == 404
    assert hana("POST", f"/tasks/{task['id']}/approve", {"comment": 3}).status_code == 400
    approved = hana("POST", f"/tasks/{task['id']}/approve", {"comment": "good"})
    assert approved.json["outcome"] == "approved"
    assert hana("POST", f"/tasks/{task['id']}/approve", {}).status_code in (404, 409)
    assert hana("GET", "/tasks").json["data"] == []


def test_withdrawn_and_cheap(server: Server) -> None:
    order = an_order(server)
    path = f"/library/order/{order['id']}"
    clerk = server.browser("cleo")
    clerk.post(f"{path}/submit", {"workflow": "order_approval"})
    assert clerk.post(f"{path}/withdraw", {}).status_code == 303
    assert server.api("cleo")("GET", path).json["status"] == "draft"
    assert server.api("hana")("GET", "/tasks").json["data"] == []
    cheap = an_order(server, price="5")
    server.api("cleo")("POST", f"/library/order/{cheap['id']}/actions/submit", {})
    assert server.api("cleo")("GET", f"/library/order/{cheap['id']}").json["status"] == "approved"
