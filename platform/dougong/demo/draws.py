"""The ways in which a value can be drawn; each knows how to take one value for one row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dougong.demo.world import Person, Row
from dougong.diagnostics import Diagnostic, Place, Refusal
from dougong.model.expression import Expression

_TRIES = 200


class Draw(ABC):
    """A way to draw a value; None is no value."""

    __slots__ = ()

    @abstractmethod
    def take(self, row: Row) -> object:
        """A value for the row."""


@dataclass(frozen=True, slots=True)
class Constant(Draw):
    """Always the same."""

    value: object

    def take(self, row: Row) -> object:
        """The value itself."""
        return self.value


@dataclass(frozen=True, slots=True)
class Pick(Draw):
    """One of some values, some more often than others."""

    values: Sequence[object]
    weights: Sequence[float] | None = None

    def take(self, row: Row) -> object:
        """One of the values."""
        return row.random.choices(self.values, self.weights)[0]


@dataclass(frozen=True, slots=True)
class Nth(Draw):
    """The values of a list one after the other, from the beginning again when it ends."""

    values: Sequence[object]

    def take(self, row: Row) -> object:
        """The value whose place is the number of the row."""
        return self.values[(row.number - 1) % len(self.values)]


@dataclass(frozen=True, slots=True)
class Some(Draw):
    """Several different values of a list, in the order of the list."""

    values: Sequence[object]
    least: int
    most: int

    def take(self, row: Row) -> object:
        """Some of the values."""
        count = min(row.random.randint(self.least, self.most), len(self.values))
        chosen = sorted(row.random.sample(range(len(self.values)), count))
        return [self.values[place] for place in chosen] or None


@dataclass(frozen=True, slots=True)
class Number(Draw):
    """A number between two others in steps; with a skew above 1 small ones are more frequent."""

    low: Decimal
    high: Decimal
    step: Decimal
    skew: float = 1.0

    def take(self, row: Row) -> object:
        """A number as text, so that it stays exact."""
        steps = int((self.high - self.low) / self.step)
        place = min(int((steps + 1) * row.random.random() ** self.skew), steps)
        number = self.low + self.step * place
        return int(number) if number == int(number) and self.step == int(self.step) else str(number)


@dataclass(frozen=True, slots=True)
class Odds(Draw):
    """True as often as the share says."""

    share: float

    def take(self, row: Row) -> object:
        """True or false."""
        return row.random.random() < self.share


@dataclass(frozen=True, slots=True)
class Digits(Draw):
    """A text in which every `#` is a digit."""

    pattern: str

    def take(self, row: Row) -> object:
        """The pattern with digits."""
        return "".join(str(row.random.randrange(10)) if sign == "#" else sign for sign in self.pattern)


@dataclass(frozen=True, slots=True)
class Word:
    """A place in a template, and how many characters of its word are taken."""

    names: Sequence[str]
    length: int | None


@dataclass(frozen=True, slots=True)
class Template(Draw):
    """A text with places that are filled: `{field}`, `{link.field}`, `{variable.part}`, `{list}`, `{number}`, `{name:4}`."""

    parts: Sequence[str | Word]

    def take(self, row: Row) -> object:
        """The text, filled; nothing when it comes out empty."""
        text = "".join(
            part if isinstance(part, str) else row.word(part.names)[: part.length] for part in self.parts
        )
        return text.strip() or None


@dataclass(frozen=True, slots=True)
class Computed(Draw):
    """The value of an expression over the values drawn so far and the records they link to."""

    expression: Expression

    def take(self, row: Row) -> object:
        """Whatever the expression gives."""
        return row.compute(self.expression)


@dataclass(frozen=True, slots=True)
class DayDraw(Draw):
    """A weekday some days from another day."""

    base: Expression
    reach: tuple[float, float]
    latest: Expression | None

    def take(self, row: Row) -> object:
        """A day, or nothing where there is none to count from."""
        base = row.compute(self.base)
        if not isinstance(base, date):
            return None
        latest = row.compute(self.latest) if self.latest else None
        clock = row.world.clock
        if isinstance(latest, datetime):
            latest = latest.astimezone(clock.zone).date()
        return clock.day(row.random, base, self.reach, latest if isinstance(latest, date) else None)


@dataclass(frozen=True, slots=True)
class TimeDraw(Draw):
    """A moment in working hours some days from another moment."""

    base: Expression
    reach: tuple[float, float]
    latest: Expression | None

    def take(self, row: Row) -> object:
        """A moment, or nothing where there is none to count from."""
        base = row.compute(self.base)
        if not isinstance(base, date):
            return None
        latest = row.compute(self.latest) if self.latest else None
        limit = row.world.clock.start_of(latest) if isinstance(latest, date) else None
        return row.world.clock.time(row.random, base, self.reach, limit)


@dataclass(frozen=True, slots=True)
class MemberDraw(Draw):
    """One of the people, by role or department; who weighs more is drawn more often."""

    role: str = ""
    department: str = ""

    def fits(self, person: Person) -> bool:
        """Whether a person may be drawn."""
        return (not self.role or self.role in person.roles) and self.department in ("", person.department)

    def take(self, row: Row) -> object:
        """The id of a person."""
        people = [person for person in row.world.people.values() if self.fits(person)]
        return row.random.choices(people, [person.weight for person in people])[0].id if people else None


@dataclass(frozen=True, slots=True)
class LinkDraw(Draw):
    """One of the records of an entity, or several; with a skew above 1 the oldest ones are more frequent."""

    key: str
    where: Expression | None
    same: Mapping[str, str]
    """Field of the target → own field: both must hold the same."""
    skew: float = 1.0
    least: int = 1
    most: int = 1
    many: bool = False

    def take(self, row: Row) -> object:
        """The id of a record (a list of ids where it is for several), or nothing where none fits."""
        groups = row.world.candidates(self.key, self.where, tuple(self.same))
        ids = groups.get(tuple(row.values.get(own) for own in self.same.values()), ())
        if not ids:
            return None
        if not self.many:
            return ids[int(len(ids) * row.random.random() ** self.skew)]
        count = min(row.random.randint(self.least, self.most), len(ids))
        return row.random.sample(ids, count) or None


@dataclass(frozen=True, slots=True)
class Parts(Draw):
    """A value of several parts, each drawn by itself."""

    parts: Mapping[str, Draw]

    def take(self, row: Row) -> object:
        """The parts that have a value."""
        found = {name: draw.take(row) for name, draw in self.parts.items()}
        return {name: value for name, value in found.items() if value is not None} or None


@dataclass(frozen=True, slots=True)
class Cases(Draw):
    """The first way whose condition is true of what is drawn so far."""

    cases: Sequence[tuple[Expression | None, Draw]]

    def take(self, row: Row) -> object:
        """What that way gives, or nothing when no condition is true."""
        for condition, draw in self.cases:
            if condition is None or row.holds(condition):
                return draw.take(row)
        return None


@dataclass(frozen=True, slots=True)
class By(Draw):
    """The way that belongs to a word, such as the value of a field or a part of a variable."""

    names: Sequence[str]
    ways: Mapping[str, Draw]
    otherwise: Draw | None

    def take(self, row: Row) -> object:
        """What that way gives, or nothing when there is no way for the word."""
        way = self.ways.get(row.value(self.names), self.otherwise)
        return None if way is None else way.take(row)


@dataclass(frozen=True, slots=True)
class Sometimes(Draw):
    """Another way, but not for every row."""

    draw: Draw
    chance: float
    condition: Expression | None

    def take(self, row: Row) -> object:
        """What the other way gives, or nothing."""
        if self.condition is not None and not row.holds(self.condition):
            return None
        return self.draw.take(row) if row.random.random() < self.chance else None


@dataclass(frozen=True, slots=True)
class Unique(Draw):
    """Another way, drawn again until the value is new."""

    draw: Draw
    path: str
    place: Place | None

    def take(self, row: Row) -> object:
        """A value that no earlier row has."""
        for _ in range(_TRIES):
            value = self.draw.take(row)
            if value is None or row.world.is_new(self.path, value):
                return value
        message = f"no new value was found in {_TRIES} tries"
        raise Refusal(
            "invalid", [Diagnostic("M104", message, self.path, self.place, "give it more to choose from")]
        )
