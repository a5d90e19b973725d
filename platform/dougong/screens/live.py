"""What a form's script needs to compute as one types: trees, how fields are read and shown, and the values it begins with.

Only what the reader may see leaves the server: an expression that reads anything else, and whatever is computed from it,
stays here, and its field shows its value after saving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dougong.expressions.portable import dump, dump_value, is_for_browser
from dougong.expressions.results import microseconds
from dougong.expressions.support import surroundings
from dougong.expressions.zones import zone_facts
from dougong.fieldtypes import TYPES
from dougong.model.expression import Call as Invocation
from dougong.model.expression import Expression, ListOf, Node, Path, Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.records.linked import linked_values
from dougong.records.shape import Shape, shape_of
from dougong.screens.addresses import entity_path
from dougong.screens.asking import asked_about, questions, split_name
from dougong.screens.beginning import initial_values
from dougong.screens.currency import unit_of
from dougong.screens.words import say

NUMBERS = frozenset({"integer", "decimal", "money", "percent"})
SHOWN = frozenset({*NUMBERS, "text", "long_text", "date", "datetime", "boolean", "choice"})
"""Types whose computed values a script can show."""
READ: frozenset[str] = frozenset(
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
LINKED = READ - {"rich_text", "long_text", "link", "links", "file", "images", "signature"}
"""Types of linked records that a script can compute with."""
WRITTEN = frozenset({*NUMBERS, "text", "long_text", "date", "datetime", "boolean", "choice"})
"""Types whose inputs a script can write a default into."""


def live_plan(
    call: Call,
    key: str,
    action: str,
    values: Mapping[str, Value],
    conditions: Sequence[tuple[str, Expression]] = (),
    written: Iterable[str] = (),
    identifier: int = 0,
) -> Mapping[str, Any] | None:
    """The plan of a form that creates or updates a record and begins with these values, or None when nothing in it changes
    with what is typed.

    `conditions` are expressions that another part of the page asks the script for, each with the sub-table for whose rows it is
    ("" for the record); of those that `Reading.may` allows, the fields are part of the plan. So are
    the fields that are `written` by it.
    """
    shape = shape_of(call.release, key)
    reading = Reading(call, shape, action)
    computed = list(_computed(reading, shape))
    defaults = list(_defaults(reading, shape, action == "create"))
    asked = [(table, condition) for table, condition in conditions if reading.may(condition, table)]
    at_hand = {name for name, _, _ in (*computed, *defaults)}
    ask = questions(key, shape, identifier, reading.sees, at_hand, SHOWN, call.language)
    if not computed and not defaults and not asked and ask is None:
        return None
    expressions = [expression for _, _, expression in (*computed, *defaults)]
    expressions += [condition for _, condition in asked]
    roads = [
        *(
            road
            for name, _, each in (*computed, *defaults)
            for road in _roads(each.tree, name.rpartition("/")[0], shape)
        ),
        *(road for table, each in asked for road in _roads(each.tree, table, shape)),
    ]
    named = {name for name, _, _ in (*computed, *defaults)}
    named |= {_name(table, names[0]) for table, names in roads}
    named |= {table for table, _ in asked if table}
    named.update(written)
    named.update(name for name in asked_about(ask) if reading.sees(*split_name(name)))
    named |= {name.partition("/")[0] for name in named}
    links = _links(shape, roads)
    return {
        "around": _around(call, expressions, _kinds(shape, named)),
        "language": call.language,
        "record": _values(shape, values, named),
        "fields": _fields(call, shape, named),
        "computed": [{"name": name, "tree": dump(each.tree)} for name, _, each in computed],
        "defaults": [{"name": name, "tree": dump(each.tree)} for name, _, each in defaults],
        "unknown": say("computed_on_save", call.language),
        **({"ask": ask} if ask is not None else {}),
        **_related(call, key, shape, links, values),
    }


def live_fields(plan: Mapping[str, Any] | None) -> frozenset[str]:
    """The computed fields that a form with this plan shows as one types."""
    if plan is None:
        return frozenset()
    return frozenset(each["name"] for each in (*plan["computed"], *plan.get("ask", {}).get("computed", ())))


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
        return all(self._reads(at, names) for at, names in _roads(tree, table, self.shape))

    def sees(self, table: str, name: str) -> bool:
        """Whether a field stands open to the reader."""
        return name in (self._rows.get(table, frozenset()) if table else self._own)

    def _reads(self, table: str, names: tuple[str, ...]) -> bool:
        """One step of a road: a field, a sub-table as such, or a field of the record behind a link."""
        if not names or len(names) > 2 or not self.sees(table, names[0]):
            return False
        if not table and names[0] in self.shape.tables:
            return len(names) == 1
        entity = self.shape.tables[table].entity if table else self.shape.entity
        field = entity.fields[names[0]]
        if field.type not in READ or (
            field.formula is not None and _name(table, field.id) not in self.computed
        ):
            return False
        return len(names) == 1 or (
            field.target is not None and names[1] in linkable(self.call, field.target.key)
        )


def linkable(call: Call, key: str) -> tuple[str, ...]:
    """The fields of linked records of a kind that the reader's script may compute with."""
    if not access(call.release, call.actor, key, "read").allowed:
        return ()
    seen = _visible(call, key, "read")
    fields = call.release.entity(key).fields
    return tuple(
        name
        for name, field in fields.items()
        if field.type in LINKED and name in seen and not field.is_virtual
    )


def sees_of(call: Call, key: str, action: str) -> Callable[[str, str], bool]:
    """What stands open to whoever fills in a form: fields of the record (""), and of the rows of its sub-tables."""
    return Reading(call, shape_of(call.release, key), action).sees


