"""The steps of an import: upload, map the columns, try, run, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong.model.entity import Entity
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.screens.addresses import entity_path
from dougong.screens.shape import Action, Choice, ImportColumn, ImportCount, ImportMode, ImportScreen, Notice
from dougong.screens.texts import text

MATCHABLE = frozenset({"text", "email", "phone", "serial", "integer", "url"})


@dataclass(frozen=True, slots=True)
class ImportState:
    """What is known of an upload; `state` is that of its job ("" before there is one)."""

    token: str
    name: str
    header: Sequence[str]
    sample: Sequence[Sequence[str]]
    found: Mapping[str, str | None]
    mapping: Mapping[str, str | None]
    mode: str
    match: Sequence[str]
    tried: bool = False
    state: str = ""
    done: int = 0
    error: str = ""
    result: Mapping[str, Any] | None = field(default=None)


def upload_screen(call: Call, key: str, problems: Sequence[str] = ()) -> ImportScreen:
    """The first step: choose a file."""
    language, entity, path = call.language, call.release.entity(key), entity_path(key)
    return ImportScreen(
        title=text("import_title", language, label=entity.plural.get(language)),
        step="upload",
        action=f"{path}/import",
        cancel_href=path,
        limits=text("import_limits", language),
        problems=tuple(Notice(each, "bad") for each in problems),
        submit_label=text("import_upload", language),
    )


def import_screen(call: Call, key: str, state: ImportState) -> ImportScreen:
    """The step that an upload is at."""
    if state.state in ("waiting", "running"):
        return _working(call, key, state)
    if state.result is not None and not state.result["dry_run"]:
        return _done(call, key, state)
    return _mapping(call, key, state)


def _base(key: str, state: ImportState) -> str:
    return f"{entity_path(key)}/import/{state.token}"


def _title(call: Call, key: str) -> str:
    return text("import_title", call.language, label=call.release.entity(key).plural.get(call.language))


def _working(call: Call, key: str, state: ImportState) -> ImportScreen:
    return ImportScreen(
        title=_title(call, key),
        step="try" if state.tried else "done",
        action=_base(key, state),
        cancel_href=entity_path(key),
        file_text=state.name,
        running=True,
        progress_text=text("import_working", call.language, count=f"{state.done:,}"),
        status_href=_base(key, state),
    )


def _mapping(call: Call, key: str, state: ImportState) -> ImportScreen:
    language, entity = call.language, call.release.entity(key)
    choices = field_choices(call, entity)
    columns = tuple(
        _column(state, index, header, choices, language) for index, header in enumerate(state.header)
    )
    known = sum(1 for each in state.found.values() if each)
    tried = state.result is not None
    return ImportScreen(
        title=_title(call, key),
        step="try" if tried else "map",
        action=f"{_base(key, state)}/{'run' if tried else 'try'}",
        back_href=f"{entity_path(key)}/import",
        cancel_href=entity_path(key),
        file_text=state.name,
        columns=columns,
        columns_text=text("import_columns", language, known=known, count=len(state.header)),
        modes=tuple(
            ImportMode(
                mode, text(f"mode_{mode}", language), text(f"mode_{mode}_help", language), mode == state.mode
            )
            for mode in ("add", "update", "upsert")
        ),
        match=tuple(each for each in choices if _matchable(entity, each.value)),
        matched=tuple(state.match),
        counts=_counts(state, language),
        counts_note=text("import_tried", language) if tried else "",
        problems=_problems(state),
        submit_label=text("import_run" if tried else "import_try", language),
    )


def field_choices(call: Call, entity: Entity) -> tuple[Choice, ...]:
    """The fields that a column may go into, and leaving it out."""
    language = call.language
    locked = access(call.release, call.actor, entity.key, "create").locked
    found = [Choice("", text("import_leave_out", language))]
    for name, each in entity.fields.items():
        if name in locked or each.formula is not None:
            continue
        label = each.label.get(language)
        if each.type == "table":
            rows = call.release.entity(each.table)
            found += [
                Choice(f"{name}.{inner}", f"{label} › {one.label.get(language)}")
                for inner, one in rows.fields.items()
                if not one.is_computed
            ]
        else:
            found.append(Choice(name, label))
    return tuple(found)


def _matchable(entity: Entity, name: str) -> bool:
    return name in entity.fields and entity.fields[name].type in MATCHABLE


def _column(
    state: ImportState, index: int, header: str, choices: tuple[Choice, ...], language: str
) -> ImportColumn:
    chosen = state.mapping.get(header) or ""
    example = next((row[index] for row in state.sample if index < len(row) and row[index]), "")
    status = text("import_known" if chosen else "import_unknown", language)
    return ImportColumn(index, header, example, choices, chosen, status, "ok" if chosen else "warn")


def _counts(state: ImportState, language: str) -> tuple[ImportCount, ...]:
    if state.result is None:
        return ()
    tones = {"added": "ok", "updated": "", "unchanged": "", "failed": "bad"}
    return tuple(
        ImportCount(
            text(f"count_{name}", language), f"{state.result[name]:,}", tone if state.result[name] else ""
        )
        for name, tone in tones.items()
    )


def _problems(state: ImportState) -> tuple[Notice, ...]:
    if state.error:
        return tuple(Notice(line, "bad") for line in state.error.splitlines())
    failures = state.result["failures"] if state.result is not None else ()
    return tuple(
        Notice(f"{failure['line']}: {each['message']}", "bad")
        for failure in failures
        for each in failure["errors"]
    )


def _done(call: Call, key: str, state: ImportState) -> ImportScreen:
    language, path = call.language, entity_path(key)
    result = state.result or {}
    failed = f"{_base(key, state)}/failed" if result.get("failed") else ""
    actions = [Action("list", text("import_to_list", language), path, kind="primary")]
    if result.get("added") or result.get("updated"):
        actions.append(
            Action(
                "undo", text("import_undo", language), f"{_base(key, state)}/undo", "post", "arrow-back-up"
            )
        )
    actions.append(Action("again", text("import_again", language), f"{path}/import", icon="upload"))
    return ImportScreen(
        title=_title(call, key),
        step="done",
        action=_base(key, state),
        cancel_href=path,
        file_text=state.name,
        counts=_counts(state, language),
        problems=_problems(state),
        percent=100,
        failed_href=failed,
        actions=tuple(actions),
    )
