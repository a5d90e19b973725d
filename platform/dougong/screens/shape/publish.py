"""Publishing a draft: what will change for whom, in plain words, before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Notice, Problem

GROUPS: tuple[str, ...] = ("added", "changed", "access", "closed", "removed", "failing")
"""The fixed order of groups: added, changed, who may do more, who may do less, put away, will not fit."""


@dataclass(frozen=True, slots=True)
class MendChoice:
    """How rows that stand against a change are to be mended: `way` is the name of the choice, `expression` that of the text for
    a backfill; both are sent with the form.
    """

    label: str
    way: str
    options: tuple[tuple[str, str], ...]
    """Value and label of each way; the first one, with an empty value, mends nothing."""
    chosen: str
    expression: str
    written: str
    expression_label: str
    check: str = ""
    """Where the text of a backfill is looked over while somebody types."""
    about: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One change: `kind` ("字段") and `name` are told apart so that the name stands out; `rest` follows it;
    `note` says for how many.
    """

    name: str
    kind: str = ""
    rest: str = ""
    note: str = ""
    mend: MendChoice | None = None


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """The changes of one kind; `id` is one of GROUPS."""

    id: str
    label: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A changed file: lines of a unified diff, each with its mark (" ", "+", "-", "@")."""

    path: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PublishScreen:
    """The plan. POST to `action` publishes exactly this plan (`plan` is its state hash, sent as `plan`).
    `acknowledge` is a sentence that must be ticked first (sent as `acknowledged` = 1; "" = none). With
    `problems` nothing can be published. `loss` must be allowed by its own tick (`allow_loss` = 1).
    """

    title: str
    action: str
    groups: tuple[PlanGroup, ...]
    plan: str = ""
    back_href: str = ""
    acknowledge: str = ""
    loss: str = ""
    notices: tuple[Notice, ...] = ()
    assurances: tuple[str, ...] = ()
    """What can be undone and how long it takes."""
    files: tuple[FileChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    actions: tuple[Action, ...] = ()
    publish_label: str = ""
    look_label: str = ""
    """The button that shows the plan again with other ways of mending (sent as `look` = 1)."""
