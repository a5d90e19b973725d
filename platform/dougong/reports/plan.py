"""From a report to the query behind it: which dimensions and measures the reader may have, and what is asked of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dougong.model.expression import Expression, Road
from dougong.model.report import Dimension, Measure, Report
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.policy.roads import passed
from dougong.records.aggregate import Aggregate, Group, aggregate
from dougong.records.call import Call
from dougong.records.query import Query
from dougong.reports.labels import Shown, dimension_shown, measure_shown

COUNTED = "count of records"
"""The id of the measure that is always asked for as well; no definition can have it, as it is no id."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One report for one reader. `withheld` are the ids that read what the reader may not see."""

    call: Call
    report: Report
    entity: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    withheld: tuple[str, ...]
    filter: str

    @property
    def parts(self) -> tuple[Dimension | Measure, ...]:
        """The columns in order."""
        return (*self.dimensions, *self.measures)

    def dimension(self, identifier: str) -> Dimension | None:
        """The dimension with that id, if the reader may have it."""
        return next((each for each in self.dimensions if each.id == identifier), None)

    def measure(self, identifier: str) -> Measure | None:
        """The measure with that id, if the reader may have it."""
        return next((each for each in self.measures if each.id == identifier), None)

    def shown(self, part: Dimension | Measure) -> Shown:
        """How a column is shown."""
        if isinstance(part, Dimension):
            return dimension_shown(self.call, self.entity, part)
        return measure_shown(self.call, self.entity, part)

    def ask(
        self,
        dimensions: Sequence[Dimension],
        measures: Sequence[Measure],
        sort: Sequence[tuple[str, bool]] = (),
        limit: int = 0,
    ) -> Aggregate:
        """The figures of these measures by these dimensions, and how many records each line stands for."""
        groups = [Group(each.path, each.grain, each.id) for each in dimensions]
        wanted: dict[str, str | Expression] = {each.id: each.value for each in measures}
        return aggregate(
            self.call,
            self.entity,
            groups,
            {**wanted, COUNTED: "COUNT()"},
            filter=self.report.filter,
            sort=sort,
            limit=limit,
            query=Query(filter=self.filter) if self.filter else None,
        )


def plan(call: Call, report: Report, filter_text: str = "") -> Plan:
    """What of a report the reader may have; `filter_text` is what the reader narrows it with."""
    entity = f"{report.app}.{report.entity}"
    dimensions = tuple(each for each in report.dimensions if may_see(call, entity, each.path))
    measures = tuple(each for each in report.measures if may_see(call, entity, each.value))
    withheld = (
        *(each.id for each in report.dimensions if each not in dimensions),
        *(each.id for each in report.measures if each not in measures),
    )
    return Plan(call, report, entity, dimensions, measures, withheld, filter_text)


def may_see(call: Call, entity: str, expression: Expression) -> bool:
    """Whether every field that an expression reads may be seen by the reader, over links too."""
    return all(_may_see_road(call, entity, road) for road in expression.roads)


def _may_see_road(call: Call, entity: str, road: Road) -> bool:
    release, actor = call.release, call.actor
    return all(
        access(release, actor, key, "read").allowed and name not in concealed(release, actor, key)
        for key, name in passed(entity, road)
        if "/" not in key
    )
