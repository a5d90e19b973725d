"""Zones, days of clock changes, scripts of the world: the same instants, the same letters, the same order and search on both."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from sqlalchemy import update

from dougong.storage.system import USER
from tests.hostile.conftest import Pair

BERLIN = [
    ("2026-03-29T00:59:59Z", "2026-03-29"),
    ("2026-03-29T01:00:00Z", "2026-03-29"),
    ("2026-03-29T02:30:00+02:00", "2026-03-29"),
    ("2026-10-25T00:30:00Z", "2026-10-25"),
    ("2026-10-25T01:30:00Z", "2026-10-25"),
    ("2026-10-25T22:59:59Z", "2026-10-25"),
    ("2026-10-25T23:00:00Z", "2026-10-26"),
    ("2026-12-31T23:00:00Z", "2027-01-01"),
]
ZONES = ("Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "Pacific/Chatham", "America/Los_Angeles")


@pytest.fixture(scope="module")
def filled(pair: Pair) -> Pair:
    operations = [
        {"action": "create", "values": {"name": day, "code": f"at {number}", "at": at, "count": 1}}
        for number, (at, day) in enumerate(BERLIN)
    ]
    assert pair.send("POST", "/vault/item/batch", {"operations": operations})[0] == 200
    return pair


def live_in(pair: Pair, zone: str) -> None:
    for server in pair.servers:
        with server.database.writing() as connection:
            connection.execute(update(USER).where(USER.c.login == "ada").values(timezone=zone))


@pytest.mark.parametrize("zone", ZONES)
def test_days_and_hours_are_those_of_the_readers_clock(filled: Pair, zone: str) -> None:
    live_in(filled, zone)
    filter_ = "NOT ISEMPTY(at) AND code LIKE 'at %'"
    for group in ("day:at", "week:at", "month:at"):
        query = {"group": group, "measures": "n: COUNT()", "filter": filter_}
        status, figures = filled.send("GET", "/vault/item/aggregate", query_string=query)
        assert status == 200
        assert sum(row["n"] for row in figures["data"]) == len(BERLIN)
    query = {"filter": filter_, "sort": "at,code", "limit": "100"}
    status, listed = filled.send("GET", "/vault/item", query_string=query)
    assert (status, len(listed["data"])) == (200, len(BERLIN))
    for hours in ("HOUR(at) < 3", "DATE(at) = DATE(2026, 3, 29)", "DATE(at) = DATE(2026, 10, 25)"):
        filled.send("GET", "/vault/item", query_string={"filter": f"{filter_} AND {hours}", "sort": "code"})


def test_the_day_in_berlin_is_what_a_calendar_says(filled: Pair) -> None:
    live_in(filled, "Europe/Berlin")
    for at, day in BERLIN:
        year, month, date = (int(part) for part in day.split("-"))
        query = {"filter": f"name = '{day}' AND DATE(at) = DATE({year}, {month}, {date})"}
        found = filled.send("GET", "/vault/item", query_string=query)[1]["data"]
        assert at[:4] in {each["at"][:4] if "at" in each else at[:4] for each in found}
        assert len(found) == sum(1 for _, other in BERLIN if other == day)


WORDS = [
    "北京天安门",
    "上海外滩",
    "南山区科技园",
    "張三豐",
    "张三丰",
    "𠮷野家",
    "Ärger",
    "arger",
    "Zebra",
    "zebra",
    "éclair",
    "e\u0301clair",
    "مرحبا بالعالم",
    "שלום עולם",
    "👩‍👩‍👧‍👦 family",
    "🇨🇳 flag",
    "ﬁnance",
    "ＦＵＬＬ width",
    "Straße",
    "STRASSE",
    "İstanbul",
    "ıstanbul",
    "50% off_now",
    "back\\slash",
]


@pytest.fixture(scope="module")
def worded(pair: Pair) -> Pair:
    operations = [
        {"action": "create", "values": {"name": word, "code": f"word {number}"}}
        for number, word in enumerate(WORDS)
    ]
    assert pair.send("POST", "/vault/item/batch", {"operations": operations})[0] == 200
    return pair


def named(pair: Pair, **query: Any) -> list[str]:
    asked = {"fields": "name,code", "limit": "1000", **query}
    status, document = pair.send("GET", "/vault/item", query_string=asked)
    assert status == 200, document
    return [each["name"] for each in document["data"]]


@pytest.mark.parametrize("word", WORDS)
def test_letters_come_back_as_they_were_sent(worded: Pair, word: str) -> None:
    word = unicodedata.normalize("NFC", word)
    quoted = word.replace("\\", "\\\\").replace("'", "\\'")
    found = named(worded, filter=f"name = '{quoted}' AND code LIKE 'word %'")
    assert word in found or "\\" in word
    contained = named(worded, filter=f"CONTAINS(name, '{quoted}') AND code LIKE 'word %'")
    assert word in contained or "\\" in word


@pytest.mark.parametrize("sort", ["name,id", "-name,id"])
def test_words_stand_in_the_same_order(worded: Pair, sort: str) -> None:
    assert sorted(named(worded, filter="code LIKE 'word %'", sort=sort)) == sorted(
        unicodedata.normalize("NFC", word) for word in WORDS
    )


@pytest.mark.parametrize(
    "q",
    [
        *(
            "北京",
            "天安",
            "南山",
            "三丰",
            "三豐",
            "𠮷野",
            "مرحبا",
            "שלום",
            "zebra",
            "ZEBRA",
            "ärger",
            "éclair",
        ),
        *(
            "straße",
            "strasse",
            "istanbul",
            "family",
            "👩",
            "full",
            "ｆｕｌｌ",
            "50%",
            "off_now",
            '"',
            "*",
            "(",
            "a OR b",
        ),
    ],
)
def test_searches_find_the_same(worded: Pair, q: str) -> None:
    named(worded, q=q, sort="code")


def test_two_chinese_letters_are_found(worded: Pair) -> None:
    assert named(worded, q="南山") == ["南山区科技园"]
    assert named(worded, q="天安门") == ["北京天安门"]
