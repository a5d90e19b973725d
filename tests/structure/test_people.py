"""Fields that hold people and departments: several of them, narrowed ranges, names in lists, filters, rights, imports."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from dougong.diagnostics import Refusal
from dougong.people import accounts, organisation
from dougong.records.choose import choose
from dougong.records.history import history
from dougong.records.import_ import Options, run
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.web.api.values import record_document
from tests.structure.conftest import Park


def refused(park: Park, login: str = "root", **values: object) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        park.add("site", login, name="x", **values)
    return [(each.code, each.path) for each in caught.value.problems]


def test_people_and_departments_are_kept_in_order_and_named(park: Park) -> None:
    ann, bob = park.id_of("ann"), park.id_of("bob")
    units = [str(park.units["North"]), str(park.units["Field"])]
    made = park.add("site", name="Lake", crew=[str(bob), ann, str(bob)], unit=units[0], units=units)
    with park.reading() as call:
        record = read(call, "park.site", made, expand=("crew", "units", "unit"))
        document = record_document(call, record, ("crew", "units", "unit"))
    assert record.values["crew"] == (bob, ann)
    assert document["crew"] == [{"id": str(bob), "title": "Bob"}, {"id": str(ann), "title": "Ann"}]
    assert document["units"] == [{"id": units[0], "title": "North"}, {"id": units[1], "title": "Field"}]
    assert document["unit"] == {"id": units[0], "title": "North"}


def test_filters_and_row_rules_read_them(park: Park) -> None:
    ann, bob, north = park.id_of("ann"), park.id_of("bob"), park.units["North"]
    first = park.add("site", name="A", crew=[ann, bob], units=[north])
    second = park.add("site", name="B", crew=[bob], unit=north)
    third = park.add("site", name="C")
    assert park.found("site", f"{ann} IN crew") == [first]
    assert park.found("site", f"NOT ({ann} IN crew)") == [second, third]
    assert park.found("site", "crew IS EMPTY") == [third]
    assert park.found("site", f"{north} IN units") == [first]
    assert park.found("site", f"unit = {north}") == [second]
    assert park.found("site", "unit IN MY_DEPARTMENTS()", "bob") == [second]
    assert park.found("site", "", "ann") == [first]
    assert park.found("site", "", "bob") == [first, second]
    assert park.found("site", "ME() IN crew", "ann") == [first]


def test_names_in_a_list_take_one_query_each_kind(park: Park) -> None:
    people = [park.id_of(login) for login in ("ann", "bob", "eve")]
    units = list(park.units.values())
    statements: list[str] = []

    def asked(*given: object) -> None:
        statements.append(str(given[2]))

    counts = []
    for number in (2, 12):
        for each in range(number):
            park.add("site", name=f"S{each}", crew=people[: 1 + each % 3], units=units, unit=units[0])
        with park.reading() as call:
            event.listen(call.connection, "before_cursor_execute", asked)
            statements.clear()
            page = list_records(call, "park.site", Query(limit=50))
            counts.append(len(statements))
            event.remove(call.connection, "before_cursor_execute", asked)
        assert all(("dg.user", people[0]) in record.titles for record in page.rows)
    assert counts[0] == counts[1]


def test_wrong_people_and_departments_are_refused(park: Park) -> None:
    ann = park.id_of("ann")
    assert refused(park, crew=[ann, 99_999]) == [("unknown_member", "crew")]
    assert refused(park, crew="ann") == [("not_a_list", "crew")]
    assert refused(park, crew=["ann"]) == [("not_an_id", "crew")]
    assert refused(park, crew=[2**70]) == [("not_an_id", "crew")]
    assert refused(park, crew=list(range(1, 502))) == [("too_many", "crew")]
    assert refused(park, units=[park.units["North"], 99_999]) == [("unknown_department", "units")]
    assert refused(park, unit=True) == [("not_an_id", "unit")]
    assert refused(park, unit=-1) == [("not_an_id", "unit")]
    eve = park.id_of("eve")
    with park.database.writing() as connection:
        accounts.disable(connection, eve)
    assert refused(park, crew=[eve]) == [("unknown_member", "crew")]


def test_who_stood_there_before_may_stay(park: Park) -> None:
    ann, eve, office = park.id_of("ann"), park.id_of("eve"), park.units["Office"]
    made = park.add("site", name="Lake", crew=[eve], unit=office, units=[office])
    with park.database.writing() as connection:
        accounts.disable(connection, eve)
        organisation.remove_department(connection, office)
    park.change("site", made, crew=[eve, ann], unit=office, units=[office, park.units["North"]])
    with park.reading() as call:
        record = read(call, "park.site", made)
    assert record.values["crew"] == (eve, ann)
    assert record.titles["dg.department", office] == "Office"
    with pytest.raises(Refusal):
        park.change("site", park.add("site", name="Other"), unit=office)


def test_ranges_narrow_what_may_be_chosen(park: Park) -> None:
    ann, bob, eve = (park.id_of(login) for login in ("ann", "bob", "eve"))
    assert refused(park, guards=[eve]) == [("member_out_of_range", "guards")]
    park.add("site", name="ok", guards=[ann, bob])
    assert refused(park, "ann", keeper=eve) == [("member_out_of_range", "keeper")]
    park.add("site", "ann", name="ok", crew=[ann], keeper=bob)
    assert refused(park, "bob", keeper=ann) == [("member_out_of_range", "keeper")]
    assert refused(park, "ann", own_unit=park.units["North"]) == [("unknown_department", "own_unit")]
    park.add("site", "ann", name="ok", crew=[ann], own_unit=park.units["Field"])
    with park.reading("ann") as call:
        assert [each.title for each in choose(call, "park.site", "keeper")] == ["Ann", "Bob"]
        assert [each.title for each in choose(call, "park.site", "guards")] == ["Ann", "Bob"]
        assert [each.title for each in choose(call, "park.site", "own_unit")] == ["Field"]
        found = choose(call, "park.site", "units", "field nor")
        assert [(each.title, each.detail) for each in found] == [("North", "Field")]


def test_rows_of_a_sub_table_hold_people_departments_and_choices(park: Park) -> None:
    ann, bob, north = park.id_of("ann"), park.id_of("bob"), park.units["North"]
    shifts = [
        {"day": "2026-11-22", "people": [ann, bob], "unit": north, "skills": ["swim", "ride"]},
        {"day": "2026-11-23", "people": [], "unit": None},
    ]
    made = park.add("site", name="Lake", shifts=shifts)
    with park.reading() as call:
        record = read(call, "park.site", made)
        rows = record.values["shifts"]
    assert [row["people"] for row in rows] == [(ann, bob), None]
    assert rows[0]["skills"] == ("ride", "swim")
    assert record.titles["dg.user", bob] == "Bob"
    assert record.titles["dg.department", north] == "North"
    park.change("site", made, shifts=[{"id": rows[0]["id"], "people": [bob]}])
    with park.reading() as call:
        assert [row["people"] for row in read(call, "park.site", made).values["shifts"]] == [(bob,)]
        newest = history(call, "park.site", made).entries[0]
    changed = next(each for each in newest.rows["shifts"] if each.kind == "changed")
    assert changed.changes["people"] == ([str(ann), str(bob)], [str(bob)])


def test_an_import_knows_logins_names_and_paths(park: Park, tmp_path: Path) -> None:
    lines = (
        "name,crew,unit,units,shifts.day,shifts.people\n"
        "Lake,ann; Bob,Field/North,Field；office,2026-11-22,bob\n"
        "Pond,nobody,North,Attic,,\n"
    )
    file = tmp_path / "sites.csv"
    file.write_text(lines, encoding="utf-8")
    done = run(park.database, park.release, park.people["root"], "park.site", file, Options())
    assert (done.counts.added, done.counts.failed) == (1, 1)
    assert {each.path for failure in done.failures for each in failure.problems} == {"crew", "units"}
    with park.reading() as call:
        record = read(call, "park.site", list_records(call, "park.site", Query()).rows[0].id)
    units = park.units
    assert record.values["crew"] == (park.id_of("ann"), park.id_of("bob"))
    assert (record.values["unit"], record.values["units"]) == (
        units["North"],
        (units["Field"], units["Office"]),
    )
    assert record.values["shifts"][0]["people"] == (park.id_of("bob"),)
