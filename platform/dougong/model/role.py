"""Roles: what the people who hold one may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.text import EMPTY, Text

ACTIONS: tuple[str, ...] = ("read", "create", "update", "delete", "purge", "import", "export", "reveal")


@dataclass(frozen=True, slots=True)
class Permission:
    """One granted action: on which rows (None = all) and which fields are kept from it.

    For read, `except_fields` are hidden; for create and update they cannot be written.
    """

    action: str
    rows: Expression | None = None
    except_fields: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A role of one app; grants of several roles are united, what no role grants is refused."""

    id: str
    app: str
    label: Text
    grants: Mapping[str, Mapping[str, Permission]]
    """entity id → action → permission."""
    reports: tuple[str, ...] | None = None
    """Reports and dashboards the role may open; None means all of the app (rows stay filtered by the read grants)."""
    can_design: bool = False
    help: Text = EMPTY
    place: Place | None = field(default=None, compare=False)
