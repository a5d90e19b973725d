"""The recycle bin of an entity: what was deleted, newest first; found, brought back, or deleted for good."""

from __future__ import annotations

from datetime import datetime

from dougong.policy.access import may
from dougong.records.bin import list_deleted
from dougong.records.call import Call
from dougong.records.record import MEMBER, Record
from dougong.screens.addresses import bin_path, entity_path, with_query
from dougong.screens.shape import Action, BinScreen, Column, Confirm, Link, Row, Shown, Table
from dougong.screens.showing import moment, person
from dougong.screens.texts import text

PAGE = 100


def bin_screen(call: Call, key: str, q: str = "", page: int = 1) -> BinScreen:
    """One page of the records of an entity that the reader may delete and that are in the bin."""
    language = call.language
    entity = call.release.entity(key)
    found = list_deleted(call, key, q, PAGE, (page - 1) * PAGE)
    columns = (
        Column("title", entity.label.get(language), role="title"),
        Column("deleted_at", text("deleted_at", language), "datetime", role="date"),
        Column("deleted_by", text("deleted_by", language), "member", role="person"),
    )
    rows = tuple(_row(call, each) for each in found.rows)
    more = with_query(bin_path(key), [("q", q), ("page", str(page + 1))]) if found.next_cursor else ""
    return BinScreen(
        title=text("recycle_bin", language),
        crumbs=(Link(entity.plural.get(language), entity_path(key), icon=entity.icon),),
        text=text("bin_text", language),
        table=Table(columns, rows),
        search_href=bin_path(key),
        q=q,
        chosen=_chosen(call, key),
        more_href=more,
    )


def bin_action(key: str, language: str) -> Action:
    """The way from a list to its bin."""
    return Action("bin", text("recycle_bin", language), bin_path(key), icon="trash")


def _row(call: Call, record: Record) -> Row:
    at = record.values.get("updated_at") or record.updated_at
    who = person(call, record.updated_by or 0, record.titles)
    said = record.titles.get((MEMBER, record.updated_by or 0), "")
    return Row(
        str(record.id),
        (
            Shown(record.title),
            Shown(moment(at, call) if isinstance(at, datetime) else ""),
            Shown(said, "member", (who,) if who is not None else ()),
        ),
    )


def _chosen(call: Call, key: str) -> tuple[Action, ...]:
    language, path = call.language, bin_path(key)
    restore = Action("restore", text("restore", language), f"{path}/restore", "post", "rotate", "primary")
    if not may(call.release, call.actor, key, "purge"):
        return (restore,)
    confirm = Confirm(text("purge_title", language), text("purge_text", language), text("purge", language))
    purge = Action(
        "purge", text("purge", language), f"{path}/purge", "post", "trash", "danger", confirm=confirm
    )
    return (restore, purge)
