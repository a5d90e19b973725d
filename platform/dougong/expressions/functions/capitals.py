"""Amounts of money in the numerals of Chinese cheques and invoices, which cannot be altered by a stroke."""

from __future__ import annotations

from decimal import Decimal

from dougong.expressions import values
from dougong.expressions.registry import Function, words
from dougong.expressions.types import TEXT

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_LIMIT = 10**16
_HUNDRED_MILLION = 10**8
_TEN_THOUSAND = 10**4


def _thousands(number: int) -> str:
    """Four digits; zeros in between are said once, zeros at the end not."""
    said, waiting = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            waiting = bool(said)
            continue
        said += ("零" if waiting else "") + _DIGITS[digit] + _PLACES[place]
        waiting = False
    return said


def _compound(number: int, by: int, unit: str, below: str) -> str:
    """The part above a unit, and what is left, behind a zero where its first place is empty."""
    high = number // by
    gap = "零" if high and below and number % by < by // 10 else ""
    return (_whole(high) + unit if high else "") + gap + below


def _whole(number: int) -> str:
    if number >= _HUNDRED_MILLION:
        return _compound(number, _HUNDRED_MILLION, "亿", _whole(number % _HUNDRED_MILLION))
    if number >= _TEN_THOUSAND:
        return _compound(number, _TEN_THOUSAND, "万", _thousands(number % _TEN_THOUSAND))
    return _thousands(number)


def capital_amount(value: Decimal) -> str | None:
    """The amount to the fen, half up; nothing from 10^16 on."""
    found = values.rounded(value, 2)
    if found is None or abs(found) >= _LIMIT:
        return None
    fen = int(found.copy_abs().scaleb(2, values.EXACT))
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    said = _whole(yuan) + "元" if yuan else ""
    if jiao:
        said += _DIGITS[jiao] + "角"
    elif yuan and fen:
        said += "零"
    said = said + _DIGITS[fen] + "分" if fen else (said or "零元") + "整"
    return ("负" if found < 0 else "") + said


CAPITALS: tuple[Function, ...] = (
    Function(
        "RMBCAP",
        "人民币大写",
        "texts",
        "RMBCAP(number)",
        words(
            "An amount in Chinese capital numerals, to the fen.",
            "人民币大写金额，精确到分。",
        ),
        ("RMBCAP(1005.05)", "壹仟零伍元零伍分"),
        ("number",),
        TEXT,
        capital_amount,
    ),
)
