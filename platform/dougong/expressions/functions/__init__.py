"""The registry of the functions that people may call, by name and by Chinese alias."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.expressions.functions.capitals import CAPITALS
from dougong.expressions.functions.characters import CHARACTERS
from dougong.expressions.functions.checks import CHECKS
from dougong.expressions.functions.clocks import CLOCKS
from dougong.expressions.functions.dates import DATES
from dougong.expressions.functions.day_counts import DAY_COUNTS
from dougong.expressions.functions.distributions import DISTRIBUTIONS
from dougong.expressions.functions.lists import LISTS
from dougong.expressions.functions.loans import LOANS
from dougong.expressions.functions.logic import LOGIC
from dougong.expressions.functions.multiples import MULTIPLES
from dougong.expressions.functions.numbers import NUMBERS
from dougong.expressions.functions.patterns import PATTERNS
from dougong.expressions.functions.people import PEOPLE
from dougong.expressions.functions.roots import ROOTS
from dougong.expressions.functions.searching import SEARCHING
from dougong.expressions.functions.texts import TEXTS
from dougong.expressions.functions.working_days import WORKING_DAYS
from dougong.expressions.registry import Function
from dougong.model.text import Text

GROUPS: Mapping[str, Text] = {
    "logic": Text.of({"en": "Logic", "zh": "逻辑"}),
    "lists": Text.of({"en": "Sums and counts", "zh": "汇总"}),
    "numbers": Text.of({"en": "Numbers", "zh": "数学"}),
    "texts": Text.of({"en": "Text", "zh": "文本"}),
    "dates": Text.of({"en": "Dates", "zh": "日期"}),
    "people": Text.of({"en": "People", "zh": "人员"}),
}
FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        *LOGIC,
        *LISTS,
        *DISTRIBUTIONS,
        *NUMBERS,
        *MULTIPLES,
        *ROOTS,
        *LOANS,
        *TEXTS,
        *SEARCHING,
        *CHARACTERS,
        *PATTERNS,
        *CAPITALS,
        *CHECKS,
        *DATES,
        *CLOCKS,
        *DAY_COUNTS,
        *WORKING_DAYS,
        *PEOPLE,
    )
}
ALIASES: Mapping[str, str] = {function.alias: function.name for function in FUNCTIONS.values()}
AGGREGATES: frozenset[str] = frozenset(function.name for function in (*LISTS, *DISTRIBUTIONS))
