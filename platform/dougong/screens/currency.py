"""How money is written on a screen: the figure bare, the unit once in the head, the symbol inside an input."""

from __future__ import annotations

from decimal import Decimal

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.money import SYMBOLS
from dougong.model.field import Field

_CHINESE = {"CNY": "元", "USD": "美元", "EUR": "欧元", "JPY": "日元", "HKD": "港元", "GBP": "英镑"}


def amount_text(value: Decimal, field: Field, language: str) -> str:
    """The figure with its decimals and groups, without a symbol."""
    return TYPES["decimal"].to_text(value, field, language)


def unit_of(currency: str, language: str) -> str:
    """The unit as it stands in a head: 元 for a Chinese reader, else the code."""
    return _CHINESE.get(currency, currency) if language.startswith("zh") else currency


def symbol_of(currency: str) -> str:
    """What stands before the figure in an input."""
    return SYMBOLS.get(currency, currency)
