"""Publishing a draft: what will change for whom, in plain words, before it is done."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dougong.diagnostics import Diagnostic
from dougong.records.call import Call
from dougong.screens.addresses import designer_path
from dougong.screens.shape import FileChange, Notice, PlanGroup, PlanLine, Problem, PublishScreen
from dougong.screens.shape.publish import GROUPS, MendChoice
from dougong.screens.texts import text
from dougong.storage.changes import Change
from dougong.storage.effects import Effect
from dougong.storage.labels import Labels
from dougong.storage.mends import NONE, WAYS, Wish, Wishes
from dougong.storage.plan import Plan, Step

ADDING = ("CreateTable", "AddColumn", "RestoreTable", "RestoreColumn", "CreateLinks")
REMOVING = ("RemoveTable", "RemoveColumn", "DropTable")
HIDDEN = ("AddIndex", "DropIndex", "RebuildSearch", "AddReferences", "AttachReferences")


def publish_screen(
    call: Call,
    plan: Plan,
    before: Mapping[str, str],
    after: Mapping[str, str],
    problems: Sequence[str] = (),
    wishes: Wishes = NONE,
) -> PublishScreen:
    """The page that shows a plan and publishes exactly it; `wishes` are the ways of mending chosen so far."""
    language, app = call.language, plan.app
    groups = grouped(plan, language, wishes)
    has_choices = any(line.mend for group in groups for line in group.lines)
    notices: tuple[Notice, ...] = () if groups else (Notice(text("nothing_to_publish", language)),)
    notices += tuple(Notice(each, "warn") for each in plan.drafts_in_words(language))
    obstacles = plan.obstacles()
    found = [_message(each, language) for each in obstacles] + list(problems)
    return PublishScreen(
        title=text("publish_title", language, label=app.label.get(language)),
        action=f"{designer_path(app.id)}/publish",
        groups=groups,
        plan=plan.state,
        back_href=designer_path(app.id),
        acknowledge=text("acknowledge_access", language) if plan.widened else "",
        loss=text("acknowledge_loss", language) if plan.is_loss else "",
        notices=notices,
        assurances=(
            text("assurance_atomic", language),
            text("assurance_undo", language),
            plan.estimate.describe(language),
        ),
        files=file_changes(before, after),
        problems=tuple(Problem(each) for each in found),
        publish_label=text("publish", language) if groups and not obstacles else "",
        look_label=text("look_again", language) if has_choices else "",
    )


def _message(problem: Diagnostic, language: str) -> str:
    return dict(problem.parameters).get(language, problem.message)


def grouped(plan: Plan, language: str, wishes: Wishes = NONE) -> tuple[PlanGroup, ...]:
    """The lines of a plan in their groups, in the fixed order; steps that matter to the database alone are left out."""
    lines: dict[str, list[PlanLine]] = {group: [] for group in GROUPS}
    asked: set[str] = set()
    for step in plan.steps:
        name = type(step.operation).__name__
        if step.operation.technical or name in HIDDEN or step.operation.table.kind == "search":
            continue
        line = _line(step, language, plan.labels)
        if step.field not in asked and (step.offers or step.field in wishes):
            asked.add(step.field)
            line = replace(line, mend=_choice(step, wishes.get(step.field), language))
        lines[_group_of(name, step)].append(line)
    for change in plan.changes:
        lines[_group_of_change(change)].append(PlanLine(change.describe(language, plan.labels)))
    for effect in plan.effects:
        group = "access" if effect.widens else "changed" if effect.way == "changed" else "closed"
        lines[group].append(_effect(effect, language, plan.labels))
    return tuple(
        PlanGroup(group, text(f"group_{group}", language), tuple(found))
        for group, found in lines.items()
        if found
    )


def _group_of(name: str, step: Step) -> str:
    if step.impact.failing:
        return "failing"
    return "added" if name in ADDING else "removed" if name in REMOVING else "changed"


def _group_of_change(change: Change) -> str:
    if change.kind == "right":
        return "access" if change.widens else "closed"
    return {"added": "added", "removed": "removed"}.get(change.how, "changed")


def _effect(effect: Effect, language: str, labels: Labels) -> PlanLine:
    """How many people it is about, with the roles that bring it and who some of them are."""
    notes = (effect.roles_in_words(language, labels), effect.persons_in_words(language))
    return PlanLine(effect.describe(language, labels), note=" · ".join(filter(None, notes)))


def _line(step: Step, language: str, labels: Labels) -> PlanLine:
    note = text("rows_touched", language, count=f"{step.impact.touched:,}") if step.impact.touched else ""
    if step.impact.failing or step.impact.unmet:
        note = step.describe(language, labels)
    elif step.impact.aside:
        note = text("values_aside", language, count=f"{step.impact.aside:,}")
    elif samples := step.samples(language):
        note = " · ".join(filter(None, (note, "; ".join(samples))))
    return PlanLine(step.operation.describe(language, labels), note=note)


def _choice(step: Step, wish: Wish | None, language: str) -> MendChoice:
    """The ways that are open, with the one that was chosen."""
    owner, field = step.field.rsplit(".", 1)
    app, _, entity = owner.partition(".")
    entity, _, table = entity.partition("/")
    ways = [each for each in WAYS if each in step.offers or (wish is not None and each == wish.way)]
    return MendChoice(
        label=text("mend", language),
        way=f"mend:{step.field}",
        options=(("", text("mend_none", language)), *((way, text(f"mend_{way}", language)) for way in ways)),
        chosen=wish.way if wish else "",
        expression=f"backfill:{step.field}",
        written=wish.expression if wish else "",
        expression_label=text("mend_expression", language),
        check=f"{designer_path(app, entity)}/check",
        about=field,
        table=table,
    )


def file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileChange, ...]:
    """The files that differ, as lines of a unified diff."""
    found = []
    for path in sorted({*before, *after}):
        old, new = before.get(path, ""), after.get(path, "")
        if old != new:
            diff = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]
            found.append(FileChange(path, tuple((line[:1] or " ", line[1:]) for line in diff)))
    return tuple(found)
