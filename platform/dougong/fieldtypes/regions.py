"""The parts of an address against the divisions of China: names that fit together, and the code of the smallest one."""

from __future__ import annotations

import re
from functools import lru_cache

from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.divisions import Division, divisions, is_city_proper, located, strayed
from dougong.fieldtypes.messages import shown

Parts = dict[str, str]
REGION = ("province", "city", "district")
_CHINA = frozenset(
    {"中国", "中华人民共和国", "china", "cn", "prc", "p.r. china", "people's republic of china"}
)
_POSTCODE = re.compile(r"[\s,，]([0-9]{6})$")


def share(code: str) -> str:
    """What the codes of everything inside a division begin with."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def is_china(country: str | None) -> bool:
    """Whether the name of a country means China."""
    return country is not None and country.casefold() in _CHINA


def fitted(parts: Parts, only_china: bool) -> Parts:
    """The parts with the full names of their divisions and the code; raise Invalid when they do not fit together.

    Without a country, names that are no Chinese ones are left alone, as an address may lie elsewhere.
    """
    country = parts.get("country")
    if only_china and country is not None and not is_china(country):
        raise Invalid("not_in_china", value=shown(country))
    if "code" in parts:
        return _by_code(parts)
    if country is not None and not is_china(country):
        return parts
    return _by_names(parts, certain=only_china or is_china(country))


def _by_code(parts: Parts) -> Parts:
    chain = divisions().chain(parts["code"])
    if not chain:
        raise Invalid("unknown_division", value=shown(parts["code"]))
    found = _named(chain)
    given = _by_names({part: parts[part] for part in REGION if part in parts}, certain=True)
    for part in REGION:
        if part in given and given[part] != found.get(part):
            raise Invalid("division_differs", value=shown(given[part]), number=parts["code"])
    return {**parts, **found}


def _by_names(parts: Parts, certain: bool) -> Parts:
    given = {part: parts[part] for part in REGION if part in parts}
    if not given:
        return parts
    found = _find(given)
    if found is None:
        if certain:
            raise Invalid("unknown_division", value=shown(next(iter(given.values()))))
        return parts
    named = _named(divisions().chain(found.code))
    return {**parts, **named, "code": found.code}


def _find(given: Parts) -> Division | None:
    """The smallest division that is named; nothing when not even the largest is known."""
    known = divisions()
    here: Division | None = None
    for level, part in enumerate(REGION, start=1):
        name = given.get(part)
        if name is None or (part == "city" and here is not None and is_city_proper(name, here)):
            continue
        if here is None:
            found = known.named(name) if level == 1 else known.anywhere(name, level)
            if found is None:
                return None
        else:
            found = known.named(name, here.code) or known.anywhere(name, level, here.code)
            if found is None:
                raise Invalid("not_in_division", value=shown(name), above=here.name)
        here = found
    return here


def _named(chain: tuple[Division, ...]) -> Parts:
    """The names of a chain as parts; in a municipality, the city is the municipality itself."""
    found = {REGION[each.level - 1]: each.name for each in chain}
    if len(chain) == 2 and chain[-1].level == 3:
        found["city"] = chain[0].name
    return found


@lru_cache(maxsize=1)
def regional_tree() -> list[list[object]]:
    """Every province with its cities, and those with their districts, by name, as somebody chooses from them."""
    known = divisions()
    tree: list[list[object]] = []
    for province in known.below[""]:
        below = known.below.get(province.code, ())
        cities: list[list[object]] = [
            [each.name, [district.name for district in known.below.get(each.code, ())]]
            for each in below
            if each.level == 2
        ]
        direct = [each.name for each in below if each.level == 3]
        tree.append([province.name, [[province.name, direct]] if direct else cities])
    return tree


def taken_apart(text: str) -> Parts:
    """The parts of an address that is written as one text; all of it is detail where it begins with no known division."""
    if not text:
        return {}
    country = next((each for each in ("中华人民共和国", "中国") if text.startswith(each)), "")
    chain, rest = located(text[len(country) :].lstrip(" ,，"))
    if not chain:
        return {"detail": text}
    stray = strayed(chain[-1], rest)
    if stray is not None:
        raise Invalid("not_in_division", value=shown(stray.name), above=chain[-1].name)
    parts: Parts = {"country": country} if country else {}
    parts |= _named(chain)
    postcode = _POSTCODE.search(f" {rest}")
    if postcode is not None:
        parts["postcode"] = postcode[1]
        rest = f" {rest}"[: postcode.start()].strip()
    if rest:
        parts["detail"] = rest
    return parts
