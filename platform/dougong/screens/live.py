"""What a form's script needs to compute as one types: trees, how fields are read and shown, and the values it begins with.

Only what the reader may see leaves the server: an expression that reads anything else, and whatever is computed from it,
stays here, and its field shows its value after saving.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dougong.expressions.portable import dump, dump_value, is_for_browser
from dougong.expressions.results import microseconds
from dougong.expressions.support import surroundings
from dougong.expressions.zones import zone_facts
from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.expression import Call as Invocation
from dougong.model.expression import Expression, ListOf, Node, Path, Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.records.shape import Shape, shape_of
from dougong.screens.beginning import initial_values
from dougong.screens.currency import unit_of

NUMBERS = frozenset({"integer", "decimal", "money", "percent"})
SHOWN = frozenset({*NUMBERS, "text", "long_text", "date", "datetime", "boolean", "choice"})
"""Types whose computed values a script can show."""
READ = frozenset(
    {
        *(
            *SHOWN,
            "rich_text",
            "choices",
            "tags",
            "stage",
            "time",
            "duration",
            "email",
            "phone",
            "url",
            "barcode",
        ),
        *("link", "links", "member", "members", "department", "departments", "address", "location", "serial"),
        *("rating", "file", "images", "signature", "colour"),
    }
)
"""Types whose inputs a script can read."""
WRITTEN = frozenset({*NUMBERS, "text", "long_text", "date", "datetime", "boolean", "choice"})
"""Types whose inputs a script can write a default into."""


def live_plan(
    call: Call,
    key: str,
    action: str,
    values: Mapping[str, Value],
    conditions: Sequence[Expression] = (),
) -> Mapping[str, Any] | None:
    """The plan of a form that creates or updates a record and begins with these values, or None when nothing in it changes
    with what is typed.

    `conditions` are expressions that another part of the page asks the script for; of those that `Reading.may` allows, the fields
    are part of the plan.
    """
    shape = shape_of(call.release, key)
    reading = Reading(call, shape, action)
    computed = list(_computed(reading, shape))
    defaults = list(_defaults(reading, shape, action == "create"))
    asked = [condition for condition in conditions if reading.may(condition, "")]
    if not computed and not defaults and not asked:
        return None
    expressions = [expression for _, _, expression in (*computed, *defaults)] + asked
    named = {name for name, _, _ in (*computed, *defaults)}
    for name, _, expression in (*computed, *defaults):
        named.update(_reads(expression.tree, name.rpartition("/")[0]))
    for condition in asked:
        named.update(_reads(condition.tree, ""))
    named |= {name.partition("/")[0] for name in named}
    return {
        "around": _around(call, expressions, _kinds(shape, named)),
        "language": call.language,
        "record": _values(shape, values, named),
        "fields": _fields(call, shape, named),
        "computed": [{"name": name, "tree": dump(each.tree)} for name, _, each in computed],
        "defaults": [{"name": name, "tree": dump(each.tree)} for name, _, each in defaults],
    }


Named = tuple[str, Field, Expression]
"""The name of a field in the plan (`lines/subtotal` in rows), the field, and its expression."""


class Reading:
    """What a reader's script may be given of an entity, and which expressions it can compute from that."""

    def __init__(self, call: Call, shape: Shape, action: str) -> None:
        self.call = call
        self.shape = shape
        self.computed: set[str] = set()
        """The computed fields that the script computes itself."""
        self._own = _visible(call, shape.key, action)
        self._rows = {name: _visible(call, rows.key, "update") for name, rows in shape.tables.items()}

    def may(self, expression: Expression, table: str) -> bool:
        """Whether the script can compute an expression of the record, or of the rows of a sub-table."""
        tree = expression.tree
        if not is_for_browser(tree) or (_asks_clock(tree) and zone_facts(self.call.timezone) is None):
            return False
        return all(self._reads(path.names, table) for path in _paths(tree))

    def sees(self, table: str, name: str) -> bool:
        """Whether a field stands open to the reader."""
        return name in (self._rows.get(table, frozenset()) if table else self._own)

    def _reads(self, names: tuple[str, ...], table: str) -> bool:
        if table:
            if names[0] == "parent":
                return len(names) == 2 and self._reads_field(self.shape.entity, "", names[1])
            return len(names) == 1 and self._reads_field(self.shape.tables[table].entity, table, names[0])
        if names[0] not in self.shape.tables:
            return len(names) == 1 and self._reads_field(self.shape.entity, "", names[0])
        rows = self.shape.tables[names[0]].entity
        return self.sees("", names[0]) and (
            len(names) == 1 or (len(names) == 2 and self._reads_field(rows, names[0], names[1]))
        )

    def _reads_field(self, entity: Entity, table: str, name: str) -> bool:
        field = entity.fields.get(name)
        if field is None or field.type not in READ or not self.sees(table, name):
            return False
        return field.formula is None or _name(table, name) in self.computed


def _visible(call: Call, key: str, action: str) -> frozenset[str]:
    """The fields that are neither hidden from the reader nor masked."""
    fields = frozenset(call.release.entity(key).fields)
    hidden = access(call.release, call.actor, key, action).hidden
    return fields - hidden - concealed(call.release, call.actor, key)


def _name(table: str, field: str) -> str:
    return f"{table}/{field}" if table else field


