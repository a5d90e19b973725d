"""Which columns need an index so that no list is slow: those that links, views, row rules and orders read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dougong.definitions.schemas.common import SYSTEM_COLUMNS
from dougong.fieldtypes import TYPES, column_of
from dougong.model.entity import Entity
from dougong.model.expression import Call, Expression, ListOf, Path
from dougong.model.expression import Node as Tree
from dougong.model.form import Sort, View
from dougong.model.report import Report
from dougong.model.role import Role

_COMPARISONS = frozenset({"=", "<", "<=", ">", ">=", "IN", "BETWEEN", "IS_EMPTY"})
_ALWAYS = ("link", "member", "department", "stage")
_NARROW = frozenset(
    {"integer", "decimal", "money", "percent", "boolean", "date", "choice", *_ALWAYS},
)
"""Types whose values take little room in an index."""
_WIDEST = 4
"""The most columns of an index for a report; writing pays for each of them."""


def indexed(
    entity: Entity, views: Iterable[View], roles: Iterable[Role], reports: Iterable[Report]
) -> Entity:
    """The entity with the indexes that its links, views, row rules and reports ask for, each once."""
    wanted: list[tuple[str, ...]] = [(field.id,) for field in entity.fields.values() if field.type in _ALWAYS]
    for view in views:
        if view.sort:
            wanted.append(tuple(_sorted_by(entity, sort) for sort in view.sort))
        wanted.extend(_compared(view.filter))
        wanted.extend([(view.group,)] if view.group else [])
    for role in roles:
        for permission in role.grants.get(entity.id, {}).values():
            wanted.extend(_compared(permission.rows))
        for denial in role.denials:
            wanted.extend(_compared(denial.rows) if denial.entity == entity.id else ())
    for report in reports:
        wanted.extend(_compared(report.filter))
        wanted.extend(_added_up(entity, report))
    kept = dict.fromkeys(columns for columns in wanted if _has_columns(entity, columns))
    return replace(entity, indexes=tuple(columns for columns in kept if not _covered(columns, kept, entity)))


def _added_up(entity: Entity, report: Report) -> Iterator[tuple[str, ...]]:
    """What a report reads, group first, where that is little of every record: an index that holds it is read in place of the table."""
    grouped = [each.path for each in report.dimensions]
    measured = [each.value for each in report.measures]
    read = dict.fromkeys(_paths([*grouped, *measured]))
    names = [path[0] for path in read]
    narrow = all(name in entity.fields and entity.fields[name].type in _NARROW for name in names)
    inside = {path[0] for path in _paths([report.filter])} <= set(names)
    if grouped and 1 < len(names) <= _WIDEST and narrow and inside and all(len(path) == 1 for path in read):
        yield tuple(names)


def _paths(expressions: Iterable[Expression | None]) -> list[tuple[str, ...]]:
    return [path for each in expressions if each is not None for path in each.reads]


def _sorted_by(entity: Entity, sort: Sort) -> str:
    """A key of an order. Where a field can be empty, going down is not the way up read backwards: empty values are last in both."""
    return f"-{sort.field}" if sort.descending and sort.field in entity.fields else sort.field


def _plain(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.removeprefix("-") for name in columns)


def _compared(expression: Expression | None) -> Iterator[tuple[str, ...]]:
    """The fields that an expression compares with something."""
    if expression is not None:
        yield from ((name,) for name in _names(expression.tree, False))


def _names(tree: Tree, compared: bool) -> Iterator[str]:
    if isinstance(tree, Path):
        if compared:
            yield tree.names[0]
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from _names(
                argument, tree.name in _COMPARISONS or (compared and tree.name not in ("AND", "OR", "NOT"))
            )
    elif isinstance(tree, ListOf):
        for item in tree.items:
            yield from _names(item, compared)


def _has_columns(entity: Entity, columns: tuple[str, ...]) -> bool:
    return all(name in SYSTEM_COLUMNS or _sortable(entity, name) for name in _plain(columns))


def _sortable(entity: Entity, name: str) -> bool:
    field = entity.fields.get(name)
    return field is not None and TYPES[field.type].sortable and column_of(field) is not None


def _covered(columns: tuple[str, ...], kept: Mapping[tuple[str, ...], None], entity: Entity) -> bool:
    """Whether a longer index, a unique combination or the primary key begins with these columns already."""
    if columns == ("id",) or (
        len(columns) == 1 and columns[0] in entity.fields and entity.fields[columns[0]].unique
    ):
        return True
    unique = [each.fields for each in entity.unique if each.is_plain]
    if any(name.startswith("-") for name in columns):
        return any(other != columns and other[: len(columns)] == columns for other in kept)
    return any(
        _plain(other)[: len(columns)] == columns and (other != columns or other in unique)
        for other in (*kept, *unique)
    )
