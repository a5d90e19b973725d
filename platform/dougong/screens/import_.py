"""The steps of an import: upload, map the columns, try, run, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.parted import PARTED
from dougong.model.entity import Entity
from dougong.model.joint import joints_of, written_label
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.mapping import ID, ORIGIN, system_label
from dougong.records.preview import ColumnPreview
from dougong.records.reading import DETECTED, Layout
from dougong.screens.addresses import entity_path
from dougong.screens.import_columns import import_column, layout_choices
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    Confirm,
    ImportConstant,
    ImportCount,
    ImportMode,
    ImportReason,
    ImportScreen,
    ImportTick,
    Link,
    Notice,
    Row,
    Shown,
    Table,
)
from dougong.screens.texts import counted, text

MATCHABLE = frozenset(
    {"text", "email", "phone", "serial", "integer", "url", "link", "member", "date", "choice"}
)
SHOWN_HEADERS = 8


@dataclass(frozen=True, slots=True)
class ImportState:
    """What is known of an upload; `state` is that of its job ("" before there is one).

    `broken` are the figures of an import that was stopped or broken off: it can go on or be undone.
    """

    token: str
    name: str
    columns: Sequence[ColumnPreview]
    mode: str
    match: Sequence[str]
    layout: Layout = DETECTED
    sheets: Sequence[str] = ()
    constants: Mapping[str, str] = attribute(default_factory=dict)
    keep_empty: bool = False
    keep_numbers: bool = False
    keep_origin: bool = False
    skip_cells: bool = False
    remembered: bool = False
    tried: bool = False
    state: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    result: Mapping[str, Any] | None = None
    options: Mapping[str, Sequence[str]] = attribute(default_factory=dict)
    """By the path of a choice the texts that the reader may make options of it."""
    broken: Mapping[str, int] | None = None


def upload_screen(call: Call, key: str, problems: Sequence[str] = ()) -> ImportScreen:
    """The first step: choose a file."""
    language, entity, path = call.language, call.release.entity(key), entity_path(key)
    return ImportScreen(
        title=text("import_title", language, label=entity.plural.get(language)),
        step="upload",
        action=f"{path}/import",
        cancel_href=path,
        limits=text("import_limits", language),
        takes_files=_has_files(call, entity),
        problems=tuple(Notice(each, "bad") for each in problems),
        submit_label=text("import_upload", language),
    )


def _has_files(call: Call, entity: Entity) -> bool:
    inner = [call.release.entity(each.table) for each in entity.fields.values() if each.type == "table"]
    return any(each.type in FILES for one in (entity, *inner) for each in one.fields.values())


def import_screen(call: Call, key: str, state: ImportState) -> ImportScreen:
    """The step that an upload is at."""
    if state.state in ("waiting", "running"):
        return _working(call, key, state)
    if state.result is not None and not state.result["dry_run"]:
        return _done(call, key, state)
    if state.broken is not None:
        return _broken(call, key, state)
    return _mapping(call, key, state)


def _base(key: str, state: ImportState) -> str:
    return f"{entity_path(key)}/import/{state.token}"


def _title(call: Call, key: str) -> str:
    return text("import_title", call.language, label=call.release.entity(key).plural.get(call.language))


def _working(call: Call, key: str, state: ImportState) -> ImportScreen:
    language, base = call.language, _base(key, state)
    total = state.total if not state.tried else 0
    words = {"count": f"{state.done:,}", "total": f"{total:,}"}
    return ImportScreen(
        title=_title(call, key),
        step="try" if state.tried else "done",
        action=base,
        cancel_href=entity_path(key),
        file_text=state.name,
        running=True,
        percent=min(99, state.done * 100 // total) if total else 0,
        progress_text=text("import_working_of" if total else "import_working", language, **words),
        status_href=base,
        actions=(Action("cancel", text("import_stop", language), f"{base}/cancel", "post"),),
    )


def _mapping(call: Call, key: str, state: ImportState) -> ImportScreen:
    language, entity, base = call.language, call.release.entity(key), _base(key, state)
    choices = field_choices(call, entity)
    columns = tuple(
        import_column(index, column, choices, language) for index, column in enumerate(state.columns)
    )
    known = sum(1 for each in state.columns if each.target)
    tried = state.result is not None
    words = {"known": known, "count": len(state.columns)}
    again = Action("try", text("import_try_again", language), f"{base}/try", "post")
    return ImportScreen(
        title=_title(call, key),
        step="try" if tried else "map",
        action=f"{base}/{'run' if tried else 'try'}",
        back_href=f"{entity_path(key)}/import",
        cancel_href=entity_path(key),
        file_text=state.name,
        columns=columns,
        columns_text=text("import_columns", language, **words),
        modes=tuple(
            ImportMode(
                mode, text(f"mode_{mode}", language), text(f"mode_{mode}_help", language), mode == state.mode
            )
            for mode in ("add", "update", "upsert")
        ),
        match=tuple(each for each in choices if _matchable(entity, each.value)),
        matched=tuple(state.match),
        counts=_counts(state.result, language),
        counts_note=text("import_tried", language) if tried else "",
        preview=_differences(state, key, language),
        problems=_notices(state, language),
        reasons=_reasons(call, key, state),
        downloads=_downloads(key, state, language),
        layout=layout_choices(state.layout, state.sheets, language),
        read_href=f"{base}/read",
        constants=(*(ImportConstant(*each) for each in state.constants.items()), ImportConstant()),
        constant_fields=tuple(
            each
            for each in choices
            if "." not in each.value and each.value in ("", ID, *ORIGIN, *entity.fields)
        ),
        ticks=_ticks(call, entity, state),
        skipped=_reasons(call, key, state, "skipped"),
        actions=(*_new_options(call, key, state), again) if tried else (),
        submit_label=text("import_run" if tried else "import_try", language),
    )


def _ticks(call: Call, entity: Entity, state: ImportState) -> tuple[ImportTick, ...]:
    offered = {"keep_empty": state.keep_empty, "skip_cells": state.skip_cells}
    if call.actor.is_admin:
        if any(each.type == "serial" for each in entity.fields.values()):
            offered["keep_numbers"] = state.keep_numbers
        if any(each.target in ORIGIN for each in state.columns):
            offered["keep_origin"] = state.keep_origin
    return tuple(
        ImportTick(name, text(f"import_{name}", call.language), chosen) for name, chosen in offered.items()
    )


def _new_options(call: Call, key: str, state: ImportState) -> tuple[Action, ...]:
    """Offers to give the definition the options that the file names, shown one by one before."""
    language, pause = call.language, "、" if call.language == "zh" else ", "
    if not state.options:
        return ()
    count = sum(len(texts) for texts in state.options.values())
    confirm = Confirm(
        counted("import_options", count, language),
        text("import_options_text", language),
        text("import_options_add", language),
        tuple((_label(call, key, path), pause.join(texts)) for path, texts in state.options.items()),
    )
    label, href = counted("import_options", count, language), f"{_base(key, state)}/options"
    return (Action("options", label, href, "post", "list-check", confirm=confirm),)


def field_choices(call: Call, entity: Entity) -> tuple[Choice, ...]:
    """The fields that a column may go into, and leaving it out."""
    language = call.language
    locked = access(call.release, call.actor, entity.key, "create").locked
    found = [Choice("", text("import_leave_out", language))]
    joints = joints_of(entity.fields.values())
    told = set[str]()
    for name, each in entity.fields.items():
        if name in locked or each.formula is not None:
            continue
        if each.one_of is not None and each.one_of.field not in told:
            told.add(each.one_of.field)
            found.append(Choice(each.one_of.field, written_label(joints[each.one_of.field][0]).get(language)))
        label = each.label.get(language)
        if each.type == "table":
            rows = call.release.entity(each.table)
            found += [
                Choice(f"{name}.{inner}", f"{label} › {written_label(links[0]).get(language)}")
                for inner, links in joints_of(rows.fields.values()).items()
            ]
            found += [
                Choice(f"{name}.{inner}", f"{label} › {one.label.get(language)}")
                for inner, one in rows.fields.items()
                if not one.is_computed
            ]
        else:
            found.append(Choice(name, label))
            found += [
                Choice(f"{name}.{part}", f"{label} › {inside.get(language)}")
                for part, inside in PARTED.get(each.type, {}).items()
            ]
    origin = ORIGIN if call.actor.is_admin else ()
    return (*found, *(Choice(name, system_label(name, language)) for name in (ID, *origin)))


def _matchable(entity: Entity, name: str) -> bool:
    return name == ID or (name in entity.fields and entity.fields[name].type in MATCHABLE)


def _counts(result: Mapping[str, Any] | None, language: str) -> tuple[ImportCount, ...]:
    if result is None:
        return ()
    tones = {"added": "ok", "updated": "", "unchanged": "", "failed": "bad"}
    if result.get("partial"):
        tones["partial"] = "warn"
    return tuple(
        ImportCount(text(f"count_{name}", language), f"{result[name]:,}", tone if result[name] else "")
        for name, tone in tones.items()
    )


def _notices(state: ImportState, language: str) -> tuple[Notice, ...]:
    found = [Notice(line, "bad") for line in state.error.splitlines()]
    if state.remembered and state.result is None and not state.error:
        found.append(Notice(text("import_remembered", language), "info"))
    left_out = [each.header for each in state.columns if not each.target and each.header]
    if left_out:
        names = ("、" if language == "zh" else ", ").join(left_out[:SHOWN_HEADERS])
        found.append(Notice(text("import_left_out", language, names=names), "warn"))
    unsure = [each.header for each in state.columns if each.unsure]
    if unsure:
        names = ("、" if language == "zh" else ", ").join(unsure[:SHOWN_HEADERS])
        found.append(Notice(text("import_unsure_columns", language, names=names), "warn"))
    return tuple(found)


def _reasons(call: Call, key: str, state: ImportState, kind: str = "reasons") -> tuple[ImportReason, ...]:
    """Why records were refused, or (`skipped`) cells left out."""
    if state.result is None:
        return ()
    return tuple(
        ImportReason(each["message"], f"{each['count']:,}", _label(call, key, each["path"]))
        for each in state.result.get(kind, ())
    )


def _label(call: Call, key: str, path: str) -> str:
    """What the field is called that a problem stands at: `lines/2/price` is the price of the lines."""
    names = [part for part in path.replace(".", "/").split("/") if part and not part.isdigit()]
    entity, labels = call.release.entity(key), []
    for name in names:
        field = entity.fields.get(name)
        links = joints_of(entity.fields.values()).get(name)
        if field is None:
            labels += [written_label(links[0]).get(call.language)] if links else []
            break
        labels.append(field.label.get(call.language) or name)
        if field.type == "table":
            entity = call.release.entity(field.table)
    return " › ".join(labels)


def _downloads(key: str, state: ImportState, language: str) -> tuple[Link, ...]:
    result, base = state.result or {}, f"{_base(key, state)}/failed"
    found: list[Link] = []
    if result.get("failed"):
        found += [
            Link(text("import_failed_xlsx", language), f"{base}?format=xlsx", icon="download"),
            Link(text("import_failed_csv", language), f"{base}?format=csv", icon="download"),
        ]
    if result.get("partial"):
        href = f"{base}?format=xlsx&lines=partial"
        found.append(Link(text("import_partial_xlsx", language), href, icon="download"))
    return tuple(found)


def _differences(state: ImportState, key: str, language: str) -> Table | None:
    """The first changes of standing records that a trial would have made."""
    found = (state.result or {}).get("differences") or ()
    if not found:
        return None
    names = ("line", "record", "field", "before", "after")
    columns = tuple(Column(name, text(f"import_{name}", language)) for name in names)
    rows = tuple(
        Row(
            str(place),
            (
                Shown(str(each["line"])),
                Shown(f"#{each['record']}", href=f"{entity_path(key)}/{each['record']}"),
                Shown(each["label"]),
                Shown(each["before"]),
                Shown(each["after"]),
            ),
        )
        for place, each in enumerate(found)
    )
    return Table(columns, rows)


def _done(call: Call, key: str, state: ImportState) -> ImportScreen:
    language, path = call.language, entity_path(key)
    result = state.result or {}
    actions = [Action("list", text("import_to_list", language), path, kind="primary")]
    if result.get("added") or result.get("updated"):
        actions.append(_undo_action(call, key, state))
    actions.append(Action("again", text("import_again", language), f"{path}/import", icon="upload"))
    return ImportScreen(
        title=_title(call, key),
        step="done",
        action=_base(key, state),
        cancel_href=path,
        file_text=state.name,
        counts=_counts(state.result, language),
        problems=tuple(Notice(line, "bad") for line in state.error.splitlines()),
        reasons=_reasons(call, key, state),
        skipped=_reasons(call, key, state, "skipped"),
        percent=100,
        downloads=_downloads(key, state, language),
        actions=tuple(actions),
    )


def _undo_action(call: Call, key: str, state: ImportState) -> Action:
    language = call.language
    confirm = Confirm(
        text("import_undo_title", language),
        text("import_undo_text", language),
        text("import_undo", language),
    )
    href = f"{_base(key, state)}/undo"
    return Action(
        "undo", text("import_undo", language), href, "post", "arrow-back-up", kind="danger", confirm=confirm
    )


def _broken(call: Call, key: str, state: ImportState) -> ImportScreen:
    """An import that was stopped, or that an error broke off: what it did, and the ways on."""
    language, path = call.language, entity_path(key)
    notices = [Notice(text("import_broken", language), "warn")]
    notices += [Notice(line, "bad") for line in state.error.splitlines()]
    go_on = Action(
        "continue", text("import_continue", language), f"{_base(key, state)}/continue", "post", kind="primary"
    )
    return ImportScreen(
        title=_title(call, key),
        step="done",
        action=_base(key, state),
        cancel_href=path,
        file_text=state.name,
        counts=_counts(state.broken, language),
        problems=tuple(notices),
        actions=(_undo_action(call, key, state), go_on),
    )
