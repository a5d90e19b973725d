"""A tree as nested Python functions, made once and called for every record; only what is needed is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dougong.expressions.distribution import nth
from dougong.expressions.functions import FUNCTIONS
from dougong.expressions.functions.internal import INTERNAL
from dougong.expressions.matching import matches
from dougong.expressions.rows import items_of
from dougong.expressions.state import Frames, Program, State, frame_of, start_of
from dougong.expressions.summary import AGGREGATE_NAMES, summary
from dougong.expressions.values import total
from dougong.model.expression import Call, ListOf, Literal, Node, Path, Value


def program_of(node: Node, frames: Frames = ()) -> Program:
    """The function that computes a tree inside of such aggregates."""
    if isinstance(node, Literal):
        value = node.value
        return lambda state: value
    if isinstance(node, Path):
        return items_of(node, frames) if node.type.many else _name(node, frames)
    if isinstance(node, ListOf):
        items = [program_of(item, frames) for item in node.items]
        return lambda state: tuple(item(state) for item in items)
    if node.name.endswith("@rows"):
        return _over_rows(node, frames)
    arguments = [program_of(argument, frames) for argument in node.arguments]
    builder = _BUILDERS.get(node.name)
    return builder(arguments) if builder is not None else _function(node, arguments)


# ——— names ———


def _name(path: Path, frames: Frames) -> Program:
    clean = _number if path.type.kind == "number" else _filled
    names = path.names
    at = frame_of(names, frames)
    if at is None and len(names) == 1:
        first = names[0]
        return lambda state: clean(state.record.get(first))
    if at is not None and names == frames[at].names:
        return lambda state: _identifier(state.rows[at])
    start, steps = start_of(path, frames, at)
    last = names[-1]
    if not steps:
        return lambda state: None if (row := start(state)) is None else clean(row.get(last))

    def road(state: State) -> Value:
        record: Mapping[str, Value] | None = start(state)
        for step in steps:
            if record is None:
                return None
            record = state.linked(record.get(step.name), step.entity)
        return None if record is None else clean(record.get(last))

    return road


def _identifier(row: Value) -> Value:
    """A row as a value of its own: its id, where it has one by now."""
    return (row.get("id") or True) if isinstance(row, Mapping) else row


def _number(value: Value) -> Value:
    """A number of a record as expressions see it: whole numbers are Decimal too."""
    if type(value) is int:
        return Decimal(value)
    return _filled(value)


def _filled(value: Value) -> Value:
    """A value of a record as expressions see it: blank text is empty."""
    return (value or None) if value.__class__ is str else value


# ——— functions ———


def _function(node: Call, arguments: list[Program]) -> Program:
    function = FUNCTIONS.get(node.name) or INTERNAL[node.name]
    compute = function.python
    assert compute is not None
    blank = [
        function.empty == "text" and argument.type.kind in ("text", "choice", "empty")
        for argument in node.arguments
    ]
    if not any(blank) and not function.zoned and 1 <= len(arguments) <= 2:
        return _of_one(compute, *arguments) if len(arguments) == 1 else _of_two(compute, *arguments)
    return _of_any(compute, arguments, blank, function.zoned)


def _of_one(compute: Callable[..., Any], argument: Program) -> Program:
    def call(state: State) -> Value:
        value = argument(state)
        if value is None:
            return None
        try:
            result = compute(value)
        except OverflowError:  # a clock beyond the calendar, at the very ends of time
            return None
        return (result or None) if result.__class__ is str else result

    return call


def _of_two(compute: Callable[..., Any], first: Program, second: Program) -> Program:
    def call(state: State) -> Value:
        left = first(state)
        if left is None:
            return None
        right = second(state)
        if right is None:
            return None
        try:
            result = compute(left, right)
        except OverflowError:
            return None
        return (result or None) if result.__class__ is str else result

    return call


def _of_any(compute: Callable[..., Any], arguments: list[Program], blank: list[bool], zoned: bool) -> Program:
    pairs = tuple(zip(arguments, blank, strict=True))

    def call(state: State) -> Value:
        given: list[Value] = []
        for argument, becomes_text in pairs:
            value = argument(state)
            if value is None:
                if not becomes_text:
                    return None
                value = ""
            given.append(value)
        if zoned:
            given.append(state.context.timezone)
        try:
            result = compute(*given)
        except OverflowError:
            return None
        return (result or None) if result.__class__ is str else result

    return call


# ——— the operations that decide themselves what they compute ———


def _and(arguments: list[Program]) -> Program:
    def both(state: State) -> Value:
        result: bool | None = True
        for argument in arguments:
            value = argument(state)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return both


def _or(arguments: list[Program]) -> Program:
    def either(state: State) -> Value:
        result: bool | None = False
        for argument in arguments:
            value = argument(state)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return either


def _not(arguments: list[Program]) -> Program:
    (argument,) = arguments

    def negated(state: State) -> Value:
        value = argument(state)
        return None if value is None else not value

    return negated


def _is_empty(arguments: list[Program]) -> Program:
    (argument,) = arguments

    def empty(state: State) -> Value:
        value = argument(state)
        return value is None or value in ((), {}, [])

    return empty


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[list[Program]], Program]:
    def build(arguments: list[Program]) -> Program:
        first, second = arguments

        def compared(state: State) -> Value:
            left = first(state)
            right = second(state)
            return None if left is None or right is None else compare(left, right)

        return compared

    return build


def _between(arguments: list[Program]) -> Program:
    subject, lowest, highest = arguments

    def inside(state: State) -> Value:
        value, low, high = subject(state), lowest(state), highest(state)
        above = None if value is None or low is None else value >= low
        below = None if value is None or high is None else value <= high
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return inside


def _in(arguments: list[Program]) -> Program:
    subject, listed = arguments

    def among(state: State) -> Value:
        value, items = subject(state), listed(state)
        if not items:
            return False
        if value is None:
            return None
        if any(value == item for item in items if item is not None):
            return True
        return None if any(item is None for item in items) else False

    return among


def _case(arguments: list[Program]) -> Program:
    pairs = [(arguments[index], arguments[index + 1]) for index in range(0, len(arguments) - 1, 2)]
    default = arguments[-1]

    def chosen(state: State) -> Value:
        for condition, value in pairs:
            if condition(state) is True:
                return value(state)
        return default(state)

    return chosen


def _switch(arguments: list[Program]) -> Program:
    subject, *rest = arguments
    pairs = [(rest[index], rest[index + 1]) for index in range(0, len(rest) - 1, 2)]
    default = rest[-1]

    def switched(state: State) -> Value:
        value = subject(state)
        if value is not None:
            for key, result in pairs:
                if key(state) == value:
                    return result(state)
        return default(state)

    return switched


def _coalesce(arguments: list[Program]) -> Program:
    def first(state: State) -> Value:
        for argument in arguments:
            value = argument(state)
            if value is not None:
                return value
        return None

    return first


def _joined(arguments: list[Program]) -> Program:
    return lambda state: "".join(argument(state) or "" for argument in arguments) or None


# ——— aggregates ———


def _over_rows(node: Call, frames: Frames) -> Program:
    path, *rest = node.arguments
    assert isinstance(path, Path)
    name = node.name.partition("@")[0]
    inside = (*frames, path)
    depth = len(frames)
    items = items_of(
        path, frames, tuple((each.field, program_of(each.value, frames)) for each in matches(node))
    )
    value = program_of(rest[0], inside)
    condition = program_of(rest[1], inside) if len(rest) > 1 else None
    weight = sum(map(size, rest))

    def values(state: State) -> list[Value]:
        rows = items(state)
        if not rows:
            return []
        state.spend(len(rows) * weight)
        result: list[Value] = []
        del state.rows[depth:]
        state.rows.append(None)
        for row in rows:
            state.rows[depth] = row
            if condition is None or condition(state) is True:
                result.append(value(state))
        return result

    if name == "VALUES":
        return lambda state: tuple(found for found in values(state) if found is not None)
    if name == "SUM":
        return lambda state: total(found for found in values(state) if found is not None)
    if name == "JOIN":
        separator = str(rest[2].value)  # type: ignore[union-attr]
        return lambda state: separator.join(found for found in values(state) if found is not None) or None
    if name in ("LARGE", "SMALL"):
        wanted = int(rest[2].value)  # type: ignore[union-attr, arg-type]
        return lambda state: nth(name, [found for found in values(state) if found is not None], wanted)
    if name in ("FIRST", "LAST"):
        place = 0 if name == "FIRST" else -1
        return lambda state: found[place] if (found := values(state)) else None
    return lambda state: summary(name, values(state))


def plain_fields(node: Node) -> tuple[str, ...] | None:
    """The fields of the record that decide a value; None where lists or linked records have a say."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Path):
            if len(part.names) > 1 or part.type.many:
                return None
            found[part.names[0]] = None
        elif isinstance(part, Call):
            waiting += part.arguments
        elif isinstance(part, ListOf):
            waiting += part.items
    return tuple(found)


