"""Locations: degrees within bounds, cells, parts in expressions, distances and a link to a map."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.location import map_link
from dougong.records.aggregate import aggregate
from tests.fieldtypes.factory import field
from tests.structure.conftest import Park

LOCATION = TYPES["location"]
SQUARE = {"lat": "31.230400", "lng": "121.473700", "label": "人民广场"}

GIVEN = [
    ({"lat": "31.2304", "lng": 121.4737}, {"lat": "31.230400", "lng": "121.473700"}),
    ({"lat": Decimal("-0.0000001"), "lng": 0}, {"lat": "0.000000", "lng": "0.000000"}),
    (
        {"lat": 90, "lng": -180, "label": " Pole "},
        {"lat": "90.000000", "lng": "-180.000000", "label": "Pole"},
    ),
    ({"lat": None, "lng": None}, None),
    ({}, None),
]


@pytest.mark.parametrize(("given", "kept"), GIVEN)
def test_degrees_are_kept_with_six_decimals(given: Any, kept: Any) -> None:
    assert LOCATION.coerce(given, field("location")) == kept


WRONG = [
    ({"lat": "91", "lng": "0"}, "beyond_the_earth"),
    ({"lat": "0", "lng": "180.1"}, "beyond_the_earth"),
    ({"lat": "NaN", "lng": "0"}, "beyond_the_earth"),
    ({"lat": "1e400", "lng": "0"}, "beyond_the_earth"),
    ({"lat": True, "lng": "0"}, "not_a_location"),
    ({"lat": "north", "lng": "0"}, "not_a_location"),
    ({"lat": "1"}, "not_a_location"),
    ({"label": "nowhere"}, "not_a_location"),
    ({"lat": "1", "lng": "2", "height": 3}, "not_a_location"),
    ([1, 2], "not_a_location"),
    ("1, 2", "not_a_location"),
    ({"lat": 1, "lng": 2, "label": "x" * 201}, "too_long"),
    ({"lat": [1], "lng": 2}, "not_a_location"),
]


@pytest.mark.parametrize(("given", "code"), WRONG)
def test_what_is_no_place_is_refused(given: Any, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        LOCATION.coerce(given, field("location"))
    assert caught.value.problem.code == code


CELLS = [
    ("31.2304, 121.4737 人民广场", SQUARE),
    ("31.2304，121.4737 人民广场", SQUARE),
    ("３１．２３０４；１２１．４７３７　人民广场", SQUARE),
    ('{"lat": "31.2304", "lng": "121.4737", "label": "人民广场"}', SQUARE),
    ("-33.8688,151.2093", {"lat": "-33.868800", "lng": "151.209300"}),
]


@pytest.mark.parametrize(("text", "kept"), CELLS)
def test_a_cell_is_read(text: str, kept: dict[str, str]) -> None:
    assert LOCATION.parse(text, field("location"), Habits()) == kept


@pytest.mark.parametrize("text", ["Shanghai", "31.2304", "31.2304 121.4737", "31,2304, 121,4737", "{", "{}x"])
def test_other_cells_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        LOCATION.parse(text, field("location"), Habits())


def test_the_map_is_chosen_by_the_field() -> None:
    assert map_link(SQUARE, field("location")) == ""
    link = map_link(SQUARE, field("location", extra={"map": "amap"}))
    assert link.startswith("https://uri.amap.com/marker?position=121.473700,31.230400&name=%E4%BA%BA")
    hostile = {**SQUARE, "label": 'x"&coordinate=y#<b>'}
    assert "%22%26coordinate%3Dy%23%3Cb%3E" in map_link(hostile, field("location", extra={"map": "baidu"}))


def test_distances_filter_and_figures_read_the_parts(park: Park) -> None:
    near = park.add("site", name="near", spot={"lat": 31.2354, "lng": 121.4737})
    far = park.add("site", name="far", spot={"lat": 39.9042, "lng": 116.4074, "label": "故宫"})
    none = park.add("site", name="none")
    here = "31.2304, 121.4737"
    assert park.found("site", f"DISTANCE(spot.lat, spot.lng, {here}) <= 1") == [near]
    assert park.found("site", f"DISTANCE(spot.lat, spot.lng, {here}) > 1000") == [far]
    assert park.found("site", f"DISTANCE(spot.lat, spot.lng, {here}) IS EMPTY") == [none]
    assert park.found("site", "spot.lat > 35") == [far]
    assert park.found("site", "spot.lng = 121.4737") == [near]
    assert park.found("site", "spot.label = '故宫'") == [far]
    with park.reading() as call:
        found = aggregate(call, "park.site", (), {"most": f"MAX(DISTANCE(spot.lat, spot.lng, {here}))"})
        assert found.rows[0][0] == Decimal("1067.312")
