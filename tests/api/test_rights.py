"""Rights through the API: what a role may not see or do does not show through any answer."""

from __future__ import annotations

from tests.web_server import Server


def test_without_a_token_nothing_opens(server: Server) -> None:
    client = server.client()
    for method, path in (
        ("GET", "/api/v1/apps"),
        ("GET", "/api/v1/library/book"),
        ("POST", "/api/v1/library/book"),
        ("GET", "/openapi.json"),
    ):
        answer = client.open(path, method=method, json={} if method == "POST" else None)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    wrong = client.get("/api/v1/apps", headers={"Authorization": "Bearer dg_wrong"})
    assert wrong.status_code == 401
    assert client.get("/api/v1/apps", headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_a_hidden_field_shows_nowhere(server: Server) -> None:
    head, clerk = server.api("hana"), server.api("cleo")
    book = head.made("/library/book", title="Costly", cost="99.50", price="120")
    path = f"/library/book/{book['id']}"
    assert "cost" in head("GET", path).json
    assert "cost" not in clerk("GET", path).json
    assert "cost" not in clerk("GET", "/library/book").json["data"][0]
    for query in ({"filter": "cost > 1"}, {"sort": "cost"}, {"fields": "cost"}):
        refused = clerk("GET", "/library/book", query_string=query)
        unknown = clerk(
            "GET",
            "/library/book",
            query_string={name: value.replace("cost", "c0st") for name, value in query.items()},
        )
        assert refused.status_code == unknown.status_code == 422
        assert [each["code"] for each in refused.json["errors"]] == [
            each["code"] for each in unknown.json["errors"]
        ]
    assert clerk("GET", "/library/book/aggregate", query_string={"measures": "SUM(cost)"}).status_code == 422
    assert clerk("PATCH", path, {"cost": "1"}).status_code in (403, 422)
    assert "99.5" not in clerk("GET", f"{path}/history").text
    assert "cost" not in str(
        clerk("GET", "/openapi.json").json["components"]["schemas"]["library.book"]["properties"]
    )


def test_rows_of_others_do_not_exist(server: Server) -> None:
    head, cleo, otto = server.api("hana"), server.api("cleo"), server.api("otto")
    book = head.made("/library/book", title="a")
    reader = head.made("/library/reader", name="b")
    loan = cleo.made("/library/loan", book=book["id"], reader=reader["id"])
    path = f"/library/loan/{loan['id']}"
    assert cleo("GET", path).status_code == 200
    for method, body in (("GET", None), ("PATCH", {"fee": "1"})):
        assert otto(method, path, body).status_code == 404
    assert otto("GET", "/library/loan?count=exact").json["page"]["count"] == 0
    assert otto("DELETE", path).status_code in (403, 404)
    assert otto("GET", f"{path}/history").status_code == 404


def test_who_has_no_role_sees_no_app(server: Server) -> None:
    nemo = server.api("nemo")
    assert nemo("GET", "/apps").json == {"data": []}
    assert nemo("GET", "/library").status_code == 404
    assert nemo("GET", "/library/book").status_code == 404
    assert nemo("POST", "/library/book", {"title": "a"}).status_code == 404
    paths = nemo("GET", "/openapi.json").json["paths"].keys()
    assert {path for path in paths if not path.startswith(("/api/v1/tasks", "/api/v1/jobs"))} == {
        "/api/v1/apps",
        "/api/v1/delegations",
        "/api/v1/delegations/{id}",
        "/api/v1/files/{file}",
        "/api/v1/files/{file}/small",
        "/api/v1/undo",
        "/api/v1/why",
    }


def test_a_token_reaches_as_far_as_its_scope(server: Server) -> None:
    from dougong.people import accounts, tokens

    with server.database.writing() as connection:
        hana = accounts.find(connection, "hana")
        assert hana is not None
        server.tokens["reading"] = tokens.issue(connection, hana.id, scopes=["read"])
        server.tokens["writing"] = tokens.issue(connection, hana.id, scopes=["write"])
    assert server.api("reading")("GET", "/library/book").status_code == 200
    refused = server.api("reading")("POST", "/library/book", {"title": "a"})
    assert refused.status_code == 403
    assert refused.json["code"] == "W409"
    assert server.api("writing")("POST", "/library/book", {"title": "a"}).status_code == 201
    assert server.api("writing")("GET", "/library/definitions").status_code == 403
    assert server.api("hana")("GET", "/library/definitions").status_code == 200


def test_a_disabled_account_is_out_at_once(server: Server) -> None:
    from dougong.people import accounts

    api, browser = server.api("cleo"), server.browser("cleo")
    assert api("GET", "/apps").status_code == 200
    with server.database.writing() as connection:
        cleo = accounts.find(connection, "cleo")
        assert cleo is not None
        accounts.disable(connection, cleo.id)
    assert api("GET", "/apps").status_code == 401
    assert browser.get("/apps").status_code == 303
