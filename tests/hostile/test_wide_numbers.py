"""Numbers of more than eighteen digits, through every door that takes or gives them: exact to the last digit, the same on both."""

from __future__ import annotations

import io
from decimal import Context, Decimal
from functools import reduce
from typing import Any

import pytest
import python_calamine

from tests.hostile.conftest import Pair, plain
from tests.web_server import Server

EXACT = (
    "-99999999999999999999.99999999",
    "-12345678901234567890.00000001",
    "-12345678901234567890.00000000",
    "-1.50000000",
    "-0.00000001",
    "0.00000000",
    "0.00000001",
    "9007199254740993.00000000",
    "12345678901234567890.12345678",
    "12345678901234567890.12345679",
    "99999999999999999999.99999999",
)
"""In their order; neighbours differ where a float, or 18 digits, would see no difference."""
WORTH = "99999999999999999999.99"
NUMBERS = [Decimal(each) for each in EXACT]
EVERY_DIGIT = Context(prec=80)
"""Python's own rounds to 28 digits."""


def total(*numbers: Decimal) -> Decimal:
    return reduce(EVERY_DIGIT.add, numbers)


@pytest.fixture(scope="module")
def filled(pair: Pair) -> Pair:
    operations: list[dict[str, Any]] = [
        {
            "action": "create",
            "values": {"name": "wide", "code": f"wide {number}", "exact": value, "count": number},
        }
        for number, value in enumerate(reversed(EXACT))
    ]
    operations[0]["values"]["worth"] = WORTH
    assert pair.send("POST", "/vault/item/batch", {"operations": operations})[0] == 200
    return pair


def listed(pair: Pair, filter_: str = "TRUE", **query: str) -> list[dict[str, Any]]:
    asked = {"filter": f"code LIKE 'wide %' AND ({filter_})", "fields": "exact,worth,twice", "limit": "100"}
    status, document = pair.send("GET", "/vault/item", query_string={**asked, **query})
    assert status == 200, document
    found: list[dict[str, Any]] = document["data"]
    return found


def exact(pair: Pair, filter_: str = "TRUE", **query: str) -> list[str]:
    return [each["exact"] for each in listed(pair, filter_, **query)]


def figures(pair: Pair, measures: str, filter_: str = "TRUE") -> dict[str, Any]:
    query = {"measures": measures, "filter": f"code LIKE 'wide %' AND ({filter_})"}
    status, document = pair.send("GET", "/vault/item/aggregate", query_string=query)
    assert status == 200, document
    found: dict[str, Any] = document["data"][0]
    return found


def test_they_are_sorted_as_numbers(filled: Pair) -> None:
    assert exact(filled, sort="exact") == list(EXACT)
    assert exact(filled, sort="-exact") == list(reversed(EXACT))


def test_pages_go_on_after_any_of_them(filled: Pair) -> None:
    for sort in ("exact", "-exact"):
        for server in filled.servers:
            api, found, after = server.api("ada"), [], ""
            while True:
                query = {"filter": "code LIKE 'wide %'", "sort": sort, "limit": "2", "fields": "exact"}
                answer = api(
                    "GET", "/vault/item", query_string={**query, **({"cursor": after} if after else {})}
                )
                found += [each["exact"] for each in answer.json["data"]]
                after = answer.json["page"]["next"]
                if not after:
                    break
            assert found == (list(EXACT) if sort == "exact" else list(reversed(EXACT)))


@pytest.mark.parametrize("value", EXACT)
def test_conditions_see_the_last_digit(filled: Pair, value: str) -> None:
    place = EXACT.index(value)
    assert exact(filled, f"exact = {value}") == [value]
    assert exact(filled, f"exact < {value}", sort="exact") == list(EXACT[:place])
    assert exact(filled, f"exact >= {value}", sort="exact") == list(EXACT[place:])
    assert exact(filled, f"exact IN ({value}, 7)") == [value]
    assert exact(filled, f"exact + 0.00000001 > {value}", sort="exact") == list(EXACT[place:])
    assert exact(filled, f"exact > {value}5", sort="exact") == [
        each for each, number in zip(EXACT, NUMBERS, strict=True) if number > Decimal(f"{value}5")
    ]


