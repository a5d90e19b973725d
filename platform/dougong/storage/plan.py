"""Recorded app × new app × the data → a plan: what would happen, to how many rows, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.model.expression import Value
from dougong.storage import counting, ledger
from dougong.storage.called import titles
from dougong.storage.changes import Change, changes_between
from dougong.storage.comparison import Return
from dougong.storage.convert import Sample
from dougong.storage.dependants import Compile, broken_by, drafts_broken_by
from dougong.storage.desired import schema_of
from dougong.storage.effects import Effect
from dougong.storage.estimate import Estimate, estimate
from dougong.storage.formulas import outdated_formulas
from dougong.storage.labels import Labels
from dougong.storage.matching import matched
from dougong.storage.mends import NONE, Way, Wishes, with_wishes
from dougong.storage.offers import mended_field, offers_for
from dougong.storage.operations import Impact, Operation
from dougong.storage.problems import problem, told
from dougong.storage.schema import Schema, TableSpec, former_keys
from dougong.storage.wording import say

_LONGEST_SHOWN = 60
Earlier = Callable[[Mapping[str, str]], "App | list[Diagnostic]"]


@dataclass(frozen=True, slots=True)
class Step:
    """An operation with what it met in the data when the plan was made."""

    operation: Operation
    impact: Impact
    titles: Mapping[int, str] = field(default_factory=dict)
    """What the records that are given as examples are called."""
    offers: tuple[Way, ...] = ()
    """The ways in which the rows that stand against the step could be mended."""

    @property
    def field(self) -> str:
        """The field that is to be mended, as wishes name it."""
        return mended_field(self.operation)

    @property
    def is_loss(self) -> bool:
        """Whether values would disappear from sight or be rounded."""
        return self.impact.lost > 0

    def describe(self, language: str, labels: Labels | None = None) -> str:
        """The operation in words, with its counts."""
        parts = [self.operation.describe(language, labels)]
        if self.impact.touched:
            parts.append(say("touched", language, count=str(self.impact.touched)))
        if self.impact.lost:
            parts.append(say("lost", language, count=str(self.impact.lost)))
        if self.impact.aside:
            parts.append(say("aside", language, count=str(self.impact.aside)))
        if self.impact.failing:
            ids = ", ".join(map(str, self.impact.first))
            parts.append(say("failing", language, count=str(self.impact.failing), ids=ids))
        if self.impact.unmet:
            ids = ", ".join(map(str, self.impact.first))
            parts.append(say("unmet", language, count=str(self.impact.unmet), ids=ids))
        if samples := self.samples(language):
            parts.append(say("such_as", language, samples="; ".join(samples)))
        return say("joint", language).join(parts)

    def without_samples(self) -> Step:
        """The same step without titles and values of records."""
        return replace(self, impact=replace(self.impact, refused=(), samples=()), titles={})

    def samples(self, language: str) -> list[str]:
        """Some of the rows that stand against it with their values, else what becomes of some values."""
        if self.impact.failing or self.impact.unmet:
            refused = self.impact.refused or tuple(Sample(each) for each in self.titles)
            told = [each for each in refused if each.before is not None or self.titles.get(each.row)]
            return [self._refused(each, language) for each in told[: counting.SAMPLES]]
        return [
            say("change", language, before=_shown(each.before, language), after=_shown(each.after, language))
            for each in self.impact.samples
        ]

    def _refused(self, sample: Sample, language: str) -> str:
        title = self.titles.get(sample.row, "")
        called = f"#{sample.row} {title}".strip()
        return called if sample.before is None else f"{called}: {_shown(sample.before, language)}"


def _shown(value: Value, language: str) -> str:
    if value is None:
        return say("nothing", language)
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that applying a new version of an app would do, and the state of the database it was made against."""

    app: App
    schema: Schema
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    state: str
    base: int
    """The number of the version it starts from; 0 for an app that is not installed."""
    template: Mapping[str, object] | None = None
    returns_to: int | None = None
    """The number of the version that a rollback returns to."""
    recorded: App | None = None
    former: Mapping[str, str] = field(default_factory=dict)
    """The key that each entity, and each sub-table, of the app had in the recorded version."""
    recomputed: tuple[str, ...] = ()
    """The keys of the entities of which every record gets its formulas worked out anew."""
    broken: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """Other apps that would no longer compile, with the reasons."""
    drafts: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """The people whose drafts of the app would no longer compile, with the reasons; their drafts are kept as they are."""
    problems: tuple[Diagnostic, ...] = ()
    """Why values cannot be mended as the definition says."""
    estimate: Estimate = field(default_factory=Estimate)
    """How long it would take, and who waits meanwhile."""
    is_discreet: bool = False
    """Whether it says nothing of what records hold."""
    effects: tuple[Effect, ...] = ()
    """What it does to the rights of people, where that was counted."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change at all."""
        return not self.steps and not self.changes

    @property
    def is_loss(self) -> bool:
        """Whether applying needs the consent to lose values."""
        return bool(self.losses())

    @property
    def widened(self) -> tuple[Change, ...]:
        """The changes after which somebody may do more than before."""
        return tuple(each for each in self.changes if each.widens)

    @property
    def labels(self) -> Labels:
        """The names of things as people know them, for `describe`."""
        return Labels(self.recorded, self.app)

    def without_samples(self) -> Plan:
        """The same plan for somebody who may design the app but perhaps not read its records: counts and ids, no values."""
        return replace(self, is_discreet=True, steps=tuple(each.without_samples() for each in self.steps))

    def describe(self, language: str, labels: Labels | None = None, *, technical: bool = False) -> list[str]:
        """The plan in words, one line a change: by ids, or by labels."""
        steps = [each for each in self.steps if technical or not each.operation.technical]
        told = [each.describe(language, labels) for each in steps]
        told += [each.describe(language, labels) for each in self.changes]
        told += [each.describe(language, labels) for each in self.effects]
        told += [say("breaks", language, app=each) for each in self.broken]
        return told + self.drafts_in_words(language)

    def drafts_in_words(self, language: str) -> list[str]:
        """Whose drafts would no longer compile, with the first reason."""
        return [
            say("breaks_draft", language, person=each, reason=str(why[0]) if why else "")
            for each, why in self.drafts.items()
        ]

    def obstacles(self) -> list[Diagnostic]:
        """What stands against applying the plan, whatever is allowed."""
        failing = [_finding("P130", each, self.labels) for each in self.steps if each.impact.failing]
        return [*self.problems, *failing]

    def losses(self) -> list[Diagnostic]:
        """What applying the plan would put out of sight or break elsewhere; errors unless that is allowed.

        A rollback may put things out of sight, as it keeps them.
        """
        steps = () if self.returns_to is not None else self.steps
        broken = [
            problem("P135", app, app=app, reasons="; ".join(map(str, why[:5])))
            for app, why in self.broken.items()
        ]
        return [_finding("P131", each, self.labels) for each in steps if each.is_loss] + broken


