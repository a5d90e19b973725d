"""Chunks are prepared while the one before is written: what is in the file comes in as if they had gone one after the other."""

from __future__ import annotations

import csv
import tracemalloc
from functools import lru_cache
from pathlib import Path

import pytest

from dougong.records import cells, import_, importer
from dougong.records.delete import delete
from dougong.records.import_ import Counts, Options, Result, run
from dougong.records.query import Query, list_records
from dougong.records.record import Record
from dougong.storage import tokens
from tests.records.conftest import Shop, shop, shop_templates

__all__ = ["shop", "shop_templates"]

CUSTOMER, ORDER = "shop.customer", "shop.order"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "CHUNK", 10)


def every(shop: Shop, key: str) -> list[Record]:
    with shop.reading("root") as call:
        return list(list_records(call, key, Query(sort="id", limit=1000)).rows)


def failed(result: Result) -> list[tuple[int, str, str]]:
    return [(each.line, found.path, found.code) for each in result.failures for found in each.problems]


def test_a_value_that_comes_twice_is_refused_wherever_the_second_one_stands(
    shop: Shop, tmp_path: Path
) -> None:
    """In the same chunk, in the next one, which was prepared before the first was written, and far behind."""
    emails = {number: f"n{number}@x.example" for number in range(50)}
    emails |= {4: emails[2], 13: emails[7], 14: emails[8], 29: emails[20], 41: emails[1]}
    path = tmp_path / "in.csv"
    path.write_text("name,email\n" + "".join(f"N{number},{email}\n" for number, email in emails.items()))
    result = run(shop.database, shop.release, shop.people["mia"], CUSTOMER, path, Options(), language="en")
    assert failed(result) == [(number + 2, "email", "unique") for number in (4, 13, 14, 29, 41)]
    assert (result.counts.total, result.counts.added, result.counts.failed) == (50, 45, 5)
    good = [f"N{number}" for number in range(50) if number not in (4, 13, 14, 29, 41)]
    assert [(each.values["number"], each.values["name"]) for each in every(shop, CUSTOMER)] == [
        (f"C-{count:04}", name) for count, name in enumerate(good, 1)
    ]


def test_what_a_prepared_chunk_points_to_must_still_be_there(shop: Shop, tmp_path: Path) -> None:
    first, second = shop.customer(name="First"), shop.customer(name="Second")
    path = tmp_path / "in.csv"
    lines = [f"{'Second' if number in (13, 17, 25) else 'First'},R{number}" for number in range(30)]
    path.write_text("customer,reference\n" + "\n".join(lines))

    def meanwhile(counts: Counts) -> None:
        if counts.total == 10:  # the second chunk was prepared by now
            with shop.writing("root") as call:
                delete(call, CUSTOMER, second)

    result = run(
        shop.database, shop.release, shop.people["mia"], ORDER, path, Options(), "", "en", progress=meanwhile
    )
    assert failed(result) == [(number + 2, "customer", "unknown_target") for number in (13, 17, 25)]
    orders = every(shop, ORDER)
    assert {each.values["customer"] for each in orders} == {first}
    counts = [str(each.values["number"])[-3:] for each in orders]
    assert counts == [f"{count:03}" for count in range(1, 28)]


AWKWARD = (
    "tab\tand\\backslash", "\\N", "\\.", "line\nand\r\nline", "\\\\x41", "😀 ‏שלום", "'quoted' \"twice\"", "%s {0} $1",
)  # fmt: skip


def test_texts_come_in_as_they_are(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many lines at once go the fastest way of each database, which has signs of its own."""
    monkeypatch.setattr(importer, "CHUNK", 5000)
    given = [AWKWARD[number % len(AWKWARD)] if number % 3 else "" for number in range(1200)]
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "notes", "credit", "since", "seen_at", "active", "tags"])
        for number, text in enumerate(given):
            row = [
                f"N{number}",
                text,
                f"{number}.50" if number % 2 else "",
                "2026-02-28",
                "2026-02-28 09:30",
                "yes",
            ]
            writer.writerow([*row, "a;b" if number % 5 == 0 else ""])
    result = run(shop.database, shop.release, shop.people["mia"], CUSTOMER, path, Options(), language="en")
    assert (result.counts.added, failed(result)) == (1200, [])
    found = every(shop, CUSTOMER)
    assert [each.values["notes"] or "" for each in found] == [
        text.replace("\r\n", "\n") for text in given[:1000]
    ]
    first, second = found[0].values, found[1].values
    assert (first["credit"], str(second["credit"])) == (None, "1.50")
    assert (first["tags"], second["tags"], str(first["since"])) == (("a", "b"), None, "2026-02-28")


def test_memory_does_not_grow_with_the_file(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered of earlier lines is bounded, so the bounds are made small."""
    monkeypatch.setattr(importer, "CHUNK", 100)
    monkeypatch.setattr(import_, "SAMPLED", 100)
    monkeypatch.setattr(cells, "_MOST_KEPT", 100)
    for name in ("_kept_tokens", "_word_tokens"):
        monkeypatch.setattr(tokens, name, lru_cache(100)(getattr(tokens, name).__wrapped__))

    def peak(name: str, lines: int) -> int:
        path = tmp_path / f"{name}.csv"
        path.write_text("code,name,price\n" + "".join(f"{name}{n},说明 {n},{n}.5\n" for n in range(lines)))
        tracemalloc.start()
        try:
            run(shop.database, shop.release, shop.people["mia"], "shop.product", path, Options())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak("warm", 500)  # fills the caches that outlive an import
    small, large = peak("small", 500), peak("large", 3_000)
    assert large < small * 1.3, (small, large)
