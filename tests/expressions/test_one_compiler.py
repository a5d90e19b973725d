"""Whoever writes an expression, and wherever: the same mistake is found at the same column of it, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.people.actor import SYSTEM
from dougong.records.aggregate import aggregate
from dougong.records.call import call_for
from dougong.records.query import Query, list_records
from dougong.records.typed import look_over
from tests.fixtures_web import prepared, sqlite_server
from tests.web_server import LIBRARY, Server

__all__ = ["prepared", "sqlite_server"]
CONDITIONS = (
    "title = 'a' AND prize > 1",
    "shelf = 'z'",
    "price > 'dear'",
    "bought_on > '2026-02-30'",
    "price >",
    "price ! 1",
    "UPPER(title, 2) = 'A'",
    "POWR(price, 2) > 1",
    "keeper.name = 'x'",
    "price + ROUND(title, 1) > 3 OR nothing",
    "price",
)
Found = list[tuple[str, str, str]]


def told(problems: list[Diagnostic] | tuple[Diagnostic, ...]) -> Found:
    return sorted((each.code, dict(each.parameters)["column"], each.message) for each in problems)


def refused(work: Callable[[], object]) -> Found:
    with pytest.raises(Refusal) as refusal:
        work()
    return told(refusal.value.problems)


def written(changed: Mapping[str, str]) -> Found:
    """What compiling the library says when some of its files are others."""
    sources = {
        path.relative_to(LIBRARY).as_posix(): path.read_text("utf-8")
        for path in sorted(LIBRARY.rglob("*.yaml"))
    }
    outcome = check_sources({**sources, **changed}, {}, "library")
    assert isinstance(outcome, list)
    for each in outcome:
        assert each.place is not None
        assert each.place.file.endswith(tuple(changed)), each
    return told(outcome)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def in_file(path: str, before: str, after: str) -> dict[str, str]:
    text = (LIBRARY / path).read_text("utf-8")
    assert before in text
    return {path: text.replace(before, after, 1)}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_judged_alike_everywhere(sqlite_server: Server, text: str) -> None:
    doors: dict[str, Found] = {}
    with sqlite_server.runtime.releases.reading() as (connection, release):
        call = call_for(release, connection, SYSTEM, "api")
        book = "library.book"
        doors["filter"] = refused(lambda: list_records(call, book, Query(filter=text)))
        doors["aggregate"] = refused(lambda: aggregate(call, book, (), {"n": "COUNT()"}, filter=text))
        doors["check"] = told(look_over(call, book, text, "filter").problems)
    condition = quoted(text)
    doors["view"] = written(in_file("views/book.yaml", '"price > 100"', condition))
    doors["row rule"] = written(
        in_file("roles/clerk.yaml", "read: {hide: [cost]}", f"read: {{rows: {condition}}}")
    )
    report = f"label: W\nfrom: book\nfilter: {condition}\nmeasures: {{n: 'COUNT()'}}\n"
    doors["report"] = written({"reports/worst.yaml": report})
    label = "label: {en: Book, zh: 图书}\n"
    checked = f"{label}rules: [{{check: {condition}, message: m}}]\n"
    doors["rule"] = written(in_file("entities/book.yaml", label, checked))
    doors["default"] = written(
        in_file("entities/book.yaml", "可外借}, default: true", f"可外借}}, default: {condition}")
    )
    first = doors["filter"]
    assert first
    assert all(found == first for found in doors.values()), doors


@pytest.mark.parametrize(
    "text", ["SUM(prize)", "SUM(title)", "price", "SUM(price, shelf = 'z')", "SUM(price", "COUNT(1, 2, 3)"]
)
def test_a_measure_is_judged_alike_everywhere(sqlite_server: Server, text: str) -> None:
    with sqlite_server.runtime.releases.reading() as (connection, release):
        call = call_for(release, connection, SYSTEM, "api")
        asked = refused(lambda: aggregate(call, "library.book", (), {"n": text}))
        checked = told(look_over(call, "library.book", text, "measure").problems)
    reported = written({"reports/worst.yaml": f"label: W\nfrom: book\nmeasures: {{n: {quoted(text)}}}\n"})
    assert asked == checked == reported
    assert asked


def test_the_list_says_it_in_the_language_of_its_reader(sqlite_server: Server) -> None:
    for language, said in (("zh", "第 9 列"), ("en", "column 9")):
        browser = sqlite_server.browser("hana")
        browser.client.set_cookie("dg_language", language)
        page = browser.get("/library/book?filter=price+%3E+prize")
        assert page.status_code == 200
        assert said in page.text, language
