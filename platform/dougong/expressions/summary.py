"""One figure for many values, as every back end must compute it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from dougong.expressions import values
from dougong.expressions.distribution import DISTRIBUTIONS
from dougong.model.expression import Value

AGGREGATE_NAMES = ("SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTUNIQUE", "PRODUCT", *DISTRIBUTIONS)


def summary(name: str, found: Iterable[Value]) -> Value:
    """The figure; empty values are left out."""
    known = [value for value in found if value is not None]
    if name == "SUM":
        return values.total(known)
    if name == "COUNT":
        return Decimal(len(known))
    if name == "COUNTUNIQUE":
        return Decimal(len(set(known)))
    if not known:
        return Decimal(0) if name == "PRODUCT" else None
    if name == "AVERAGE":
        whole = values.total(known)
        return None if whole is None else values.divide(whole, Decimal(len(known)))
    if name == "PRODUCT":
        return _product(known)
    if name in DISTRIBUTIONS:
        return DISTRIBUTIONS[name](known)
    return min(known) if name == "MIN" else max(known)


def _product(known: Iterable[Decimal]) -> Decimal | None:
    product: Decimal | None = Decimal(1)
    for value in known:
        product = None if product is None else values.multiply(product, value)
    return product
