"""Error pages: what happened in plain words, who can mend it, and what still works."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.diagnostics import Diagnostic
from dougong.screens.shape import Action, Detail, ProblemScreen
from dougong.screens.texts import text


def problem_screen(
    status: int,
    title: str,
    problems: Sequence[Diagnostic],
    language: str,
    request_id: str,
    messages: Sequence[str],
) -> ProblemScreen:
    """The page for a refusal or a failure."""
    actions = [Action("home", text("go_home", language), "/", icon="home")]
    if status in (429, 500, 503):
        actions.insert(0, Action("again", text("try_again", language), "", icon="refresh"))
    details = tuple(Detail(f"{problem.code} {problem.path}".strip()) for problem in problems)
    return ProblemScreen(status, title, "\n".join(messages), tuple(actions), details, request_id)
