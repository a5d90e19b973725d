"""Reports: measures over the records of one entity, by dimensions, drawn as a chart."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.compiler.context import NUMBER, Context, humanised
from dougong.compiler.item import Item
from dougong.definitions.schemas.report import GRAINS
from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.model.report import Chart, Dimension, Measure, Report
from dougong.model.text import Text


def compile_reports(context: Context) -> dict[str, Report]:
    """The reports of the app by id."""
    reports = {}
    for identifier, document in context.checked.folder("reports").items():
        report = _report(context, Item.of(document), identifier)
        if report is None:
            context.damaged.add(identifier)
        else:
            reports[identifier] = report
    return reports


def _report(context: Context, item: Item, identifier: str) -> Report | None:
    source = item.get("from")
    entity = context.named_entity(source) if source is not None else None
    if entity is None:
        return None
    dimensions = tuple(_dimensions(context, item, entity))
    measures = tuple(_measures(context, item, entity))
    names = _names(item)
    return Report(
        id=identifier,
        app=context.app,
        entity=entity.id,
        label=context.label(item, identifier),
        measures=measures,
        dimensions=dimensions,
        filter=context.condition(item, "filter", entity),
        chart=_chart(context, item.get("chart"), item, names),
        sort=tuple(_sort(context, item, names)),
        limit=item.number("limit", 0),
        help=context.text(item, "help"),
        place=item.place,
    )


def _names(item: Item) -> tuple[list[str], list[str]]:
    """The ids of the dimensions and of the measures as they were written, right or wrong."""
    return list(_ids(item)), [name for name, _ in item.entries("measures")]


def _ids(item: Item) -> dict[str, tuple[str, Item]]:
    """The dimensions by id, each with its grain and path: `close_on`, and `close_on_year` for a second grain of the same field."""
    found: dict[str, tuple[str, Item]] = {}
    for each in item.items("group"):
        grain, path = _path(each)
        name = path.text.replace(".", "_")
        if name in found and grain:
            name = f"{name}_{grain}"
        found.setdefault(name, (grain, path))
    return found


def _path(item: Item) -> tuple[str, Item]:
    """The grain and the path of a dimension."""
    for grain in GRAINS:
        path = item.get(grain)
        if path is not None:
            return grain, path
    return "", item.get("by") or item


def _dimensions(context: Context, item: Item, entity: Entity) -> Iterator[Dimension]:
    ids = {path.path: name for name, (_, path) in _ids(item).items()}
    for each in item.items("group"):
        grain, path = _path(each)
        if path.path not in ids:
            context.report("D209", each, value=path.text)
            continue
        compiled = context.expression(path, context.scope(entity), sql=True)
        if compiled is None:
            continue
        fits = compiled.type.kind in ("date", "datetime") if grain else not compiled.type.many
        if not fits:
            needed = "a date" if grain else "a field with one value"
            context.report("D450", path, name=path.text, type=compiled.type.kind, needed=needed, advice="")
            continue
        label = _dimension_label(context, path.text, entity)
        yield Dimension(ids[path.path], compiled, context.text(each, "label", label), grain)


def _dimension_label(context: Context, path: str, entity: Entity) -> Text:
    """The label of the field a path ends in."""
    here: Entity | None = entity
    names = path.split(".")
    for name in names[:-1]:
        target = here.fields[name].target if here is not None and name in here.fields else None
        here = context.entity(target.key) if target is not None else None
    field = here.fields.get(names[-1]) if here is not None else None
    return field.label if field is not None else Text.of(humanised(names[-1]))


def _measures(context: Context, item: Item, entity: Entity) -> Iterator[Measure]:
    scope = context.scope(entity, aggregate=True)
    for name, each in item.entries("measures"):
        if name in _ids(item):
            context.report_at_key("D504", each, name=name, entity=entity.id, owner="a dimension")
        written = each.get("value") or each
        value = context.expression(written, scope)
        if value is not None and _is_figure(context, written, value):
            yield Measure(name, value, context.label(each, name))


def _is_figure(context: Context, item: Item, value: Expression) -> bool:
    if value.type.kind in (NUMBER.kind, "date", "datetime"):
        return True
    context.report("D450", item, name=item.text, type=value.type.kind, needed="a number", advice="")
    return False


def _chart(
    context: Context, item: Item | None, report: Item, names: tuple[list[str], list[str]]
) -> Chart | None:
    dimensions, measures = names
    if item is None:
        return Chart("bar", dimensions[0], "", measures[0]) if dimensions else None
    kind = item.string("type")
    chosen = {}
    for key, known in (("by", dimensions), ("series", dimensions), ("value", measures)):
        written = item.get(key)
        chosen[key] = written.text if written is not None else ""
        if written is not None and written.text not in known:
            context.unknown("D311", written, written.text, known)
    by = chosen["by"] or (dimensions[0] if dimensions else "")
    series = chosen["series"] or (
        dimensions[1] if len(dimensions) > 1 and kind in ("bar", "line", "area") else ""
    )
    return Chart(kind, by, series if series != by else "", chosen["value"] or measures[0])


def _sort(context: Context, item: Item, names: tuple[list[str], list[str]]) -> Iterator[tuple[str, bool]]:
    known = [*names[0], *names[1]]
    for each in item.items("sort"):
        name = each.text.removeprefix("-")
        if name in known:
            yield name, each.text.startswith("-")
        else:
            context.unknown("D311", each, name, known)
