"""The type `email`: an e-mail address."""

import re
from typing import Any

from dougong.fieldtypes import masks
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import LineType, cell_line, narrow, one_line
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 254
EXAMPLE = "li.wei@example.com"
_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]+)*"
)
_LABEL = r"[a-z0-9\u00a1-\U0010ffff](?:[a-z0-9\-\u00a1-\U0010ffff]{0,61}[a-z0-9\u00a1-\U0010ffff])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")
_NAMED = re.compile(r"[^<>]*<([^<>\s]+)>")


class EmailType(LineType):
    """An address that mail is sent to; the domain is kept in small letters, as it does not tell them apart."""

    id = "email"
    label = Text.of({"zh": "邮箱", "en": "E-mail"})
    documentation = Text.of(
        {
            "zh": "一个邮箱地址，域名统一为小写；导入时认得“姓名 <地址>”的写法。",
            "en": "One e-mail address, its domain in small letters; imports know the form 'Name <address>'.",
        }
    )
    icon = "mail"
    widget = "email"
    settings = own({"mask": masks.SETTING})
    operators = OF_TEXT

    def coerce(self, value: object, field: Field) -> Value:
        text = one_line(value)
        if text is None:
            return None
        local, _, domain = text.rpartition("@")
        domain = domain.lower()
        if len(text) > LONGEST or len(local.encode()) > 64 or not _is_address(local, domain):
            raise Invalid("not_an_email", value=shown(text), example=EXAMPLE)
        return f"{local}@{domain}"

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is None:
            return None
        line = narrow(line).removeprefix("mailto:").strip()
        named = _NAMED.fullmatch(line)
        return self.coerce(named[1] if named else line, field)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "format": "email", "maxLength": LONGEST, "examples": [EXAMPLE]}

    def example(self, field: Field) -> str:
        return EXAMPLE


def _is_address(local: str, domain: str) -> bool:
    return f"{local}{domain}".isprintable() and bool(_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))
