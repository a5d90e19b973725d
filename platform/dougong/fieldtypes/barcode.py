"""The type `barcode`: the value of a bar code or QR code, checked by its symbology."""

import re
from collections.abc import Sequence
from typing import Any

from dougong.fieldtypes.base import Habits, Problem
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import LineType, cell_line, narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

DIGITS = {"ean13": 13, "ean8": 8, "upca": 12}
"""Symbologies of digits with a check digit at the end → how many digits."""
LONGEST = {"code128": 80, "qr": 500}
SYMBOLOGIES = (*DIGITS, *LONGEST)
USUAL = "code128"
_EXAMPLES = {
    "ean13": "6901234567892",
    "ean8": "96385074",
    "upca": "036000291452",
    "code128": "PALLET-0042",
    "qr": "https://example.com/p/42",
}
_SPACES = re.compile(r"[ \-]")


class BarcodeType(LineType):
    """What a scanner reads from a product, a pallet or a badge; shown as the picture that a scanner reads again."""

    id = "barcode"
    label = Text.of({"zh": "条码", "en": "Bar code"})
    documentation = Text.of(
        {
            "zh": "条码或二维码的内容，按码制检查（EAN-13、EAN-8、UPC-A 核对校验位；Code 128 只收可打印 ASCII），并画成可以扫的图。",
            "en": "The content of a bar code or QR code, checked as its symbology asks (the check digit of EAN-13, EAN-8 and "
            "UPC-A; printable ASCII for Code 128) and drawn as a picture that can be scanned.",
        }
    )
    icon = "barcode"
    widget = "barcode"
    operators = OF_TEXT
    narrowing = ("symbology",)
    settings = own(
        {
            "symbology": described(
                {"type": "string", "enum": list(SYMBOLOGIES), "default": USUAL}, "码制", "Symbology"
            )
        }
    )

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is not None and symbology_of(field) in DIGITS:
            line = _SPACES.sub("", narrow(line))
        return self.coerce(line, field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        if value is None:
            return ()
        symbology = symbology_of(field)
        if symbology in DIGITS:
            return _of_digits(value, DIGITS[symbology], field)
        if len(value) > LONGEST[symbology]:
            limits = (("maximum", str(LONGEST[symbology])), ("length", str(len(value))))
            return (Problem("too_long", limits),)
        if symbology == "code128" and not (value.isascii() and value.isprintable()):
            return (Problem("not_a_barcode", _words(value, field)),)
        return ()

    def json_schema(self, field: Field) -> dict[str, Any]:
        symbology = symbology_of(field)
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "examples": [self.example(field)]}
        if symbology in DIGITS:
            return {**schema, "pattern": f"^[0-9]{{{DIGITS[symbology]}}}$"}
        return {**schema, "maxLength": LONGEST[symbology]}

    def example(self, field: Field) -> str:
        return _EXAMPLES[symbology_of(field)]


def symbology_of(field: Field) -> str:
    """How the code of a field is drawn: ean13, ean8, upca, code128 or qr."""
    return str(field.extra.get("symbology", USUAL))


def check_digit(digits: str) -> str:
    """Return the digit that makes a code of the EAN family whole: weights 3 and 1 from the right, modulo 10."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _of_digits(value: str, length: int, field: Field) -> Sequence[Problem]:
    if len(value) != length or not (value.isascii() and value.isdigit()):
        return (Problem("not_a_barcode", _words(value, field)),)
    expected = check_digit(value[:-1])
    if value[-1] != expected:
        return (Problem("check_digit", (("value", shown(value)), ("expected", expected))),)
    return ()


def _words(value: str, field: Field) -> tuple[tuple[str, str], ...]:
    symbology = symbology_of(field)
    return (("value", shown(value)), ("symbology", symbology.upper()), ("example", _EXAMPLES[symbology]))
