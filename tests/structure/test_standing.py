"""A sub-table becomes an entity of its own, and back: nothing moves, ids and history stay, rights begin closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.records.create import create
from dougong.records.delete import delete, restore
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related
from dougong.storage.apply import apply
from dougong.storage.backup import backup
from dougong.storage.backup import restore as bring_back
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from dougong.storage.rollback import plan_rollback
from tests.servers.databases import Databases
from tests.structure.conftest import Park
from tests.structure.park import SOURCES

ROWS = """
      day: {type: date, label: {en: Day, zh: 日期}}
      people: {type: members, label: {en: People, zh: 人员}}
      unit: {type: department, label: {en: Unit, zh: 部门}}
      skills:
        type: choices
        label: {en: Skills, zh: 技能}
        options: {ride: {label: {en: Ride, zh: 骑行}}, swim: {label: {en: Swim, zh: 游泳}}}
"""
TABLE = SOURCES["entities/site.yaml"]
WITHOUT = TABLE[: TABLE.index("  shifts:")]
SHIFT = """
label: {en: Shift, zh: 班次}
title: "{day}"
was_table: site.shifts
search: [note]
fields:
  site: {type: link, to: site, required: true, on_delete: cascade, inverse: shifts, was: parent}
  note: {type: text}
""" + "\n".join(line[4:] for line in ROWS.splitlines())
APART = {**SOURCES, "entities/site.yaml": WITHOUT, "entities/shift.yaml": SHIFT}
EMBEDDED = TABLE.replace("type: table", "type: table\n    was_entity: shift.site").replace(
    "    fields:\n", "    fields:\n      note: {type: text}\n"
)
BACK = {**SOURCES, "entities/site.yaml": EMBEDDED}


def count(park: Park, table: str) -> int:
    with park.database.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def clean(park: Park) -> None:
    with park.database.reading() as connection:
        assert verify(connection) == []


def filled(park: Park) -> tuple[int, int, list[int]]:
    """Two sites with shifts, the second in the recycle bin, and the ids of the shifts of the first."""
    ann, north = park.id_of("ann"), park.units["North"]
    shifts: list[dict[str, Any]] = [
        {"day": "2026-11-23", "people": [ann], "skills": ["swim"]},
        {"day": "2026-11-22", "unit": north},
    ]
    first = park.add("site", name="Lake", shifts=shifts)
    gone = park.add("site", name="Gone", shifts=[{"day": "2026-01-01"}])
    with park.reading() as call:
        ids = [row["id"] for row in read(call, "park.site", first).values["shifts"]]
    park.change("site", first, shifts=[{"id": ids[0], "day": "2026-11-24"}, {"id": ids[1]}])
    with park.writing() as call:
        delete(call, "park.site", gone)
    return first, gone, ids


def again(park: Park, sources: dict[str, str]) -> Plan:
    app = check_sources(sources, {})
    assert not isinstance(app, list)
    with park.database.reading() as connection:
        return plan(park.release.apps["park"], app, connection)


def test_rows_become_records_without_moving(park: Park) -> None:
    first, gone, ids = filled(park)
    made = park.publish(APART)
    assert "the rows of park.site/shifts become records of their own, park.shift (0 rows moved), 1 rows" in (
        made.describe("en")
    )
    assert again(park, APART).is_empty
    clean(park)
    with park.reading() as call:
        page = list_records(call, "park.shift", Query(sort="id"))
        assert [record.id for record in page.rows] == ids
        moved = page.rows[0]
        assert moved.values["site"] == first
        assert moved.values["people"] == (park.id_of("ann"),)
        assert moved.values["skills"] == ("swim",)
        assert (moved.version, moved.created_by, moved.deleted_at) == (1, None, None)
        assert [each.id for each in related(call, "park.site", first, "shifts", Query()).rows]
    with park.writing() as call:
        restore(call, "park.site", gone)
        assert len(list_records(call, "park.shift", Query()).rows) == 3
        assert create(call, "park.shift", {"site": first, "note": "new"}).id > max(ids)


def test_the_history_of_rows_is_that_of_their_records(park: Park) -> None:
    _, _, ids = filled(park)
    park.publish(APART)
    park.change("shift", ids[0], day="2026-11-25")
    with park.reading() as call:
        entries = history(call, "park.shift", ids[0]).entries
    assert [(each.action, dict(each.changes).get("day")) for each in entries] == [
        ("update", ("2026-11-24", "2026-11-25")),
        ("update", ("2026-11-23", "2026-11-24")),
        ("create", (None, "2026-11-23")),
    ]


def test_what_rows_went_through_as_records_stands_in_the_history_of_their_record(park: Park) -> None:
    first, _, ids = filled(park)
    park.publish(APART)
    park.change("shift", ids[0], note="seen")
    park.publish(BACK)
    with park.reading() as call:
        entries = history(call, "park.site", first).entries
    told = [(row.kind, row.id, dict(row.changes)) for each in entries for row in each.rows.get("shifts", ())]
    assert told[0] == ("changed", ids[0], {"note": (None, "seen")})
    assert told[1][2] == {"day": ("2026-11-23", "2026-11-24")}
    assert {row[0] for row in told[2:]} == {"added"}


def test_a_renamed_entity_keeps_history_and_files(park: Park) -> None:
    first, _, _ = filled(park)
    renamed = TABLE.replace("label: {en: Site", "was: site\nlabel: {en: Place", 1)
    sources = {
        path: text
        for path, text in SOURCES.items()
        if path not in ("entities/site.yaml", "reports/places.yaml")
    }
    sources["roles/guard.yaml"] = SOURCES["roles/guard.yaml"].replace("  site:", "  place:")
    sources["entities/note.yaml"] = SOURCES["entities/note.yaml"].replace("[site,", "[place,")
    park.publish({**sources, "entities/place.yaml": renamed})
    with park.reading() as call:
        assert [each.action for each in history(call, "park.place", first).entries] == ["update", "create"]


def test_a_backup_brings_back_both_sides(park: Park, databases: Databases, tmp_path: Path) -> None:
    first, _, ids = filled(park)
    park.publish(APART)
    park.publish(BACK)
    backup(park.database, tmp_path / "whole.backup")
    other = "postgresql" if park.database.dialect == "sqlite" else "sqlite"
    url = databases.fresh(other)
    database = Database(url, SQLITE_FUNCTIONS)
    bring_back(database, tmp_path / "whole.backup")
    copy = Park(database)
    with copy.reading() as call:
        assert [row["id"] for row in read(call, "park.site", first).values["shifts"]] == ids
    copy.publish(APART)
    clean(copy)
    with copy.reading() as call:
        assert [each.version for each in list_records(call, "park.shift", Query()).rows] == [1, 1]
    database.dispose()
    databases.drop(url)


def test_a_system_column_without_value_is_found(park: Park) -> None:
    first, _, _ = filled(park)
    with park.database.writing() as connection:
        connection.execute(text("UPDATE park__site SET version = NULL WHERE id = :id"), {"id": first})
    with park.database.reading() as connection:
        assert [(each.code, each.path) for each in verify(connection)] == [("V117", "park.site.version")]


def test_rights_of_the_new_entity_are_closed(park: Park) -> None:
    ann = park.id_of("ann")
    made = park.add("site", name="Lake", crew=[ann], shifts=[{"day": "2026-11-23"}])
    with park.reading("ann") as call:
        assert len(read(call, "park.site", made).values["shifts"]) == 1
    change = park.publish(APART)
    assert {each.id.partition(":")[0] for each in change.widened} == {"owner"}
    with park.reading("ann") as call, pytest.raises(Refusal) as caught:
        list_records(call, "park.shift", Query())
    assert caught.value.kind in ("forbidden", "missing")


def test_records_become_rows_again_with_what_was_added_meanwhile(park: Park) -> None:
    first, gone, ids = filled(park)
    park.publish(APART)
    park.change("shift", ids[1], note="kept")
    added = park.add("shift", site=first, note="added")
    before = count(park, "park__shift")
    made = park.publish(BACK)
    assert any("(0 rows moved)" in line for line in made.describe("en"))
    assert again(park, BACK).is_empty
    clean(park)
    assert count(park, "park__site__shifts") == before
    with park.reading() as call:
        rows = read(call, "park.site", first).values["shifts"]
    assert [row["id"] for row in rows] == [*ids, added]
    assert [row["note"] for row in rows] == [None, "kept", "added"]
    park.change("site", first, shifts=[*({"id": each} for each in (added, ids[0])), {"note": "newest"}])
    with park.reading() as call:
        rows = read(call, "park.site", first).values["shifts"]
    assert [(row["id"], row["note"]) for row in rows[:2]] == [(added, "added"), (ids[0], None)]
    with park.writing() as call:
        restore(call, "park.site", gone)
        assert len(read(call, "park.site", gone).values["shifts"]) == 1


def test_there_and_back_and_there_again(park: Park) -> None:
    first, _, ids = filled(park)
    park.publish(APART)
    park.change("shift", ids[0], note="one")
    with park.reading() as call:
        stamped = read(call, "park.shift", ids[0])
    park.publish(BACK)
    park.change("site", first, shifts=[{"id": ids[0]}, {"day": "2026-12-01"}])
    park.publish(APART)
    clean(park)
    with park.reading() as call:
        same = read(call, "park.shift", ids[0])
        every = list_records(call, "park.shift", Query(sort="id")).rows
    assert (same.created_at, same.version, same.updated_by) == (stamped.created_at, 2, stamped.updated_by)
    assert len(every) == 2
    assert every[1].version == 1


def test_a_rollback_gives_back_the_rows(park: Park) -> None:
    first, _, ids = filled(park)
    with park.reading() as call:
        before = read(call, "park.site", first).values["shifts"]
    park.publish(APART)
    releases = releases_of(park.database)
    with park.database.reading() as connection:
        back = plan_rollback(releases, connection, "park")
    apply(back, park.database)
    park.release = releases.current()
    clean(park)
    with park.reading() as call:
        after = read(call, "park.site", first).values["shifts"]
    assert after == before
    with park.database.reading() as connection:
        forth = plan_rollback(releases, connection, "park", 2)
    apply(forth, park.database)
    park.release = releases.current()
    clean(park)
    with park.reading() as call:
        assert [each.id for each in list_records(call, "park.shift", Query(sort="id")).rows] == ids


def test_an_entity_that_always_was_one_becomes_a_sub_table(park: Park) -> None:
    plain = SHIFT.replace("was_table: site.shifts\n", "").replace(", was: parent", "")
    park.publish({**APART, "entities/shift.yaml": plain}, allow_loss=True)
    site = park.add("site", name="Lake")
    made = [park.add("shift", site=site, note=note) for note in "ab"]
    lonely = park.add("site", name="Pond")
    inside = park.add("shift", site=lonely, note="c")
    with park.writing() as call:
        delete(call, "park.shift", inside)
    blocked = again(park, BACK)
    assert [step.impact.first for step in blocked.steps if step.impact.failing] == [(inside,)]
    with pytest.raises(Refusal):
        apply(blocked, park.database)
    with park.writing() as call:
        restore(call, "park.shift", inside)
    park.publish(BACK)
    clean(park)
    with park.reading() as call:
        assert [row["id"] for row in read(call, "park.site", site).values["shifts"]] == made
    assert count(park, "park__site__shifts") == 3


WRONG = [
    ("site.shifts", "", ["D517"]),
    ("site.shifts", "site: {type: link, to: site, was: parent}", ["D517"]),
    ("site.shifts", "site: {type: link, to: shift, required: true, was: parent}", ["D502", "D517"]),
    ("shifts", "site: {type: link, to: site, required: true, was: parent}", ["D205"]),
]


@pytest.mark.parametrize(("former", "link", "codes"), WRONG)
def test_what_is_written_wrongly_is_said(former: str, link: str, codes: list[str]) -> None:
    lines = ["label: Shift", f"was_table: {former}", "fields:", "  note: {type: text}"]
    found = check_sources(
        {**APART, "entities/shift.yaml": "\n".join([*lines, *([f"  {link}"] if link else [])])}, {}
    )
    assert isinstance(found, list)
    assert sorted(each.code for each in found if isinstance(each, Diagnostic)) == codes


def test_a_sub_table_that_still_stands_cannot_be_an_entity_too() -> None:
    found = check_sources({**SOURCES, "entities/shift.yaml": SHIFT}, {})
    assert isinstance(found, list)
    assert "D514" in {each.code for each in found}
