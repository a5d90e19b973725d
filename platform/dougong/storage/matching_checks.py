"""What a new version asks of whole records: rules, bounds that are expressions, links and rows that must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dougong.model.entity import Entity, Rule
from dougong.model.expression import Expression
from dougong.model.field import Field
from dougong.storage import conversion
from dougong.storage.comparison import Comparison
from dougong.storage.mending import constant_of
from dougong.storage.operations.checks import CheckBounds, CheckRule, RequireOthers, Source
from dougong.storage.originals import recorded_field
from dougong.storage.schema import TableSpec

_ELSEWHERE = frozenset({"links", "table"})


def match_checks(work: Comparison, after: TableSpec, before: TableSpec) -> None:
    """Note what is asked anew of the records that are there; a rollback asks nothing of what was there."""
    if work.former is not None or work.old_app is None or after.kind not in {"entity", "rows"}:
        return
    old = work.old_app.entities.get(before.key.partition(".")[2])
    new = work.new_app.entities[after.key.partition(".")[2]]
    if old is None:
        return
    sources = _sources(work, new, after, before)
    for rule in _new_rules(old, new):
        reads = [path for each in (rule.when, rule.check) if each for path in each.reads]
        known = _known(sources, [*reads, *((each,) for each in rule.require)])
        work.add(CheckRule(app=work.app, table=after, before=before, sources=known, rule=rule))
    for field_ in _newly_bounded(old, new):
        bounds = (field_.minimum, field_.maximum)
        reads = [path for each in bounds if isinstance(each, Expression) for path in each.reads]
        known = _known(sources, [*reads, (field_.id,)])
        work.add(CheckBounds(app=work.app, table=after, before=before, sources=known, target=field_))
    _match_required(work, old, new, after, before)


def _new_rules(old: Entity, new: Entity) -> Iterator[Rule]:
    known = {_asked(each) for each in old.rules if each.asks}
    yield from (each for each in new.rules if each.asks and _asked(each) not in known)


def _asked(rule: Rule) -> tuple[object, ...]:
    """What a rule asks, apart from what it says to people."""
    return (
        rule.when.text if rule.when else "",
        tuple(sorted(rule.require)),
        rule.check.text if rule.check else "",
    )


def _newly_bounded(old: Entity, new: Entity) -> Iterator[Field]:
    for each in new.fields.values():
        before = old.fields.get(each.id) or old.fields.get(each.was)
        bounds = (each.minimum, each.maximum)
        former = (before.minimum, before.maximum) if before else (None, None)
        if not each.is_computed and any(
            isinstance(bound, Expression) and (not isinstance(past, Expression) or past.text != bound.text)
            for bound, past in zip(bounds, former, strict=True)
        ):
            yield each


# ------------------------------------------------------------------ where values come from
def _sources(work: Comparison, new: Entity, after: TableSpec, before: TableSpec) -> dict[str, Source]:
    """Of every field of the new version whose value is known beforehand, where it has it from."""
    recorded = {each.uid: each for each in before.columns}
    found: dict[str, Source] = {}
    for column in after.columns:
        field_, old = new.fields[column.field], recorded.get(column.uid)
        if field_.formula is not None:
            continue
        if old is None:
            if not field_.backfill and field_.type != "serial":
                found[column.field] = Source(constant=constant_of(field_))
        elif not column.references and not conversion.refers(field_):
            former = recorded_field(work.old_app, before, old)
            is_same = old.kind == column.kind and old.field_type == column.field_type
            change = None if is_same else conversion.conversion(former, field_)
            found[column.field] = Source(old, change)
    return found


def _known(sources: Mapping[str, Source], paths: Iterable[tuple[str, ...]]) -> Mapping[str, Source] | None:
    """The sources of what is read; nothing where other records are read, or what is only computed later."""
    names = {path[0] for path in paths}
    return {name: sources[name] for name in names} if names <= set(sources) else None


# ------------------------------------------------------------------ links and rows
def _match_required(work: Comparison, old: Entity, new: Entity, after: TableSpec, before: TableSpec) -> None:
    for each in new.fields.values():
        former = old.fields.get(each.id) or old.fields.get(each.was)
        if (
            each.type not in _ELSEWHERE
            or not each.required
            or each.id in new.hideable
            or (former is not None and former.required)
        ):
            continue
        kept = former if former is not None and former.type == each.type else None
        others = work.recorded.table(_others(before, kept)) if kept is not None else None
        work.add(RequireOthers(app=work.app, table=after, before=before, target=each.id, others=others))


def _others(before: TableSpec, field_: Field) -> str:
    return field_.table if field_.type == "table" else f"{before.key}#{field_.id}"
