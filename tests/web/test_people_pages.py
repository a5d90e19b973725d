"""People and the organisation at the screen: found, added, changed and closed; what is wrong stands at its field."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from dougong.people import accounts, organisation, teams
from dougong.storage.system import DEPARTMENT, TEAM, USER
from tests.web_server import Server


def id_of(server: Server, login: str) -> int:
    with server.database.reading() as connection:
        return int(connection.execute(select(USER.c.id).where(USER.c.login == login)).scalar_one())


def department_of(server: Server, name: str) -> int:
    with server.database.reading() as connection:
        found = connection.execute(select(DEPARTMENT.c.id).where(DEPARTMENT.c.name == name))
        return int(found.scalar_one())


def test_somebody_is_added_found_and_changed(server: Server) -> None:
    ada = server.browser("ada")
    assert ada.post("/departments", {"name": "Sales"}).status_code == 303
    sales = department_of(server, "Sales")
    entered = {"login": "wei", "name": "Wei Zhang", "department": str(sales), "kind": "member"}
    entered |= {"language": "en", "timezone": "Asia/Shanghai"}
    added = ada.post("/people/new", entered)
    assert added.status_code == 200
    [secret] = re.findall(r'class="mono secret">([^<]+)<', added.text)
    wei = id_of(server, "wei")
    assert secret not in ada.get(f"/people/{wei}").text
    listed = ada.get(f"/people?department={sales}&q=zhang").text
    assert "Wei Zhang" in listed
    assert "Cleo" not in listed
    changed = ada.post(
        f"/people/{wei}",
        {"name": "Zhang Wei", "email": "wei@example.com", "superior_id": str(id_of(server, "hana"))},
    )
    assert changed.status_code == 303
    page = ada.get(f"/people/{wei}").text
    assert "Zhang Wei" in page
    assert "wei@example.com" in page
    assert "Hana" in page
    with server.database.reading() as connection:
        assert accounts.get(connection, wei).must_change_password
        assert organisation.superior(connection, wei) == id_of(server, "hana")


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"login": "x"}, "login"),
        ({"login": "ada"}, "login"),
        ({"login": "wei", "email": "nowhere"}, "email"),
        ({"login": "wei", "kind": "partner"}, "company"),
        ({"login": "wei", "kind": "portal", "company": "library.book:9"}, "company"),
        ({"login": "wei", "superior_id": "999999"}, "superior_id"),
        ({"login": "wei", "superior_id": "nobody"}, "superior_id"),
        ({"login": "wei", "timezone": "Mars/Base"}, "timezone"),
        ({"login": "wei", "password": "short"}, "password"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    sqlite_server: Server, entered: dict[str, str], field: str
) -> None:
    ada = sqlite_server.browser("ada")
    answer = ada.post("/people/new", entered)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text
    with sqlite_server.database.reading() as connection:
        assert accounts.find(connection, "wei") is None


def test_somebody_belongs_to_departments(server: Server) -> None:
    ada, cleo = server.browser("ada"), id_of(server, "cleo")
    for name in ("Sales", "Service"):
        ada.post("/departments", {"name": name})
    sales, service = department_of(server, "Sales"), department_of(server, "Service")
    ada.post("/positions", {"name": "Clerk"})
    for department in (sales, service):
        ada.post(f"/people/{cleo}/departments", {"department": str(department), "position": "1"})
    ada.post(f"/people/{cleo}/departments/main", {"department": str(service)})
    with server.database.reading() as connection:
        found = organisation.memberships_of(connection, cleo)
    assert found == (
        organisation.Membership(service, 1, True),
        organisation.Membership(sales, 1, False),
    )
    ada.post(f"/people/{cleo}/departments/leave", {"department": str(service)})
    with server.database.reading() as connection:
        assert [each.department_id for each in organisation.memberships_of(connection, cleo)] == [sales]
    assert ada.post(f"/departments/{sales}/remove").status_code == 422
    assert ada.post("/positions/1/remove").status_code == 422


def test_roles_are_given_and_taken(server: Server) -> None:
    ada, cleo = server.browser("ada"), id_of(server, "cleo")
    assert server.browser("cleo").get("/library/book").status_code == 200
    assert ada.post(f"/people/{cleo}/roles", {"roles-library": ["", "head"]}).status_code == 303
    with server.database.reading() as connection:
        assert accounts.get(connection, cleo).roles == (("library", "head"),)
    assert ada.post(f"/people/{cleo}/roles", {"roles-library": ["", "chief"]}).status_code == 422
    assert ada.post(f"/people/{cleo}/roles", {"roles-library": [""]}).status_code == 303
    assert server.browser("cleo").get("/library/book").status_code == 404


def test_an_account_is_closed_and_opened(server: Server) -> None:
    ada, browser, cleo = server.browser("ada"), server.browser("cleo"), id_of(server, "cleo")
    assert browser.get("/library/book").status_code == 200
    assert ada.post(f"/people/{cleo}/disable").status_code == 303
    assert browser.get("/library/book").status_code != 200
    assert "Enable again" in ada.get(f"/people/{cleo}").text
    assert ada.post(f"/people/{cleo}/enable").status_code == 303
    last = ada.post(f"/people/{id_of(server, 'ada')}/disable")
    assert last.status_code == 422
    assert "last administrator" in last.text
    reset = ada.post(f"/people/{cleo}/password")
    [secret] = re.findall(r'class="mono secret">([^<]+)<', reset.text)
    assert len(secret) > 20


def test_departments_are_moved(server: Server) -> None:
    ada = server.browser("ada")
    for name in ("One", "Two", "Three"):
        ada.post("/departments", {"name": name})
    one, two, three = (department_of(server, name) for name in ("One", "Two", "Three"))
    assert ada.post(f"/departments/{three}/move", {"before": str(one)}).status_code == 303
    text = ada.get("/departments").text
    assert text.index("Three") < text.index("One") < text.index("Two")
    assert ada.post(f"/departments/{one}", {"name": "First", "parent_id": str(two)}).status_code == 303
    assert ada.post(f"/departments/{two}", {"name": "Two", "parent_id": str(one)}).status_code == 422
    assert ada.post("/departments", {"name": "First", "parent_id": str(two)}).status_code == 422
    assert ada.post(f"/departments/{one}/remove").status_code == 303
    assert ada.get(f"/departments/{one}").status_code == 404


def test_a_team_is_made_and_dissolved(server: Server) -> None:
    ada = server.browser("ada")
    cleo, otto = id_of(server, "cleo"), id_of(server, "otto")
    answer = ada.post("/teams", {"name": "Tigers", "lead_id": str(cleo)})
    path = answer.headers["Location"]
    assert ada.post(f"{path}/members", {"person": [str(cleo), str(otto)]}).status_code == 303
    assert ada.post(f"{path}/members", {"person": ["999999"]}).status_code == 422
    assert ada.post(f"{path}/members/leave", {"person": str(cleo)}).status_code == 303
    with server.database.reading() as connection:
        [team] = teams.teams(connection)
        assert teams.members_of(connection, team.id) == (otto,)
    assert "Otto" in ada.get(path).text
    assert ada.post("/teams", {"name": "Tigers"}).status_code == 422
    assert ada.post(f"{path}/remove").status_code == 303
    assert ada.get(path).status_code == 404
    with server.database.reading() as connection:
        assert connection.execute(select(TEAM.c.lead_id)).scalar_one() is None


def test_only_administrators_come_in(server: Server) -> None:
    hana = server.browser("hana")
    for path in (
        "/people",
        "/people/new",
        "/people/1",
        "/people/choose",
        "/departments",
        "/positions",
        "/teams",
    ):
        assert hana.get(path).status_code == 403, path
    for path in ("/people/new", "/people/1/disable", "/departments", "/teams", "/people/1/password"):
        assert hana.post(path).status_code == 403, path
    assert "/departments" not in hana.get("/library/book").text


def test_pickers_find_active_people(server: Server) -> None:
    ada = server.browser("ada")
    found = ada.get("/people/choose?q=cle").json
    assert [each["label"] for each in found["results"]] == ["Cleo"]
    ada.post(f"/people/{id_of(server, 'cleo')}/disable")
    assert ada.get("/people/choose?q=cle").json["results"] == []
