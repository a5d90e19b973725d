"""What stands above every page of the designer: its pages as tabs, the tables of the app, the draft."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.screens.addresses import designer_path, entity_path
from dougong.screens.shape import Action, Confirm, DesignerEntity, DesignerHead, Piece, Tab
from dougong.screens.texts import counted, text

PAGES = ("form", "rules", "conditions")


@dataclass(frozen=True, slots=True)
class DraftState:
    """What the head says of the draft."""

    changes: int = 0
    can_undo: bool = False
    can_redo: bool = False


def designer_tabs(app: App, entity: Entity, page: str, language: str) -> tuple[Tab, ...]:
    """The pages of the designer of one entity."""
    return tuple(
        Tab(each, text(f"designer_{each}", language), page_path(app, entity, each), active=each == page)
        for each in PAGES
    )


def page_path(app: App, entity: Entity, page: str) -> str:
    """Where a page of the designer stands."""
    path = designer_path(app.id, entity.id)
    return path if page == "form" else f"{path}/{page}"


def designer_head(call: Call, app: App, entity: Entity, page: str, draft: DraftState) -> DesignerHead:
    """The head of a page of the designer."""
    language, path = call.language, page_path(app, entity, page)
    return DesignerHead(
        app=app.label.get(language),
        action=path,
        tabs=designer_tabs(app, entity, page, language),
        entities=tuple(
            DesignerEntity(
                each.id, each.label.get(language), page_path(app, each, page), each.icon, each.id == entity.id
            )
            for each in app.entities.values()
            if not each.parent
        ),
        back_href=entity_path(entity.key) if app.id in call.release.apps else "/",
        draft=counted("draft_changes", draft.changes, language) if draft.changes else "",
        actions=draft_actions(app, draft.changes, path, language),
        can_undo=draft.can_undo,
        can_redo=draft.can_redo,
        app_piece=Piece(app.label.get(language), "app", colour=app.colour, note=app.icon),
    )


def draft_actions(app: App, count: int, path: str, language: str) -> tuple[Action, ...]:
    """What can be done with a draft of so many changes, from any page of the designer."""
    drawings = _drawings(app, language)
    if not count:
        return drawings
    confirm = Confirm(text("discard_title", language), button=text("discard", language))
    fields = (("operation", "discard"),)
    return (
        *drawings,
        Action("discard", text("discard", language), path, "post", "trash", "quiet", fields, confirm),
        Action(
            "publish",
            text("publish", language),
            f"{designer_path(app.id)}/publish",
            icon="rubber-stamp",
            kind="seal",
        ),
    )


def _drawings(app: App, language: str) -> tuple[Action, ...]:
    """The app as pictures: how its tables hang together and, where there are any, how its approvals go."""
    path = f"{designer_path(app.id)}/diagrams"
    model = Action("er", text("drawing_er", language), f"{path}/er", icon="hierarchy-2", kind="quiet")
    if not app.workflows:
        return (model,)
    flows = Action(
        "workflow", text("drawing_workflow", language), f"{path}/workflow", icon="git-branch", kind="quiet"
    )
    return (model, flows)
