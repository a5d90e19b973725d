"""What is asked and answered while somebody types an expression: findings with their place, the type, suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong.diagnostics import Diagnostic, nearest
from dougong.expressions.completion import Completion, length_at
from dougong.expressions.types import spoken
from dougong.records.trying import Tried
from dougong.records.typed import LookedOver
from dougong.web.catalogue import refuse
from dougong.web.problems import hint_of, message_of


@dataclass(frozen=True, slots=True)
class Typing:
    """An expression as it stands in an input, what it is for, and where the caret is (None: nothing is to be completed)."""

    text: str
    purpose: str
    caret: int | None


def typing_of(body: Mapping[str, Any], purposes: tuple[str, ...]) -> Typing:
    """What was sent, read strictly."""
    text, purpose, caret = body.get("text"), body.get("purpose", purposes[0]), body.get("caret")
    if not isinstance(text, str):
        raise refuse("malformed", "W313", "text", name="text", expected="text")
    if purpose not in purposes:
        allowed = ", ".join(purposes)
        hint = nearest(str(purpose), purposes)
        raise refuse("malformed", "W206", "purpose", hint, name="purpose", allowed=allowed)
    if caret is not None and (isinstance(caret, bool) or not isinstance(caret, int) or caret < 0):
        raise refuse("malformed", "W313", "caret", name="caret", expected="a whole number from 0")
    return Typing(text, purpose, caret)


def document(text: str, found: LookedOver, language: str) -> dict[str, Any]:
    """The answer; places are counted in characters from 0."""
    return {
        "problems": [_finding(text, each, language) for each in found.problems],
        "type": spoken(found.type, language) if found.type is not None else None,
        "reading": found.reading,
        "completion": _completion(found.completion) if found.completion is not None else None,
    }


def tried_document(found: Tried, language: str) -> dict[str, Any]:
    """What an expression gives for a record: the record, others that could be taken, and the value or why there is none."""
    return {
        "record": str(found.record),
        "records": [{"id": str(each), "title": title} for each, title in found.records],
        "text": found.text,
        "problem": message_of(found.problem, language) if found.problem is not None else "",
    }


def _finding(text: str, problem: Diagnostic, language: str) -> dict[str, Any]:
    column = dict(problem.parameters).get("column", "")
    start = min(int(column) - 1, len(text)) if column.isdigit() else 0
    return {
        "code": problem.code,
        "message": message_of(problem, language),
        "hint": hint_of(problem, language),
        "start": start,
        "length": length_at(text, start),
    }


def _completion(found: Completion) -> dict[str, Any]:
    around = found.signature
    return {
        "start": found.start,
        "end": found.end,
        "suggestions": [
            {
                "kind": each.kind,
                "text": each.text,
                "label": each.label,
                "detail": each.detail,
                "help": each.help,
            }
            for each in found.suggestions
        ],
        "signature": {
            "name": around.name,
            "signature": around.signature,
            "help": around.help,
            "example": around.example,
            "argument": around.argument,
        }
        if around is not None
        else None,
    }
