"""The tutorial of a README as steps, read from its fenced blocks and the comments before them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MARK = re.compile(r"^<!-- (?P<kind>file|edit|run|serve|output|browser)(?:: (?P<about>\S+))? -->$")
GESTURE = re.compile(
    r"(?:\bopen|打开) <(?P<open>[^>]+)>"
    r"|`(?P<text>[^`]+)` into \*\*(?P<label>[^*]+)\*\*|\*\*(?P<field>[^*]+)\*\* 填入 `(?P<value>[^`]+)`"
    r"|(?:\bpress|按) \*\*(?P<press>[^*]+)\*\*|(?:\bsee|看到) \*\*(?P<see>[^*]+)\*\*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what kind it is, the file or exit status it names, its text, the output it promises, its line."""

    kind: str
    about: str
    text: str
    line: int
    output: str | None = None


def read(path: Path) -> list[Step]:
    """The steps of a README in order; a mark that nothing fitting follows is an error."""
    lines = path.read_text(encoding="utf-8").splitlines()
    steps: list[Step] = []
    for number, line in enumerate(lines):
        mark = MARK.match(line)
        if mark is None:
            assert not line.startswith("<!--"), f"{path.name}:{number + 1}: no such mark: {line}"
            continue
        kind, about = mark["kind"], mark["about"] or ""
        text = _listed(lines, number + 1) if kind == "browser" else _fenced(lines, number + 1)
        assert text, f"{path.name}:{number + 1}: nothing stands under this mark"
        if kind == "output":
            before = steps.pop()
            assert before.kind == "run", f"{path.name}:{number + 1}: output of what?"
            assert before.output is None, f"{path.name}:{number + 1}: output twice"
            steps.append(Step("run", before.about, before.text, before.line, text))
        else:
            steps.append(Step(kind, about, text, number + 1))
    return steps


@dataclass(frozen=True, slots=True)
class Gesture:
    """One thing a person does in the browser: open an address, fill a field, press or see something."""

    kind: str
    what: str
    value: str = ""


def gestures(text: str) -> list[Gesture]:
    """What a person is told to do, in Chinese or English; every thing in bold must be part of something to do."""
    found = []
    for each in GESTURE.finditer(text):
        if each["text"] or each["value"]:
            found.append(Gesture("fill", each["label"] or each["field"], each["text"] or each["value"]))
        else:
            kind = next(kind for kind in ("open", "press", "see") if each[kind])
            found.append(Gesture(kind, each[kind]))
    assert text.count("**") == 2 * sum(each.kind != "open" for each in found), f"not understood: {text}"
    return found


def _fenced(lines: list[str], start: int) -> str:
    assert lines[start].startswith("```"), f"line {start + 1}: a fenced block is expected"
    end = lines.index("```", start + 1)
    return "\n".join(lines[start + 1 : end]) + "\n"


def _listed(lines: list[str], start: int) -> str:
    found = []
    while start < len(lines) and re.match(r"\d+\. ", lines[start]):
        found.append(lines[start])
        start += 1
    return "\n".join(found)


def edited(text: str, difference: str) -> str:
    """A text with its lines replaced as the difference says; every line taken away must stand there once."""
    lines = text.splitlines()
    taken = [line[1:] for line in difference.splitlines() if line.startswith("-")]
    put = [line[1:] for line in difference.splitlines() if line.startswith("+")]
    at = lines.index(taken[0])
    assert lines[at : at + len(taken)] == taken, "the lines to take away do not stand there"
    assert lines.count(taken[0]) == 1, f"stands there more than once: {taken[0]}"
    return "\n".join([*lines[:at], *put, *lines[at + len(taken) :]]) + "\n"


def fits(promised: str, printed: str) -> bool:
    """Whether what was printed is what the README promises; … stands for anything, also over lines."""
    pattern = ".*".join(re.escape(part) for part in promised.rstrip("\n").split("…"))
    return re.fullmatch(pattern, printed.rstrip("\n"), flags=re.DOTALL) is not None
