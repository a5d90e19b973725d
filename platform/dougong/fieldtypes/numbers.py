"""What all numbers have in common: exact decimals, and how people write them in cells."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import ClassVar

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import FieldType, Habits, Invalid, Problem
from dougong.fieldtypes.columns import DIGITS, MOST_DIGITS, Exact, Scaled, Wide
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_NUMBER
from dougong.fieldtypes.settings import BOUND, Schema, described
from dougong.fieldtypes.texts import narrow
from dougong.model.expression import Type, Value
from dougong.model.field import Field

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_PLAIN = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,30})?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?[eE][+-]?[0-9]{1,2}")
_UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_QUANTA = tuple(Decimal(1).scaleb(-scale) for scale in range(DIGITS + 1))
_MINUS_BEHIND = re.compile("[0-9](?:.*[0-9])? ?[-\u2212]")
"""`1,234.00-`, as accounting programs write it."""
_DASHES = {0x2212: 0x2D, 0x2012: 0x2D, 0x2013: 0x2D}
_SPACE = re.compile("[ \u00a0\u202f\u2009'’]")
_SPACED = re.compile("[0-9]{1,3}(?:[ \u00a0\u202f\u2009'’][0-9]{3})+")
LONGEST_CELL = 100
_BEYOND = 10**MOST_DIGITS

BOUNDS: dict[str, Schema] = {
    "min": described(BOUND, "最小值", "Smallest value", description="A number or an expression."),
    "max": described(BOUND, "最大值", "Largest value", description="A number or an expression."),
}


def decimals_setting(default: int, chinese: str = "小数位数", english: str = "Decimals") -> Schema:
    """Return the setting for the number of decimals."""
    return described({"type": "integer", "minimum": 0, "maximum": 10, "default": default}, chinese, english)


def digits_setting() -> Schema:
    """Return the setting for the number of all digits."""
    return described(
        {"type": "integer", "minimum": DIGITS, "maximum": MOST_DIGITS, "default": DIGITS},
        "总位数",
        "Digits",
        description="All digits, those after the point too; more than 18 take more room and time.",
    )


def exact_number(value: object, example: str) -> Decimal | int:
    """Return the number that came as JSON (text, int, Decimal, or a float of at most 15 digits); raise Invalid otherwise."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return Decimal(value)
    elif isinstance(value, Decimal):
        if value.is_finite():
            return value
    elif isinstance(value, float):
        return _exact_float(value, example)
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Invalid("not_a_number", value=shown(value), example=example)


def _exact_float(value: float, example: str) -> Decimal:
    number = Decimal(repr(value))
    if not number.is_finite():
        raise Invalid("not_a_number", value=shown(value), example=example)
    if len(number.normalize(EXACT).as_tuple().digits) > 15:
        raise Invalid("inexact_number", value=shown(value), example=example)
    return number


def _as_decimal(number: Decimal | int) -> Decimal:
    if isinstance(number, Decimal):
        return number
    if -_BEYOND < number < _BEYOND:
        return Decimal(number)
    raise Invalid("too_many_digits", value=f"10^{MOST_DIGITS}", maximum=MOST_DIGITS)


def fitted(number: Decimal | int, scale: int, digits: int = DIGITS) -> Decimal:
    """Return the number with exactly `scale` decimals; raise Invalid when it has more, or more than `digits` digits."""
    number = _as_decimal(number)
    if number and number.adjusted() >= digits - scale:
        raise Invalid("too_many_digits", value=shown(str(number)), maximum=digits - scale)
    result = number.quantize(_QUANTA[scale], context=EXACT)
    if result != number:
        raise Invalid("too_many_decimals", value=shown(str(number)), maximum=scale)
    return result or abs(result)


def rounded(number: Decimal | int, scale: int, digits: int = DIGITS) -> Decimal:
    """Return the number rounded half up (away from zero) to `scale` decimals; raise Invalid when it has too many digits."""
    number = _as_decimal(number)
    if not number.is_finite():
        raise Invalid("not_a_number", value=shown(str(number)), example="1")
    if number and number.adjusted() >= digits:
        raise Invalid("too_many_digits", value=shown(str(number)), maximum=digits - scale)
    return fitted(number.quantize(_QUANTA[scale], context=EXACT), scale, digits)


def written_number(value: object, habits: Habits, example: str) -> Decimal | int:
    """Return the number that a cell holds: `1,234.50`, `１２`, `1.5万`, `(3.20)`; raise Invalid.

    A float, which is what a spreadsheet's cell is, counts with the 15 digits that the spreadsheet shows.
    """
    if isinstance(value, float):
        return _shown_float(value, example)
    if not isinstance(value, str):
        return exact_number(value, example)
    if len(value) > LONGEST_CELL:
        raise Invalid("not_a_number", value=shown(value), example=example)
    if _PLAIN.fullmatch(value) and habits.decimal_mark == ".":
        return Decimal(value)
    return _decorated_number(value, habits, example)


def _shown_float(value: float, example: str) -> Decimal:
    number = Decimal(format(value, ".15g"))
    if number.is_finite():
        return number
    raise Invalid("not_a_number", value=shown(value), example=example)