def _finding(code: str, step: Step, labels: Labels) -> Diagnostic:
    """A finding that speaks by ids, and to readers of screens by labels."""
    english = {"step": step.describe("en")} | _offered(step, "en")
    chinese = {"step": step.describe("zh", labels)} | _offered(step, "zh")
    key = "P130/mend" if code == "P130" and step.offers else code
    found = told(key, step.operation.table.key, english, chinese)
    return replace(found, parameters=(*found.parameters, ("en", step.describe("en", labels))))


def _offered(step: Step, language: str) -> dict[str, str]:
    ways = [say(f"way:{each}", language, field=step.field) for each in step.offers]
    return {"field": step.field, "ways": "; ".join(ways)}


def plan(
    recorded: App | None,
    new: App,
    connection: Connection,
    *,
    template: Mapping[str, object] | None = None,
    returning_to: int | None = None,
    compile_app: Compile = check_sources,
    earlier: Earlier | None = None,
    wishes: Wishes = NONE,
) -> Plan:
    """Compare the recorded version of an app with a new one and count what the difference means for the data.

    `returning_to` makes it a rollback: tables and columns are found by identity, and what was removed since comes back;
    `earlier` compiles the sources of the versions between, whose types say what conversions did. `wishes` say how values are
    mended where the definition does not.
    `template` is the package that is installed or upgraded to; without one, the app stays on the package it came from.
    """
    newest = ledger.present(connection, new.id)
    if template is None and newest is not None:
        template = newest.template
    tables = newest.tables if newest else Schema(new.id)
    returning = _return(connection, new.id, returning_to, earlier) if returning_to is not None else None
    base = newest.number if newest else 0
    mended = with_wishes(new, wishes)
    refused, wanted = ([], mended) if isinstance(mended, App) else (mended, new)
    found = matched(
        tables,
        schema_of(new),
        recorded,
        wanted,
        returning=returning,
        renamed_elsewhere=_renamed_elsewhere(connection, new),
        number=base + 1,
    )
    former = former_keys(tables, found.schema)
    recomputed = tuple(outdated_formulas(recorded, new, former, found.operations))
    steps = tuple(step_of(each, connection, recorded) for each in found.operations)
    changes = tuple(changes_between(recorded, new))
    state = ledger.state(connection, new.id)
    broken = broken_by(recorded, new, connection, compile_app)
    return Plan(
        app=new,
        schema=found.schema,
        steps=steps,
        changes=changes,
        state=state,
        base=base,
        template=template,
        returns_to=returning_to,
        recorded=recorded,
        broken=broken,
        drafts=drafts_broken_by(recorded, new, connection, compile_app),
        problems=(*refused, *found.problems),
        former=former,
        recomputed=recomputed,
        estimate=estimate(found.operations, connection, _standing(tables, former, recomputed)),
    )


