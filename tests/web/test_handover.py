"""Handing over what somebody leaves behind: all of it in the background, told what stays, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from dougong import assembly
from dougong.jobs.worker import run_due
from dougong.people import accounts, organisation, teams
from tests.web_server import Server


def worked(server: Server) -> None:
    run_due(server.database, assembly.tasks_of(server.runtime.settings, server.database))


def ids_of(server: Server) -> dict[str, int]:
    with server.database.reading() as connection:
        return {each.login: each.id for each in accounts.list_accounts(connection)}


def furnished(server: Server) -> dict[str, int]:
    """Cleo heads a department and a team, has somebody below her, and keeps three books."""
    ids = ids_of(server)
    with server.database.writing() as connection:
        organisation.add_department(connection, "Sales", head_id=ids["cleo"])
        teams.add_team(connection, "Tigers", lead_id=ids["cleo"])
        organisation.set_superior(connection, ids["nemo"], ids["cleo"])
    api = server.api("ada")
    for number in range(3):
        api.made("/library/book", title=f"Book {number}", isbn=str(number), keeper=str(ids["cleo"]))
    return ids


def keepers(server: Server) -> list[str]:
    found = server.api("ada")("GET", "/library/book?sort=id&fields=keeper").json["data"]
    return [each["keeper"] for each in found]


def ended(server: Server, answer: Any) -> Any:
    assert answer.status_code == 202, answer.text
    worked(server)
    return server.api("ada")("GET", f"/jobs/{answer.json['id']}").json


def test_everything_goes_and_comes_back(server: Server) -> None:
    ids, ada, cleo = furnished(server), server.api("ada"), server.api("cleo")
    path = f"/people/{ids['cleo']}/handover"
    held = ada("GET", path).json
    assert held["records"] == [{"field": "library.book.keeper", "count": 3}]
    assert (held["departments"], held["teams"], held["subordinates"], held["tokens"]) == (1, 1, 1, 1)
    state = ended(server, ada("POST", path, {"to": str(ids["otto"]), "disable": True}))
    assert state["result"]["records"] == 3, state
    assert keepers(server) == [str(ids["otto"])] * 3
    assert cleo("GET", "/apps").status_code == 401
    with server.database.reading() as connection:
        [department], [team] = organisation.departments(connection), teams.teams(connection)
        assert (department.head_id, team.lead_id) == (ids["otto"], ids["otto"])
        assert organisation.superior(connection, ids["nemo"]) == ids["otto"]
        assert accounts.get(connection, ids["cleo"]).is_disabled
    assert ada("GET", path).json["records"] == []
    assert ada("PATCH", "/library/book/1", {"keeper": str(ids["hana"])}).status_code == 200
    back = ended(server, ada("POST", f"{path}/undo", {}))
    assert back["result"]["records"] == 2, back
    assert keepers(server) == [str(ids[name]) for name in ("hana", "cleo", "cleo")]
    with server.database.reading() as connection:
        [department], [team] = organisation.departments(connection), teams.teams(connection)
        assert (department.head_id, team.lead_id) == (ids["cleo"], ids["cleo"])
        assert organisation.superior(connection, ids["nemo"]) == ids["cleo"]
        assert not accounts.get(connection, ids["cleo"]).is_disabled
    assert ada("POST", f"{path}/undo", {}).status_code == 404


def test_only_what_is_named_goes(server: Server) -> None:
    ids, ada = furnished(server), server.api("ada")
    wish = {"to": ids["otto"], "fields": [], "parts": ["roles", "teams"]}
    ended(server, ada("POST", f"/people/{ids['cleo']}/handover", wish))
    assert keepers(server) == [str(ids["cleo"])] * 3
    with server.database.reading() as connection:
        assert organisation.departments(connection)[0].head_id == ids["cleo"]
        assert teams.teams(connection)[0].lead_id == ids["otto"]
        assert not accounts.get(connection, ids["cleo"]).is_disabled


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"to": "cleo"}, 422),
        ({"to": "999999"}, 422),
        ({"to": "otto", "fields": ["library.book.nothing"]}, 422),
        ({"to": "otto", "parts": ["soul"]}, 422),
        ({"to": "otto", "parts": "roles"}, 400),
        ({"to": None}, 400),
        ({}, 400),
    ],
)
def test_what_cannot_be_is_refused(sqlite_server: Server, wish: dict[str, Any], status: int) -> None:
    ids, ada = furnished(sqlite_server), sqlite_server.api("ada")
    wish = {
        name: str(ids.get(value, value)) if name == "to" and value else value for name, value in wish.items()
    }
    assert ada("POST", f"/people/{ids['cleo']}/handover", wish).status_code == status
    assert keepers(sqlite_server) == [str(ids["cleo"])] * 3


def test_at_the_screen(server: Server) -> None:
    ids, ada = furnished(server), server.browser("ada")
    page = ada.get(f"/people/{ids['cleo']}/handover").text
    assert "departments headed · 1" in page
    refused = ada.post(f"/people/{ids['cleo']}/handover", {"to": str(ids["cleo"])})
    assert refused.status_code == 422
    assert 'id="e-to"' in refused.text
    wish = {"to": str(ids["otto"]), "fields": ["", "library.book.keeper"], "parts": ["", "departments"]}
    job = ada.post(f"/people/{ids['cleo']}/handover", {**wish, "disables": ["false", "true"]})
    assert job.headers["Location"].startswith("/jobs/")
    worked(server)
    assert "3 records were handed over" in ada.get(job.headers["Location"]).text
    assert "Take the last handover back" in ada.get(f"/people/{ids['cleo']}/handover").text
    assert ada.post(f"/people/{ids['cleo']}/handover/undo").status_code == 303
    worked(server)
    assert keepers(server) == [str(ids["cleo"])] * 3
    assert server.browser("hana").get(f"/people/{ids['cleo']}/handover").status_code == 403
