"""The search index: the same answers on both databases, any two Chinese characters, beginnings of words, tails of numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dougong.storage import search
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.tokens import tokens_of, wanted_by
from tests.servers.databases import Databases
from tests.storage.conftest import World

APP = {"entities": {"thing": {"fields": {"name": {"type": "text"}}, "search": ["name"]}}}
TEXTS = {
    1: ["北京量子计算科技有限公司", "张三 13800138000"],
    2: ["量化投资", "客户服务部 tel:+86 138-0013-8000"],
    3: ["Ångström GmbH & Co", "OPP-202611-00042"],
    4: ["Microsoft 微软（中国）", "a_b c-d 1234"],
    5: ["角", "ＡＢＣ１２３", 'O\'Neil \\ "quoted" :* & | ! <->'],
}
CASES = [
    ("量子", {1}), ("量", {1, 2}), ("子计算", {1}), ("计算量子", set()), ("量子 有限", {1}), ("角", {5}), ("中国", {4}),
    ("微软", {4}), ("软中", set()), ("micro", {4}), ("MICROSOFT 微软", {4}), ("soft", set()), ("angstrom", {3}), ("ÅNGST", {3}),
    ("8000", {1, 2}), ("0138", {1}), ("138001", {1}), ("13800138000", {1}), ("000", {1, 2, 3}), ("opp", {3}), ("00042", {3}),
    ("042", {3}), ("202611", {3}), ("2026", {3}), ("1234", {4}), ("abc123", {5}), ("o'neil", {5}), ("quoted", {5}),
    ("!!!", set()), ("", set()), ("'", set()), ('"', set()), ("\\", set()), (":*", set()), ("量子 microsoft", set()),
    ("NOT", set()), ("OR", set()), ("量子 OR 角", set()), ("NEAR(量子)", set()), ("tokens:量子", set()), ("*", set()), ("-量子", {1}),
]  # fmt: skip


@pytest.fixture
def filled(world: World) -> World:
    world.publish(APP)
    index = world.release.search("shop.thing")
    assert index is not None
    with world.database.writing() as connection:
        search.index_rows(connection, index, TEXTS, new=True)
    return world


def _found(world: World, query: str) -> set[int]:
    index = world.release.search("shop.thing")
    assert index is not None
    with world.database.reading() as connection:
        condition = search.match(index.c.id, index, query, world.database.dialect)
        return set(connection.execute(select(index.c.id).where(condition)).scalars())


def test_cases(filled: World) -> None:
    assert {query: _found(filled, query) for query, _ in CASES} == dict(CASES)


def test_rows_are_replaced_and_deleted(filled: World) -> None:
    index = filled.release.search("shop.thing")
    assert index is not None
    with filled.database.writing() as connection:
        search.index_rows(connection, index, {1: ["别的"], 9: ["新的"]})
        search.delete_rows(connection, index, [2, 3])
    assert _found(filled, "量子") == set()
    assert _found(filled, "别的") == {1}
    assert _found(filled, "新的") == {9}
    assert _found(filled, "opp") == set()
    with filled.database.writing() as connection:
        search.index_rows(connection, index, {})
        search.delete_rows(connection, index, [])


def test_long_texts_are_cut_alike(filled: World) -> None:
    index = filled.release.search("shop.thing")
    assert index is not None
    long = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(40_000))
    with filled.database.writing() as connection:
        search.index_rows(connection, index, {7: [long], 8: ["同同" * 9_000], 10: ["x" * 5_000]}, new=True)
    assert _found(filled, long[:6]) == {7}
    assert _found(filled, long[-8:]) == set()
    assert 8 in _found(filled, "同同")
    assert _found(filled, "x" * 64) == {10}


@pytest.fixture(scope="module")
def pair_of_worlds(databases: Databases) -> Iterator[tuple[World, World]]:
    with databases.database("sqlite") as one, databases.database("postgresql") as two:
        worlds = []
        for url in (one, two):
            database = Database(url)
            install(database)
            world = World(database)
            world.publish(APP)
            worlds.append(world)
        yield worlds[0], worlds[1]
        for world in worlds:
            world.database.dispose()


ALPHABET = "量子计算角ab1290 _-'\"\\*:&|!()é中ＡΣ가あ"
WORDS = st.text(ALPHABET, max_size=14) | st.text(max_size=8).filter(
    lambda text: "\0" not in text and text.isprintable()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(WORDS, min_size=1, max_size=4))
def test_both_databases_find_the_same(
    pair_of_worlds: tuple[World, World], texts: list[str], queries: list[str]
) -> None:
    for world in pair_of_worlds:
        index = world.release.search("shop.thing")
        assert index is not None
        with world.database.writing() as connection:
            connection.execute(index.delete())
            search.index_rows(
                connection, index, {number: [each] for number, each in enumerate(texts, 1)}, new=True
            )
    for query in [*queries, *(text[1:5] for text in texts)]:
        answers = [_found(world, query) for world in pair_of_worlds]
        assert answers[0] == answers[1], query


@given(st.text("量子计算机客户服务", min_size=2, max_size=30), st.data())
def test_any_two_neighbours_are_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    ((phrase,),) = wanted_by(text[start : start + 2])
    assert phrase.tokens[0] in tokens_of([text])


def test_phrases_do_not_run_over_two_fields() -> None:
    assert "算公" not in tokens_of(["量子计算", "公司"])
    assert tokens_of(["量子计算", "公司"]) == ["量子", "子计", "计算", "算", "公司", "司"]
