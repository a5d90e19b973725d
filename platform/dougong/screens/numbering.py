"""The numbers of a serial field given again: what would change, and the way to do it, for admins."""

from __future__ import annotations

from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.renumber import Renumbering
from dougong.screens.addresses import entity_path, numbering_path, record_path
from dougong.screens.shape import Action, Column, Confirm, Link, NumberingScreen, Row, Shown, Table
from dougong.screens.texts import text


def numbering_actions(call: Call, entity: Entity) -> tuple[Action, ...]:
    """The ways from a list to numbering again, one for every serial field; only for admins."""
    if not call.actor.is_admin:
        return ()
    language = call.language
    return tuple(
        Action(
            f"renumber-{field.id}",
            text("renumber_more", language, label=field.label.get(language)),
            numbering_path(entity.key, field.id),
            icon="list-numbers",
        )
        for field in entity.fields.values()
        if field.type == "serial"
    )


def numbering_begin(call: Call, key: str, field: Field) -> NumberingScreen:
    """Where there are so many records that what would change is found out in the background."""
    language, entity = call.language, call.release.entity(key)
    label, path = text("renumber_look", language), f"{numbering_path(key, field.id)}/preview"
    return NumberingScreen(
        title=text("renumber_more", language, label=field.label.get(language)).rstrip("…"),
        crumbs=(Link(entity.plural.get(language), entity_path(key), icon=entity.icon),),
        text=text("renumber_text", language),
        counts=text("renumber_many", language),
        back=Action("back", text("cancel", language), entity_path(key)),
        action=Action("renumber-look", label, path, "post", "list-numbers", "primary"),
    )


def numbering_screen(
    call: Call, key: str, field: Field, found: Renumbering, changed: int | None = None
) -> NumberingScreen:
    """What numbering again would come to; `changed` are all that change where only the first of them are at hand."""
    language, entity = call.language, call.release.entity(key)
    number = len(found.changed) if changed is None else changed
    words = {"records": f"{found.records:,}", "changed": f"{number:,}"}
    is_cut = len(found.first) < number
    return NumberingScreen(
        title=text("renumber_more", language, label=field.label.get(language)).rstrip("…"),
        crumbs=(Link(entity.plural.get(language), entity_path(key), icon=entity.icon),),
        text=text("renumber_text", language),
        counts=text("renumber_counts", language, **words),
        back=Action("back", text("cancel", language), entity_path(key)),
        action=_action(key, field, words, language) if found.changed else None,
        table=_table(key, found, language) if found.changed else None,
        table_note=text("renumber_first", language, count=len(found.first)) if is_cut else "",
    )


def _action(key: str, field: Field, words: dict[str, str], language: str) -> Action:
    label = text("renumber", language)
    confirm = Confirm(text("renumber_title", language, **words), text("renumber_text", language), label)
    path = numbering_path(key, field.id)
    return Action("renumber", label, path, "post", "list-numbers", "primary", confirm=confirm)


def _table(key: str, found: Renumbering, language: str) -> Table:
    columns = (
        Column("record", text("import_record", language)),
        Column("before", text("renumber_before", language), "serial"),
        Column("after", text("renumber_after", language), "serial"),
    )
    rows = tuple(
        Row(
            str(each.id),
            (
                Shown(f"#{each.id}"),
                Shown(each.before or ""),
                Shown(each.after),
            ),
            record_path(key, each.id),
        )
        for each in found.first
    )
    return Table(columns, rows)
