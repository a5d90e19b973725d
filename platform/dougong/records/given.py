"""Takes what a caller gave for a record: known fields, allowed to be written, each value turned into its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, nearest
from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import Access, access
from dougong.records.call import Call
from dougong.records.draft import Draft, Rows, Values
from dougong.records.masking import stands_for
from dougong.records.messages import problem
from dougong.records.shape import Shape

MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes values for the records of one entity on behalf of one call."""

    call: Call
    shape: Shape
    access: Access

    def take(self, draft: Draft, given: object) -> None:
        """Put the given values into the draft, or report what is wrong with them."""
        if not isinstance(given, Mapping):
            draft.problems.append(problem(self.call.language, "bad_record", draft.path.rstrip("/")))
            return
        for name, value in given.items():
            path = f"{draft.path}{name}"
            field = self.shape.entity.fields.get(name) if isinstance(name, str) else None
            found = self._refused(field, str(name), path)
            if field is None or found is not None:
                draft.problems.extend([found] if found else [])
            elif field.type == "table":
                self._take_rows(draft, field, value, path)
            elif field.type == "serial":
                self._take_number(draft, field, value, path)
            else:
                self._take_value(draft, field, value, path)

    def _refused(self, field: Field | None, name: str, path: str) -> Diagnostic | None:
        language = self.call.language
        if field is None or field.id in self.access.hidden:
            known = [each for each in self.shape.entity.fields if each not in self.access.hidden]
            return problem(language, "unknown_field", path, nearest(name, known), name=name)
        label = field.label.get(language)
        if field.is_computed and not (field.type == "serial" and self.call.keeps_numbers):
            return problem(language, "computed_field", path, label=label)
        if field.id in self.access.locked:
            return problem(language, "locked_field", path, label=label)
        return None

    def _take_number(self, draft: Draft, field: Field, value: object, path: str) -> None:
        """A new record may bring its serial number along, one that exists keeps the one it has."""
        label = field.label.get(self.call.language)
        if draft.before is not None:
            if value is not None and value != draft.before.get(field.id):
                draft.problems.append(problem(self.call.language, "computed_field", path, label=label))
            return
        self._take_value(draft, field, value, path)

    def _take_value(self, draft: Draft, field: Field, value: object, path: str) -> None:
        if draft.before is not None and stands_for(field, value, draft.before.get(field.id)):
            return
        try:
            draft.values[field.id] = self.shape.types[field.id].coerce(value, field)
            draft.written.add(field.id)
        except Invalid as error:
            draft.problems.append(error.problem.diagnostic(path, self.call.language))

    def _take_rows(self, draft: Draft, field: Field, given: object, path: str) -> None:
        """Match the given rows with those that stand there by their id; rows that are not given are removed."""
        language, label = self.call.language, field.label.get(self.call.language)
        items: Sequence[object] = (
            given if isinstance(given, (list, tuple)) else () if given is None else (given,)
        )
        if len(items) > MOST_ROWS:
            draft.problems.append(problem(language, "too_many_rows", path, label=label, limit=MOST_ROWS))
            return
        standing = {row.id: row for row in draft.rows[field.id].drafts} if field.id in draft.rows else {}
        taker = taker_for(self.call, self.shape.tables[field.id], "update")
        drafts: list[Draft] = []
        seen: set[int] = set()
        for position, item in enumerate(items):
            row_path = f"{path}/{position}/"
            if not isinstance(item, Mapping):
                draft.problems.append(problem(language, "not_a_row", row_path.rstrip("/"), label=label))
                continue
            row = self._row_for(item, standing, seen, row_path, label, draft.problems)
            if row is not None:
                taker.take(row, {name: value for name, value in item.items() if name != "id"})
                drafts.append(row)
        removed = [row.before for row in standing.values() if row.id not in seen and row.before is not None]
        draft.rows[field.id] = Rows(drafts, removed)
        draft.written.add(field.id)

    def _row_for(
        self,
        item: Mapping[object, object],
        standing: Mapping[int, Draft],
        seen: set[int],
        path: str,
        label: str,
        problems: list[Diagnostic],
    ) -> Draft | None:
        identifier = item.get("id")
        if identifier is None:
            return Draft(path, {})
        number = _row_id(identifier)
        row = standing.get(number)
        if row is None or number in seen:
            code = "repeated_row" if row is not None else "unknown_row"
            problems.append(
                problem(self.call.language, code, f"{path}id", label=label, value=str(identifier)[:40])
            )
            return None
        seen.add(number)
        row.path = path
        return row


def taker_for(call: Call, shape: Shape, action: str) -> Taker:
    """A taker with the actor's rights for creating or updating."""
    return Taker(call, shape, access(call.release, call.actor, shape.key, action))


def _row_id(value: object) -> int:
    """The id of a row as a number; -1, which no row has, for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19
        else -1
    )


def invalid(language: str, field: Field, path: str, error: Invalid) -> Diagnostic:
    """The finding for a value of a field that its type refuses."""
    return error.problem.diagnostic(path, language)


def every_draft(drafts: Iterable[Draft]) -> Iterable[Draft]:
    """The drafts with the drafts of their rows."""
    for draft in drafts:
        yield draft
        for rows in draft.rows.values():
            yield from rows.drafts


def row_values(rows: Rows) -> list[Values]:
    """The rows of a sub-table as plain values, as expressions and readers see them."""
    return [row.values for row in rows.drafts]


def is_empty(value: Value) -> bool:
    """Whether a value counts as not filled in."""
    return not value and (value is None or value == () or value == [])
