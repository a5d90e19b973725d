"""What the definition of a field says about records that its new version leaves without a value, or with one that does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dougong.expressions import Scope, compile_expression
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Expression, Literal
from dougong.model.field import Field
from dougong.storage import conversion, names, staging
from dougong.storage.comparison import Comparison
from dougong.storage.convert import Original
from dougong.storage.operations import ChangeType, FillValues, Mend
from dougong.storage.operations.values import Reason
from dougong.storage.originals import new_field_of, recorded_field, things_of
from dougong.storage.problems import problem
from dougong.storage.schema import ColumnSpec, IndexSpec, TableSpec, Tombstone


def constant_of(field_: Field) -> object:
    """What existing records get in a new field: a default that needs no record to be known; Invalid ones are left to the verbs."""
    tree = field_.default.tree if field_.default else None
    if not isinstance(tree, Literal) or field_.is_computed:
        return None
    try:
        return TYPES[field_.type].assign(tree.value, field_)
    except Invalid:
        return None


@dataclass(slots=True)
class Mending:
    """The mending of the columns of one table. Sources are settled at the end, when it is known where every column has gone."""

    work: Comparison
    table: TableSpec
    before: TableSpec
    pending: list[FillValues] = field(default_factory=list)

    def add(self, column: ColumnSpec, field_: Field) -> str | None:
        """A new column: the name under which it can be filled ahead, empty where it cannot; None when no expression gives its values."""
        mend = self._mend(field_) if field_.backfill else None
        if mend is None or mend.expression is None:
            return None
        coming = self.coming(column, field_, mend.expression.text)
        self._fill(column, field_, mend, "added", coming=coming)
        return coming

    def coming(self, column: ColumnSpec, field_: Field, source: object) -> str:
        """The name under which a new column can be filled ahead; empty where nobody could tell what was written meanwhile."""
        before = self.before
        is_same = before.kind == self.table.kind and not self.work.is_restored(before)
        if not is_same or column.references or not staging.is_dated(before):
            return ""
        return staging.staging_name(column.uid, source, field_)

    def reasons(
        self,
        old: ColumnSpec,
        new: ColumnSpec,
        *,
        has_gone: bool,
        is_newly_required: bool,
        is_tightened: bool,
    ) -> dict[Reason, Mend]:
        """Why values of a column that stays must be mended, and how; empty when they need not be, or nobody said how."""
        mend = self._mend(new_field_of(self.work.new_app, self.table, new.field))
        if mend is None:
            return {}
        found: dict[Reason, Mend] = {}
        is_converted = old.kind != new.kind or old.field_type != new.field_type
        if has_gone or is_converted or is_tightened:
            found["unfit"] = mend
        if is_newly_required and mend.way != "aside":
            found["empty"] = mend
        if self._new_rule(old, new) is not None:
            found["double"] = mend
        return found

    def change(
        self,
        old: ColumnSpec,
        new: ColumnSpec,
        originals: tuple[Original, ...],
        restored_from: Tombstone | None,
        reasons: dict[Reason, Mend],
    ) -> None:
        """A column whose values change: the old ones are kept, what does not fit is mended."""
        work = self.work
        target = new_field_of(work.new_app, self.table, new.field)
        uid = work.uid("r")
        stone = Tombstone(
            uid, names.tombstone_column(uid, old.field), self.before, replace(old, uid=uid, references=""),
            work.number, old.uid,
        )  # fmt: skip
        work.tombstones.append(stone)
        change = ChangeType(
            app=work.app,
            table=self.table,
            before=self.before,
            column=new,
            former=old,
            old_field=self._old_field(old, restored_from),
            new_field=target,
            tombstone=stone,
            things=things_of(work, old, new) if self._is_linking(old, new) else None,
            originals=originals,
            mended="unfit" in reasons or work.returning is not None,
            is_return=work.returning is not None,
            owner=work.owner_of(self.before),
        )
        work.add(change)
        for reason, mend in reasons.items():
            self._fill(new, target, mend, reason, old, change)

    def finish(self, columns: Sequence[ColumnSpec]) -> None:
        """Say where the expressions find what they read."""
        stones = {
            each.of or (each.column.uid if each.column else ""): each.name for each in self._own_stones()
        }
        present = {each.uid: each.name for each in columns}
        for each in self.pending:
            sources = tuple(
                replace(source, name=stones.get(source.uid) or present[source.uid]) for source in each.sources
            )
            self.work.add(replace(each, sources=sources))

    # -------------------------------------------------------------- parts
    def _own_stones(self) -> list[Tombstone]:
        number, uid = self.work.number, self.before.uid
        return [each for each in self.work.tombstones if each.removed_in == number and each.table.uid == uid]

    def _old_field(self, old: ColumnSpec, restored_from: Tombstone | None) -> Field:
        returning = self.work.returning
        if restored_from is not None and returning is not None:
            version = returning.version(restored_from.removed_in - 1)
            return recorded_field(version[0] if version else None, restored_from.table, old)
        return recorded_field(self.work.old_app, self.before, old)

    def _is_linking(self, old: ColumnSpec, new: ColumnSpec) -> bool:
        old_field = recorded_field(self.work.old_app, self.before, old)
        new_field = new_field_of(self.work.new_app, self.table, new.field)
        return conversion.refers(old_field) != conversion.refers(new_field)

    def _new_rule(self, old: ColumnSpec, new: ColumnSpec) -> IndexSpec | None:
        """The index that makes a column unique from now on."""
        if any(each.unique and each.fields == (old.field,) for each in self.before.indexes):
            return None
        rules = (each for each in self.table.indexes if each.unique and each.reads == (new.field,))
        return next(rules, None)

    def _mend(self, field_: Field) -> Mend | None:
        if self.work.former is not None or field_.is_computed or self.work.is_restored(self.before):
            return None
        if field_.backfill:
            expression = self._expression(field_)
            return Mend("backfill", expression) if expression is not None else None
        if field_.unfit == "default":
            constant = constant_of(field_)
            return Mend("default", constant=constant) if constant is not None else None
        return Mend("aside") if field_.unfit == "aside" else None

    def _expression(self, field_: Field) -> Expression | None:
        known = {
            each.field: conversion.kind_of(recorded_field(self.work.old_app, self.before, each))
            for each in self.before.columns
        }
        expected = replace(
            conversion.kind_of(field_), options=()
        )  # which options come out is seen in the data
        outcome = compile_expression(field_.backfill, Scope(known, app=self.work.app), expect=expected)
        if isinstance(outcome, Expression):
            return outcome
        reasons = "; ".join(each.message for each in outcome)
        path = f"{self.table.key}.{field_.id}"
        if all(each.path != path for each in self.work.problems):
            self.work.problems.append(problem("P136", path, field=field_.id, reason=reasons))
        return None

    def _fill(
        self,
        column: ColumnSpec,
        target: Field,
        mend: Mend,
        reason: Reason,
        old: ColumnSpec | None = None,
        change: ChangeType | None = None,
        coming: str = "",
    ) -> None:
        read = {path[0] for path in mend.expression.reads} if mend.expression else set()
        rule = self._new_rule(old, column) if reason == "double" and old else None
        self.pending.append(
            FillValues(
                app=self.work.app,
                table=self.table,
                before=self.before,
                column=column,
                target=target,
                mend=mend,
                reason=reason,
                needed=target.required,
                sources=tuple(each for each in self.before.columns if each.field in read),
                former=old,
                change=change,
                unique=_over(rule, old.field) if rule and old else None,
                unique_now=rule,
                coming=coming,
            )
        )


def _over(rule: IndexSpec, field_id: str) -> IndexSpec:
    """The same rule over another column."""
    folded = (field_id,) if rule.folded else ()
    return replace(rule, fields=(field_id,), folded=folded)
