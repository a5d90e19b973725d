"""Makes the people and the rows of a demonstration, all of them through the one door to data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from dougong.demo.approvals import run_approval
from dougong.demo.description import Description, Step
from dougong.demo.drawing import Drawing
from dougong.demo.moments import Clock
from dougong.demo.people import Login, MakePassword, add_people
from dougong.demo.read import read_description
from dougong.demo.story import Event, story_of
from dougong.demo.world import World
from dougong.people.actor import SYSTEM
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.evaluation import Evaluation
from dougong.storage.database import Database
from dougong.storage.release import Release

Progress = Callable[[str, int], None]
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: how many rows of each entity, and the accounts to show to a visitor."""

    rows: Mapping[str, int]
    logins: Sequence[Login]


def fill(
    database: Database,
    release: Release,
    app_id: str,
    as_of: datetime,
    password: MakePassword | None = None,
    progress: Progress | None = None,
) -> Filled:
    """Fill an app with its demonstration as it looks at a moment, in one transaction; the same moment gives the same rows.

    `password` makes one for every account that is shown to visitors; nobody can sign in to the others.
    """
    with database.writing() as connection:
        call = Call(release, connection, SYSTEM, "demo", as_of)
        description = read_description(call, release.app(app_id))
        call = replace(call, timezone=description.timezone)
        people, logins = add_people(connection, description, app_id, password)
        clock = Clock(as_of, ZoneInfo(description.timezone), description.opens, description.closes)
        made: dict[str, int] = {}
        for step in description.steps:
            count = _write(World(call, clock, people, description.lists, Evaluation(call)), description, step)
            made[step.key] = made.get(step.key, 0) + count
            if progress is not None:
                progress(step.key, count)
        return Filled(made, logins)


def _write(world: World, description: Description, step: Step) -> int:
    """Draw the rows of a step and write them as they were when they were made, then everything that happened to them."""
    drawing = Drawing(world, description, step)
    stories = [story_of(row, step) for row in drawing.rows()]
    made = _run(world.call, step.key, [_operation("create", None, story.made) for story in stories])
    for wave in zip_longest(*(story.changes for story in stories)):
        changes = [(each, event) for each, event in zip(made, wave, strict=True) if event is not None]
        _run(world.call, step.key, [_operation("update", each, event) for each, event in changes])
    if step.later:
        found = [(each, drawing.later(story.row, each)) for each, story in zip(made, stories, strict=True)]
        _run(world.call, step.key, [_operation("update", each, event) for each, event in found if event])
    if step.approval is not None:
        for each, story in zip(made, stories, strict=True):
            run_approval(story.row, step.key, each, step.approval)
    return len(made)


def _operation(kind: str, identifier: int | None, event: Event) -> Operation:
    return Operation(kind, identifier, event.values, stamp=event.stamp)


def _run(call: Call, key: str, operations: Sequence[Operation]) -> list[int]:
    """Do operations, many at a time; any problem refuses everything."""
    found: list[int] = []
    for start in range(0, len(operations), _AT_ONCE):
        outcomes = batch(call, key, operations[start : start + _AT_ONCE])
        found += [outcome.id for outcome in outcomes if outcome.id is not None]
    return found
