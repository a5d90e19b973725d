"""Differences between two versions of an app that need no table: labels, forms, views, workflows, reports and rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.role import Permission, Role
from dougong.storage.labels import Labels
from dougong.storage.pairing import Known, pair
from dougong.storage.wording import say


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind` says of what, `how` added | removed | changed | granted | revoked | widened | narrowed."""

    kind: str
    how: str
    id: str
    details: tuple[str, ...] = ()

    @property
    def widens(self) -> bool:
        """Whether somebody may do more than before."""
        return self.kind == "right" and self.how in {"granted", "widened"}

    def describe(self, language: str, labels: Labels | None = None) -> str:
        """The difference in words: by ids, or by the labels that people know."""
        subject = labels.subject(self.kind, self.id, language) if labels else self.id
        details = (
            [labels.detail(self.kind, each, language) for each in self.details] if labels else self.details
        )
        sentence = say(f"how:{self.how}", language, kind=say(f"kind:{self.kind}", language), id=subject)
        return (
            say("with", language, sentence=sentence, details=say("comma", language).join(details))
            if details
            else sentence
        )


_KINDS: tuple[tuple[str, str], ...] = (
    ("form", "forms"),
    ("view", "views"),
    ("workflow", "workflows"),
    ("report", "reports"),
    ("dashboard", "dashboards"),
)
_OF_THE_APP = (
    "version",
    "label",
    "icon",
    "languages",
    "menu",
    "currency",
    "timezone",
    "help",
    "requires",
    "colour",
)


def changes_between(old: App | None, new: App) -> list[Change]:
    """Every difference in the definitions that the operations on tables do not tell already, rights last."""
    if old is None:
        return [Change("app", "added", new.id, (new.version,)), *_widened_by_install(new)]
    found = list(_differences(old, new))
    if not found and dict(old.sources) != dict(new.sources):
        paths = sorted(
            path for path in {*old.sources, *new.sources} if old.sources.get(path) != new.sources.get(path)
        )
        return [Change("files", "changed", new.id, tuple(paths[:10]))]
    return found


def _differences(old: App, new: App) -> Iterator[Change]:
    yield from _changed_parts("app", new.id, old, new, _OF_THE_APP)
    yield from _entities(old, new)
    for kind, attribute in _KINDS:
        yield from _members(kind, getattr(old, attribute), getattr(new, attribute))
    yield from _roles(old, new)


def _widened_by_install(new: App) -> Iterator[Change]:
    for role in new.roles.values():
        for entity, grants in role.grants.items():
            told = tuple(action for action, each in grants.items() if not each.implied_by)
            yield Change("right", "granted", f"{role.id}: {entity}", told)


def _changed_parts(
    kind: str, identifier: str, old: object, new: object, names: tuple[str, ...]
) -> Iterator[Change]:
    changed = tuple(name for name in names if getattr(old, name) != getattr(new, name))
    if changed:
        yield Change(kind, "changed", identifier, changed)


