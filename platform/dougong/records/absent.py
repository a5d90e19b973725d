"""Says that a record is not there, and which one it was merged into where its reader may see that one."""

from __future__ import annotations

from typing import NoReturn

from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.call import Call
from dougong.records.chunks import possible_ids
from dougong.records.messages import problem
from dougong.records.unmerge import forward_of


def absent(call: Call, key: str, identifier: int, path: str = "") -> Diagnostic:
    """The finding that a record is not there; one that may not be seen is told like one that does not exist."""
    survivor = forward_of(call, key, identifier) if possible_ids([identifier]) else None
    if survivor is not None:
        return problem(call.language, "merged", path, id=survivor)
    return problem(call.language, "not_found", path)


def refuse_absent(call: Call, key: str, identifier: int) -> NoReturn:
    """Refuse what was asked of a record that is not there."""
    raise Refusal("missing", [absent(call, key, identifier)])