def size(node: Node) -> int:
    """How many parts a tree has."""
    parts = node.arguments if isinstance(node, Call) else node.items if isinstance(node, ListOf) else ()
    return 1 + sum(map(size, parts))


def _over_arguments(name: str) -> Callable[[list[Program]], Program]:
    def build(arguments: list[Program]) -> Program:
        return lambda state: summary(name, [argument(state) for argument in arguments])

    return build


# ——— people and time ———


def _ids(attribute: str) -> Callable[[list[Program]], Program]:
    def ids(state: State) -> Value:
        actor = state.context.actor
        return tuple(sorted(getattr(actor, attribute))) if actor else ()

    return lambda arguments: ids


def _me(state: State) -> Value:
    return state.context.actor.id if state.context.actor else None


def _my_department(state: State) -> Value:
    return state.context.actor.main_department_id if state.context.actor else None


def _has_role(arguments: list[Program]) -> Program:
    app, role = arguments

    def held(state: State) -> Value:
        actor = state.context.actor
        return actor is not None and (actor.is_admin or (app(state), role(state)) in actor.roles)

    return held


def _my_company(arguments: list[Program]) -> Program:
    (entity,) = arguments

    def company(state: State) -> Value:
        own = state.context.actor.company if state.context.actor else None
        return own[1] if own is not None and own[0] == entity(state) else None

    return company


