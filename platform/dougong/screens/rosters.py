"""The page on which the organisation comes in from a file: choosing it, what it would do, doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong.people.roster import HEADINGS
from dougong.records.call import Call
from dougong.screens.log_lines import field_words
from dougong.screens.shape import (
    Action,
    Column,
    Notice,
    Row,
    SettingsScreen,
    SettingsSection,
    SettingsUpload,
    Shown,
    Table,
)
from dougong.screens.texts import listed, text

PATH = "/organisation/import"
EXPORT = "/organisation/export"


def roster_screen(call: Call, kept: Mapping[str, Any] | None, messages: Sequence[str] = ()) -> SettingsScreen:
    """The file to choose, and below it what the one that was chosen would do."""
    language = call.language
    place = 0 if language == "zh" else 1
    columns = listed((words[place] for words in HEADINGS.values()), language)
    upload = SettingsUpload(PATH, text("roster_file", language), ".csv,.xlsx", text("roster_try", language))
    choose = SettingsSection(
        "file",
        text("roster_file", language),
        text("roster_text", language, columns=columns),
        upload=upload,
        actions=(
            Action(
                "sample",
                text("roster_export", language),
                f"{EXPORT}?format=xlsx",
                icon="download",
                kind="quiet",
            ),
            Action(
                "csv",
                text("roster_export_csv", language),
                f"{EXPORT}?format=csv",
                icon="download",
                kind="quiet",
            ),
        ),
    )
    sections = [choose]
    notices = [Notice(each, "bad") for each in messages]
    if kept is not None:
        outcome = kept.get("outcome")
        if outcome is None:
            notices.append(Notice(text("roster_waiting", language, name=kept["name"])))
        else:
            sections = [*_outcome(call, kept["name"], outcome), choose]
    return SettingsScreen(
        text("roster_title", language), tuple(sections), notices=tuple(notices), back_href="/people"
    )


def _outcome(call: Call, name: str, outcome: Mapping[str, Any]) -> list[SettingsSection]:
    language = call.language
    counts = (
        ("added", outcome["added"]),
        ("changed", outcome["changed"]),
        ("unchanged", outcome["unchanged"]),
        ("disabled", outcome["disabled"]),
        ("enabled", outcome["enabled"]),
        ("departments", len(outcome["departments"])),
        ("positions", len(outcome["positions"])),
    )
    heads = (
        Column("what", text("roster_what", language)),
        Column("count", text("roster_count", language), "integer", "end"),
    )
    rows = tuple(
        Row(each, (Shown(text(f"roster_{each}", language)), Shown(f"{count:,}", "integer")))
        for each, count in counts
        if count or each in ("added", "changed", "unchanged")
    )
    run = Action("run", text("roster_run", language), f"{PATH}/run", "post", "check", "primary")
    drop = Action("drop", text("roster_drop", language), f"{PATH}/drop", "post", "x", "quiet")
    is_good = not outcome["problems"]
    changes_nothing = not any(count for each, count in counts if each != "unchanged") and not outcome["heads"]
    words = "roster_nothing" if changes_nothing else "roster_would" if is_good else "roster_refused"
    found = SettingsSection(
        "outcome",
        name,
        text(words, language, count=outcome["failed"]),
        table=Table(heads, rows),
        actions=(run, drop) if is_good and not changes_nothing else (drop,),
    )
    return [found, *_problems(outcome, language), *_changes(outcome, language)]


def _problems(outcome: Mapping[str, Any], language: str) -> list[SettingsSection]:
    if not outcome["problems"]:
        return []
    columns = tuple(Column(each, text(f"roster_{each}", language)) for each in ("line", "column", "problem"))
    place = 0 if language == "zh" else 1
    rows = tuple(
        Row(
            str(number),
            (
                Shown(str(each["line"] or "")),
                Shown(HEADINGS[each["column"]][place] if each["column"] in HEADINGS else each["column"]),
                Shown(each["message"]),
            ),
        )
        for number, each in enumerate(outcome["problems"])
    )
    return [SettingsSection("problems", text("roster_problems", language), table=Table(columns, rows))]


def _changes(outcome: Mapping[str, Any], language: str) -> list[SettingsSection]:
    """The first of those who come, change or go, and the departments that are made."""
    if not outcome["people"] and not outcome["departments"]:
        return []
    columns = (Column("who", text("login", language)), Column("what", text("roster_what", language)))
    rows = [
        Row(
            each["login"],
            (
                Shown(each["login"]),
                Shown(
                    text(f"roster_{each['change']}", language)
                    + (
                        f" · {listed(field_words(each['fields'], language), language)}"
                        if each["fields"]
                        else ""
                    )
                ),
            ),
        )
        for each in outcome["people"]
    ]
    rows += [
        Row(path, (Shown(path), Shown(text("roster_new_department", language))))
        for path in outcome["departments"][:50]
    ]
    rows += [
        Row(f"head-{each['department']}", (Shown(each["department"]), Shown(_head(each["head"], language))))
        for each in outcome["heads"][:50]
    ]
    return [SettingsSection("changes", text("roster_changes", language), table=Table(columns, tuple(rows)))]


def _head(login: str, language: str) -> str:
    return text("roster_head", language, login=login) if login else text("roster_no_head", language)
