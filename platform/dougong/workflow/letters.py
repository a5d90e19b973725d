"""What mails about approvals say, in the reader's language. Their links only open a page: nothing is decided by following one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: its subject and its text."""

    subject: str
    text: str


SUBJECTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "task": ("待您审批：{title}", "For your approval: {title}"),
        "approved": ("已通过：{title}", "Approved: {title}"),
        "rejected": ("已拒绝：{title}", "Rejected: {title}"),
    }
)
TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "task": (
            "{initiator}提交的“{title}”（{workflow}）正在等待您在“{step}”这一步作出决定。",
            "{initiator} submitted “{title}” ({workflow}); it waits for your decision at “{step}”.",
        ),
        "approved": (
            "您提交的“{title}”（{workflow}）已通过。",
            "“{title}” ({workflow}), which you submitted, was approved.",
        ),
        "rejected": (
            "您提交的“{title}”（{workflow}）已被拒绝。",
            "“{title}” ({workflow}), which you submitted, was rejected.",
        ),
    }
)
LINKS: tuple[str, str] = ("打开查看：{link}", "Open it: {link}")


def letter(
    language: str, occasion: str, *, title: str, workflow: str, step: str, initiator: str, link: str
) -> Letter:
    """The mail for an occasion (task, approved or rejected); without a link where the public address is not known."""
    position = 0 if language == "zh" else 1
    words = {"title": title, "workflow": workflow, "step": step, "initiator": initiator}
    paragraphs = [TEXTS[occasion][position].format_map(words)]
    if link:
        paragraphs.append(LINKS[position].format_map({"link": link}))
    return Letter(SUBJECTS[occasion][position].format_map(words), "\n\n".join(paragraphs) + "\n")