def reading_of(call: Call, key: str, action: str) -> Reading:
    """What the script of a form may be given, with what it computes itself."""
    shape = shape_of(call.release, key)
    reading = Reading(call, shape, action)
    for _ in _computed(reading, shape):
        pass
    return reading


def _visible(call: Call, key: str, action: str) -> frozenset[str]:
    """The fields that are neither hidden from the reader nor masked."""
    fields = frozenset(call.release.entity(key).fields)
    rights = access(call.release, call.actor, key, action)
    # Whether a field is seen may depend on the record, and on what is entered just now: the server works those out.
    hidden = rights.hidden | frozenset(rights.veils)
    return fields - hidden - concealed(call.release, call.actor, key)


def _name(table: str, field: str) -> str:
    return f"{table}/{field}" if table else field


def _computed(reading: Reading, shape: Shape) -> Iterator[Named]:
    """The computed fields of the record and its rows that the script can compute, in the order of `records.computed`; last those
    that are not stored, of which no formula reads another."""
    for table, each in _in_order(shape):
        field = shape.tables[table].field(each) if table else shape.field(each)
        if field.formula is None or field.type not in SHOWN or not reading.sees(table, each):
            continue
        if reading.may(field.formula, table):
            reading.computed.add(_name(table, each))
            yield _name(table, each), field, field.formula


def _in_order(shape: Shape) -> Iterator[tuple[str, str]]:
    """Computed fields with the sub-table in which they stand."""
    for name in (*(table for table in shape.tables if table not in shape.computed), *shape.computed):
        rows = shape.tables.get(name)
        yield from (("", name),) if rows is None else ((name, each) for each in rows.computed)
    for name, rows in shape.tables.items():
        yield from ((name, each) for each in rows.virtual)
    yield from (("", name) for name in shape.virtual)


def _defaults(reading: Reading, shape: Shape, is_new: bool) -> Iterator[Named]:
    """The defaults that follow other fields which a person enters: of new rows always, of the record while it is new."""
    for table, inner in (*((("", shape),) if is_new else ()), *shape.tables.items()):
        for name, field in inner.entity.fields.items():
            default = field.default
            if default is None or field.type not in WRITTEN or not reading.sees(table, name):
                continue
            reads = {_name(at, names[0]) for at, names in _roads(default.tree, table, shape) if names}
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


def _roads(tree: Node, table: str, shape: Shape) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a tree of the record or of the rows of `table` reads: a sub-table or none, and names from there."""
    for path in _paths(tree):
        first, rest = path.names[0], path.names[1:]
        if table and first == "parent":
            yield "", rest
        elif table:
            yield table, path.names
        elif first in shape.tables:
            yield "", (first,)
            if rest:
                yield first, rest
        else:
            yield "", path.names


def _calls(tree: Node, name: str) -> bool:
    return any(isinstance(part, Invocation) and part.name == name for part in _parts(tree))


def _asks_clock(tree: Node) -> bool:
    return any(part.type.kind == "datetime" for part in _parts(tree))


# -- linked records ---------------------------------------------------------------------------------------------------


def _links(shape: Shape, roads: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, set[str]]:
    """The links that expressions go behind, by their names in the plan, and the fields read there."""
    found: dict[str, set[str]] = {}
    for table, names in roads:
        if len(names) == 2:
            found.setdefault(_name(table, names[0]), set()).add(names[1])
    return found


def _related(
    call: Call, key: str, shape: Shape, links: Mapping[str, set[str]], values: Mapping[str, Value]
) -> dict[str, Any]:
    """Where values of linked records are asked for, and those of the records that are linked already."""
    if not links:
        return {}
    wanted: dict[str, tuple[set[int], set[str]]] = {}
    told = {}
    for name, fields in links.items():
        table, _, inner = name.rpartition("/")
        target = _field_at(shape, name).target
        assert target is not None
        told[name] = {"entity": target.key, "href": f"{entity_path(key)}/live/{name.replace('/', '.')}"}
        ids, read = wanted.setdefault(target.key, (set(), set()))
        holders = values.get(table) or () if table else (values,)
        ids.update(each[inner] for each in holders if each.get(inner) is not None)
        read.update(fields)
    related = {
        f"{target}/{identifier}": dump_value(found)
        for target, (ids, fields) in wanted.items()
        for identifier, found in linked_values(call, target, ids, sorted(fields)).items()
    }
    return {"links": told, "related": related}


def linked_record(call: Call, key: str, path: str, identifier: int) -> Any:
    """The values of a record that a link (`customer`, or `lines.product`) is to point to, as far as the reader may see them; None
    when there is none, or none that may be seen."""
    shape = shape_of(call.release, key)
    table, _, name = path.rpartition(".")
    own = shape.tables.get(table) if table else shape
    field = own.entity.fields.get(name) if own is not None else None
    hidden = own is None or name not in _visible(call, own.key, "read")
    if hidden or field is None or field.target is None:
        return None
    fields = linkable(call, field.target.key)
    found = linked_values(call, field.target.key, {identifier}, fields).get(identifier)
    return None if found is None else dump_value(found)


def _field_at(shape: Shape, name: str) -> Field:
    table, _, field = name.rpartition("/")
    return (shape.tables[table] if table else shape).field(field)


# -- the parts of a plan --------------------------------------------------------------------------------------------------


def _kinds(shape: Shape, named: Iterable[str]) -> set[str]:
    """The types of the fields of a plan."""
    return {_field_at(shape, name).type for name in named}


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
