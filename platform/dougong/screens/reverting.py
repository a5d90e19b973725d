"""What is shown before a change or a whole batch is taken back: what it would do, and what is in the way."""

from __future__ import annotations

from dougong.records.call import Call
from dougong.records.undo import Undone, conflict_problem
from dougong.screens.addresses import audit_path, history_path, record_path, revert_path, with_query
from dougong.screens.shape import Action, Link, RevertScreen
from dougong.screens.words import count, say

_SHOWN = 100


def revert_screen(
    call: Call, key: str, identifier: int, entry: int, batch: str, whole: bool, done: Undone | None
) -> RevertScreen:
    """The preview of taking back an entry of the history, or with `whole` its batch; no `done` where that is too much to look at."""
    language, path = call.language, revert_path(key, identifier, entry)
    everything = with_query(path, [("whole", "true")])
    tabs = [Link(say("revert_one", language), "" if not whole else path)]
    if batch:
        tabs.append(Link(say("revert_all", language), "" if whole else everything, batch))
    is_possible = done is None or bool(done.deleted or done.restored)
    words = say("revert_long", language)
    if done is not None:
        figures = {"deleted": f"{done.deleted:,}", "restored": f"{done.restored:,}"}
        words = say("revert_effect" if is_possible else "revert_nothing", language, **figures)
    conflicts = done.conflicts if done is not None else ()
    shown = tuple(
        Link(
            conflict_problem(call, each).message,
            record_path(each.key, each.id) if each.reason not in ("purged", "deleted") else "",
        )
        for each in conflicts[:_SHOWN]
    )
    return RevertScreen(
        title=say("revert", language),
        crumbs=(
            Link(say("audit", language), audit_path()),
            Link(call.release.entity(key).label.get(language), history_path(key, identifier)),
        ),
        tabs=tuple(tabs) if len(tabs) > 1 else (),
        text=words,
        conflicts_title=count("revert_conflicts", language, len(conflicts)) if conflicts else "",
        conflicts=shown,
        actions=_actions(language, path, whole, bool(conflicts)) if is_possible else (),
    )


def _actions(language: str, path: str, whole: bool, in_the_way: bool) -> tuple[Action, ...]:
    fields = (("whole", "true"),) if whole else ()
    if in_the_way:
        skipping = (*fields, ("conflicts", "skip"))
        return (
            Action("skip", say("revert_skip", language), path, "post", "arrow-back-up", "danger", skipping),
        )
    words = say("revert_all" if whole else "revert_one", language)
    return (Action("revert", words, path, "post", "arrow-back-up", "primary", fields),)
