"""Expressions that are meant to hurt: each is refused, or bounded, at a price that a request does not feel, with its position.

The time is that of the processor, the best of a few runs with nothing kept from the run before, and the bound is four times what
issue and bench ask for, so that a busy machine fails no run; `make bench` measures the exact figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from dougong.expressions import compile_expression
from dougong.expressions.bounds import MAX_BRACKETS, MAX_LENGTH, MAX_WORDS
from dougong.expressions.syntax import parse
from dougong.model.expression import Expression
from tests.expressions import world
from tests.expressions.hostile import HOSTILE
from tests.fixtures_web import prepared, sqlite_server
from tests.web_server import LIBRARY, Server

__all__ = ["prepared", "sqlite_server"]
MOST_SECONDS = 0.4
Door = Callable[[Server, str], Any]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_compiler_refuses_at_once_with_a_position(name: str) -> None:
    text, code = HOSTILE[name]
    seconds = []
    for _ in range(3):
        parse.cache_clear()
        began = time.process_time()
        found = compile_expression(text, world.scope(), sql=True)
        seconds.append(time.process_time() - began)
    assert not isinstance(found, Expression)
    assert found[0].code == code, str(found[0])[:300]
    column = int(dict(found[0].parameters)["column"])
    assert 1 <= column <= len(text) + 1
    assert len(found[0].message) < 1_000
    assert min(seconds) < MOST_SECONDS, f"{min(seconds) * 1000:.0f} ms"


def test_bounds_are_met_exactly() -> None:
    def code_of(text: str) -> str:
        found = compile_expression(text, world.scope())
        return "" if isinstance(found, Expression) else found[0].code

    assert code_of("(" * MAX_BRACKETS + "a" + ")" * MAX_BRACKETS) == ""
    assert code_of("(" * (MAX_BRACKETS + 1) + "a" + ")" * (MAX_BRACKETS + 1)) == "D403"
    assert code_of("'" + "(" * (MAX_BRACKETS + 1) + "'") == ""
    assert code_of("(a)+" * 9 + "a" + " " * (MAX_LENGTH - 37)) == ""
    assert code_of("(a)+" * 9 + "a" + " " * (MAX_LENGTH - 36)) == "D403"
    assert code_of("-" * (MAX_WORDS + 1)) == "D403"


def _filter_of_the_api(server: Server, text: str) -> Any:
    return server.api("hana")("GET", f"/library/book?filter={quote(text)}")


def _measure_of_the_api(server: Server, text: str) -> Any:
    return server.api("hana")("GET", f"/library/book/aggregate?measures={quote(text)}")


def _looked_over(server: Server, text: str) -> Any:
    return server.api("hana")("POST", "/library/book/check", {"text": text, "caret": len(text) // 2})


def _list(server: Server, text: str) -> Any:
    return server.browser("hana").get(f"/library/book?filter={quote(text)}")


def _designer(server: Server, text: str) -> Any:
    sent = {"operation": "set_field", "field": "pages", "formula": text}
    return server.browser("hana").post("/design/library/book", sent, page="/apps")


def _definition(server: Server, text: str) -> Any:
    lines = (LIBRARY / "entities/book.yaml").read_text("utf-8")
    written = text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "\\0")
    body = lines + f'  worst: {{type: decimal, formula: "{written}"}}\n'
    head = server.api("hana")
    kept = head("PUT", "/library/definitions/entities/book.yaml", {"text": body})
    return kept if kept.status_code != 200 else head("POST", "/library/plan", {})


DOORS: dict[str, tuple[Door, frozenset[int]]] = {
    "filter": (_filter_of_the_api, frozenset({400, 422})),
    "measure": (_measure_of_the_api, frozenset({400, 422})),
    "check": (_looked_over, frozenset({200})),
    "list": (_list, frozenset({200})),
    "designer": (_designer, frozenset({400, 413, 422})),
    "definition": (_definition, frozenset({413, 422})),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_refuses_and_goes_on(sqlite_server: Server, door: str) -> None:
    ask, expected = DOORS[door]
    for name, (text, _) in HOSTILE.items():
        if "\ud800" in text:
            continue  # no request can carry it
        if len(text) > MAX_LENGTH and door in ("filter", "measure", "list"):
            text = text[: MAX_LENGTH + 1]
        answer = ask(sqlite_server, text)
        assert answer.status_code in expected, f"{name}: {answer.status_code} {answer.text[:300]}"
        if door == "check":
            assert answer.json["problems"], name
            for found in answer.json["problems"]:
                assert 0 <= found["start"] <= len(text)
    assert sqlite_server.api("hana")("GET", "/library/book").status_code == 200
