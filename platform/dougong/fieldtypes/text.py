"""The type `text`: one line."""

from collections.abc import Sequence

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import identities, masks
from dougong.fieldtypes.base import Habits, Problem
from dougong.fieldtypes.messages import both, shown
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.patterns import ADVICE, compiled, matches
from dougong.fieldtypes.settings import TEXT, Schema, described, own
from dougong.fieldtypes.texts import LineType, cell_line, narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 500
"""So that a line fits into an index entry of PostgreSQL (2 704 bytes) in any script."""


class TextType(LineType):
    """A name, title or code."""

    id = "text"
    virtual = True
    label = Text.of({"zh": "文本", "en": "Text"})
    documentation = Text.of(
        {
            "zh": "一行文字；前后的空白会去掉，字符按 Unicode NFC 统一。可以限制长度和格式。",
            "en": "One line of text; white space around it is dropped and characters are put into Unicode form NFC. "
            "Length and form can be limited.",
        }
    )
    icon = "forms"
    widget = "text"
    operators = OF_TEXT
    narrowing = ("format",)
    settings = own(
        {
            "max_length": described(
                {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": 255},
                "最多字数",
                "Longest",
                description="In characters.",
            ),
            "pattern": described(
                {"type": "string", "minLength": 1, "maxLength": 500},
                "格式",
                "Pattern",
                description="A regular expression that the whole value must match; " + ADVICE + ".",
            ),
            "format": described(
                {"type": "string", "enum": list(identities.FORMATS)},
                "号码格式",
                "Known form",
                description="A number with a check digit: id_number (resident identity number) or credit_code "
                "(unified social credit code).",
            ),
            "mask": masks.SETTING,
            "pattern_hint": described(
                TEXT, "格式说明", "What the pattern wants", description="Shown when the value does not match."
            ),
        }
    )

    def build(self, field: Field) -> list[Diagnostic]:
        if not field.pattern:
            return []
        try:
            compiled(field.pattern)
        except ValueError as error:
            return [
                Diagnostic("D462", str(error), "pattern", hint=ADVICE, parameters=(("reason", str(error)),))
            ]
        return []

    def coerce(self, value: object, field: Field) -> Value:
        text = super().coerce(value, field)
        return text.upper() if text and field.extra.get("format") else text

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is not None and field.extra.get("format"):
            line = narrow(line).replace(" ", "")
        return self.coerce(line, field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        if value is None:
            return ()
        longest = field.max_length or LONGEST
        if len(value) > longest:
            return (Problem("too_long", (("maximum", str(longest)), ("length", str(len(value))))),)
        form = str(field.extra.get("format", ""))
        if form:
            return identities.check(value, form)
        if field.pattern and not matches(field.pattern, value):
            return (Problem("pattern", (("value", shown(value)), ("hint", _hint(field)))),)
        return ()

    def json_schema(self, field: Field) -> Schema:
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": field.max_length or LONGEST,
            "examples": [self.example(field)],
        }

    def example(self, field: Field) -> str:
        form = field.extra.get("format")
        return identities.EXAMPLES[form] if form else "Example"[: field.max_length or LONGEST]


def _hint(field: Field) -> str:
    hint = field.extra.get("pattern_hint")
    if not hint:
        return ""
    text = hint if isinstance(hint, Text) else Text.of(hint)
    return both("：" + text.get("zh"), ": " + text.get("en"))
