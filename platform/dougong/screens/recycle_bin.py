"""The recycle bin of an entity: what was deleted, newest first, and bringing it back."""

from __future__ import annotations

from datetime import datetime

from dougong.records.call import Call
from dougong.records.query import Query, list_records
from dougong.records.record import Record
from dougong.screens.addresses import bin_path, entity_path, record_path
from dougong.screens.shape import Action, Column, Row, SettingsScreen, SettingsSection, Shown, Table
from dougong.screens.showing import moment
from dougong.screens.texts import text

MOST = 200


def bin_screen(call: Call, key: str) -> SettingsScreen:
    """The records of an entity that the reader may delete and that are in the bin, as many as one page holds."""
    language = call.language
    entity = call.release.entity(key)
    found = list_records(call, key, Query(sort="-updated_at", limit=MOST, deleted=True)).rows
    columns = (
        Column("title", entity.label.get(language), role="title"),
        Column("deleted_at", text("deleted_at", language), "datetime"),
    )
    rows = tuple(Row(str(each.id), (Shown(each.title), Shown(_gone_at(call, each)))) for each in found)
    actions = tuple((_restore(key, each, language),) for each in found)
    said = text("bin_text" if found else "bin_empty", language, count=MOST)
    section = SettingsSection(
        "bin", entity.plural.get(language), said, table=Table(columns, rows), row_actions=actions
    )
    back = Action("list", entity.plural.get(language), entity_path(key), icon="arrow-left", kind="quiet")
    return SettingsScreen(text("recycle_bin", language), (section,), actions=(back,))


def bin_action(key: str, language: str) -> Action:
    """The way from a list to its bin."""
    return Action("bin", text("recycle_bin", language), bin_path(key), icon="trash")


def _restore(key: str, record: Record, language: str) -> Action:
    path = f"{record_path(key, record.id)}/restore"
    return Action("restore", text("restore", language), path, "post", "rotate", "quiet")


def _gone_at(call: Call, record: Record) -> str:
    at = record.values.get("updated_at")
    return moment(at, call.timezone) if isinstance(at, datetime) else ""
