"""What a plan does to the rights of people, counted: who may do more or less than before, with how many records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong.storage.labels import Labels
from dougong.storage.wording import say

NAMED = 20
"""How many people are named with an effect."""
WIDENING = frozenset({"granted", "more", "seen", "written", "offered"})


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect on the rights of some people.

    `way`: granted (an action that they did not have), more or fewer (records of an action they have and keep), revoked, changed
    (the records change, but cannot be counted before), seen or unseen (a field), written or unwritten (a field, by `action`),
    offered or withdrawn (a report, dashboard or the design of the app: `subject`).
    """

    way: str
    people: int
    entity: str = ""
    """The key of the entity in the new version."""
    action: str = ""
    field: str = ""
    subject: str = ""
    rows: int | None = None
    """The records that this is about, all of these people together; None where there is nothing to count."""
    is_bounded: bool = False
    """Whether the time ran out before everything was counted: the figures are the least there are."""
    roles: tuple[tuple[str, int], ...] = ()
    """The roles that bring it, each with how many of the people hold it."""
    persons: tuple[tuple[str, int | None], ...] = ()
    """Some of the people by name, each with the records it is about for them."""

    @property
    def widens(self) -> bool:
        """Whether somebody may do more than before."""
        return self.way in WIDENING

    def describe(self, language: str, labels: Labels | None = None) -> str:
        """The effect as a sentence: by ids, or by the labels that people know."""
        count = "one" if self.people == 1 else "many"
        counted = f"effect:{self.way}" if self.rows is None else f"effect:{self.way}:rows"
        words = {
            "people": self._at_least(say(f"people:{count}", language, count=f"{self.people:,}"), language),
            "more": self._at_least(say(f"more:{count}", language, count=f"{self.people:,}"), language),
            "rows": "" if self.rows is None else self._at_least(_rows(self.rows, language), language),
            "action": say(f"action:{self.action}", language) if self.action else "",
            "entity": labels.table(self.entity, language) if labels else self.entity,
            "field": self._field(language, labels),
            "subject": self._subject(language, labels),
        }
        return say(counted, language, **words)

    def roles_in_words(self, language: str, labels: Labels | None = None) -> str:
        """Which roles bring it to how many of the people."""
        named = (
            say("role_people", language, role=_role(role, language, labels), count=f"{count:,}")
            for role, count in self.roles
        )
        return say("comma", language).join(named)

    def persons_in_words(self, language: str) -> str:
        """Some of the people, each with the records it is about for them."""
        named = [
            name if rows is None else say("person_rows", language, name=name, rows=f"{rows:,}")
            for name, rows in self.persons
        ]
        more = self.people - len(named)
        return say("comma", language).join(named) + (
            say("and_more", language, count=f"{more:,}") if more > 0 else ""
        )

    def document(self, language: str) -> dict[str, Any]:
        """The effect as data."""
        return {
            "text": self.describe(language),
            "way": self.way,
            "widens": self.widens,
            "entity": self.entity or None,
            "action": self.action or None,
            "field": self.field or None,
            "subject": self.subject or None,
            "people": self.people,
            "rows": self.rows,
            "at_least": self.is_bounded,
            "roles": [{"role": role, "people": count} for role, count in self.roles],
            "persons": [{"name": name, "rows": rows} for name, rows in self.persons],
        }

    def _at_least(self, words: str, language: str) -> str:
        return say("at_least", language, count=words) if self.is_bounded else words

    def _field(self, language: str, labels: Labels | None) -> str:
        if labels is None or not self.field:
            return self.field
        entity, (table, point, column) = self.entity.partition(".")[2], self.field.partition(".")
        whole = labels.field(entity, table, language)
        return f"{whole} / {labels.field(f'{entity}/{table}', column, language)}" if point else whole

    def _subject(self, language: str, labels: Labels | None) -> str:
        if self.subject == "design":
            return say("action:design", language)
        kind, _, identifier = self.subject.partition(":")
        return labels.subject(kind, identifier, language) if labels else identifier


def _rows(rows: int, language: str) -> str:
    return say("rows:one" if rows == 1 else "rows:many", language, count=f"{rows:,}")


def _role(role: str, language: str, labels: Labels | None) -> str:
    return labels.subject("role", role, language) if labels else role
