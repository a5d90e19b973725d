"""The type `embed`: a page of another site, its address put together from the record's fields."""

import re
from typing import Any
from urllib.parse import urlsplit

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import PRESENCE
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import LineType, cell_line, one_line
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 2000
EXAMPLE = "https://maps.example.com/search?q=Shenzhen"
BRACES = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_ADDRESS = re.compile(r"https://[!-~]+")


class EmbedType(LineType):
    """A map of the address, a dashboard of the customer in another system. Computed, never written by a person."""

    id = "embed"
    label = Text.of({"zh": "嵌入页面", "en": "Embedded page"})
    documentation = Text.of(
        {
            "zh": "另一个网站的页面，地址由模板和字段拼成：https://maps.example.com/?q={city}。只能是 https，主机名不能含字段，"
            "字段的值按百分号编码。主机列入 DOUGONG_FRAMES 时在沙箱框中显示，否则只显示链接。",
            "en": "A page of another site, its address made of a template and fields: https://maps.example.com/?q={city}. "
            "Only https, no field in the host, values percent-encoded. It is shown in a sandboxed frame when DOUGONG_FRAMES "
            "names the host, else as a link.",
        }
    )
    icon = "browser"
    widget = "embed"
    allows = frozenset()
    settings = own(
        {
            "url": described(
                {"type": "string", "minLength": 12, "maxLength": 500, "pattern": "^https://"},
                "地址模板",
                "Address with fields in braces",
                description="For example https://maps.example.com/?q={city}; {account.name} goes over a link.",
            )
        },
        ("url",),
    )
    operators = PRESENCE
    searchable = False
    sortable = False
    groupable = False

    def build(self, field: Field) -> list[Diagnostic]:
        template = str(field.extra.get("url", EXAMPLE))
        if _HOST.fullmatch(host_of(template)) and "{" not in host_of(template):
            return []
        message = f"the host of '{template}' must be written out, without fields, names or passwords"
        advice = "put fields after the host: https://maps.example.com/?q={city}"
        return [Diagnostic("D468", message, "url", hint=advice, parameters=(("value", template),))]

    def coerce(self, value: object, field: Field) -> Value:
        text = one_line(value)
        if text is None:
            return None
        if len(text) > LONGEST or not _ADDRESS.fullmatch(text) or not _HOST.fullmatch(host_of(text)):
            raise Invalid("not_a_url", value=shown(text), example=EXAMPLE)
        return text

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        return self.coerce(cell_line(text), field)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "format": "uri", "maxLength": LONGEST, "examples": [EXAMPLE]}

    def example(self, field: Field) -> str:
        return EXAMPLE

    def search_text(self, value: Value) -> str:
        return ""


def host_of(address: str) -> str:
    """The host of an https address with its port, as written; nothing when there is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def formula_of(template: str) -> str:
    """The expression that puts the address together: constants, and fields percent-encoded."""
    pieces = BRACES.split(template)
    quoted = ("'" + piece.replace("'", "''") + "'" for piece in pieces[::2])
    encoded = (f"ENCODEURL('' & {name})" for name in pieces[1::2])
    parts = [next(quoted)]
    for each in encoded:
        parts += [each, next(quoted)]
    return " & ".join(part for part in parts if part != "''")
