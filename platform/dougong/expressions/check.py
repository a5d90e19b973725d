"""From an untyped tree to a typed one: names resolved, types checked, every mistake found at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from dougong.diagnostics import nearest
from dougong.expressions import types
from dougong.expressions.check_aggregates import AggregateChecker, arithmetic_type, is_nothing, zeroed
from dougong.expressions.check_names import unknown
from dougong.expressions.functions import AGGREGATES, ALIASES, FUNCTIONS
from dougong.expressions.functions.dates import DATE_UNITS
from dougong.expressions.registry import Function
from dougong.expressions.scope import WHOLE
from dougong.expressions.syntax import Constant, Invocation, Items, Reference, Syntax
from dougong.expressions.types import BOOLEAN, EMPTY, MOMENT, TEXT, UNKNOWN
from dougong.model.expression import Call, ListOf, Literal, Node, Path, Type

ORDERED = frozenset({"text", "number", "date", "datetime", "unknown"})
LARGEST_ID = 2**53 - 1


class Checker(AggregateChecker):
    """Types one expression against a scope; `mistakes` collects what is wrong."""

    # ——— entry ———

    def check(self, syntax: Syntax, expect: Type | None) -> Node:
        """The typed tree; where there are mistakes it is only good for going on to look for more."""
        node = self.node(syntax)
        if expect is not None:
            node = self._expected(node, expect)
        elif node.type.many and (self.scope.aggregate or not isinstance(node, ListOf)):
            self.mistake("D413", node.position, name=_name(node))
        return node

    def node(self, syntax: Syntax) -> Node:
        """The typed node of a part."""
        if isinstance(syntax, Constant):
            return _literal(syntax)
        if isinstance(syntax, Reference):
            return self.reference(syntax)
        if isinstance(syntax, Items):
            items = tuple(self.single(item) for item in syntax.items)
            kind = EMPTY
            for item in items:
                kind = types.join(kind, item.type) or UNKNOWN
            return ListOf(items, replace(kind, many=True), syntax.position)
        return self._operator(syntax) if syntax.operator else self._function(syntax)

    def single(self, syntax: Syntax) -> Node:
        """The typed node of a part that must be one value."""
        node = self.node(syntax)
        if node.type.many:
            self.mistake("D413", node.position, name=_name(node))
            return unknown(node.position)
        return node

    def kind(self, syntax: Syntax, wanted: str, name: str) -> Node:
        """The typed node of an argument of `name` that must be of that kind."""
        return self.fit(self.single(syntax), wanted, name)

    def fit(self, node: Node, wanted: str, name: str) -> Node:
        """The node as that kind: literal dates are read, anything that does not fit is a mistake."""
        if (
            wanted in ("date", "datetime", "moment")
            and isinstance(node, Literal)
            and node.type.kind == "text"
        ):
            return self._moment(node, wanted)
        if is_nothing(node) and wanted in types.KINDS_OF_EMPTY:
            return Literal(None, types.KINDS_OF_EMPTY[wanted], node.position)
        if not types.fits(node.type, wanted):
            self.mistake(
                "D407", node.position, name=name, expected=types.spoken(wanted), found=types.spoken(node.type)
            )
            return unknown(node.position)
        return node

    # ——— operators ———

    def _operator(self, call: Invocation) -> Node:
        name = call.name
        if name in ("AND", "OR", "NOT"):
            return Call(
                name,
                tuple(self.kind(each, "boolean", name) for each in call.arguments),
                BOOLEAN,
                call.position,
            )
        if name == "IS_EMPTY":
            return self._is_empty(call)
        if name == "IN":
            return self._membership(call)
        if name == "LIKE":
            return self._like(call)
        if name == "&":
            return self.joined(call)
        if name in ("+", "-", "*", "/", "NEGATE"):
            return self._arithmetic(call)
        left = self.single(call.arguments[0])
        if name == "BETWEEN":
            return self._between(call, left)
        return self.comparison(name, left, self.single(call.arguments[1]), call.position)

    def _is_empty(self, call: Invocation) -> Node:
        if not isinstance(call.arguments[0], Reference):
            return Call("IS_EMPTY", (self.node(call.arguments[0]),), BOOLEAN, call.position)
        with self.wholes():
            return Call("IS_EMPTY", (self.node(call.arguments[0]),), BOOLEAN, call.position)

    def _between(self, call: Invocation, left: Node) -> Node:
        low = self.comparison(">=", left, self.single(call.arguments[1]), call.position)
        high = self.comparison("<=", left, self.single(call.arguments[2]), call.position)
        if isinstance(low, Call) and isinstance(high, Call) and low.name == ">=" and high.name == "<=":
            value = low.arguments[0] if low.arguments[0] is not left else high.arguments[0]
            if (low.arguments[0] is left) == (high.arguments[0] is left):
                return Call("BETWEEN", (value, low.arguments[1], high.arguments[1]), BOOLEAN, call.position)
        return Call("AND", (low, high), BOOLEAN, call.position)

    def comparison(self, name: str, left: Node, right: Node, position: int) -> Node:
        """A comparison of two single values, the literal of one side read as the type of the other."""
        if is_nothing(right) or is_nothing(left):
            return self._with_nothing(name, left, right, position)
        left, right = self.adapted(left, right.type), self.adapted(right, left.type)
        if not types.comparable(left.type, right.type) or (
            name not in ("=", "<>") and not self._orderable(left, right)
        ):
            words = {"left": types.spoken(left.type), "right": types.spoken(right.type)}
            hint = (
                "stages are ordered by .position" if left.type.properties and name not in ("=", "<>") else ""
            )
            self.mistake("D408", position, hint, **words)
            return unknown(position)
        if left.type.kind == "datetime" and right.type.kind == "date":
            left = Call("DATE", (left,), types.DATE, left.position)
        elif left.type.kind == "date" and right.type.kind == "datetime":
            right = Call("DATE", (right,), types.DATE, right.position)
        return Call(name, (left, right), BOOLEAN, position)

    @staticmethod
    def _orderable(left: Node, right: Node) -> bool:
        return left.type.kind in ORDERED and right.type.kind in ORDERED

    def _with_nothing(self, name: str, left: Node, right: Node, position: int) -> Node:
        if name not in ("=", "<>"):
            self.mistake("D408", position, left=types.spoken(left.type), right=types.spoken(right.type))
            return unknown(position)
        empty = Call("IS_EMPTY", (right if is_nothing(left) else left,), BOOLEAN, position)
        return empty if name == "=" else Call("NOT", (empty,), BOOLEAN, position)

    def adapted(self, node: Node, wanted: Type) -> Node:
        """A literal text as a date, moment or option where the other side is one."""
        if wanted.kind == "choice" and node.type.kind == "text" and node.type.options and wanted.options:
            for option in node.type.options:
                if option not in wanted.options:
                    hint = nearest(option, wanted.options) or f"options: {', '.join(wanted.options[:12])}"
                    self.mistake("D409", node.position, hint, option=option, name="this choice")
                    return unknown(node.position)
        if isinstance(node, Literal) and wanted.kind in types.IDENTIFIED and node.type.kind == "number":
            value = node.value
            if isinstance(value, Decimal) and not 0 < value <= LARGEST_ID:
                self.mistake("D408", node.position, left=types.spoken(wanted), right=str(value))
                return unknown(node.position)
        if isinstance(node, Literal) and node.type.kind == "text" and wanted.kind in ("date", "datetime"):
            return self._moment(node, "moment" if wanted.kind == "datetime" else "date")
        return node

    def _moment(self, node: Literal, wanted: str) -> Node:
        text = str(node.value)
        try:
            if len(text) == 10 and wanted in ("date", "moment"):
                return Literal(date.fromisoformat(text), types.DATE, node.position)
            value = datetime.fromisoformat(text)
            if value.tzinfo is not None and len(text) > 10 and wanted in ("datetime", "moment"):
                return Literal(value.astimezone(UTC), MOMENT, node.position)
        except (ValueError, OverflowError):
            pass
        example = "2026-12-31" if wanted == "date" else "2026-12-31T08:00:00+08:00"
        self.mistake(
            "D412", node.position, f"for example '{example}'", text=text[:40], expected=types.spoken(wanted)
        )
        return unknown(node.position)

    def _membership(self, call: Invocation) -> Node:
        left = self.single(call.arguments[0])
        right = self._list(call.arguments[1])
        if isinstance(right, ListOf):
            items = right.items
        elif right.type.many:
            one = replace(right.type, many=False)
            left = self.adapted(left, one)
            if not types.comparable(left.type, one):
                self.mistake(
                    "D408", call.position, left=types.spoken(left.type), right=types.spoken(right.type)
                )
            return Call("IN", (left, right), BOOLEAN, call.position)
        else:
            items = (right,)
        compared = [self.comparison("=", left, item, call.position) for item in items]
        sides = [each.arguments for each in compared if isinstance(each, Call) and each.name == "="]
        if len(sides) != len(items) or any(side[0] != sides[0][0] for side in sides):
            return Call("OR", tuple(compared), BOOLEAN, call.position)
        value = sides[0][0] if sides else left
        listed = ListOf(tuple(side[1] for side in sides), replace(left.type, many=True), right.position)
        return Call("IN", (value, listed), BOOLEAN, call.position)

    def _list(self, syntax: Syntax) -> Node:
        """The right side of IN: a list as such, or a value of each row of a list."""
        with self.framed() as frame:
            node = self.node(syntax)
        if frame.prefix is None:
            return node
        if isinstance(node, Path) and node.names == frame.prefix.names:
            return frame.prefix
        return Call("VALUES@rows", (frame.prefix, node), replace(node.type, many=True), node.position)

    def _like(self, call: Invocation) -> Node:
        left = self.kind(call.arguments[0], "text", "LIKE")
        right = self.kind(call.arguments[1], "text", "LIKE")
        if isinstance(right, Literal) and right.value is None and right.type != UNKNOWN:
            return Call("IS_EMPTY", (left,), BOOLEAN, call.position)
        if not isinstance(right, Literal):
            self.mistake("D417", right.position, "CONTAINS(text, part) takes any text", name="LIKE")
        elif isinstance(right.value, str) and (
            right.value.replace("\\\\", "").endswith("\\") or right.value.count("%") > 8
        ):
            self.mistake(
                "D419", right.position, name="LIKE", allowed="a pattern with at most 8 % and no \\ at its end"
            )
        return Call("LIKE", (left, right), BOOLEAN, call.position)

    def joined(self, call: Invocation) -> Node:
        """Text joined by & or CONCAT; numbers and dates become plain text."""
        parts = []
        for argument in call.arguments:
            node = self.kind(argument, "plain", "&" if call.operator else call.name)
            needs = node.type.kind in ("number", "date")
            parts.append(Call("AS_TEXT", (node,), TEXT, node.position) if needs else node)
        return Call("&", tuple(parts), TEXT, call.position)

    def _arithmetic(self, call: Invocation) -> Node:
        nodes = [self.single(argument) for argument in call.arguments]
        kinds = [node.type.kind for node in nodes]
        if call.name == "+" and kinds[0] in ("number", "empty") and kinds[1] == "date":
            nodes.reverse()
            kinds.reverse()
        if call.name in ("+", "-") and kinds[0] == "date":
            return self._days(call, nodes, kinds)
        operands = tuple(zeroed(self.fit(node, "number", call.name)) for node in nodes)
        return Call(call.name, operands, arithmetic_type(call.name, operands), call.position)

    def _days(self, call: Invocation, nodes: list[Node], kinds: list[str]) -> Node:
        if call.name == "-" and kinds[1] == "date":
            return Call("DAYS", tuple(nodes), WHOLE, call.position)
        days = zeroed(self.fit(nodes[1], "number", call.name))
        if call.name == "-":
            days = Call("NEGATE", (days,), days.type, days.position)
        return Call("ADD_DAYS", (nodes[0], days), types.DATE, call.position)

    # ——— functions ———

    def _function(self, call: Invocation) -> Node:
        name = ALIASES.get(call.name, call.name.upper())
        function = FUNCTIONS.get(name)
        if function is None:
            hint = nearest(name, FUNCTIONS) or nearest(call.name, ALIASES)
            self.mistake("D405", call.position, hint, name=call.name)
            for argument in call.arguments:
                self.node(argument)
            return unknown(call.position)
        call = replace(call, name=name)
        if call.where is not None and function.group != "lists":
            self.mistake("D421", call.where.position, name=name)
        if call.behind and name != "ALL":
            self.mistake("D414", call.position, name=f"{name}(…)")
            return unknown(call.position)
        minimum, maximum = arity(function)
        if len(call.arguments) < minimum or (maximum is not None and len(call.arguments) > maximum):
            self._wrong_count(call, minimum, maximum)
            return unknown(call.position)
        if function.typing:
            rule: Callable[[Invocation, Function], Node] = getattr(self, f"_type_{function.typing}")
            return rule(call, function)
        arguments = tuple(
            self.kind(argument, wanted, name)
            for argument, wanted in zip(call.arguments, _kinds(function, call), strict=True)
        )
        before = len(self.mistakes)
        self._constants(function, arguments)
        if len(self.mistakes) > before:
            return unknown(call.position)
        if function.lowered is not None:
            return function.lowered(arguments, call.position)
        result = function.type_of(arguments)
        if function.scheduled:
            arguments = (*arguments, Call("CALENDAR", (), TEXT, call.position))
        return Call(name, arguments, result, call.position)

    def _wrong_count(self, call: Invocation, minimum: int, maximum: int | None) -> None:
        expected = (
            str(minimum)
            if maximum == minimum
            else f"{minimum} or more"
            if maximum is None
            else f"{minimum} to {maximum}"
        )
        hint = f"written {FUNCTIONS[call.name].signature}"
        self.mistake(
            "D406", call.position, hint, name=call.name, expected=expected, found=len(call.arguments)
        )

    def _constants(self, function: Function, arguments: tuple[Node, ...]) -> None:
        for index in function.constants:
            if (
                index < len(arguments)
                and not isinstance(arguments[index], Literal)
                and arguments[index].type != UNKNOWN
            ):
                self.mistake("D417", arguments[index].position, name=function.name)
        if function.name == "DATEADD" and arguments[0].type.kind == "date":
            function = replace(function, words=((2, DATE_UNITS),))
        for index, allowed in function.words:
            if index < len(arguments) and isinstance(arguments[index], Literal):
                value = str(getattr(arguments[index], "value", ""))
                if value not in allowed:
                    self.mistake(
                        "D419",
                        arguments[index].position,
                        nearest(value, allowed),
                        name=function.name,
                        allowed=", ".join(allowed),
                    )
        wrong = function.verify(arguments) if function.verify is not None else None
        if wrong is not None:
            self.mistake("D419", arguments[wrong[0]].position, name=function.name, allowed=wrong[1])

    def _type_alias(self, call: Invocation, function: Function) -> Node:
        """AND(…), OR(…), ISEMPTY(…), CONCAT(…): other spellings of operators."""
        if call.name in ("CONCAT", "CONCATENATE"):
            return self.joined(call)
        name = "IS_EMPTY" if call.name in ("ISEMPTY", "ISBLANK") else call.name
        return self._operator(replace(call, name=name, operator=True))

    def _type_case(self, call: Invocation, function: Function) -> Node:
        """IF and IFS: conditions and values in turn, an optional value at the end for when none holds."""
        arguments = call.arguments
        pairs = len(arguments) // 2
        parts: list[Node] = []
        values: list[Node] = []
        for index in range(pairs):
            parts.append(self.kind(arguments[2 * index], "boolean", call.name))
            values.append(self.single(arguments[2 * index + 1]))
        default = self.single(arguments[-1]) if len(arguments) % 2 else Literal(None, EMPTY, call.position)
        kind, values = self._branches([*values, default], call.position)
        whole = tuple(part for pair in zip(parts, values, strict=False) for part in pair)
        return Call("CASE", (*whole, values[-1]), kind, call.position)

    def _type_switch(self, call: Invocation, function: Function) -> Node:
        """SWITCH(value, key, result, …, default)."""
        subject = self.single(call.arguments[0])
        rest = call.arguments[1:]
        keys: list[Node] = []
        values: list[Node] = []
        for index in range(len(rest) // 2):
            key = self.single(rest[2 * index])
            compared = self.comparison("=", subject, key, key.position)
            keys.append(compared.arguments[1] if isinstance(compared, Call) and compared.name == "=" else key)
            values.append(self.single(rest[2 * index + 1]))
        default = self.single(rest[-1]) if len(rest) % 2 else Literal(None, EMPTY, call.position)
        kind, values = self._branches([*values, default], call.position)
        whole = tuple(part for pair in zip(keys, values, strict=False) for part in pair)
        return Call("SWITCH", (subject, *whole, values[-1]), kind, call.position)

    def _type_choose(self, call: Invocation, function: Function) -> Node:
        """CHOOSE(number, value, …): a switch over the number without its fraction."""
        index, *values = call.arguments
        at = call.position
        keys = (Constant(Decimal(number), at) for number in range(1, len(values) + 1))
        pairs = (part for pair in zip(keys, values, strict=True) for part in pair)
        whole = Invocation("ROUNDDOWN", (index,), at)
        return self._type_switch(replace(call, name="SWITCH", arguments=(whole, *pairs)), function)

    def _type_coalesce(self, call: Invocation, function: Function) -> Node:
        """COALESCE and IFERROR: the first value that is not empty."""
        kind, values = self._branches([self.single(argument) for argument in call.arguments], call.position)
        return Call("COALESCE", tuple(values), kind, call.position)

    def _branches(self, values: list[Node], position: int) -> tuple[Type, list[Node]]:
        kind = EMPTY
        for value in values:
            joined = types.join(kind, value.type)
            if joined is None:
                self.mistake("D411", value.position, left=types.spoken(kind), right=types.spoken(value.type))
                return UNKNOWN, values
            kind = joined
        return kind, values

    def _type_date(self, call: Invocation, function: Function) -> Node:
        """DATE(year, month, day) or DATE(moment)."""
        if len(call.arguments) == 2:
            self._wrong_count(call, 3, 3)
            return unknown(call.position)
        if len(call.arguments) == 1:
            return Call("DATE", (self.kind(call.arguments[0], "moment", "DATE"),), types.DATE, call.position)
        parts = tuple(self.kind(argument, "number", "DATE") for argument in call.arguments)
        return Call("DATE", parts, types.DATE, call.position)

    def _type_minimum(self, call: Invocation, function: Function) -> Node:
        return self._type_aggregate(call, function)

    def _type_has_role(self, call: Invocation, function: Function) -> Node:
        node = self.kind(call.arguments[0], "text", call.name)
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            self.mistake("D417", node.position, name=call.name)
            return unknown(call.position)
        app, _, role = node.value.rpartition(".")
        if not app and self.scope.roles is not None and role not in self.scope.roles:
            self.mistake("D418", node.position, nearest(role, self.scope.roles), name=role)
        arguments = (Literal(app or self.scope.app, TEXT, node.position), Literal(role, TEXT, node.position))
        return Call("HAS_ROLE", arguments, BOOLEAN, call.position)

    def _type_my_company(self, call: Invocation, function: Function) -> Node:
        node = self.kind(call.arguments[0], "text", call.name)
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            self.mistake("D417", node.position, name=call.name)
            return unknown(call.position)
        key = node.value if "." in node.value else f"{self.scope.app}.{node.value}"
        if self.scope.app and not self.scope.resolve(key):
            self.mistake("D422", node.position, name=node.value)
            return unknown(call.position)
        return Call(
            "MY_COMPANY", (Literal(key, TEXT, node.position),), Type("record", entity=key), call.position
        )

    # ——— result ———

    def _expected(self, node: Node, expect: Type) -> Node:
        if isinstance(node, ListOf) and expect.many:
            single = replace(expect, many=False)
            return replace(
                node, items=tuple(self._expected(item, single) for item in node.items), type=expect
            )
        if not expect.many or not node.type.many:
            before = len(self.mistakes)
            node = self.adapted(node, expect) if node.type.kind == "text" else node
            if len(self.mistakes) > before:
                return node
        if not _acceptable(node.type, expect):
            hint = "TEXT(value, format) gives text" if expect.kind == "text" else ""
            self.mistake(
                "D410", node.position, hint, found=types.spoken(node.type), expected=types.spoken(expect)
            )
        return node


def _acceptable(found: Type, expect: Type) -> bool:
    if found.kind == "unknown":
        return True
    if found.many and not expect.many:
        return False
    if found.kind == "empty":
        return True
    if expect.kind in ("text", "choice"):
        return found.kind in ("text", "choice")
    if expect.kind == "record" and found.kind == "record":
        return expect.entity == found.entity
    return found.kind == expect.kind


def _literal(syntax: Constant) -> Literal:
    value = syntax.value
    if value is None:
        return Literal(None, EMPTY, syntax.position)
    if isinstance(value, bool):
        return Literal(value, BOOLEAN, syntax.position)
    if isinstance(value, Decimal):
        return Literal(
            value, Type("number", decimals=max(0, -int(value.as_tuple().exponent))), syntax.position
        )
    return Literal(value, Type("text", options=(value,)), syntax.position)


def _name(node: Node) -> str:
    return ".".join(node.names) if isinstance(node, Path) else "a list"


def arity(function: Function) -> tuple[int, int | None]:
    """How many arguments a function takes at least and at most (None: any number)."""
    minimum = sum(1 for parameter in function.parameters if parameter[-1] not in "?*")
    maximum = (
        None
        if any(parameter.endswith("*") for parameter in function.parameters)
        else len(function.parameters)
    )
    return minimum, maximum


def _kinds(function: Function, call: Invocation) -> list[str]:
    kinds = [parameter.rstrip("?*") for parameter in function.parameters]
    while len(kinds) < len(call.arguments):
        kinds.append(kinds[-1])
    return kinds[: len(call.arguments)]


assert set(AGGREGATES) <= set(FUNCTIONS)
