"""Long work in the background: the page of one piece of work, and the list of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dougong.records.call import Call
from dougong.screens.shape import (
    Action,
    Column,
    Notice,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
    WorkScreen,
)
from dougong.screens.showing import moment
from dougong.screens.texts import text


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as its page needs it. `state`: waiting, running, done, refused, failed or cancelled; `problems` say why
    it was refused; `message`, `href` and `batch` how it ended well."""

    id: int
    title: str
    state: str
    back: str
    done: int
    total: int | None
    note: str
    ordered_at: datetime
    is_cancelling: bool
    message: str
    href: str
    batch: str
    problems: tuple[str, ...]

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in ("waiting", "running")


def work_screen(call: Call, work: Work) -> WorkScreen:
    """How far it is, or how it ended and where one goes on."""
    language, path = call.language, f"/jobs/{work.id}"
    started = text("work_ordered", language, at=moment(work.ordered_at, call))
    heading = _state(work, language)
    if not work.is_under_way:
        return WorkScreen(
            work.title,
            heading,
            work.back,
            started,
            notices=_notices(work, language),
            actions=_ways(work, language),
        )
    stop = Action("cancel", text("import_stop", language), f"{path}/cancel", "post")
    return WorkScreen(
        work.title,
        heading,
        work.back,
        started,
        running=True,
        percent=min(99, work.done * 100 // work.total) if work.total else None,
        progress_text=_progress(work, language),
        assurance=text("work_assurance", language),
        status_href=path,
        actions=() if work.is_cancelling else (stop,),
    )


def _state(work: Work, language: str) -> str:
    return text("work_stopping" if work.is_cancelling else f"work_{work.state}", language)


def _progress(work: Work, language: str) -> str:
    if not work.total:
        return work.note
    counts = {"done": f"{work.done:,}", "total": f"{work.total:,}"}
    return text("work_progress", language, what=work.note, **counts)


def _notices(work: Work, language: str) -> tuple[Notice, ...]:
    if work.state == "done":
        return (Notice(work.message, "ok"),)
    if work.state == "refused":
        return tuple(Notice(each, "bad") for each in work.problems)
    tone = "warn" if work.state == "cancelled" else "bad"
    return (Notice(text(f"work_{work.state}_text", language), tone),)


def _ways(work: Work, language: str) -> tuple[Action, ...]:
    if work.state != "done":
        return (Action("back", text("work_back", language), work.back, kind="primary"),)
    ways = [Action("open", text("work_open", language), work.href, kind="primary")]
    if work.batch:
        fields = (("batch", work.batch), ("next", work.href))
        ways.insert(0, Action("undo-last", text("undo", language), "/undo", "post", fields=fields))
    return tuple(ways)


def work_list(call: Call, works: Sequence[Work]) -> SettingsScreen:
    """What the reader had done in the background, the newest first."""
    language = call.language
    columns = (
        Column("title", text("work_what", language), role="title"),
        Column("state", text("work_state", language)),
        Column("at", text("work_at", language), "datetime"),
    )
    rows = tuple(
        Row(
            str(each.id),
            (
                Shown(each.title, note=each.message),
                Shown(_state(each, language)),
                Shown(moment(each.ordered_at, call)),
            ),
            f"/jobs/{each.id}",
        )
        for each in works
    )
    title = text("work_title", language)
    section = SettingsSection(
        "work",
        title,
        text("work_text" if rows else "work_none", language),
        table=Table(columns, rows) if rows else None,
    )
    return SettingsScreen(title, (section,))
