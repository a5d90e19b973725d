"""An app: everything that its folder of definitions says, complete and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.model.entity import Entity
from dougong.model.form import Form, View
from dougong.model.report import Dashboard, Report
from dougong.model.role import Role
from dougong.model.text import EMPTY, Text
from dougong.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu: a group with items, or a link to an entity, a view, a dashboard or a report of the app.

    `kind`: group | entity | dashboard | report; `target` is the id it opens."""

    kind: str
    label: Text
    target: str = ""
    icon: str = ""
    items: tuple[MenuItem, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """One app as the runtime sees it: frozen, typed and complete; equal definitions give equal apps.

    `entities` is keyed by entity id, embedded ones by `entity/field`; `forms` by entity id; `views` by entity id, in order.
    """

    id: str
    version: str
    label: Text
    icon: str
    languages: tuple[str, ...]
    entities: Mapping[str, Entity]
    forms: Mapping[str, Form]
    views: Mapping[str, tuple[View, ...]]
    workflows: Mapping[str, Workflow]
    reports: Mapping[str, Report]
    dashboards: Mapping[str, Dashboard]
    roles: Mapping[str, Role]
    menu: tuple[MenuItem, ...]
    currency: str = "CNY"
    timezone: str = ""
    """The time zone by which serial numbers are dated; empty: that of whoever creates the record."""
    help: Text = EMPTY
    requires: tuple[str, ...] = ()
    """Ids of apps this one builds on."""
    colour: str = ""
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The files it was compiled from: path inside the app's folder → text."""