def _computed(reading: Reading, shape: Shape) -> Iterator[Named]:
    """The computed fields of the record and its rows that the script can compute, in the order of `records.computed`."""
    for name in (*(table for table in shape.tables if table not in shape.computed), *shape.computed):
        rows = shape.tables.get(name)
        inner = (name,) if rows is None else rows.computed
        for each in inner:
            field = shape.field(each) if rows is None else rows.field(each)
            table = "" if rows is None else name
            if field.formula is None or field.type not in SHOWN or not reading.sees(table, each):
                continue
            if reading.may(field.formula, table):
                reading.computed.add(_name(table, each))
                yield _name(table, each), field, field.formula


def _defaults(reading: Reading, shape: Shape, is_new: bool) -> Iterator[Named]:
    """The defaults that follow other fields which a person enters: of new rows always, of the record while it is new."""
    for table, inner in (*((("", shape),) if is_new else ()), *shape.tables.items()):
        for name, field in inner.entity.fields.items():
            default = field.default
            if default is None or field.type not in WRITTEN or not reading.sees(table, name):
                continue
            reads = set(_reads(default.tree, table))
            if reads and not reads & _all_computed(shape) and reading.may(default, table):
                yield _name(table, name), field, default


def _all_computed(shape: Shape) -> set[str]:
    own = {name for name in shape.computed if name not in shape.tables}
    return own | {_name(table, name) for table, rows in shape.tables.items() for name in rows.computed}


# -- trees --------------------------------------------------------------------------------------------------------------


def _parts(tree: Node) -> Iterator[Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Invocation):
            waiting.extend(node.arguments)
        elif isinstance(node, ListOf):
            waiting.extend(node.items)


def _paths(tree: Node) -> Iterator[Path]:
    return (part for part in _parts(tree) if isinstance(part, Path))


def _reads(tree: Node, table: str) -> Iterator[str]:
    """The names of the plan that a tree reads."""
    for path in _paths(tree):
        first, rest = path.names[0], path.names[1:]
        if table and first == "parent":
            yield from rest[:1]
        elif table:
            yield _name(table, first)
        else:
            yield first
            yield from (_name(first, inner) for inner in rest[:1])


def _calls(tree: Node, name: str) -> bool:
    return any(isinstance(part, Invocation) and part.name == name for part in _parts(tree))


def _asks_clock(tree: Node) -> bool:
    return any(part.type.kind == "datetime" for part in _parts(tree))


# -- the parts of a plan --------------------------------------------------------------------------------------------------


def _kinds(shape: Shape, named: Iterable[str]) -> set[str]:
    """The types of the fields of a plan."""
    found = set()
    for name in named:
        table, _, field = name.rpartition("/")
        found.add((shape.tables[table].field(field) if table else shape.field(field)).type)
    return found


def _around(call: Call, expressions: Sequence[Expression], types: set[str]) -> dict[str, Any]:
    """What the expressions ask besides the record; nothing that none of them asks."""
    asked = frozenset[str]().union(*(surroundings(each.tree) for each in expressions))
    actor = call.actor
    around: dict[str, Any] = {}
    if "actor" in asked:
        around["actor"] = {
            "id": actor.id,
            "admin": actor.is_admin,
            "roles": sorted(".".join(role) for role in actor.roles),
            "departments": sorted(actor.department_ids),
            "subordinates": sorted(actor.subordinate_ids),
        }
    if "today" in asked:
        around["today"] = today_of(call).isoformat()
    if "now" in asked:
        around["now"] = str(microseconds(call.at))
    if any(_calls(each.tree, "CALENDAR") for each in expressions):
        around["calendar"] = call.release.calendar
    if "datetime" in types or any(_asks_clock(each.tree) for each in expressions):
        around["zone"] = zone_facts(call.timezone)
    return around


def _values(shape: Shape, values: Mapping[str, Value], named: set[str]) -> Any:
    """The values of the fields of a plan, as far as the form has any."""
    record: dict[str, Value] = {}
    for name, value in values.items():
        if name not in named:
            continue
        record[name] = (
            [_row(name, row, named) for row in value or ()] if name in shape.tables else _plain(value)
        )
    return dump_value(record)


def _row(table: str, row: Mapping[str, Value], named: set[str]) -> dict[str, Value]:
    return {name: _plain(value) for name, value in row.items() if _name(table, name) in named}


def _plain(value: Value) -> Value:
    """Files as their ids; other values as they are."""
    if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
        return tuple(each["id"] for each in value)
    return value


def _fields(call: Call, shape: Shape, named: set[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in sorted(named):
        table, _, inner = name.rpartition("/")
        if table:
            continue
        if name not in shape.tables:
            fields[name] = _field(call, shape.field(inner))
            continue
        rows = shape.tables[name]
        columns = sorted(each.partition("/")[2] for each in named if each.startswith(f"{name}/"))
        fields[name] = {
            "type": "table",
            "rows": {column: _field(call, rows.field(column)) for column in columns},
            "blank": dump_value(_row(name, initial_values(call, rows.key), named)),
        }
    return fields


def _field(call: Call, field: Field) -> dict[str, Any]:
    """How a field is read, rounded and shown."""
    found: dict[str, Any] = {"type": field.type}
    if field.type in NUMBERS:
        scale = {"integer": 0, "percent": field.decimals + 2}.get(field.type, field.decimals)
        found |= {"scale": scale, "digits": 16 if field.type == "integer" else field.digits}
    if field.type == "money":
        found["unit"] = unit_of(field.currency, call.language)
    if field.formula is not None and field.type == "boolean":
        texts = TYPES["boolean"].to_text
        found["words"] = {str(each).lower(): texts(each, field, call.language) for each in (True, False)}
    if field.formula is not None and field.type == "choice":
        found["words"] = {option.id: option.label.get(call.language) for option in field.options}
    return found
