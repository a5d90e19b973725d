"""`dougong calendar`: what the company works and rests, and how formulas and filters go by it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dougong import assembly
from dougong.cli import main
from dougong.people.actor import SYSTEM
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.query import Query, list_records
from dougong.records.update import update
from tests.cli.test_commands import Capture, as_json, database, english

__all__ = ["database", "english"]

DESK = {
    "app.yaml": "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [en]\n",
    "entities/trip.yaml": """
label: Trip
title: "{name}"
fields:
  name: {type: text, required: true}
  starts: {type: date}
  ends: {type: date}
  days: {type: integer, formula: "NETWORKDAYS(starts, ends)"}
  pay: {type: integer, formula: "days * 100"}
  back: {type: date, formula: "WORKDAY(ends, 1)"}
""",
}


@pytest.fixture
def desk(database: str, tmp_path: Path) -> str:
    for name, text in DESK.items():
        path = tmp_path / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert main(["apply", str(tmp_path / "desk"), "--yes"]) == 0
    return database


def calendar_file(folder: Path, text: str) -> str:
    path = folder / "days.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_days_are_entered_listed_and_removed(desk: str, tmp_path: Path, capsys: Capture) -> None:
    file = calendar_file(
        tmp_path, "日期,类型,名称\n2026-10-01,rest,National Day\n\n2026-10-10,班,\n2027-01-01,休\n"
    )
    assert as_json(capsys, "calendar", "import", file) == {"entered": 3, "changed": 0}
    assert as_json(capsys, "calendar", "list", "--year", "2026") == [
        {"day": "2026-10-01", "kind": "rest", "name": "National Day"},
        {"day": "2026-10-10", "kind": "work", "name": ""},
    ]
    again = calendar_file(tmp_path, "2026-10-10,rest,Autumn\n")
    assert as_json(capsys, "calendar", "import", again) == {"entered": 1, "changed": 0}
    assert as_json(capsys, "calendar", "list")[1]["kind"] == "rest"
    assert as_json(capsys, "calendar", "remove", "2026") == {"removed": 2, "changed": 0}
    assert [each["day"] for each in as_json(capsys, "calendar", "list")] == ["2027-01-01"]
    assert as_json(capsys, "calendar", "remove", "2026") == {"removed": 0, "changed": 0}


def test_a_calendar_that_was_announced_is_entered(desk: str, capsys: Capture) -> None:
    assert as_json(capsys, "calendar", "china", "2026") == {"entered": 25, "changed": 0}
    days = {each["day"]: (each["kind"], each["name"]) for each in as_json(capsys, "calendar", "list")}
    assert days["2026-02-28"] == ("work", "Spring Festival")
    assert days["2026-10-07"] == ("rest", "National Day")
    assert "2026-10-03" not in days
    assert main(["calendar", "china", "1999"]) == 1
    assert "1999" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    ["2026-02-30,rest", "2026-02-03", "2026-02-03,holiday", "rest,2026-02-03", "2026-10-01,rest\n,", "x"],
)
def test_a_line_that_is_no_day_is_named(desk: str, tmp_path: Path, capsys: Capture, line: str) -> None:
    if line.endswith("\n,"):
        assert main(["calendar", "import", calendar_file(tmp_path, line)]) == 0
        return
    assert main(["calendar", "import", calendar_file(tmp_path, f"2026-05-01,rest\n{line}\n")]) == 1
    assert "line 2" in capsys.readouterr().err
    assert as_json(capsys, "calendar", "list") == []


def test_no_file_and_too_many_lines_are_refused(desk: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["calendar", "import", str(tmp_path / "none.csv")]) == 1
    assert main(["calendar", "import", calendar_file(tmp_path, "2026-05-01,rest\n" * 10_001)]) == 1
    assert "line 10001" in capsys.readouterr().err


def test_formulas_and_filters_go_by_it(desk: str, capsys: Capture) -> None:
    opened = assembly.open_database(desk)

    def call(connection: object) -> Call:
        release = assembly.releases(opened).pinned(connection)  # type: ignore[arg-type]
        return Call(release, connection, SYSTEM, "cli", datetime(2026, 9, 1, tzinfo=UTC), "en", "UTC")  # type: ignore[arg-type]

    def values(connection: object) -> tuple[object, object]:
        [row] = list_records(call(connection), "desk.trip", Query()).rows
        return row.values["days"], row.values["back"]

    def matching(connection: object, text: str) -> int:
        return len(list_records(call(connection), "desk.trip", Query(filter=text)).rows)

    trip = {"name": "a", "starts": "2026-09-28", "ends": "2026-10-09"}
    with opened.writing() as connection:
        made = create(call(connection), "desk.trip", trip)
        assert values(connection) == (10, date(2026, 10, 12))
        assert matching(connection, "NETWORKDAYS(starts, ends) = 10") == 1
    assert as_json(capsys, "calendar", "china", "2026") == {"entered": 25, "changed": 3}
    with opened.writing() as connection:
        assert values(connection) == (5, date(2026, 10, 10))
        assert matching(connection, "NETWORKDAYS(starts, ends) = 5") == 1
        assert matching(connection, "pay = 500") == 1
        assert matching(connection, "ISWORKDAY(ends + 1)") == 1
        update(call(connection), "desk.trip", made.id, {"name": "b", "ends": "2026-10-08"})
        assert values(connection) == (4, date(2026, 10, 9))
    assert as_json(capsys, "rebuild", "--dry-run")["wrong"] == 0
    opened.dispose()
