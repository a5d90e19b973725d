"""Relations of every kind: in records and in rows, to one and to many, to oneself; deletion and return, in circles too."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.call import Call
from dougong.records.delete import DEEPEST, delete, restore
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related
from dougong.records.undo import undo_batch
from tests.installed import AT
from tests.structure.conftest import Park


def remove(park: Park, entity: str, identifier: int) -> str:
    with park.writing() as call:
        return delete(call, f"park.{entity}", identifier)


def bring_back(park: Park, entity: str, identifier: int) -> None:
    with park.writing() as call:
        restore(call, f"park.{entity}", identifier)


def values(park: Park, entity: str, identifier: int) -> dict[str, Any]:
    with park.reading() as call:
        return dict(read(call, f"park.{entity}", identifier).values)


def living(park: Park, entity: str) -> set[int]:
    return set(park.found(entity, ""))


def is_held(park: Park, entity: str, identifier: int, count: int = 1) -> bool:
    with pytest.raises(Refusal) as caught:
        remove(park, entity, identifier)
    [found] = caught.value.problems
    return found.code == "restricted" and dict(found.parameters)["count"] == str(count)


def test_links_to_many_stand_in_rows(park: Park) -> None:
    saw, axe, bar = (park.add("tool", name=name) for name in ("saw", "axe", "bar"))
    job = park.add("job", name="j", steps=[{"text": "a", "used": [axe, saw]}, {"text": "b"}])
    rows = values(park, "job", job)["steps"]
    assert [row["used"] for row in rows] == [(axe, saw), None]
    park.change(
        "job", job, steps=[{"id": rows[1]["id"], "used": [bar]}, {"id": rows[0]["id"], "used": [saw]}]
    )
    assert [row["used"] for row in values(park, "job", job)["steps"]] == [(bar,), (saw,)]
    with park.reading() as call:
        record = read(call, "park.job", job)
        assert record.titles["park.tool", bar] == "bar"
        changes = history(call, "park.job", job).entries[0].rows["steps"]
    told = {each.id: each.changes.get("used") for each in changes}
    assert told == {
        rows[0]["id"]: ([str(axe), str(saw)], [str(saw)]),
        rows[1]["id"]: (None, [str(bar)]),
    }
    with pytest.raises(Refusal) as caught:
        park.change("job", job, steps=[{"used": [99_999]}])
    assert [(each.code, each.path) for each in caught.value.problems] == [("unknown_target", "steps/0/used")]


def test_a_link_that_restricts_holds_its_target(park: Park) -> None:
    saw = park.add("tool", name="saw")
    job = park.add("job", name="j", cause=saw)
    assert is_held(park, "tool", saw)
    park.change("job", job, cause=None, needs=[saw])
    assert is_held(park, "tool", saw)
    park.change("job", job, needs=None, steps=[{"holds": saw}, {"holds": saw}])
    assert is_held(park, "tool", saw)
    remove(park, "job", job)
    remove(park, "tool", saw)
    with pytest.raises(Refusal) as caught:
        bring_back(park, "job", job)
    assert [each.code for each in caught.value.problems] == ["restore_target"]
    bring_back(park, "tool", saw)
    bring_back(park, "job", job)
    assert is_held(park, "tool", saw)


def test_a_link_that_cascades_takes_along_and_brings_back(park: Park) -> None:
    saw, axe = park.add("tool", name="saw"), park.add("tool", name="axe")
    by_link = park.add("job", name="link", tool=saw)
    by_links = park.add("job", name="links", bound=[axe, saw])
    other = park.add("job", name="other", bound=[axe], tool=axe)
    remove(park, "tool", saw)
    assert living(park, "job") == {other}
    bring_back(park, "tool", saw)
    assert living(park, "job") == {by_link, by_links, other}
    assert values(park, "job", by_links)["bound"] == (axe, saw)


def test_what_was_deleted_by_itself_stays_in_the_bin(park: Park) -> None:
    saw = park.add("tool", name="saw")
    job, early = park.add("job", name="j", tool=saw), park.add("job", name="early", tool=saw)
    with park.writing(at=AT.replace(minute=1)) as call:
        delete(call, "park.job", early)
    remove(park, "tool", saw)
    bring_back(park, "tool", saw)
    assert living(park, "job") == {job}


def test_a_cleared_list_comes_back_with_its_target(park: Park) -> None:
    saw, axe = park.add("tool", name="saw"), park.add("tool", name="axe")
    job = park.add("job", name="j", likes=[saw, axe])
    remove(park, "tool", saw)
    assert values(park, "job", job)["likes"] == (axe,)
    bring_back(park, "tool", saw)
    assert values(park, "job", job)["likes"] == (saw, axe)


def test_rows_follow_their_links_with_history_and_formulas(park: Park) -> None:
    saw, axe = park.add("tool", name="saw", price=30), park.add("tool", name="axe", price=5)
    job = park.add(
        "job", name="j", steps=[{"falls": saw, "stays": axe}, {"falls": axe}, {"stays": saw, "cost": 2}]
    )
    assert values(park, "job", job)["cost"] == 37
    batch = remove(park, "tool", saw)
    after = values(park, "job", job)
    assert after["cost"] == 7
    assert [(row["falls"], row["stays"]) for row in after["steps"]] == [(axe, None), (None, None)]
    with park.reading() as call:
        newest = [each for each in history(call, "park.job", job).entries if each.action == "update"]
    assert {row.kind for each in newest for row in each.rows["steps"]} >= {"removed", "changed"}
    assert [each.changes["cost"] for each in newest if "cost" in each.changes] == [(37, 7)]
    undo(park, batch)
    back = values(park, "job", job)
    assert back["cost"] == 37
    assert sorted((row["falls"] or 0, row["stays"] or 0) for row in back["steps"]) == sorted(
        [(saw, axe), (axe, 0), (0, saw)]
    )


def undo(park: Park, batch: str) -> None:
    with park.writing() as call:
        undo_batch(call, batch)


def test_records_point_to_themselves_and_in_circles(park: Park) -> None:
    one = park.add("tool", name="one")
    park.change("tool", one, spare=one, twin=one, guide=one)
    remove(park, "tool", one)
    bring_back(park, "tool", one)
    assert values(park, "tool", one)["spare"] == one
    two = park.add("tool", name="two", spare=one)
    three = park.add("tool", name="three", spare=two)
    park.change("tool", one, spare=three, twin=None, guide=None)
    remove(park, "tool", two)
    assert living(park, "tool") == set()
    bring_back(park, "tool", three)
    assert living(park, "tool") == {one, two, three}
    assert [values(park, "tool", each)["spare"] for each in (one, two, three)] == [three, one, two]


def test_what_goes_along_restricts_nothing(park: Park) -> None:
    saw = park.add("tool", name="saw")
    both = park.add("job", name="both", tool=saw, cause=saw, needs=[saw])
    remove(park, "tool", saw)
    assert living(park, "job") == set()
    bring_back(park, "tool", saw)
    assert living(park, "job") == {both}


def test_links_between_records_of_one_entity_are_seen_from_both_sides(park: Park) -> None:
    first = park.add("job", name="first")
    second = park.add("job", name="second", mates=[first])
    park.change("job", first, mates=[first, second])
    with park.reading() as call:
        page = related(call, "park.job", first, "mated", Query(sort="id"))
    assert [each.id for each in page.rows] == [first, second]
    remove(park, "job", second)
    assert values(park, "job", first)["mates"] == (first,)


def test_a_chain_may_be_long_but_not_endless(park: Park) -> None:
    last = first = park.add("tool", name="0")
    for number in range(12):
        last = park.add("tool", name=str(number), spare=last)
    remove(park, "tool", first)
    assert living(park, "tool") == set()
    assert DEEPEST >= 100


def test_a_broken_rule_does_not_hold_up_a_deletion(park: Park) -> None:
    saw = park.add("tool", name="saw")
    job = park.add("job", name="j", steps=[{"stays": saw, "cost": 50}])

    def dearer(call: Call) -> None:
        table = call.release.table("park.job/steps")
        call.connection.execute(table.update().values(cost=500))

    with park.writing() as call:
        dearer(call)
    remove(park, "tool", saw)
    assert values(park, "job", job)["cost"] == 500
    with park.reading() as call:
        assert list_records(call, "park.tool", Query()).rows == ()
