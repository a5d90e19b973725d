"""Types figures for many values: over the rows of a list, over the records of a measure, or over the arguments."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dougong.expressions import types
from dougong.expressions.check_names import Frame, NameChecker, unknown
from dougong.expressions.functions import FUNCTIONS
from dougong.expressions.lowering import lowered
from dougong.expressions.problems import Mistake
from dougong.expressions.registry import Function
from dougong.expressions.scope import WHOLE
from dougong.expressions.syntax import Invocation, Syntax
from dougong.expressions.types import BOOLEAN, EMPTY, NUMBER, TEXT, UNKNOWN
from dougong.model.expression import Call, ListOf, Literal, Node, Path, Type

TRUE = Literal(True, BOOLEAN)
ORDERED_BY_ROW = frozenset({"FIRST", "LAST", "JOIN"})
"""What depends on the order of the rows, which the records of a measure do not have."""
_BY_PLACE = frozenset({"LARGE", "SMALL"})
_LISTS_ALONE = frozenset({"SUMPRODUCT", "COUNTUNIQUE", *_BY_PLACE, *ORDERED_BY_ROW})
_SEPARATOR = ", "


class AggregateChecker(NameChecker):
    """The part of the checker that knows SUM, COUNT and their like."""

    def node(self, syntax: Syntax) -> Node:
        """The typed node of a part."""
        raise NotImplementedError

    def fit(self, node: Node, wanted: str, name: str) -> Node:
        """The node as that kind; anything that does not fit is a mistake."""
        raise NotImplementedError

    def _type_lowered(self, call: Invocation, function: Function) -> Node:
        """SUMIFS, LOOKUP and their like: other spellings of an aggregate with a condition."""
        known = len(self.mistakes)
        try:
            found = self.node(lowered(call))
        except Mistake as mistake:
            self.mistakes.append(mistake)
            return unknown(call.position)
        if len(self.mistakes) == known and not _goes_over_a_list(found):
            words = {"expected": types.spoken("list"), "found": "nothing of the kind"}
            self.mistake("D407", call.position, function.signature, name=call.name, **words)
        return found

    def _type_all(self, call: Invocation, function: Function) -> Node:
        return self.everything(call)

    def _type_aggregate(self, call: Invocation, function: Function) -> Node:
        records = self.scope.aggregate and not self._grouped
        self._grouped = self._grouped or records
        try:
            with self.framed() as frame:
                nodes = [self.node(argument) for argument in call.arguments]
                condition = self._where(call, frame, records)
        finally:
            self._grouped = self._grouped and not records
        if frame.prefix is not None:
            if records:
                hint = f"write {call.name}({call.name}(…)): first over the rows of a record, then over the records"
                self.mistake("D415", call.position, hint, name=".".join(frame.prefix.names))
                return unknown(call.position)
            return self._grouping(call, nodes, condition, "@rows", (frame.prefix,))
        if records:
            return self._grouping(call, nodes, condition, "@records", ())
        return self._over_arguments(call, nodes)

    def _where(self, call: Invocation, frame: Frame, records: bool) -> Node | None:
        """The condition behind WHERE, in which bare names mean the row."""
        if call.where is None:
            return None
        if frame.prefix is None and not records:
            if call.arguments:
                self.mistake("D421", call.where.position, name=call.name)
            return None
        with self.at_row(frame):
            node = self.node(call.where)
        return self.fit(node, "boolean", "WHERE")

    def _grouping(
        self, call: Invocation, nodes: list[Node], where: Node | None, form: str, lead: tuple[Node, ...]
    ) -> Node:
        name = call.name
        if name in ORDERED_BY_ROW | _BY_PLACE and not lead:
            self.mistake("D416", call.position, name=name)
            return unknown(call.position)
        if name == "SUMPRODUCT":
            return self._product_sum(call, nodes, where, form, lead)
        if name == "JOIN":
            return self._joined_rows(call, nodes, where, lead)
        if name in _BY_PLACE:
            return self._by_place(call, nodes, where, lead)
        if len(nodes) > 2 or (not nodes and name != "COUNT"):
            hint = f"{name}(value) or {name}(value WHERE condition)"
            self.mistake("D406", call.position, hint, name=name, expected="1 to 2", found=len(nodes))
            return unknown(call.position)
        if name == "COUNT":
            if not nodes:
                nodes = [TRUE]
            elif nodes[0].type.kind == "boolean":
                nodes = [TRUE, *nodes] if len(nodes) == 1 else nodes
        own = self.fit(nodes[1], "boolean", name) if len(nodes) == 2 else None
        value = self._value(name, nodes[0], lead)
        kind = (
            types.number(types.decimals_of(value.type))
            if name == "SUM" and value.type != UNKNOWN
            else _aggregate_type(name, value)
        )
        return Call(f"{name}{form}", (*lead, value, *_both(own, where)), kind, call.position)

    def _value(self, name: str, node: Node, lead: tuple[Node, ...]) -> Node:
        if name in ("COUNTUNIQUE", "FIRST", "LAST") and "/" in node.type.entity:
            words = {"expected": "a column", "found": "whole rows"}
            self.mistake("D407", node.position, f"{name}(lines.product)", name=name, **words)
        if lead and name != "COUNT" and not _stands_in(node, lead[0]):
            self.mistake(
                "D407", node.position, name=name, expected=types.spoken("list"), found="a single value"
            )
        return self.fit(node, _aggregated_kind(name), name) if name != "COUNT" else node

    def _product_sum(
        self, call: Invocation, nodes: list[Node], where: Node | None, form: str, lead: tuple[Node, ...]
    ) -> Node:
        factors = [zeroed(self.fit(node, "number", call.name)) for node in nodes]
        if not factors:
            return unknown(call.position)
        product = factors[0]
        for factor in factors[1:]:
            product = Call("*", (product, factor), arithmetic_type("*", (product, factor)), call.position)
        return Call(f"SUM{form}", (*lead, product, *_both(where)), product.type, call.position)

    def _joined_rows(
        self, call: Invocation, nodes: list[Node], where: Node | None, lead: tuple[Node, ...]
    ) -> Node:
        """JOIN(list, separator): the value of each row as text."""
        if len(nodes) > 2:
            self.mistake("D406", call.position, name="JOIN", expected="1 to 2", found=len(nodes))
            return unknown(call.position)
        separator = nodes[1] if len(nodes) == 2 else Literal(_SEPARATOR, TEXT, call.position)
        if not isinstance(separator, Literal):
            self.mistake("D417", separator.position, name="JOIN")
            return unknown(call.position)
        separator = Literal("" if separator.value is None else separator.value, TEXT, separator.position)
        value = self.fit(self._value("JOIN", nodes[0], lead), "plain", "JOIN")
        if value.type.kind in ("number", "date"):
            value = Call("AS_TEXT", (value,), TEXT, value.position)
        return Call("JOIN@rows", (*lead, value, *(_both(where) or (TRUE,)), separator), TEXT, call.position)

    def _by_place(
        self, call: Invocation, nodes: list[Node], where: Node | None, lead: tuple[Node, ...]
    ) -> Node:
        """LARGE(list, place): the value at a place when they are ordered."""
        name = call.name
        if len(nodes) != 2:
            self.mistake("D406", call.position, name=name, expected=2, found=len(nodes))
            return unknown(call.position)
        value, place = self._value(name, nodes[0], lead), nodes[1]
        if not (isinstance(place, Literal) and isinstance(place.value, Decimal)):
            self.mistake("D417", place.position, name=name)
            return unknown(call.position)
        if place.value < 1 or place.value != int(place.value):
            self.mistake("D419", place.position, name=name, allowed="1, 2, 3 …")
            return unknown(call.position)
        kind = _aggregate_type(name, value)
        return Call(f"{name}@rows", (*lead, value, *(_both(where) or (TRUE,)), place), kind, call.position)

    def _over_arguments(self, call: Invocation, nodes: list[Node]) -> Node:
        name = call.name
        if not nodes or name in _LISTS_ALONE:
            hint = f"{name} goes over a sub-table or a list: {FUNCTIONS[name].signature}"
            words = {"expected": types.spoken("list"), "found": "nothing of the kind"}
            self.mistake("D407", call.position, hint, name=name, **words)
            return unknown(call.position)
        nodes = [self.fit(node, _aggregated_kind(name), name) for node in nodes]
        kind = EMPTY
        for node in nodes:
            joined = types.join(kind, node.type)
            if joined is None and name != "COUNT":
                self.mistake("D411", node.position, left=types.spoken(kind), right=types.spoken(node.type))
                return unknown(call.position)
            kind = joined or kind
        if name == "PRODUCT":
            kind = types.number(sum(types.decimals_of(node.type) for node in nodes))
        elif name != "SUM":
            kind = _aggregate_type(name, replace(nodes[0], type=kind))
        if kind == EMPTY:
            kind = types.number(0)
        filled = (Literal(None, kind, node.position) if is_nothing(node) else node for node in nodes)
        return Call(name, tuple(filled), kind, call.position)


def _both(*conditions: Node | None) -> tuple[Node, ...]:
    """The conditions as one, or none."""
    given = tuple(each for each in conditions if each is not None)
    return given if len(given) < 2 else (Call("AND", given, BOOLEAN, given[0].position),)


def _aggregated_kind(name: str) -> str:
    kinds = {**dict.fromkeys(("MIN", "MAX", "LARGE", "SMALL"), "ordered"), "JOIN": "plain"}
    return kinds.get(name, "any" if name in ("COUNT", "COUNTUNIQUE", "FIRST", "LAST") else "number")


def _aggregate_type(name: str, value: Node) -> Type:
    if name in ("COUNT", "COUNTUNIQUE"):
        return WHOLE
    if name in ("AVERAGE", "VAR", "VARP", "STDEV", "STDEVP"):
        return types.number(10)
    if name == "MEDIAN" and value.type.kind == "number":
        return types.number(types.decimals_of(value.type) + 1)
    if name == "PRODUCT":
        return NUMBER
    return replace(value.type, many=False, computed=True)


def arithmetic_type(name: str, operands: tuple[Node, ...]) -> Type:
    """The type of a sum, difference, product or quotient."""
    scales = [types.decimals_of(operand.type) if operand.type.kind == "number" else 0 for operand in operands]
    if name == "*":
        return types.number(sum(scales))
    return types.number(10 if name == "/" else max(scales))


def zeroed(node: Node) -> Node:
    """An entered number as an operand of arithmetic: a blank one counts as 0."""
    if isinstance(node, Path) and node.type.kind == "number" and not node.type.computed:
        return Call("COALESCE", (node, Literal(Decimal(0), WHOLE, node.position)), node.type, node.position)
    return node


def is_nothing(node: Node) -> bool:
    """Whether a part is EMPTY as written."""
    return isinstance(node, Literal) and node.value is None and node.type == EMPTY


def _goes_over_a_list(node: Node) -> bool:
    """Whether a figure over rows or records is in a tree."""
    return isinstance(node, Call) and ("@" in node.name or any(map(_goes_over_a_list, node.arguments)))


def _stands_in(node: Node, prefix: Node) -> bool:
    """Whether a value depends on the row at hand."""
    if isinstance(node, Path) and isinstance(prefix, Path):
        return node.names[: len(prefix.names)] == prefix.names
    parts = node.arguments if isinstance(node, Call) else node.items if isinstance(node, ListOf) else ()
    return node.type == UNKNOWN or any(_stands_in(part, prefix) for part in parts)
