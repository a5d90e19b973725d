"""Gives serial numbers, each counted in its series: no duplicates, and no gaps by refused records where none are allowed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from dougong.fieldtypes.serial import LONGEST, SerialType
from dougong.fieldtypes.serial_form import Series, period_name
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.messages import problem
from dougong.records.shape import Shape
from dougong.storage import counters

SERIAL = SerialType()
_LONGEST_GROUP = 120
_MOST_TRIES = 100
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Place:
    """What decides the number of a record besides its count: the counter, the day, and the texts of its field parts."""

    counter: str
    day: date
    texts: tuple[str, ...]


def number(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> list[Draft]:
    """Give new records, and new rows of any, their numbers in order; returns the drafts that something was numbered in."""
    numbered: dict[int, Draft] = {}
    new = [draft for draft in drafts if draft.is_new]
    for field in shape.serials:
        give_numbers(evaluation, shape, field, new)
        numbered.update((id(draft), draft) for draft in new)
    for name, rows_shape in shape.tables.items():
        if rows_shape.serials:
            owners = [draft for draft in drafts if name in draft.rows]
            rows = [row for draft in owners for row in draft.rows[name].drafts]
            number(evaluation, rows_shape, rows)
            numbered.update((id(draft), draft) for draft in owners)
    return list(numbered.values())


def give_numbers(evaluation: Evaluation, shape: Shape, field: Field, drafts: Sequence[Draft]) -> None:
    """Give every draft that has none its number in one field, in order."""
    places = places_of(evaluation, shape, field, drafts)
    series: dict[str, list[tuple[Draft, Place]]] = {}
    for draft, place in zip(drafts, places, strict=True):
        if draft.values.get(field.id) is None and not _too_long(evaluation, field, draft, place):
            series.setdefault(place.counter, []).append((draft, place))
    for members in series.values():
        first = _take_for(evaluation, shape, field, members, is_alone=len(drafts) == 1)
        for offset, (draft, place) in enumerate(members):
            draft.values[field.id] = SERIAL.number(field, first + offset, place.day, place.texts)


def _take_for(
    evaluation: Evaluation, shape: Shape, field: Field, members: Sequence[tuple[Draft, Place]], is_alone: bool
) -> int:
    """The first of the numbers for drafts of one series.

    On PostgreSQL a record that is written alone gets its id in the same round trip, unless something could still refuse it.
    """
    draft, place = members[0]
    is_apart = field.extra.get("mode") == "fast" or len(shape.serials) > 1 or draft.id
    if is_alone and not is_apart and evaluation.call.dialect == "postgresql":
        floor = int(field.extra.get("start", 1)) - 1
        connection, table = evaluation.call.connection, shape.table.name
        found = counters.take_next_with_id(connection, place.counter, floor, table)
        if found is not None:
            number, draft.id = found
            return number
    return _take(evaluation, shape, field, place, len(members))


def _too_long(evaluation: Evaluation, field: Field, draft: Draft, place: Place) -> bool:
    """Whether the texts of the record make its number longer than a number may be; it is then refused before it is counted."""
    if not place.texts:
        return False
    length = len(SERIAL.number(field, 10**12, place.day, place.texts))
    if length <= LONGEST:
        return False
    label = field.label.get(evaluation.call.language)
    draft.problems.append(
        problem(evaluation.call.language, "long_number", draft.path + field.id, label=label, limit=LONGEST)
    )
    return True


# ------------------------------------------------------------------ where a record belongs
def places_of(evaluation: Evaluation, shape: Shape, field: Field, drafts: Sequence[Draft]) -> list[Place]:
    """Which counter each record continues, dated by the moment it was created."""
    expressions = [part.expression for part in field.parts if part.expression is not None]
    if not expressions and not field.per:
        return _dated_places(evaluation, shape, field, drafts)
    evaluation.prepare(shape, [*expressions, *field.per], drafts)
    zone = _zone(evaluation, shape)
    found = []
    for draft in drafts:
        day = _moment(evaluation, draft).astimezone(zone).date()
        texts = tuple(_text(evaluation.value(each, draft.values)) for each in expressions)
        groups = [_text(evaluation.value(each, draft.values)) for each in field.per]
        found.append(Place(counter_name(shape.key, field, day, groups), day, texts))
    return found


def _dated_places(evaluation: Evaluation, shape: Shape, field: Field, drafts: Iterable[Draft]) -> list[Place]:
    """The same where nothing but the moment decides, of which many records share one."""
    zone = _zone(evaluation, shape)
    known: dict[datetime, Place] = {}
    found = []
    for draft in drafts:
        moment = _moment(evaluation, draft)
        place = known.get(moment)
        if place is None:
            day = moment.astimezone(zone).date()
            place = known[moment] = Place(counter_name(shape.key, field, day, ()), day, ())
        found.append(place)
    return found


def _zone(evaluation: Evaluation, shape: Shape) -> ZoneInfo:
    app = evaluation.call.release.apps.get(shape.entity.app)
    return ZoneInfo((app.timezone if app is not None else "") or evaluation.call.timezone)


def _moment(evaluation: Evaluation, draft: Draft) -> datetime:
    told = draft.stamp or draft.origin
    if told is not None:
        return told.at
    created = draft.before.get("created_at") if draft.before is not None else None
    return created if isinstance(created, datetime) else evaluation.call.at


def _text(value: object) -> str:
    """A value as it stands in a number and tells groups apart; whole numbers without decimals."""
    return "" if value is None else str(value)


def counter_name(key: str, field: Field, day: date, groups: Sequence[str]) -> str:
    """The name of the counter for a period and a group; long groups are named by their hash."""
    name = f"{counters_of(key, field.id)}{period_name(field.reset, day)}"
    if not groups:
        return name
    text = json.dumps(list(groups), ensure_ascii=False)
    if len(text) > _LONGEST_GROUP:
        text = "#" + hashlib.sha256(text.encode()).hexdigest()
    return f"{name}:{text}"


def counters_of(key: str, field_id: str) -> str:
    """What the names of all counters of a field begin with."""
    return f"serial:{key}:{field_id}:"


# ------------------------------------------------------------------ counting
def _take(
    evaluation: Evaluation, shape: Shape, field: Field, place: Place, count: int, above: int = 0
) -> int:
    """The first of `count` numbers of a counter, above what its records hold already when it is used for the first time."""
    floor = max(int(field.extra.get("start", 1)) - 1, above)
    connection = evaluation.call.connection
    if field.extra.get("mode") == "fast":
        with counters.outside(connection) as other:
            return _take_from(connection, other, shape, field, place, count, floor)
    return _take_from(connection, connection, shape, field, place, count, floor)


def _take_from(
    connection: Connection,
    counting: Connection,
    shape: Shape,
    field: Field,
    place: Place,
    count: int,
    floor: int,
) -> int:
    first = counters.take_next(counting, place.counter, count, floor)
    if first is not None:
        return first
    held = highest(connection, shape, series_of(field, place))
    return counters.open_and_take(counting, place.counter, count, max(floor, held))


def series_of(field: Field, place: Place) -> Series:
    """The numbers that share the counter of a place: the field parts that the count does not go by may differ."""
    grouping = {expression.text.partition(".")[0] for expression in field.per}
    roads = [part.value for part in field.parts if part.kind == "field"]
    texts = [
        text if road.partition(".")[0] in grouping else None
        for road, text in zip(roads, place.texts, strict=True)
    ]
    return Series(field, place.day, tuple(texts))


def highest(connection: Connection, shape: Shape, series: Series) -> int:
    """The highest count that a record of a series holds, in the recycle bin too; 0 when there is none."""
    found = 0
    for count in _counts(connection, shape, series):
        found = max(found, count)
        if series.is_plain:
            break
    return found


def _counts(connection: Connection, shape: Shape, series: Series) -> Iterator[int]:
    """The counts of the records of a series, longest number first."""
    column = shape.table.c[series.field.id]
    prefix = series.prefix
    statement = select(column).where(column.is_not(None))
    if prefix:
        statement = statement.where(column >= prefix, column < prefix + _LAST)
    statement = statement.order_by(func.length(column).desc(), column.desc())
    with connection.execute(statement.execution_options(yield_per=500)) as rows:
        for text in rows.scalars():
            count = series.count_of(text)
            if count is not None:
                yield count


# ------------------------------------------------------------------ numbers that were given, and numbers that are taken
def pass_given(evaluation: Evaluation, shape: Shape, drafts: Iterable[Draft]) -> None:
    """Move the counters past numbers that new records brought along, so that nobody gets them a second time."""
    for field in shape.serials:
        kept = [draft for draft in drafts if draft.is_new and draft.values.get(field.id) is not None]
        for counter_place, count in _given(evaluation, shape, field, kept).items():
            _take(evaluation, shape, field, counter_place, 0, above=count)


def _given(evaluation: Evaluation, shape: Shape, field: Field, drafts: Sequence[Draft]) -> dict[Place, int]:
    """The highest count that was given for each series; numbers of another form count for nothing."""
    found: dict[str, tuple[Place, int]] = {}
    for draft, place in zip(drafts, places_of(evaluation, shape, field, drafts), strict=True):
        count = series_of(field, place).count_of(draft.values[field.id])
        if count is not None and count > found.get(place.counter, (place, 0))[1]:
            found[place.counter] = (place, count)
    return dict(found.values())


def replace_taken(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> list[Draft]:
    """Give another number to new records whose drawn one an existing record holds; returns them.

    That happens only where numbers of different series look alike, or were changed or given by hand.
    """
    found: dict[int, Draft] = {}
    for field in shape.serials:
        drawn = [draft for draft in drafts if draft.is_new and field.id not in draft.written]
        for _ in range(_MOST_TRIES):
            held = _held(evaluation, shape, field, drawn)
            drawn = [draft for draft in drawn if draft.values.get(field.id) in held]
            if not drawn:
                break
            found.update((id(draft), draft) for draft in drawn)
            for draft in drawn:
                draft.values[field.id] = None
            give_numbers(evaluation, shape, field, drawn)
    return list(found.values())


def _held(evaluation: Evaluation, shape: Shape, field: Field, drafts: Sequence[Draft]) -> set[str]:
    column = shape.table.c[field.id]
    given = [draft.values[field.id] for draft in drafts if draft.values.get(field.id) is not None]
    found: set[str] = set()
    for start in range(0, len(given), 500):
        statement = select(column).where(column.in_(given[start : start + 500]))
        found.update(evaluation.call.connection.execute(statement).scalars())
    return found


def reset_counters(call: Call, beginning: str, counts: Mapping[str, int]) -> None:
    """Forget the counters whose names begin so, and let those named stand where they are said to."""
    counters.forget(call.connection, beginning)
    for counter, count in counts.items():
        counters.open_and_take(call.connection, counter, 0, count)
