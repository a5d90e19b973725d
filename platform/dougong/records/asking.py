"""Fetches what the checks of records will ask of other records, for all of them together."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.model.expression import Expression
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.shape import Shape
from dougong.storage.release import Release


def prepare_checks(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Fetch the other records that the rules and bounds of an entity read."""
    asking = _asking(evaluation.call.release, shape)
    if asking:
        evaluation.prepare(shape, asking, drafts)


def _asking(release: Release, shape: Shape) -> tuple[Expression, ...]:
    """The rules and bounds of an entity that read other records, worked out once for a release."""
    key = ("asking of others", shape.key)
    found = release.cache.get(key)
    if not isinstance(found, tuple):
        every: list[object] = [each for rule in shape.entity.rules for each in (rule.when, rule.check)]
        every += [each for field in shape.entity.fields.values() for each in (field.minimum, field.maximum)]
        found = release.cache[key] = tuple(
            each for each in every if isinstance(each, Expression) and any(road.steps for road in each.roads)
        )
    return found
