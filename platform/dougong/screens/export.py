"""The steps of an export: what to take out, how far it is, the file."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.fieldtypes.file import FILES
from dougong.model.entity import Entity
from dougong.model.joint import joined_names, joints_of, written_label
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.mapping import ID, system_label
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.list_request import ListRequest
from dougong.screens.shape import Action, Choice, ExportScreen, Notice
from dougong.screens.texts import text

FORMATS = ("xlsx", "csv", "jsonl", "zip")


@dataclass(frozen=True, slots=True)
class ExportState:
    """How far an export is; `state` is that of its job, `count` are its lines when it is written."""

    token: str
    state: str
    done: int
    total: int
    count: int | None
    error: str
    name: str


def choose_screen(call: Call, key: str, asked: ListRequest, count: int) -> ExportScreen:
    """The form: format, columns, rows of sub-tables."""
    language, path, entity = call.language, entity_path(key), call.release.entity(key)
    kinds = FORMATS if _has_files(call, entity) else FORMATS[:-1]
    return ExportScreen(
        title=_title(call, key),
        action=with_query(f"{path}/export", asked.parameters()),
        cancel_href=with_query(path, asked.parameters()),
        count_text=text("export_count", language, count=f"{count:,}"),
        formats=tuple(Choice(kind, text(f"export_as_{kind}", language)) for kind in kinds),
        format=kinds[0],
        fields=export_fields(call, key),
        has_rows=any(each.type == "table" for each in entity.fields.values()),
        submit_label=text("export_start", language),
    )


def export_fields(call: Call, key: str) -> tuple[Choice, ...]:
    """The columns that the reader may take out."""
    entity = call.release.entity(key)
    hidden = access(call.release, call.actor, key, "read").hidden
    visible = {name: each for name, each in entity.fields.items() if name not in hidden}
    joints = joints_of(visible.values())
    own = (
        Choice(
            name,
            (written_label(joints[name][0]) if name in joints else visible[name].label).get(call.language)
            or name,
        )
        for name in joined_names(visible.values())
    )
    system = ("created_at", "created_by", "updated_at", "updated_by")
    return (
        Choice(ID, system_label(ID, call.language)),
        *own,
        *(Choice(name, system_label(name, call.language)) for name in system),
    )


def export_screen(call: Call, key: str, state: ExportState) -> ExportScreen:
    """How far an export is."""
    language, path = call.language, entity_path(key)
    base = f"{path}/export/{state.token}"
    if state.state in ("waiting", "running"):
        words = {"count": f"{state.done:,}", "total": f"{state.total:,}"}
        return ExportScreen(
            title=_title(call, key),
            action=base,
            cancel_href=path,
            running=True,
            percent=min(99, state.done * 100 // state.total) if state.total else 0,
            progress_text=text("export_working", language, **words),
            status_href=base,
            actions=(Action("cancel", text("import_stop", language), f"{base}/cancel", "post"),),
        )
    problems = [Notice(line, "bad") for line in state.error.splitlines()]
    if state.count is None and not problems:
        problems.append(Notice(text("export_stopped", language), "warn"))
    return ExportScreen(
        title=_title(call, key),
        action=base,
        cancel_href=path,
        count_text="" if state.count is None else text("export_done", language, count=f"{state.count:,}"),
        problems=tuple(problems),
        file_href="" if state.count is None else f"{base}/file",
        file_text=state.name,
        actions=(Action("list", text("import_to_list", language), path),),
    )


def _title(call: Call, key: str) -> str:
    return text("export_title", call.language, label=call.release.entity(key).plural.get(call.language))


def _has_files(call: Call, entity: Entity) -> bool:
    inner = [call.release.entity(each.table) for each in entity.fields.values() if each.type == "table"]
    return any(each.type in FILES for one in (entity, *inner) for each in one.fields.values())
