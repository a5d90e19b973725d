"""What people say when they act: how long it may be and when it may not be left out."""

from __future__ import annotations

from dougong.model.workflow import Node
from dougong.records.call import Call
from dougong.workflow.messages import refuse

LONGEST_OPINION = 4000


def checked_opinion(call: Call, opinion: str) -> str:
    """The opinion without surrounding space; refused when it is too long or cannot be stored."""
    words = opinion.replace("\r\n", "\n").strip()
    unstorable = "\0" in words or any("\ud800" <= letter <= "\udfff" for letter in words)
    if len(words) > LONGEST_OPINION or unstorable:
        refuse("invalid", call.language, "long_comment", "comment", limit=LONGEST_OPINION)
    return words


def needed_opinion(call: Call, node: Node, approves: bool, opinion: str) -> str:
    """The opinion of a decision: a rejection always says why, an approval where the step asks for it."""
    words = checked_opinion(call, opinion)
    if not words and not approves:
        refuse("invalid", call.language, "reject_comment", "comment")
    if not words and node.comment_required:
        refuse("invalid", call.language, "comment_required", "comment")
    return words
