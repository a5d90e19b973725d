"""Addresses: divisions of China with their codes, parts that must fit together, texts as people write them, filters and reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.divisions import divisions, located
from dougong.records.aggregate import Group, aggregate
from dougong.records.import_ import Options, run
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.reports.run import run as report
from tests.fieldtypes.factory import field
from tests.structure.conftest import Park

ADDRESS = TYPES["address"]
NANSHAN = {"province": "广东省", "city": "深圳市", "district": "南山区", "code": "440305"}


def coerced(value: Any, **extra: Any) -> Any:
    return ADDRESS.coerce(value, field("address", extra=extra))


def parsed(text: str) -> Any:
    return ADDRESS.parse(text, field("address"), Habits())


def test_the_divisions_are_whole() -> None:
    known = divisions()
    assert len(known.below[""]) == 34
    assert all(len(code) == 6 and code.isdigit() for code in known.by_code)
    assert all(not each.parent or each.parent in known.by_code for each in known.by_code.values())
    assert sum(each.level == 3 for each in known.by_code.values()) > 2800
    assert [each.name for each in known.chain("330114")] == ["浙江省", "杭州市", "钱塘区"]
    assert [each.name for each in known.chain("441900")] == ["广东省", "东莞市"]
    assert [each.name for each in known.chain("429004")] == ["湖北省", "仙桃市"]
    assert [each.name for each in known.chain("310115")] == ["上海市", "浦东新区"]
    assert known.chain("999999") == ()


FITTING = [
    ({"province": "广东省", "city": "深圳市", "district": "南山区"}, NANSHAN),
    ({"province": "广东", "city": "深圳", "district": "南山"}, NANSHAN),
    ({"city": "深圳市", "district": "南山区"}, NANSHAN),
    ({"code": "440305"}, NANSHAN),
    ({"code": "440305", "province": "广东"}, NANSHAN),
    ({"province": "广东省", "district": "南山区"}, NANSHAN),
    ({"province": "广东省"}, {"province": "广东省", "code": "440000"}),
    ({"province": "北京", "city": "北京市", "district": "东城区"},
     {"province": "北京市", "city": "北京市", "district": "东城区", "code": "110101"}),
    ({"province": "重庆市", "city": "市辖区", "district": "渝中区"},
     {"province": "重庆市", "city": "重庆市", "district": "渝中区", "code": "500103"}),
    ({"province": "湖北省", "city": "仙桃市"}, {"province": "湖北省", "city": "仙桃市", "code": "429004"}),
    ({"province": "台湾"}, {"province": "台湾省", "code": "710000"}),
    ({"country": "Germany", "city": "Berlin"}, {"country": "Germany", "city": "Berlin"}),
    ({"province": "Bavaria", "city": "München"}, {"province": "Bavaria", "city": "München"}),
    ({"detail": "somewhere"}, {"detail": "somewhere"}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), FITTING)
def test_names_are_made_whole_and_coded(given: dict[str, str], kept: dict[str, str]) -> None:
    found = coerced(given)
    assert found == kept
    assert coerced(found) == found


WRONG = [
    ({"province": "广东省", "city": "杭州市"}, "not_in_division"),
    ({"province": "广东省", "city": "广州市", "district": "南山区"}, "not_in_division"),
    ({"province": "广东省", "city": "深圳市", "district": "西湖区"}, "not_in_division"),
    ({"province": "北京市", "city": "上海市"}, "not_in_division"),
    ({"code": "123456"}, "unknown_division"),
    ({"code": "4403"}, "unknown_division"),
    ({"code": "440305", "district": "福田区"}, "division_differs"),
    ({"code": "440305", "province": "浙江省"}, "division_differs"),
    ({"country": "中国", "province": "Bavaria"}, "unknown_division"),
    ({"street": "x"}, "not_an_address"),
    ("广东省", "not_an_address"),
    ([NANSHAN], "not_an_address"),
    ({"detail": "x" * 201}, "too_long"),
    ({"detail": 5}, "not_text"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "code"), WRONG)
def test_parts_that_do_not_fit_are_refused(given: Any, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        coerced(given)
    assert caught.value.problem.code == code
    assert caught.value.problem.message("zh")


def test_a_field_may_want_chinese_addresses_only() -> None:
    assert coerced({"country": "中国", "province": "广东"}, country="china")["code"] == "440000"
    for given, code in (
        ({"country": "France"}, "not_in_china"),
        ({"province": "Bavaria"}, "unknown_division"),
    ):
        with pytest.raises(Invalid) as caught:
            coerced(given, country="china")
        assert caught.value.problem.code == code


TEXTS = [
    ("广东省深圳市南山区科技园路 1 号", {**NANSHAN, "detail": "科技园路 1 号"}),
    ("中国广东省深圳市南山区科技园路1号 518000",
     {**NANSHAN, "country": "中国", "detail": "科技园路1号", "postcode": "518000"}),
    ("广东 深圳 南山区 科技园路", {**NANSHAN, "detail": "科技园路"}),
    ("深圳市南山区科技园路", {**NANSHAN, "detail": "科技园路"}),
    ("北京市东城区长安街1号", {"province": "北京市", "city": "北京市", "district": "东城区", "code": "110101", "detail": "长安街1号"}),
    ("北京市北京市东城区", {"province": "北京市", "city": "北京市", "district": "东城区", "code": "110101"}),
    ("重庆市市辖区渝中区解放碑", {"province": "重庆市", "city": "重庆市", "district": "渝中区", "code": "500103", "detail": "解放碑"}),
    ("广东省东莞市长安镇", {"province": "广东省", "city": "东莞市", "code": "441900", "detail": "长安镇"}),
    ("湖北省仙桃市", {"province": "湖北省", "city": "仙桃市", "code": "429004"}),
    ("吉林省吉林市昌邑区", {"province": "吉林省", "city": "吉林市", "district": "昌邑区", "code": "220202"}),
    ("北京路 12 号", {"detail": "北京路 12 号"}),
    ("上海", {"province": "上海市", "code": "310000"}),
    ("科技园路 1 号", {"detail": "科技园路 1 号"}),
    ("5th Avenue 1, New York", {"detail": "5th Avenue 1, New York"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), TEXTS)
def test_a_text_is_taken_apart(text: str, kept: dict[str, str]) -> None:
    assert parsed(text) == kept


STRAY = ["广东省杭州市", "广东省广州市南山区科技园", "北京市浦东新区", "浙江省杭州市 南山区"]


@pytest.mark.parametrize("text", STRAY)
def test_a_text_whose_divisions_do_not_fit_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parsed(text)
    assert caught.value.problem.code == "not_in_division"


def test_a_place_called_like_a_district_elsewhere_is_detail_where_there_are_no_districts() -> None:
    assert parsed("广东省东莞市东城区")["detail"] == "东城区"


@pytest.mark.parametrize("value", [kept for _, kept in (*FITTING, *TEXTS)])
def test_a_cell_is_read_back(value: dict[str, str]) -> None:
    assert parsed(ADDRESS.to_cell(value, field("address"), "zh")) == value


def test_an_import_takes_the_parts_from_columns_of_their_own(park: Park, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_text(
        "name,地点.省,地点.城市,place.district,Place.Street and number,位置.纬度,spot.lng\n"
        "A,广东,深圳,南山区,科技园路 1 号,31.2304,121.4737\nB,广东,杭州,,,,\nC,,,,,,\nD,,,,,91,0\n",
        "utf-8",
    )
    done = run(park.database, park.release, park.people["root"], "park.site", file, Options())
    assert (done.counts.added, done.counts.failed) == (2, 2)
    found = [(each.code, each.path) for failure in done.failures for each in failure.problems]
    assert found == [("not_in_division", "place"), ("beyond_the_earth", "spot")]
    with park.reading() as call:
        rows = [
            read(call, "park.site", each.id)
            for each in list_records(call, "park.site", Query(sort="id")).rows
        ]
    assert rows[0].values["place"] == {**NANSHAN, "detail": "科技园路 1 号"}
    assert rows[0].values["spot"] == {"lat": "31.230400", "lng": "121.473700"}
    assert rows[1].values["place"] is None


def test_every_division_is_found_again_by_its_full_name() -> None:
    known = divisions()
    for each in known.by_code.values():
        chain = known.chain(each.code)
        assert located("".join(step.name for step in chain)) == (chain, "")


def test_filters_and_figures_read_the_parts(park: Park) -> None:
    nanshan = park.add("site", name="N", place={"code": "440305", "detail": "a"})
    tianhe = park.add("site", name="T", place={"city": "广州市", "district": "天河区"})
    west = park.add("site", name="W", place={"province": "浙江", "city": "杭州", "district": "西湖"})
    berlin = park.add("site", name="B", place={"country": "Germany", "city": "Berlin"})
    nowhere = park.add("site", name="-")
    assert park.found("site", "place.province = '广东省'") == [nanshan, tianhe]
    assert park.found("site", "place.city = '深圳市' OR place.city = 'Berlin'") == [nanshan, berlin]
    assert park.found("site", "place.district IN ('西湖区', '天河区')") == [tianhe, west]
    assert park.found("site", "STARTSWITH(place.code, '4401')") == [tianhe]
    assert park.found("site", "place.code IS EMPTY") == [berlin, nowhere]
    assert park.found("site", "place.postcode IS EMPTY AND place IS NOT EMPTY") == [
        nanshan,
        tianhe,
        west,
        berlin,
    ]
    assert park.found("site", "CONTAINS(place.city, '州')") == [tianhe, west]
    with park.reading() as call:
        figures = aggregate(call, "park.site", (Group("place.province"),), {"n": "COUNT()"})
        assert {row[0]: int(row[1]) for row in figures.rows} == {None: 2, "广东省": 2, "浙江省": 1}
        shown = report(call, "park", "places")
        drawn = {line.figures[0].text: line for line in shown.lines}
        assert {"广东省", "浙江省"} < set(drawn)
        found = list_records(call, "park.site", Query(filter=drawn["广东省"].filter)).rows
        assert {each.id for each in found} == {nanshan, tianhe}
    with pytest.raises(Refusal) as caught:
        park.found("site", "place.street = 'x'")
    assert caught.value.kind == "invalid"


def test_an_import_takes_one_text_and_an_export_gives_it(park: Park, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_text(
        "name,place,home\nA,广东省深圳市南山区科技园路 1 号,浙江省杭州市\nB,,广东省杭州市\nC,Anywhere,\n",
        "utf-8",
    )
    done = run(park.database, park.release, park.people["root"], "park.site", file, Options())
    assert (done.counts.added, done.counts.failed) == (2, 1)
    assert [each.code for failure in done.failures for each in failure.problems] == ["not_in_division"]
    with park.reading() as call:
        first = read(call, "park.site", list_records(call, "park.site", Query(sort="id")).rows[0].id)
    assert first.values["place"] == {**NANSHAN, "detail": "科技园路 1 号"}
    assert first.values["home"] == {"province": "浙江省", "city": "杭州市", "code": "330100"}
