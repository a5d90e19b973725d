"""What a dry run remembers in place of the database, in which it writes nothing: records of the file that would exist by now."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.model.expression import Value
from dougong.model.unique import Unique
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.shape import Shape
from dougong.records.unique import Key, key_of, report_shared


class Rehearsal:
    """The unique values and the names of the records that a dry run would have written."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._taken: list[tuple[Unique, set[Key]]] = [(rule, set()) for rule in shape.unique]
        self._named = [rule.fields[0] for rule in shape.unique if len(rule.fields) == 1 and rule.is_plain]
        self._names: set[Value] = set()
        self._serials = {field.id for field in shape.serials}

    def rehearse(self, call: Call, drafts: Sequence[Draft]) -> None:
        """Report what earlier records of the file have taken, and remember the others."""
        for draft in drafts:
            for rule, taken in self._taken:
                key = self._key(draft, rule)
                if draft.is_new and key is not None and key in taken:
                    report_shared(call, self._shape, rule, draft)
            if not draft.problems:
                self._remember(draft)

    def _key(self, draft: Draft, rule: Unique) -> Key | None:
        """What must be unique of a draft; numbers that were drawn are not, as every chunk of a dry run gives them back."""
        if any(name in self._serials and name not in draft.written for name in rule.fields):
            return None
        return key_of(draft.values, rule)

    def _remember(self, draft: Draft) -> None:
        for rule, taken in self._taken:
            key = self._key(draft, rule)
            if key is not None:
                taken.add(key)
        self._names.update(draft.values[name] for name in self._named if draft.values.get(name) is not None)
        title = [
            draft.values.get(part) if place % 2 else part
            for place, part in enumerate(self._shape.entity.title_parts)
        ]
        self._names.add("".join(part for part in title if isinstance(part, str)).strip())

    def knows(self, name: str) -> bool:
        """Whether a record of the file would be called so by now."""
        return name in self._names
