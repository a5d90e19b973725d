"""The type `money`: an exact amount in one currency."""

import re
from decimal import Decimal

from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.numbers import (
    BOUNDS,
    LONGEST_CELL,
    NumberType,
    decimals_setting,
    digits_setting,
    grouped,
)
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

SYMBOLS = {
    "CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "KRW": "₩", "HKD": "HK$", "TWD": "NT$", "MOP": "MOP$",
    "SGD": "S$", "AUD": "A$", "CAD": "C$", "INR": "₹", "RUB": "₽", "VND": "₫", "THB": "฿", "BRL": "R$",
}  # fmt: skip
_MEANINGS: dict[str, frozenset[str]] = {
    **{symbol: frozenset({code}) for code, symbol in SYMBOLS.items()},
    "¥": frozenset({"CNY", "JPY"}),
    "$": frozenset({"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "MOP"}),
    "元": frozenset({"CNY", "HKD", "TWD"}),
    "人民币": frozenset({"CNY"}),
    "RMB": frozenset({"CNY"}),
    "美元": frozenset({"USD"}),
    "欧元": frozenset({"EUR"}),
    "日元": frozenset({"JPY"}),
    "港元": frozenset({"HKD"}),
    "英镑": frozenset({"GBP"}),
}
_MARKS = "|".join(sorted(map(re.escape, _MEANINGS), key=len, reverse=True))
_DECORATED = re.compile(
    rf"(?P<minus>-?)\s*(?P<before>{_MARKS}|[A-Za-z]{{3}})?\s*(?P<number>.*?[0-9万亿)])\s*(?P<after>{_MARKS}|[A-Za-z]{{3}})?"
)
_BARE = re.compile(r"-?[0-9][0-9,.]*")


class MoneyType(NumberType):
    """A price or an amount."""

    id = "money"
    virtual = True
    label = Text.of({"zh": "金额", "en": "Money"})
    documentation = Text.of(
        {
            "zh": "某一币种的精确金额，最多 18 位数字，需要时可设到 30 位；计算时四舍五入到规定的小数位。",
            "en": "An exact amount in one currency, at most 18 digits (up to 30 if set); results are rounded half up to its decimals.",
        }
    )
    icon = "coin"
    widget = "money"
    settings = own(
        {
            "decimals": decimals_setting(2),
            "digits": digits_setting(),
            "currency": described(
                {"type": "string", "pattern": "^[A-Z]{3}$"},
                "币种",
                "Currency",
                description="ISO 4217 code; default: the app's.",
            ),
            **BOUNDS,
        }
    )

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if isinstance(text, str) and len(text) <= LONGEST_CELL and not _BARE.fullmatch(text):
            text = _without_currency(text, field.currency)
        return super().parse(text, field, habits)

    def bound_text(self, bound: Decimal, field: Field) -> str:
        return _with_symbol(bound, field.currency)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else _with_symbol(value, field.currency)


def _without_currency(written: str, currency: str) -> str:
    """Take a sign or code of the field's currency off; another currency is refused, never ignored."""
    text = narrow(written).strip()
    in_brackets = text.startswith("(") and text.endswith(")")
    found = _DECORATED.fullmatch(text[1:-1].strip() if in_brackets else text)
    if found is None:
        return written
    for mark in (found["before"], found["after"]):
        if mark and currency and currency not in _MEANINGS.get(mark.upper(), frozenset({mark.upper()})):
            raise Invalid("wrong_currency", value=shown(written), currency=currency)
    number: str = found["minus"] + found["number"]
    return f"({number})" if in_brackets else number


def _with_symbol(amount: Decimal, currency: str) -> str:
    symbol = SYMBOLS.get(currency) or (f"{currency} " if currency else "")
    return f"-{symbol}{grouped(amount.copy_negate())}" if amount < 0 else f"{symbol}{grouped(amount)}"
