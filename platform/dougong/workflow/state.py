"""How the state of an approval is written down, so that later formats can still read it."""

from __future__ import annotations

from typing import Any

from dougong.workflow.machine import State, Token

FORMAT = 1


def to_json(state: State) -> dict[str, Any]:
    """The state as JSON."""
    return {
        "format": FORMAT,
        "tokens": [
            {
                "node": token.node,
                "visit": token.visit,
                "asked": list(token.asked),
                "approved": list(token.approved),
            }
            for token in state.tokens
        ],
        "visits": dict(state.visits),
        "outcome": state.outcome,
    }


def from_json(data: dict[str, Any]) -> State:
    """The state that was written down; ValueError for a format that this version does not know."""
    if data.get("format") != FORMAT:
        raise ValueError(f"unknown format {data.get('format')!r} of an approval's state")
    tokens = tuple(
        Token(each["node"], each["visit"], tuple(each["asked"]), tuple(each["approved"]))
        for each in data["tokens"]
    )
    return State(tokens, tuple(sorted(data["visits"].items())), data["outcome"])
