"""A workflow: who decides about a record, in which order, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.text import EMPTY, Text


@dataclass(frozen=True, slots=True)
class Assignee:
    """Whom a step asks. `kind`: role (value: role id) | member (value: member field) | user (value: login)
    | superior (value: member field or "" for the initiator; level 1 = direct) | department_head (like superior)."""

    kind: str
    value: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class Next:
    """A way on: the first whose condition holds (or that has none) is taken."""

    to: tuple[str, ...]
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node. `kind`: start | approve | condition | end. For approve: `mode` any | all, `empty` skip | admin | stop,
    `same_as_initiator` ask | skip, `on_reject` (the end node or "" = rejected end). For end: `outcome` approved | rejected.
    `set` assigns fields when the node is entered (end) or passed (approve)."""

    id: str
    kind: str
    label: Text
    assignees: tuple[Assignee, ...] = ()
    mode: str = "any"
    empty: str = "admin"
    same_as_initiator: str = "ask"
    comment_required: bool = False
    edit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    next: tuple[Next, ...] = ()
    on_reject: str = ""
    outcome: str = ""
    set: tuple[tuple[str, Expression], ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Workflow:
    """An approval on one entity.

    `start_on`: submit (an action of a person) | create. `start_if` decides whether approval is needed; when it is false, a
    submission is approved at once with what the approving end sets. `lock` keeps the record from being changed while it runs,
    but for the `edit` fields of the step.
    """

    id: str
    app: str
    entity: str
    label: Text
    nodes: Mapping[str, Node]
    first: str
    start_on: str = "submit"
    start_if: Expression | None = None
    allow_withdraw: bool = True
    lock: bool = True
    on_submit: tuple[tuple[str, Expression], ...] = ()
    on_withdraw: tuple[tuple[str, Expression], ...] = ()
    help: Text = EMPTY
    place: Place | None = field(default=None, compare=False)
