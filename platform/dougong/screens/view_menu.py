"""What one may do with the list as it stands: keep it as a view, bring a view up to date, share it, let the list begin with it."""

from __future__ import annotations

from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.records.saved_views import EVERYBODY, SavedView, may_change, may_share
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.columns import column_ids
from dougong.screens.filters import conjunction
from dougong.screens.list_views import Opened, sort_text
from dougong.screens.shape import Action, Choice, Confirm, ViewMenu
from dougong.screens.texts import listed, text

Fields = tuple[tuple[str, str], ...]


def view_menu(call: Call, entity: Entity, look: Opened, problem: str) -> ViewMenu:
    """The menu of views; a filter that cannot be read is not kept anew."""
    base, saved = f"{entity_path(entity.key)}/views", look.saved
    stands = standing(call, entity, look)
    own = () if saved is None else _of_view(call, base, look, saved, stands, problem)
    begins = () if saved is not None or look.view is None else (_begin(call, base, look, look.view.id),)
    manage = Action("views", text("views_manage", call.language), base, icon="list-details")
    return ViewMenu(
        label="" if saved is None else saved.name,
        is_changed=look.is_changed and not problem,
        note="" if saved is None else sharing_text(call, entity, saved),
        save_action="" if problem else base,
        save_fields=stands,
        sharing=sharing_choices(call, entity) if may_share(call, entity.key) else (),
        actions=(*own, *begins, manage),
    )


def standing(call: Call, entity: Entity, look: Opened) -> Fields:
    """The list as it stands, as a form sends it to be kept."""
    asked, view = look.asked, look.view
    columns = column_ids(call, entity, view) if view is not None and view.columns else ()
    narrowed = view.filter.text if view is not None and view.filter is not None else ""
    pairs = (
        ("filter", conjunction((narrowed, asked.filter))),
        ("sort", asked.sort or sort_text(view.sort if view is not None else ())),
        ("columns", ",".join(columns)),
        ("kind", asked.kind or (view.kind if view is not None else "grid")),
        ("group", view.group if view is not None else ""),
        ("size", str(asked.size)),
        ("q", asked.q),
    )
    return tuple(pair for pair in pairs if pair[1])


def _of_view(
    call: Call, base: str, look: Opened, saved: SavedView, stands: Fields, problem: str
) -> tuple[Action, ...]:
    language, path = call.language, f"{base}/{saved.id}"
    found = []
    mine = may_change(call, saved)
    if look.is_changed:
        if mine and not problem:
            label = text("view_update", language, name=saved.name)
            fields = (*stands, ("version", str(saved.version)))
            found.append(Action("update", label, f"{path}/update", "post", "device-floppy", fields=fields))
        href = with_query(entity_path(saved.entity), [("view", str(saved.id))])
        found.append(Action("discard", text("view_discard", language), href, icon="arrow-back-up"))
    if mine:
        found.append(Action("edit", text("view_edit", language), path, icon="pencil"))
    found.append(Action("duplicate", text("view_duplicate", language), f"{path}/duplicate", "post", "copy"))
    found.append(_begin(call, base, look, str(saved.id)))
    return (*found, delete_action(call, saved, base)) if mine else tuple(found)


def _begin(call: Call, base: str, look: Opened, view: str) -> Action:
    return begin_action(call, base, view, look.begins_with == view)


def begin_action(call: Call, base: str, view: str, is_chosen: bool) -> Action:
    """Let the list begin with a view, or as it begins for everybody."""
    label = text("view_begin_not" if is_chosen else "view_begin", call.language)
    fields = (("view", "" if is_chosen else view),)
    return Action(
        "begin", label, f"{base}/begin", "post", "star-filled" if is_chosen else "star", fields=fields
    )


def delete_action(call: Call, saved: SavedView, base: str) -> Action:
    """Delete a view, after asking."""
    language = call.language
    confirm = Confirm(
        text("view_delete_title", language, name=saved.name),
        text("view_delete_shared" if saved.is_shared else "view_delete_text", language),
        text("view_delete", language),
    )
    label, path = text("view_delete", language), f"{base}/{saved.id}/delete"
    return Action(f"delete-{saved.id}", label, path, "post", "trash", "danger", confirm=confirm)


def sharing_choices(call: Call, entity: Entity) -> tuple[Choice, ...]:
    """With whom a view can be shared: everybody, or those who hold a role."""
    roles = call.release.app(entity.app).roles
    named = tuple(Choice(name, role.label.get(call.language)) for name, role in roles.items())
    return (Choice(EVERYBODY, text("view_everybody", call.language)), *named)


def sharing_text(call: Call, entity: Entity, saved: SavedView) -> str:
    """Whose a view is, and who else has it."""
    language = call.language
    if saved.owner_id != call.actor.id:
        return text("view_by", language, name=saved.owner)
    if not saved.is_shared:
        return text("view_private", language)
    labels = {each.value: each.label for each in sharing_choices(call, entity)}
    words = listed((labels.get(each, each) for each in saved.shared), language)
    return text("view_shared_with", language, names=words)
