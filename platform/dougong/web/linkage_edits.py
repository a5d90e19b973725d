"""What choosing a record fills in, as the designer's lines `field = expression` say it, written into the link's definition."""

from __future__ import annotations

import re
from typing import Any

from dougong.definitions import edit
from dougong.web.catalogue import refuse

_LINE = re.compile(r"\s*([a-z][a-z0-9_]{0,39})\s*=\s*(\S.*?)\s*")


def set_fill(text: str, path: list[str], lines: str, file: str) -> str:
    """The definition with the `fill` of a link; what stays the same leaves the file alone."""
    wanted: dict[str, Any] = {}
    for line in filter(str.strip, lines.splitlines()):
        found = _LINE.fullmatch(line)
        if found is None:
            raise refuse("invalid", "W438", "fill", line=line.strip()[:60])
        wanted[found[1]] = found[2]
    place = [*path, "fill"]
    present = edit.value_at(text, place, file)
    known = dict(present) if isinstance(present, dict) else {}
    if {name: str(each) for name, each in known.items()} == wanted:
        return text
    if not wanted:
        return edit.remove_key(text, place, file)
    if not known:
        return edit.set_value(text, place, wanted, file)
    for name in [each for each in known if each not in wanted]:
        text = edit.remove_key(text, [*place, name], file)
    for name, each in wanted.items():
        if str(known.get(name)) != each:
            text = edit.set_value(text, [*place, name], each, file)
    return text
