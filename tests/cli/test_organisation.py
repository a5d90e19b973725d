"""The organisation from the command line: departments, teams, people, and the whole of it as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong.cli import main
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import prepare

Capture = pytest.CaptureFixture[str]
FILE = "login,name,department,position,head,superior,roles\nboss,Boss,Top,Chief,yes,,\nwei,Wei,Top/Sales,,,boss,library.clerk\n"


@pytest.fixture(params=DIALECTS)
def office(
    request: pytest.FixtureRequest, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A database with the library and its people, which commands use."""
    url = databases.fresh(request.param)
    prepare(url)
    monkeypatch.setenv("DOUGONG_DATABASE", url)
    monkeypatch.setenv("DOUGONG_LANGUAGE", "en")
    yield url
    databases.drop(url)


def result(capture: Capture, *arguments: str) -> Any:
    capture.readouterr()
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capture.readouterr().out)


def test_departments(office: str, capsys: Capture) -> None:
    result(capsys, "department", "add", "Top/Sales/North", "--head", "hana")
    result(capsys, "department", "head", "Top", "ada")
    listed = result(capsys, "department", "list")
    assert [(each["path"], each["head"]) for each in listed] == [
        ("Top", "Ada"),
        ("Top/Sales", ""),
        ("Top/Sales/North", "Hana"),
    ]
    result(capsys, "department", "head", "Top")
    assert result(capsys, "department", "list")[0]["head"] == ""
    assert main(["department", "remove", "Top/Sales"]) == 1
    assert main(["department", "remove", "Top/Nothing"]) == 1
    result(capsys, "department", "remove", "Top/Sales/North")
    assert len(result(capsys, "department", "list")) == 2


def test_teams(office: str, capsys: Capture) -> None:
    assert result(capsys, "team", "set", "Tigers", "cleo", "otto", "--lead", "hana")["members"] == [
        "cleo",
        "otto",
    ]
    result(capsys, "team", "set", "Tigers", "cleo")
    [team] = result(capsys, "team", "list")
    assert (team["name"], team["lead"], team["people"]) == ("Tigers", "", 1)
    assert main(["team", "set", "Tigers", "nobody"]) == 1
    assert main(["team", "remove", "Lions"]) == 1
    result(capsys, "team", "remove", "Tigers")
    assert result(capsys, "team", "list") == []


def test_people_are_changed(office: str, capsys: Capture) -> None:
    result(capsys, "department", "add", "Top/Sales")
    changed = result(
        capsys,
        "user",
        "change",
        "cleo",
        "--superior",
        "hana",
        "--department",
        "Top/Sales",
        "--role",
        "library.head",
    )
    assert changed["changed"] == ["memberships", "roles", "superior_id"]
    assert main(["user", "change", "hana", "--superior", "cleo"]) == 1
    assert main(["user", "change", "cleo", "--department", "Nowhere"]) == 1
    assert main(["user", "change", "cleo", "--email", "nowhere"]) == 1
    result(capsys, "user", "disable", "cleo")
    assert result(capsys, "user", "enable", "cleo")["disabled"] is False


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_the_organisation_as_a_file(office: str, tmp_path: Path, capsys: Capture, name: str) -> None:
    file = tmp_path / "in.csv"
    file.write_text(FILE, "utf-8")
    assert result(capsys, "organisation", "import", str(file), "--dry-run")["added"] == 2
    assert result(capsys, "organisation", "import", str(file))["added"] == 2
    written = tmp_path / name
    assert result(capsys, "organisation", "export", "--output", str(written))["people"] == 7
    again = result(capsys, "organisation", "import", str(written))
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 7)


def test_what_is_wrong_is_told_by_line(office: str, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "in.csv"
    file.write_text("login,roles,superior\nwei,library.chief,nobody\n", "utf-8")
    capsys.readouterr()
    assert main(["organisation", "import", str(file), "--dry-run"]) == 1
    assert "2: roles: there is no role 'library.chief'" in capsys.readouterr().out
    assert main(["organisation", "import", str(file)]) == 1
    assert main(["organisation", "import", str(tmp_path / "none.csv")]) == 1
    assert main(["organisation", "export", "--output", str(tmp_path / "people.pdf")]) == 1
