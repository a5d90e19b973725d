"""Roles: what the people who hold one may do, and what they may not, whatever other roles grant them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.text import EMPTY, Text

ACTIONS: tuple[str, ...] = (
    "read",
    "create",
    "update",
    "delete",
    "copy",
    "batch",
    "transfer",
    "share",
    "print",
    "import",
    "export",
    "reveal",
    "purge",
)
WITH_FIELDS: tuple[str, ...] = ("read", "create", "update", "reveal")
"""The actions whose grants and denials can be about some fields only."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One granted action: on which rows (None = all) and which fields are kept from it.

    For read, `except_fields` are hidden; for create and update they cannot be written. `shared`: records that were shared with
    whoever holds the role are among the rows, too.
    """

    action: str
    rows: Expression | None = None
    except_fields: tuple[str, ...] = ()
    shared: bool = False
    implied_by: str = ""
    """The action whose grant implies this one, where the role says nothing of it itself."""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Denial:
    """What holders of a role may not do: `actions` on the rows (None = all) of an entity, or on these `fields` of them only.

    `entity` is an id of the same app, or `app.entity` of another one.
    """

    id: str
    entity: str
    actions: tuple[str, ...]
    rows: Expression | None = None
    fields: tuple[str, ...] = ()
    reason: Text = EMPTY
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A role of one app; grants of several roles are united, what no role grants is refused, and denials beat every grant."""

    id: str
    app: str
    label: Text
    grants: Mapping[str, Mapping[str, Permission]]
    """entity id → action → permission."""
    denials: tuple[Denial, ...] = ()
    reports: tuple[str, ...] | None = None
    """Reports and dashboards the role may open; None means all of the app (rows stay filtered by the read grants)."""
    can_design: bool = False
    help: Text = EMPTY
    place: Place | None = field(default=None, compare=False)
