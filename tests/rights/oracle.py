"""What people may see and do, worked out over plain rows by the words of `decisions/rights.md`; nothing here asks the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rights.policies import FIELDS, Denial, Permit, Role, Rule

Row = Mapping[str, Any]
World = Mapping[str, Mapping[int, Row]]
"""Rows by entity and id."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """The rights of one person who holds some roles."""

    world: World
    person: int
    roles: Sequence[Role]

    # -- conditions -------------------------------------------------------------------------------------------------

    def holds(self, rule: Rule | None, row: Row) -> bool:
        """Whether a rule is true for a row; empty is not true."""
        return rule is None or self._truth(rule, row) is True

    def _truth(self, rule: Rule, row: Row) -> bool | None:
        if rule.op == "not":
            inner = self._truth(rule.parts[0], row)
            return None if inner is None else not inner
        if rule.op in ("and", "or"):
            found = [self._truth(each, row) for each in rule.parts]
            decisive = rule.op == "or"
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        return self._test(rule, row)

    def _test(self, rule: Rule, row: Row) -> bool | None:
        box = self.world["box"].get(row.get("box") or 0, {})
        peer = self.world["thing"].get(row.get("peer") or 0, {})
        if rule.op == "bare":
            return row["secret"] is None
        if rule.op == "boxed":
            return row["box"] is not None
        value = {
            "mine": row["owner"],
            "num": row.get("num"),
            "kind": row.get("kind"),
            "level": row.get("level"),
            "inside": box.get("level"),
            "housed": box.get("owner"),
            "beside": peer.get("owner"),
        }[rule.op]
        if value is None:
            return None
        if rule.op in ("mine", "housed", "beside"):
            return bool(value == self.person)
        return bool(value == rule.value) if rule.op == "kind" else bool(value > rule.value)

    # -- rights -----------------------------------------------------------------------------------------------------

    def _permits(self, entity: str, action: str) -> list[Permit]:
        return [role.permits[entity, action] for role in self.roles if (entity, action) in role.permits]

    def _denials(self, entity: str, action: str) -> list[Denial]:
        return [
            each
            for role in self.roles
            for each in role.denials
            if each.entity == entity and action in each.actions
        ]

    def grants_row(self, entity: str, action: str, row: Row) -> bool:
        """Whether some grant covers the row and no denial takes the whole action away."""
        return any(self.holds(each.rows, row) for each in self._permits(entity, action)) and not any(
            self.holds(each.rows, row) for each in self._denials(entity, action) if not each.fields
        )

    def may(self, entity: str, action: str, row: Row) -> bool:
        """Whether an action may be done with a row that stands there."""
        return self.grants_row(entity, "read", row) and self.grants_row(entity, action, row)

    def knows(self, entity: str) -> bool:
        """Whether the entity exists for the person at all."""
        whole = [each for each in self._denials(entity, "read") if not each.fields and each.rows is None]
        return bool(self._permits(entity, "read")) and not whole

    def offers(self, entity: str, action: str) -> bool:
        """Whether the action exists for the person at all."""
        whole = [each for each in self._denials(entity, action) if not each.fields and each.rows is None]
        return self.knows(entity) and bool(self._permits(entity, action)) and not whole

    def names(self, entity: str) -> list[str]:
        """The fields that are seen in some rows."""
        closed = {
            name
            for each in self._denials(entity, "read")
            if each.fields and each.rows is None
            for name in each.fields
        }
        permits = self._permits(entity, "read")
        return [
            name
            for name in FIELDS[entity]
            if name not in closed and any(name not in each.left_out for each in permits)
        ]

    def field_open(self, entity: str, action: str, name: str, row: Row) -> bool:
        """Whether some grant that covers the row has the field, and no denial that covers it names the field."""
        return any(
            name not in each.left_out and self.holds(each.rows, row) for each in self._permits(entity, action)
        ) and not any(
            name in each.fields and self.holds(each.rows, row) for each in self._denials(entity, action)
        )

    def sees(self, entity: str, name: str, row: Row) -> bool:
        """Whether a field is seen in a row."""
        return self.grants_row(entity, "read", row) and self.field_open(entity, "read", name, row)

    def writes(self, entity: str, action: str, name: str, row: Row) -> bool:
        """Whether a field can be written in a row."""
        return self.field_open(entity, action, name, row) and self.sees(entity, name, row)

    # -- answers ----------------------------------------------------------------------------------------------------

    def visible(self, entity: str) -> dict[int, Row]:
        """The rows that the person may read."""
        return {key: row for key, row in self.world[entity].items() if self.grants_row(entity, "read", row)}

    def shown(self, entity: str, row: Row) -> dict[str, Any]:
        """What is shown of a row."""
        return {name: row[name] for name in FIELDS[entity] if self.sees(entity, name, row)}

    def value(self, entity: str, row: Row, path: str) -> Any:
        """A field, or a field behind a link, as the person sees it; what is not seen is empty."""
        name, _, rest = path.partition(".")
        if not self.sees(entity, name, row):
            return None
        if not rest:
            return row[name]
        target = {"box": "box", "peer": "thing"}[name]
        linked = self.world[target].get(row[name] or 0)
        return None if linked is None else self.value(target, linked, rest)

    def sorted_ids(self, entity: str, rows: Mapping[int, Row], path: str, descending: bool) -> list[int]:
        """Ids in the order of a value; empty ones last, and the id last of all, in the same direction."""
        valued = {key: self.value(entity, row, path) for key, row in rows.items()}
        filled = sorted((key for key in valued if valued[key] is not None), reverse=descending)
        filled.sort(key=_by(valued), reverse=descending)
        return [*filled, *sorted((key for key in valued if valued[key] is None), reverse=descending)]


def _by(valued: Mapping[int, Any]) -> Callable[[int], Any]:
    return lambda key: valued[key]


def grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, tuple[int, Any]]:
    """Count and sum of values by group; the sum of nothing is 0."""
    found: dict[Any, tuple[int, Any]] = {}
    for group, value in pairs:
        count, total = found.get(group, (0, 0))
        found[group] = (count + 1, total + (value or 0))
    return found
