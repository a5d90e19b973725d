"""The type `url`: the address of a web page."""

import re
from typing import Any
from urllib.parse import urlsplit

from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import LineType, cell_line, narrow, one_line
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 2000
"""In bytes, so that it fits into an index entry of PostgreSQL."""
EXAMPLE = "https://www.example.com/about"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_LABEL = r"[a-z0-9\u00a1-\U0010ffff](?:[a-z0-9_\-\u00a1-\U0010ffff]{0,61}[a-z0-9\u00a1-\U0010ffff])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?|(?=.*:)[0-9a-f:.]+")
_USUAL = re.compile(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,20}(?:/[A-Za-z0-9/_.~%!$&'()*+,;=:@?#-]*)?"
)
_REFUSED = re.compile(r"[\s\\<>\"`{}|^\x00-\x1f\x7f]")


class UrlType(LineType):
    """A web site; only http and https, so that a click can never run a script or open a file."""

    id = "url"
    label = Text.of({"zh": "网址", "en": "Web address"})
    documentation = Text.of(
        {
            "zh": "http 或 https 网址，不能带用户名和密码；导入时没有写 https:// 的会补上。",
            "en": "An http or https address without user name or password; imports put https:// before one that has no scheme.",
        }
    )
    icon = "link"
    widget = "url"
    settings = own({})
    operators = OF_TEXT

    def coerce(self, value: object, field: Field) -> Value:
        text = one_line(value)
        if text is None:
            return None
        scheme = _SCHEME.match(text)
        if scheme is None or scheme[1].lower() not in ("http", "https"):
            raise Invalid("url_scheme")
        return _checked(text)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is None:
            return None
        head = narrow(line[:12])
        line = head + line[12:]
        scheme = _SCHEME.match(line)
        if scheme is None or (re.match(r"[0-9]{1,5}(?:[/?#]|$)", line[scheme.end() :]) and "." in scheme[1]):
            line = "https://" + line.removeprefix("//")
        return self.coerce(line, field)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "uri",
            "pattern": "^https?://",
            "maxLength": LONGEST,
            "examples": [EXAMPLE],
        }

    def example(self, field: Field) -> str:
        return EXAMPLE


def _checked(text: str) -> str:
    """Return the address with its scheme and host in small letters; raise Invalid when a browser could misread it."""
    if len(text) <= 500 and _USUAL.fullmatch(text):
        return text
    problem = Invalid("not_a_url", value=shown(text), example=EXAMPLE)
    if _REFUSED.search(text) or not text.isprintable() or len(text.encode()) > LONGEST:
        raise problem
    scheme, _, rest = text.partition(":")
    try:
        parts = urlsplit(f"{scheme.lower()}:{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise problem from None
    if "@" in parts.netloc:
        raise Invalid("url_credentials")
    if not rest.startswith("//") or port == 0 or len(host) > 253 or not _HOST.fullmatch(host):
        raise problem
    where = rest[2:]
    return f"{scheme.lower()}://{parts.netloc.lower()}{where[len(parts.netloc) :]}"
