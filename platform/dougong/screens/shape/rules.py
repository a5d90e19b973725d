"""The designer's page of the rules of an entity: what they say in words, and one of them opened to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong.screens.shape.conditions import ConditionBuilder
from dougong.screens.shape.designer import DesignerEntity
from dougong.screens.shape.form import FormSection
from dougong.screens.shape.parts import Action, Notice, Piece, Problem, Tab


@dataclass(frozen=True, slots=True)
class DesignerHead:
    """What stands above every page of the designer: the app, its pages, the draft with undo and redo, and what can be done with it."""

    app: str
    action: str
    tabs: tuple[Tab, ...]
    entities: tuple[DesignerEntity, ...]
    back_href: str
    draft: str = ""
    actions: tuple[Action, ...] = ()
    can_undo: bool = False
    can_redo: bool = False
    app_piece: Piece | None = None


@dataclass(frozen=True, slots=True)
class RuleTick:
    """One of several things that may be ticked."""

    value: str
    label: str
    ticked: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleLimit:
    """A choice with those of its options that are left."""

    field: str
    label: str
    options: tuple[RuleTick, ...]

    @property
    def count(self) -> int:
        """How many are ticked."""
        return sum(each.ticked for each in self.options)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A field and the expression that sets it."""

    field: str
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RuleAction:
    """One thing that a rule can do, with its inputs.

    `kind` chooses them: fields (ticks named `id`), values (`id-number-field`, `id-number-value`), options (ticks named
    `id-field`), message (`id_zh`, `id_en`), must (an expression named `id`) or flag (a tick named `id`).
    """

    id: str
    kind: str
    label: str
    help: str
    icon: str
    used: str = ""
    """How much of it is used, in words; "" = not at all."""
    ticks: tuple[RuleTick, ...] = ()
    limits: tuple[RuleLimit, ...] = ()
    values: tuple[RuleValue, ...] = ()
    settable: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, str] = ("", "")
    expression: str = ""
    ticked: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RuleEditor:
    """A rule with all its inputs; it is sent to the action of the screen with `hidden`."""

    title: str
    hidden: tuple[tuple[str, str], ...]
    builder: ConditionBuilder
    acts: tuple[RuleTick, ...]
    """What it is about: records that are created, changed, deleted."""
    doors: tuple[RuleTick, ...]
    """Where it holds; everywhere without a tick."""
    actions: tuple[RuleAction, ...]
    places: tuple[RuleTick, ...]
    """The fields that a message can stand at."""
    messages: tuple[str, str] = ("", "")
    """What is said, in Chinese and English, by what has no message of its own."""
    check: str = ""
    """Takes the whole form by POST and answers what it says in words and what is wrong, by the names of inputs."""
    check_expression: str = ""
    cancel_href: str = ""
    kept: tuple[str, ...] = ()
    """What the rule has that these inputs do not show; it stays."""


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule in words. `index` is its place among the others and `was` what it was told by when it was shown."""

    index: int
    was: str
    when: str
    does: tuple[tuple[str, str], ...]
    """Icon and words of everything it does."""
    only: str
    href: str
    active: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A rule that would make sense here, to begin with."""

    title: str
    text: str
    icon: str
    href: str


@dataclass(frozen=True, slots=True)
class RulesScreen:
    """The rules of an entity, or of the rows of one of its sub-tables. Every change is a POST to `action` with `operation`:

    add_rule and set_rule (`rule`, `was`, the inputs of the editor) · move_rule (`rule`, `position`) · remove_rule (`rule`) · undo ·
    redo · discard. `preview_href` gives the form as the draft has it, to be tried.
    """

    head: DesignerHead
    title: str
    action: str
    table: str = ""
    tables: tuple[Tab, ...] = ()
    cards: tuple[RuleCard, ...] = ()
    editor: RuleEditor | None = None
    add_href: str = ""
    examples: tuple[RuleExample, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    preview_href: str = ""


@dataclass(frozen=True, slots=True)
class RulePreview:
    """A form that can be tried but not saved; `message` says why there is none."""

    title: str
    sections: tuple[FormSection, ...] = ()
    live_plan: Mapping[str, Any] | None = None
    rules: tuple[Mapping[str, Any], ...] = ()
    message: str = ""