def _decorated_number(written: str, habits: Habits, example: str) -> Decimal:
    text = narrow(written).strip()
    is_negative = False
    if text.startswith("(") and text.endswith(")"):
        text, is_negative = text[1:-1].strip(), True
    unit = _UNITS.get(text[-1:])
    if unit is not None:
        text = text[:-1].rstrip()
    text = text.removeprefix("+")
    if not is_negative and _MINUS_BEHIND.fullmatch(text):
        text, is_negative = text[:-1].rstrip(), True
    if habits.decimal_mark == "." and _SCIENTIFIC.fullmatch(text):
        number = Decimal(text)
    else:
        plain = _ungrouped(text, habits.decimal_mark, written, example)
        if not _PLAIN.fullmatch(plain):
            raise Invalid("not_a_number", value=shown(written), example=example)
        number = Decimal(plain)
    number = number.copy_negate() if is_negative else number
    return EXACT.multiply(number, unit) if unit is not None else number


def _ungrouped(text: str, mark: str, written: str, example: str) -> str:
    """Take the separators of thousands out; a comma that could also be a decimal point is refused."""
    group = "," if mark == "." else "."
    text = text.translate(_DASHES)
    whole, point, fraction = text.partition(mark)
    if mark == "," and point and group in fraction:
        raise Invalid("ambiguous_number", value=shown(written), example=example)
    digits = whole.removeprefix("-")
    if group in digits:
        head, *rest = digits.split(group)
        if not 1 <= len(head) <= 3 or any(len(part) != 3 for part in rest):
            raise Invalid("ambiguous_number", value=shown(written), example=example)
        whole = whole.replace(group, "")
    elif _SPACED.fullmatch(digits):
        whole = _SPACE.sub("", whole)
    if whole in ("", "-") and fraction:
        whole += "0"
    return f"{whole}.{fraction}" if fraction else whole


def grouped(number: Decimal | int) -> str:
    """Return the number with commas between the thousands and all its decimals."""
    return f"{number:,f}" if type(number) is Decimal else f"{number:,}"


def plain(number: Decimal | int) -> str:
    """Return the number in digits, never in scientific notation."""
    return format(number, "f") if type(number) is Decimal else str(number)


def constant_bound(bound: object) -> Decimal | None:
    """Return a bound of the definition when it is a constant."""
    return bound if type(bound) is Decimal else None


class NumberType(FieldType):
    """Base of the types whose value is an exact Decimal; `scale` of a field says how many decimals are kept."""

    operators = OF_NUMBER
    groupable = False
    sample: ClassVar[str] = "1234.50"

    def scale(self, field: Field) -> int:
        """Return the number of decimals that are kept."""
        return field.decimals

    def expression_type(self, field: Field) -> Type:
        return Type("number", decimals=self.scale(field))

    def column(self, field: Field) -> Exact:
        scale = self.scale(field)
        return Scaled(scale) if field.digits <= DIGITS else Wide(scale, field.digits)

    def coerce(self, value: object, field: Field) -> Value:
        if value is None or value == "":
            return None
        return fitted(exact_number(value, self.sample), self.scale(field), field.digits)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or text == "" or (type(text) is str and not text.strip()):
            return None
        return fitted(written_number(text, habits, self.sample), self.scale(field), field.digits)

    def assign(self, value: Value, field: Field) -> Value:
        if type(value) is Decimal or type(value) is int:
            return rounded(value, self.scale(field), field.digits)
        return self.coerce(value, field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        if value is None or (field.minimum is None and field.maximum is None):
            return ()
        return self.check_bounds(value, constant_bound(field.minimum), constant_bound(field.maximum), field)

    def check_bounds(self, value: Value, minimum: Value, maximum: Value, field: Field) -> Sequence[Problem]:
        if value is None:
            return ()
        if minimum is not None and value < minimum:
            return (Problem("too_small", (("minimum", self.bound_text(minimum, field)),)),)
        if maximum is not None and value > maximum:
            return (Problem("too_large", (("maximum", self.bound_text(maximum, field)),)),)
        return ()

    def bound_text(self, bound: Decimal, field: Field) -> str:
        """Return a bound as a message shows it."""
        return grouped(bound)

    def build(self, field: Field) -> list[Diagnostic]:
        low, high = constant_bound(field.minimum), constant_bound(field.maximum)
        if low is None or high is None or low <= high:
            return []
        message = f"min {plain(low)} is more than max {plain(high)}"
        words = (("minimum", str(field.minimum)), ("maximum", str(field.maximum)))
        return [Diagnostic("D461", message, "max", hint="exchange the two bounds", parameters=words)]

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else plain(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else grouped(value)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else plain(value)

    def literal(self, value: Value, field: Field) -> str:
        return plain(value)

    def json_schema(self, field: Field) -> Schema:
        scale = self.scale(field)
        fraction = rf"(\.[0-9]{{1,{scale}}}0*)?" if scale else ""
        return {
            "type": "string",
            "pattern": rf"^-?[0-9]{{1,{field.digits - scale}}}{fraction}$",
            "examples": [plain(self.example(field))],
        }

    def example(self, field: Field) -> Decimal:
        low, high = constant_bound(field.minimum), constant_bound(field.maximum)
        number = Decimal(1) if low is None or low <= 1 else low
        return rounded(number if high is None or number <= high else high, self.scale(field), field.digits)