_BUILDERS: Mapping[str, Callable[[list[Program]], Program]] = {
    "AND": _and,
    "OR": _or,
    "NOT": _not,
    "IS_EMPTY": _is_empty,
    "BETWEEN": _between,
    "IN": _in,
    "CASE": _case,
    "SWITCH": _switch,
    "COALESCE": _coalesce,
    "&": _joined,
    "=": _comparison(lambda left, right: bool(left == right)),
    "<>": _comparison(lambda left, right: bool(left != right)),
    "<": _comparison(lambda left, right: bool(left < right)),
    "<=": _comparison(lambda left, right: bool(left <= right)),
    ">": _comparison(lambda left, right: bool(left > right)),
    ">=": _comparison(lambda left, right: bool(left >= right)),
    **{name: _over_arguments(name) for name in AGGREGATE_NAMES},
    "ME": lambda arguments: _me,
    "TODAY": lambda arguments: lambda state: state.context.today,
    "NOW": lambda arguments: lambda state: state.context.now,
    "CALENDAR": lambda arguments: lambda state: state.context.calendar,
    "MY_DEPARTMENT": lambda arguments: _my_department,
    "MY_DEPARTMENTS": _ids("department_ids"),
    "MY_SUBORDINATES": _ids("subordinate_ids"),
    "MY_DEPARTMENT_TREE": _ids("department_tree_ids"),
    "MY_TEAMMATES": _ids("teammate_ids"),
    "MY_COMPANY": _my_company,
    "HAS_ROLE": _has_role,
}
