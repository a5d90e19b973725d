"""Generated definition files: the same data in every layout that people write, with a comment wherever one may stand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hypothesis import strategies as st

from dougong.definitions.nodes import Data
from dougong.definitions.rendering import scalar

KEYS = st.sampled_from(["a", "name", "label", "type", "fields", "rules", "选项", "x1", "no", "to"])
_PROSE = ["", "plain", "two words", "'a' & b", "name = 'x' AND total > 1", "# no comment", "a: b", "客户"]
_TRAPS = ["- x", "{x}", "1.5", "true", "012", "tail ", "\ttab", "a\nb"]
TEXTS = st.sampled_from([*_PROSE, *_TRAPS])
SCALARS = TEXTS | st.integers(-99, 99) | st.booleans()
VALUES: st.SearchStrategy[Data] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)
MAPPINGS: st.SearchStrategy[Data] = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)


@dataclass
class _Writer:
    """Writes data with drawn choices of layout; every comment has a number of its own."""

    draw: st.DrawFn
    comments: int = 0
    lines: list[str] = field(default_factory=list)

    def comment(self) -> str:
        if not self.draw(st.booleans()):
            return ""
        self.comments += 1
        return f" # c{self.comments}."

    def above(self, pad: str) -> None:
        """Blank lines and comments that stand above a key or an item."""
        if self.draw(st.integers(0, 5)) == 0:
            self.lines.append("")
        text = self.comment()
        if text:
            self.lines.append(pad + text.strip())

    def block(self, value: Data, indent: int, first: str) -> None:
        """A mapping or list in block style; `first` stands before its first line instead of the indentation."""
        pad = " " * indent
        children = (
            list(value.items())
            if isinstance(value, dict)
            else [(None, each) for each in (value if isinstance(value, list) else [])]
        )
        for index, (key, each) in enumerate(children):
            start = first if index == 0 and first else pad
            if not (index == 0 and first):
                self.above(pad)
            head = f"{start}{scalar(key)}:" if key is not None else f"{start}-"
            self.child(head, each, indent, is_item=key is None)

    def child(self, head: str, value: Data, indent: int, *, is_item: bool) -> None:
        if (
            isinstance(value, str)
            and value
            and "\n" not in value
            and value[0] not in " #"
            and self.draw(st.integers(0, 4)) == 0
        ):
            mark = self.draw(st.sampled_from(["|-", ">-"]))
            if value.strip() == value and "\t" not in value:
                self.lines.append(f"{head} {mark}{self.comment()}")
                self.lines.append(" " * (indent + 2) + value)
                return
        if isinstance(value, (dict, list)) and value and self.draw(st.booleans()):
            if is_item and isinstance(value, dict) and self.draw(st.booleans()):
                self.block(value, indent + 2, f"{head} ")
                return
            self.lines.append(head + self.comment())
            self.block(value, indent + 2, "")
            return
        self.lines.append(f"{head} {self.inline(value, indent)}{self.comment()}")

    def inline(self, value: Data, indent: int) -> str:
        """A value in brackets or a single one, in some quotes."""
        if isinstance(value, (dict, list)):
            entries = [
                (f"{scalar(key)}: " if key is not None else "") + self.inline(each, indent)
                for key, each in (
                    value.items() if isinstance(value, dict) else [(None, each) for each in value]
                )
            ]
            left, right = "{}" if isinstance(value, dict) else "[]"
            if entries and self.draw(st.integers(0, 3)) == 0:
                pad = "\n" + " " * (indent + 4)
                return left + pad + f",{pad}".join(entries) + "\n" + " " * (indent + 2) + right
            return left + self.draw(st.sampled_from([", ", " , ", ","])).join(entries) + right
        if isinstance(value, str) and value.isprintable() and self.draw(st.booleans()):
            return "'" + value.replace("'", "''") + "'"
        return scalar(value, self.draw(st.sampled_from(["", '"'])))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Data]:
    """A YAML text and the data that it says."""
    data = draw(MAPPINGS)
    writer = _Writer(draw)
    writer.above("")
    writer.block(data, 0, "")
    return "\n".join(writer.lines) + "\n", data


@st.composite
def json_documents(draw: st.DrawFn) -> tuple[str, Data]:
    """A JSON text and the data that it says."""
    data = draw(MAPPINGS)
    return json.dumps(
        data, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 0, 2]))
    ) + "\n", data
