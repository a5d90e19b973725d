"""The template centre: apps one may install, and updates of those that are."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Empty, Notice, Tab


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """A template. `picture`: board | flow | list | form | chart | timeline, a schematic drawing. `facts`
    are short ("14 张表"). `status` says what is installed ("已安装 2.3").
    """

    id: str
    label: str
    text: str
    picture: str = "list"
    facts: tuple[str, ...] = ()
    status: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateUpdate:
    """An update that is ready: its lines are (kind, text), kind added | changed | conflict."""

    label: str
    text: str
    lines: tuple[tuple[str, str], ...]
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplatesScreen:
    """The template centre. `search_action` takes GET `q`; `upload_action` takes POST multipart `file` (a
    packed app).
    """

    title: str
    cards: tuple[TemplateCard, ...]
    count: str = ""
    tabs: tuple[Tab, ...] = ()
    updates: tuple[TemplateUpdate, ...] = ()
    actions: tuple[Action, ...] = ()
    search: str = ""
    search_action: str = ""
    upload_action: str = ""
    notices: tuple[Notice, ...] = ()
    empty: Empty | None = None
