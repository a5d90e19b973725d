"""How numbers are distributed: the middle, the most frequent, the nth largest, how far they lie apart. Exact up to the last step."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from dougong.expressions import values

_HALF = Decimal("0.5")


def median(known: Sequence[Decimal]) -> Decimal | None:
    """The middle number, or what lies exactly between the two in the middle."""
    ordered = sorted(known)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return values.bounded(
        values.EXACT.multiply(values.EXACT.add(ordered[middle - 1], ordered[middle]), _HALF)
    )


def mode(known: Sequence[Decimal]) -> Decimal | None:
    """The most frequent number, of several the one that comes first; none when every number is another."""
    number, count = Counter(known).most_common(1)[0]
    return number if count > 1 else None


def nth(name: str, known: Sequence[Decimal], place: int) -> Decimal | None:
    """The nth largest or smallest value, equal ones counted each."""
    ordered = sorted(known, reverse=name == "LARGE")
    return ordered[place - 1] if place <= len(ordered) else None


def _squares(known: Sequence[Decimal], sample: bool) -> tuple[int, int] | None:
    """The mean square of the distances from the mean, as a fraction of whole numbers; of a sample one less is counted."""
    count = len(known)
    if count < 1 + sample:
        return None
    scale = max(0, *map(values.decimals_of, known))
    whole = [int(each.scaleb(scale, values.EXACT)) for each in known]
    distances = count * sum(each * each for each in whole) - sum(whole) ** 2
    return distances, count * (count - sample) * 10 ** (2 * scale)


def _variance(sample: bool) -> Callable[[Sequence[Decimal]], Decimal | None]:
    def variance(known: Sequence[Decimal]) -> Decimal | None:
        found = _squares(known, sample)
        if found is None:
            return None
        return _to_ten(2 * found[0] * 10**values.DIVISION_DECIMALS // found[1])

    return variance


def _deviation(sample: bool) -> Callable[[Sequence[Decimal]], Decimal | None]:
    """Its root, rounded by whole numbers like every root."""

    def deviation(known: Sequence[Decimal]) -> Decimal | None:
        found = _squares(known, sample)
        if found is None:
            return None
        return _to_ten(math.isqrt(4 * found[0] * 10 ** (2 * values.DIVISION_DECIMALS) // found[1]))

    return deviation


def _to_ten(doubled: int) -> Decimal | None:
    """Half up to ten decimals, from twice the number without its decimals."""
    return values.bounded(Decimal((doubled + 1) // 2).scaleb(-values.DIVISION_DECIMALS, values.EXACT))


DISTRIBUTIONS: Mapping[str, Callable[[Sequence[Decimal]], Decimal | None]] = {
    "MEDIAN": median,
    "MODE": mode,
    "VAR": _variance(sample=True),
    "VARP": _variance(sample=False),
    "STDEV": _deviation(sample=True),
    "STDEVP": _deviation(sample=False),
}