def _standing(tables: Schema, former: Mapping[str, str], keys: Sequence[str]) -> list[TableSpec]:
    """The recorded tables of some entities of the new version."""
    found = (tables.table(former.get(key, key)) for key in keys)
    return [each for each in found if each is not None]


def step_of(operation: Operation, connection: Connection, recorded: App | None) -> Step:
    """An operation with what it meets in the data as they are now."""
    return _told(operation, operation.impact(connection), connection, recorded)


def recounted(step: Step, connection: Connection, recorded: App | None) -> Step:
    """A step of a plan that is about to be applied, counted again."""
    return _told(step.operation, step.operation.recount(connection, step.impact), connection, recorded)


def _told(operation: Operation, impact: Impact, connection: Connection, recorded: App | None) -> Step:
    if not (impact.failing or impact.unmet) or operation.before is None:
        return Step(operation, impact)
    entity = recorded.entities.get(operation.before.key.partition(".")[2]) if recorded else None
    called = titles(connection, operation.before, entity, impact.first, "zh") if entity else {}
    return Step(operation, impact, called, offers_for(operation))


def _return(connection: Connection, app: str, number: int, earlier: Earlier | None) -> Return:
    @cache
    def version(wanted: int) -> tuple[App, datetime] | None:
        found = ledger.version(connection, app, wanted)
        compiled = earlier(found.sources) if earlier is not None else None
        return (compiled, found.at) if isinstance(compiled, App) else None

    return Return(ledger.version(connection, app, number).tables, number, version)


def _renamed_elsewhere(connection: Connection, app: App) -> dict[str, str]:
    """Entities of other apps under their former keys, so that a link to a renamed entity stays the same link."""
    renamed: dict[str, str] = {}
    others = {
        field.target.app
        for entity in app.entities.values()
        for field in entity.fields.values()
        if field.target
    }
    for other in sorted(others - {app.id, ""}):
        version = ledger.present(connection, other)
        tables = version.tables.tables if version else ()
        present = {each.key for each in tables}
        for table in tables:
            former = f"{other}.{table.was}"
            if table.kind == "entity" and table.was and former not in present:
                renamed[former] = table.key
    return renamed
