"""Where in an expression a person is typing: what is begun there, what it is compared with, which function stands around it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dougong.expressions.completion.tokens import COMPARISONS, Token, tokens
from dougong.expressions.functions import ALIASES

OPERANDS = frozenset({"road", "string", "number", "close"})
"""What may stand before an operator."""


@dataclass(slots=True)
class Bracket:
    """An open bracket before the caret: the function it belongs to, the argument at hand, what its list is compared with."""

    function: str = ""
    argument: int = 0
    subject: str = ""
    first: str = ""
    """The first road inside it: the list that an aggregate goes over."""
    behind_where: bool = False


@dataclass(frozen=True, slots=True)
class Caret:
    """What a person is typing. `begun` is what stands before the caret of the part `start` to `end` that a suggestion replaces.

    `wants` is value, operator, emptiness (behind IS), negated (behind NOT that follows a value) or text (inside quotation
    marks). `subject` is the road that the value is compared with. `brackets` are those that are open, the outermost first.
    """

    start: int
    end: int
    begun: str
    wants: str
    subject: str = ""
    brackets: tuple[Bracket, ...] = field(default=())


def caret_at(text: str, position: int) -> Caret:
    """What is being typed at a position of a text that may be unfinished."""
    before = list(tokens(text[:position]))
    last = before[-1] if before else None
    touching = last is not None and last.end == position
    if last is not None and last.kind == "string" and touching and not last.is_closed:
        brackets = brackets_before(before[:-1])
        return Caret(
            last.start,
            _end_of_text(text, position, last.text[0]),
            last.text[1:],
            "text",
            subject_before(before[:-1], brackets),
            brackets,
        )
    begun, start = "", position
    if last is not None and touching and last.kind in ("road", "word"):
        begun, start = text[last.start : position], last.start
        before = before[:-1]
    brackets = brackets_before(before)
    if "." in begun:
        start = position - len(begun.rpartition(".")[2])
    wants = _wanted(before)
    subject = _left(before) if wants in ("operator", "negated") else subject_before(before, brackets)
    return Caret(start, _end_of_word(text, position), begun, wants, subject, brackets)


def _end_of_word(text: str, position: int) -> int:
    while position < len(text) and (text[position].isalnum() or text[position] == "_"):
        position += 1
    return position


def _end_of_text(text: str, position: int, mark: str) -> int:
    """Behind the closing quotation mark, where the rest of a word and one follow."""
    end = _end_of_word(text, position)
    return end + 1 if text[end : end + 1] == mark else position


def _wanted(before: list[Token]) -> str:
    if not before:
        return "value"
    last = before[-1]
    if last.kind == "word":
        if last.text == "IS":
            return "emptiness"
        if last.text == "NOT" and len(before) > 1:
            if before[-2].text == "IS":
                return "emptied"
            return "negated" if before[-2].kind in OPERANDS else "value"
        return "operator" if last.text in ("EMPTY", "TRUE", "FALSE") else "value"
    return "operator" if last.kind in OPERANDS else "value"


def _left(before: list[Token]) -> str:
    """The road right before the operator that is begun."""
    for token in reversed(before):
        if token.text != "NOT":
            return token.text if token.kind == "road" else ""
    return ""


def subject_before(before: list[Token], brackets: tuple[Bracket, ...]) -> str:
    """The road that the value at hand is compared with: `stage = …`, `stage IN (…`, `SWITCH(stage, …`."""
    if len(before) > 1:
        sign, left = before[-1], before[-2]
        if left.text == "NOT" and len(before) > 2:
            left = before[-3]
        compares = sign.text in COMPARISONS if sign.kind == "sign" else sign.text in ("IN", "BETWEEN", "LIKE")
        if compares and left.kind == "road":
            return left.text
        if sign.text == "AND" and len(before) > 3 and before[-3].text == "BETWEEN":
            return before[-4].text if before[-4].kind == "road" else ""
    if brackets and before and before[-1].kind in ("comma", "open"):
        return brackets[-1].subject
    return ""


def brackets_before(before: list[Token]) -> tuple[Bracket, ...]:
    """The brackets that are open behind some words."""
    found: list[Bracket] = []
    for index, token in enumerate(before):
        if token.kind == "open":
            found.append(_opened(before, index))
        elif token.kind == "close" and found:
            found.pop()
        elif not found:
            continue
        elif token.kind == "comma":
            found[-1].argument += 1
            if found[-1].function == "SWITCH" and found[-1].argument == 1:
                found[-1].subject = found[-1].first
        elif token.kind == "word" and token.text == "WHERE":
            found[-1].behind_where = True
        elif token.kind == "road" and not found[-1].first:
            found[-1].first = token.text
    return tuple(found)


def _opened(before: list[Token], index: int) -> Bracket:
    token, left = before[index], before[index - 1] if index else None
    if left is None:
        return Bracket()
    if left.end == token.start and (left.kind == "road" or left.text in ("AND", "OR")):
        return Bracket(ALIASES.get(left.text, left.text.upper()))
    if left.text == "IN" and index > 1:
        other = before[index - 2]
        if other.text == "NOT" and index > 2:
            other = before[index - 3]
        return Bracket(subject=other.text if other.kind == "road" else "")
    return Bracket()