def test_figures_are_exact(filled: Pair) -> None:
    found = figures(
        filled, "s: SUM(exact), low: MIN(exact), high: MAX(exact), n: COUNT(exact), d: SUM(exact * 2)"
    )
    assert found["s"] == f"{total(*NUMBERS):f}"
    assert (found["low"], found["high"], found["n"]) == (EXACT[0], EXACT[-1], len(EXACT))
    assert found["d"] == f"{total(*NUMBERS, *NUMBERS):f}"
    high = "exact > 12345678901234567889"
    mean = EVERY_DIGIT.divide(total(*NUMBERS[-3:]), Decimal(3))
    assert (
        figures(filled, "m: AVERAGE(exact)", high)["m"]
        == f"{mean.quantize(Decimal('1e-10'), context=EVERY_DIGIT):f}"
    )


def test_formulas_are_exact_and_stored(filled: Pair) -> None:
    [first] = listed(filled, "count = 0")
    assert (first["exact"], first["worth"]) == (EXACT[-1], WORTH)
    assert first["twice"] == f"{total(NUMBERS[-1], NUMBERS[-1], Decimal(WORTH)):f}"
    assert exact(filled, f"twice = {first['twice']}") == [EXACT[-1]]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("exact", "100000000000000000000", "too_many_digits"),
        ("exact", "-100000000000000000000.00000000", "too_many_digits"),
        ("exact", "1.000000001", "too_many_decimals"),
        ("exact", "1e3", "not_a_number"),
        ("exact", "9" * 41, "not_a_number"),
        ("worth", "100000000000000000000", "too_many_digits"),
        ("worth", "99999999999999999999.991", "too_many_decimals"),
        ("amount", "12345678901234567890", "too_many_digits"),
        ("amount", "12345678901234567.89", "too_many_digits"),
        ("amount", "0.00000000000000000001", "too_many_decimals"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(pair: Pair, field: str, value: str, code: str) -> None:
    before = pair.count()
    status, document = pair.send("POST", "/vault/item", {"name": "n", field: value})
    [error] = document["errors"]
    assert (status, error["path"], error["code"]) == (422, field, code)
    assert pair.count() == before


def test_json_numbers_are_taken_to_the_last_digit(pair: Pair) -> None:
    body = b'{"name": "n", "exact": 12345678901234567890.12345678, "worth": 99999999999999999999.99}'
    headers = {"Content-Type": "application/json"}
    status, made = pair.send("POST", "/vault/item", data=body, headers=headers)
    assert (status, made["exact"], made["worth"]) == (201, "12345678901234567890.12345678", WORTH)


def test_forms_and_pages_keep_every_digit(pair: Pair) -> None:
    def through_the_form(server: Server) -> tuple[int, bool, bool]:
        browser = server.browser("ada")
        filled = {"name": "form", "exact": "12,345,678,901,234,567,890.12345678", "worth": WORTH}
        answer = browser.post("/vault/item/new", filled, page="/vault/item/new")
        page = browser.get(answer.headers["Location"]).text
        form = browser.get(answer.headers["Location"].partition("?")[0] + "/edit").text
        shown = "12,345,678,901,234,567,890.12345678" in page and "99,999,999,999,999,999,999.99" in page
        return answer.status_code, shown, "12345678901234567890.12345678" in form and WORTH in form

    assert pair.both(through_the_form) == (303, True, True)


def test_history_and_undo_keep_every_digit(pair: Pair) -> None:
    _, made = pair.send("POST", "/vault/item", {"name": "n", "exact": EXACT[-2]})
    path = f"/vault/item/{made['id']}"
    assert pair.send("PATCH", path, {"exact": EXACT[-1]})[1]["exact"] == EXACT[-1]
    _, history = pair.send("GET", f"{path}/history")
    assert EXACT[-1] in str(history)
    assert EXACT[-2] in str(history)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_files_bring_every_digit_there_and_back(filled: Pair, format_: str) -> None:
    def there_and_back(server: Server) -> tuple[int, int, list[str]]:
        api = server.api("ada")
        query = {"filter": "code LIKE 'wide %'", "sort": "exact", "fields": "code,exact", "format": format_}
        exported = api("GET", "/vault/item/export", query_string=query)
        assert exported.status_code == 200, exported.text
        content = exported.data
        if format_ == "xlsx":
            sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
            assert "12345678901234567890.12345678" in {cell for row in sheet.to_python() for cell in row}
        file = {"file": (io.BytesIO(content), f"items.{format_}")}
        query = {"mode": "upsert", "match": "code"}
        answer = plain(api("POST", "/vault/item/import", data=file, query_string=query))
        assert answer[0] == 200, answer
        return answer[1]["unchanged"], answer[1]["failed"], [each[0] for each in answer[1]["failures"]]

    assert filled.both(there_and_back) == (len(EXACT), 0, [])
