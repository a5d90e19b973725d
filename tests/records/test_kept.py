"""What is kept with a release answers like what is worked out anew: for other people, days, cursors and common words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.policy.grants import row_rules
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.storage import search
from tests.records.conftest import Shop

C = "shop.customer"


def names(shop: Shop, login: str, **asked: object) -> list[str]:
    with shop.reading(login) as call:
        return [record.title for record in list_records(call, C, Query(sort="name", **asked)).rows]  # type: ignore[arg-type]


def test_people_of_the_same_roles_see_their_own_records(shop: Shop) -> None:
    ann, bob = shop.people["ann"], shop.people["bob"]
    assert ann.roles == bob.roles
    assert row_rules(shop.release.apps, ann.roles)
    shop.customer(name="of Ann", owner=ann.id)
    shop.customer(name="of Bob", owner=bob.id)
    for _ in range(2):
        assert names(shop, "ann") == ["of Ann"]
        assert "of Bob" in names(shop, "bob")
        assert names(shop, "root") == ["of Ann", "of Bob"]
        assert names(shop, "ann", filter="owner = ME()") == ["of Ann"]
        assert names(shop, "bob", filter="owner = ME()") == ["of Bob"]


def test_a_record_of_somebody_else_stays_unknown_after_its_owner_has_read_it(shop: Shop) -> None:
    foreign = shop.customer(name="of Mia", owner=shop.people["mia"].id)
    with shop.reading("mia") as call:
        assert read(call, C, foreign).title == "of Mia"
    with shop.reading("ann") as call, pytest.raises(Refusal) as refusal:
        read(call, C, foreign)
    assert refusal.value.kind == "missing"


def test_the_day_and_the_moment_of_a_question_count_anew(shop: Shop) -> None:
    shop.customer(name="today")
    for question in ("DATE(created_at) = TODAY()", "created_at <= NOW()"):
        with shop.reading() as call:
            query = Query(filter=question)
            assert len(list_records(call, C, query).rows) == 1, question
            earlier = replace(call, at=call.at - timedelta(days=20_000))
            assert list_records(earlier, C, query).rows == (), question
            assert len(list_records(call, C, query).rows) == 1, question


def test_pages_of_every_kind_follow_each_other(shop: Shop) -> None:
    wanted = [f"c {number:02}" for number in range(12)]
    for name in wanted:
        shop.customer(name=name)
    found: list[str] = []
    cursor = None
    with shop.reading() as call:
        while True:
            page = list_records(call, C, Query(sort="name", limit=5, cursor=cursor))
            found += [record.title for record in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == wanted
        for offset in (0, 3, 11, 12):
            page = list_records(call, C, Query(sort="name", limit=5, offset=offset))
            assert [record.title for record in page.rows] == wanted[offset : offset + 5]


def test_a_common_word_is_found_like_a_rare_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        shop.customer(name=f"检测 {number}" if number % 3 else f"称重 {number}")
    with shop.reading() as call:
        rare = [record.id for record in list_records(call, C, Query(q="检测", limit=4, count="exact")).rows]
        monkeypatch.setattr(search, "_MANY", 2)
        monkeypatch.setattr(search, "_SHARE", search._SAMPLE)
        index = call.release.tables.search(C)
        assert index is not None
        met = search.Frequency.EVERYWHERE if call.dialect == "sqlite" else search.Frequency.COMMON
        assert search.frequency_of(call.connection, index, "检测") is met
        page = list_records(call, C, Query(q="检测", limit=4, count="exact"))
        assert [record.id for record in page.rows] == rare
        assert page.count == 6
        following = list_records(call, C, Query(q="检测", limit=4, cursor=page.next_cursor))
        assert len(following.rows) == 2
        assert not set(rare) & {record.id for record in following.rows}
        assert list_records(call, C, Query(q="无此")).rows == ()


@pytest.mark.parametrize(
    "text",
    [
        "检测",
        "检",
        "检测仓",
        "仓储 检测",
        "abc",
        "ab",
        "ABC 检测",
        "1380",
        "005",
        "13800138005",
        "测仓",
        "x'y",
        "cafe",
    ],
)
def test_every_way_of_searching_finds_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Looked up, met in the order of the list, and read record by record."""
    for number, name in enumerate(
        ["检测仓储 abc", "检测", "仓储检测中心 ABCD", "测仓", "x'y 检 测", "Café 检测", "abd"]
    ):
        shop.customer(name=name, phone=f"1380013800{number}")
    with shop.reading() as call:
        index = call.release.tables.search(C)
        table = call.release.table(C)
        assert index is not None
        ways = [
            set(
                call.connection.execute(
                    select(table.c.id).where(search.match(table.c.id, index, text, call.dialect, frequency))
                ).scalars()
            )
            for frequency in search.Frequency
        ]
    assert ways[0] == ways[1] == ways[2]
    assert ways[0] or text == "x'y"
