"""Instalments and interest, with Excel's signs: what one pays is negative, what one receives positive. To ten decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException

from dougong.expressions import values
from dougong.expressions.registry import Function, words
from dougong.expressions.types import number

MOST_PERIODS = 12_000
_PRECISE = Context(prec=90, rounding=ROUND_HALF_EVEN)
_ZERO = Decimal(0)
_ONE = Decimal(1)
_TEN = number(values.DIVISION_DECIMALS)


def _growth(rate: Decimal, periods: Decimal) -> Decimal | None:
    """(1 + rate) to the power of the periods; only whole periods are exact numbers."""
    if periods != int(periods) or not 0 <= periods <= MOST_PERIODS or rate <= -1:
        return None
    return _PRECISE.power(_PRECISE.add(_ONE, rate), int(periods))


def _instalments(rate: Decimal, growth: Decimal, periods: Decimal, due: Decimal) -> Decimal:
    """What instalments of 1 have grown to at the end; `due` is 1 when they are paid at the beginning of each period."""
    if not rate:
        return periods
    grown = _PRECISE.divide(_PRECISE.subtract(growth, _ONE), rate)
    return _PRECISE.multiply(grown, _PRECISE.add(_ONE, _PRECISE.multiply(rate, due)))


def _result(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    try:
        found = _PRECISE.divide(numerator.copy_negate(), denominator)
    except DecimalException:  # nothing is paid, so nothing is paid back
        return None
    return values.rounded(found, values.DIVISION_DECIMALS)


def _payment(
    rate: Decimal, periods: Decimal, present: Decimal, future: Decimal = _ZERO, due: Decimal = _ZERO
) -> Decimal | None:
    growth = _growth(rate, periods)
    if growth is None or due not in (0, 1):
        return None
    owed = _PRECISE.add(_PRECISE.multiply(present, growth), future)
    return _result(owed, _instalments(rate, growth, periods, due))


def _future_value(
    rate: Decimal, periods: Decimal, payment: Decimal, present: Decimal = _ZERO, due: Decimal = _ZERO
) -> Decimal | None:
    growth = _growth(rate, periods)
    if growth is None or due not in (0, 1):
        return None
    paid = _PRECISE.multiply(payment, _instalments(rate, growth, periods, due))
    return _result(_PRECISE.add(_PRECISE.multiply(present, growth), paid), _ONE)


def _present_value(
    rate: Decimal, periods: Decimal, payment: Decimal, future: Decimal = _ZERO, due: Decimal = _ZERO
) -> Decimal | None:
    growth = _growth(rate, periods)
    if growth is None or due not in (0, 1):
        return None
    paid = _PRECISE.multiply(payment, _instalments(rate, growth, periods, due))
    return _result(_PRECISE.add(future, paid), growth)


_FIVE = ("number", "number", "number", "number?", "number?")

LOANS: tuple[Function, ...] = (
    Function(
        "PMT",
        "每期付款",
        "numbers",
        "PMT(rate, periods, present, [future], [due])",
        words(
            "The instalment that pays a loan back in a number of periods at a rate for each; due is 1 when it is paid at the beginning.",
            "等额还款的每期付款额；利率为每期利率，第五参数为 1 表示期初付款。",
        ),
        ("ROUND(PMT(0.08 / 12, 10, 10000), 2)", "-1037.03"),
        _FIVE,
        _TEN,
        _payment,
    ),
    Function(
        "FV",
        "终值",
        "numbers",
        "FV(rate, periods, payment, [present], [due])",
        words(
            "What payments and a first sum have grown to after a number of periods.",
            "若干期付款与期初金额到期后的终值。",
        ),
        ("ROUND(FV(0.06 / 12, 10, -200, -500, 1), 2)", "2581.4"),
        _FIVE,
        _TEN,
        _future_value,
    ),
    Function(
        "PV",
        "现值",
        "numbers",
        "PV(rate, periods, payment, [future], [due])",
        words(
            "What a number of payments to come is worth today.",
            "未来若干期付款的现值。",
        ),
        ("ROUND(PV(0.08 / 12, 12 * 20, 500), 2)", "-59777.15"),
        _FIVE,
        _TEN,
        _present_value,
    ),
)