def _members(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in new:
        if name not in old:
            yield Change(kind, "added", name)
        elif old[name] != new[name]:
            yield Change(kind, "changed", name, _differing(old[name], new[name]))
    for name in old:
        if name not in new:
            yield Change(kind, "removed", name)


def _differing(old: object, new: object) -> tuple[str, ...]:
    if type(old) is not type(new) or not hasattr(old, "__dataclass_fields__"):
        return ()
    return tuple(
        each.name
        for each in fields(old)  # type: ignore[arg-type]  # checked above
        if each.compare and getattr(old, each.name) != getattr(new, each.name)
    )


_SAID_BY_OPERATIONS = frozenset({"app", "id", "type", "fields", "was", "indexes", "parent", "table"})
_OF_AN_ENTITY = tuple(
    each.name for each in fields(Entity) if each.compare and each.name not in _SAID_BY_OPERATIONS
)
_OF_A_FIELD = tuple(
    each.name for each in fields(Field) if each.compare and each.name not in _SAID_BY_OPERATIONS
)


def _entities(old: App, new: App) -> Iterator[Change]:
    """What is new, gone or renamed is told by the operations; here stands what changed in the things that stayed."""
    for name, former in _paired(old.entities, new.entities).items():
        before, after = old.entities[former], new.entities[name]
        yield from _changed_parts("entity", name, before, after, _OF_AN_ENTITY)
        for field_id, old_id in _paired(before.fields, after.fields).items():
            one, two = before.fields[old_id], after.fields[field_id]
            yield from _changed_parts("field", f"{name}.{field_id}", one, two, _OF_A_FIELD)


def _paired(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    recorded = {name: Known("", each.was) for name, each in old.items()}
    return pair(recorded, {name: each.was for name, each in new.items()})


# ------------------------------------------------------------------ rights
def _roles(old: App, new: App) -> Iterator[Change]:
    for name, role in new.roles.items():
        before = old.roles.get(name)
        if before is None:
            yield Change("role", "added", name)
        else:
            yield from _changed_parts("role", name, before, role, ("label", "help"))
        yield from _rights(before, role)
    for name in old.roles:
        if name not in new.roles:
            yield Change("role", "removed", name)


def _rights(old: Role | None, new: Role) -> Iterator[Change]:
    grants = old.grants if old else {}
    for entity in dict.fromkeys([*grants, *new.grants]):
        before, after = grants.get(entity, {}), new.grants.get(entity, {})
        for action in dict.fromkeys([*before, *after]):
            if not (_follows(action, before, after) or _follows(action, after, before)):
                yield from _right(f"{new.id}: {entity}.{action}", before.get(action), after.get(action))
    yield from _denials(old, new)
    yield from _flag(f"{new.id}: design", bool(old and old.can_design), new.can_design)
    yield from _reports(old, new)


def _follows(action: str, one: Mapping[str, Permission], other: Mapping[str, Permission]) -> bool:
    """Whether a right came, or changed, together with the one that implies it, which is told by itself."""
    here, there = one.get(action), other.get(action)
    if here is None or not here.implied_by:
        return False
    return here.implied_by not in other if there is None else bool(there.implied_by)


def _denials(old: Role | None, new: Role) -> Iterator[Change]:
    """Denials that were added, changed or taken back; those of a changed denial may take more away, or less."""
    before = {each.id: each for each in old.denials} if old else {}
    after = {each.id: each for each in new.denials}
    for name in dict.fromkeys([*before, *after]):
        label, one, other = f"{new.id}: deny.{name}", before.get(name), after.get(name)
        if one is None and other is not None:
            yield Change("right", "narrowed", label, other.actions)
        elif other is None and one is not None:
            yield Change("right", "widened", label, one.actions)
        elif one != other and one is not None and other is not None:
            rules = tuple(each.rows.text if each.rows else "*" for each in (one, other))
            yield Change("right", "widened", label, (" → ".join(rules),))


def _right(name: str, old: Permission | None, new: Permission | None) -> Iterator[Change]:
    if old is None and new is not None:
        yield Change("right", "granted", name)
    elif new is None and old is not None:
        yield Change("right", "revoked", name)
    elif old is not None and new is not None:
        if old.rows != new.rows:
            narrower = old.rows is None
            before, after = (old.rows.text if old.rows else "*"), (new.rows.text if new.rows else "*")
            yield Change("right", "narrowed" if narrower else "widened", name, (f"{before} → {after}",))
        if old.shared != new.shared:
            yield Change("right", "widened" if new.shared else "narrowed", name, ("shared",))
        opened = tuple(each for each in old.except_fields if each not in new.except_fields)
        closed = tuple(each for each in new.except_fields if each not in old.except_fields)
        if opened:
            yield Change("right", "widened", name, opened)
        if closed:
            yield Change("right", "narrowed", name, closed)


def _flag(name: str, old: bool, new: bool) -> Iterator[Change]:
    if old != new:
        yield Change("right", "granted" if new else "revoked", name)


def _reports(old: Role | None, new: Role) -> Iterator[Change]:
    if old is None or old.reports == new.reports:
        return
    if new.reports is None:
        yield Change("right", "widened", f"{new.id}: reports", ("*",))
        return
    before = set(old.reports) if old.reports is not None else None
    opened = () if before is None else tuple(each for each in new.reports if each not in before)
    if opened:
        yield Change("right", "widened", f"{new.id}: reports", opened)
    if before is None or before - set(new.reports):
        yield Change(
            "right", "narrowed", f"{new.id}: reports", tuple(sorted((before or set()) - set(new.reports)))
        )
