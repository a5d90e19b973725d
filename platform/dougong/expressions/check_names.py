"""Names and roads of an expression: which fields of which records they stand for, and what row an aggregate is at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal

from dougong.diagnostics import nearest
from dougong.expressions import types
from dougong.expressions.problems import Mistake
from dougong.expressions.scope import Scope, every_record, step_of
from dougong.expressions.syntax import Invocation, Reference
from dougong.expressions.types import EMPTY, UNKNOWN
from dougong.model.expression import Call, Literal, Node, Path, Property, Step, Type

THIS = frozenset({"this", "本记录"})
"""What the record of an expression is called where bare names mean another."""
MAX_ROAD = 16
"""How many links a road may follow."""
MAX_LISTS = 3
"""How many lists a road may go over, each with any number of records for every one before."""

Names = tuple[str, ...]


@dataclass(slots=True)
class Frame:
    """The arguments of one aggregate; `prefix` is the list they go over, once a name leads to one.

    `row` is one row of it, whose fields are meant by bare names behind WHERE; `outer` is what is read of rows that an aggregate
    around this one is at."""

    prefix: Path | None = None
    row: Path | None = None
    outer: list[Path] = field(default_factory=list)


class NameChecker:
    """Resolves names against a scope; `mistakes` collects what is wrong."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.mistakes: list[Mistake] = []
        self._frames: list[Frame] = []
        kind = scope.names[scope.at] if scope.at else None
        self._row: Path | None = Path((scope.at,), kind) if kind is not None else None
        """The row whose fields are meant by bare names, behind WHERE, or the record that a link leads to."""
        self._grouped = False
        self._wholes = False
        """Whether a list is meant as a whole, though it stands inside an aggregate."""

    def mistake(self, code: str, position: int, hint: str = "", **parameters: object) -> None:
        """Notes something wrong and goes on."""
        self.mistakes.append(Mistake(code, position, hint, **parameters))

    @contextmanager
    def framed(self) -> Iterator[Frame]:
        """The arguments of an aggregate."""
        frame = Frame()
        self._frames.append(frame)
        try:
            yield frame
        finally:
            self._frames.pop()
        prefix = frame.prefix.names if frame.prefix is not None else None
        for path in frame.outer:
            if prefix is not None and path.names[: len(prefix)] == prefix:
                self.mistake("D420", path.position, name="an aggregate")

    @contextmanager
    def at_row(self, frame: Frame) -> Iterator[None]:
        """Behind WHERE, where bare names mean the fields of a row of the list, if there is one."""
        prefix = frame.prefix
        frame.row = replace(prefix, type=replace(prefix.type, many=False)) if prefix is not None else None
        before, self._row = self._row, frame.row
        try:
            yield
        finally:
            self._row = before

    @contextmanager
    def wholes(self) -> Iterator[None]:
        """Where a list is meant as a whole, not row by row."""
        self._wholes = True
        try:
            yield
        finally:
            self._wholes = False

    # ——— where a road begins ———

    def reference(self, syntax: Reference) -> Node:
        """The typed node of a name or a road."""
        names, at = syntax.names, syntax.position
        if names[0] in THIS and names[0] not in self.scope.names:
            return self._of_record(names[1:], at)
        row = self._row
        if row is not None and (names[0] in self._inside(row) or names[: len(row.names)] != row.names):
            return self._of_row(row, names, at)
        return self._from_record(names, at)

    def _inside(self, row: Path) -> Mapping[str, Type]:
        return self.scope.resolve(row.type.entity) if row.type.kind == "record" else {}

    def _of_record(self, names: Names, at: int) -> Node:
        """`this.x`, whatever row is at hand; `this` alone is the record itself."""
        if not names:
            if not self.scope.entity:
                return self._no_name("this", at, self.scope.names)
            return Path(("id",), Type("record", entity=self.scope.entity), at)
        node = self._from_record(names, at)
        listed = self._frames[-1].prefix if self._frames else None
        if self._row is None or listed is None or not _is_in(node, listed.names):
            return node
        around = [frame.prefix.names for frame in self._frames[:-1] if frame.prefix is not None]
        if self._frames[-1].row is self._row:
            self.mistake("D413", at, name=".".join(listed.names))
        elif any(listed.names[: len(each)] == each != listed.names for each in around):
            self.mistake("D420", at, name="an aggregate")
        return node

    def _of_row(self, row: Path, names: Names, at: int) -> Node:
        inside = self._inside(row)
        if names[0] not in inside:
            hint = f"this.{names[0]}" if names[0] in self.scope.names else nearest(names[0], inside)
            self.mistake("D404", at, hint, name=names[0])
            return unknown(at)
        return self._onwards(row, names, at)

    def _from_record(self, names: Names, at: int) -> Node:
        kind = self.scope.names.get(names[0])
        if kind is None:
            return self._no_name(names[0], at, self.scope.names)
        if self.scope.aggregate and not self._grouped:
            self.mistake("D415", at, name=names[0])
            return unknown(at)
        return self._onwards(Path(names[:1], kind, at, _steps((), kind, names[0])), names[1:], at)

    def everything(self, call: Invocation) -> Node:
        """`ALL(entity)` and what is behind it: a list of every record of an entity."""
        named = call.arguments[0] if len(call.arguments) == 1 and call.where is None else None
        if not isinstance(named, Reference) or len(named.names) != 1:
            self.mistake(
                "D419", call.position, "ALL(order).amount", name="ALL", allowed="the id of an entity"
            )
            return unknown(call.position)
        kind = every_record(self.scope.app, named.names[0])
        if not self.scope.app or not self.scope.resolve(kind.entity):
            self.mistake("D422", named.position, name=named.names[0])
            return unknown(call.position)
        if self.scope.aggregate and not self._grouped:
            self.mistake("D415", call.position, name=step_of(kind, "").name)
            return unknown(call.position)
        step = step_of(kind, "")
        return self._onwards(Path((step.name,), kind, call.position, (step,)), call.behind, call.position)

    # ——— where it leads ———

    def _onwards(self, start: Path, names: Names, at: int) -> Node:
        """The road from a record, a row or a list over all the names."""
        path, listed = start, start if start.type.many else None
        for index, name in enumerate(names):
            found = self._behind(path, name, is_last=index == len(names) - 1)
            if found is None:
                return unknown(at)
            if isinstance(found, Property):
                path = self._in_frame(path, listed, is_row=start is self._row)
                return _read(path, found, at) if not path.type.many else self._many(path)
            path = Path((*path.names, name), found, at, _steps(_beyond(path), found, name))
            listed = path if found.many else listed
        lists = sum(1 for step in path.steps if step.is_many)
        if len(path.steps) > MAX_ROAD or lists > MAX_LISTS:
            what, limit = (
                ("lists on one road", MAX_LISTS) if lists > MAX_LISTS else ("length of a road", MAX_ROAD)
            )
            self.mistake("D403", at, what=what, limit=limit)
            return unknown(at)
        return self._in_frame(path, listed, is_row=start is self._row)

    def _in_frame(self, path: Path, listed: Path | None, is_row: bool) -> Path:
        """A path over a list: inside an aggregate it is the value of one row."""
        if listed is None:
            if is_row and self._frames and self._frames[-1].row is not self._row:
                self._frames[-1].outer.append(path)
            return path
        is_whole = listed.names == path.names
        if is_whole and (self._wholes or not self._frames):
            return path
        single = replace(path, type=replace(path.type, many=False))
        if not self._frames:
            self.mistake("D413", path.position, name=".".join(path.names))
            return replace(single, type=UNKNOWN)
        frame = self._frames[-1]
        if frame.prefix is None:
            frame.prefix = listed
        elif frame.prefix.names != listed.names:
            is_inside = listed.names[: len(frame.prefix.names)] == frame.prefix.names
            code, name = ("D413", ".".join(listed.names)) if is_inside else ("D420", "an aggregate")
            self.mistake(code, path.position, name=name)
        return single

    def _behind(self, path: Path, name: str, is_last: bool) -> Type | Property | None:
        """The type of what stands behind a dot, or the constants of a choice."""
        kind = path.type
        for each in kind.properties:
            if each.name == name and is_last:
                return each
        if kind.kind == "record":
            inside = self.scope.resolve(kind.entity)
            if name not in inside:
                self._no_name(name, path.position, inside)
                return None
            return inside[name]
        properties = tuple(each.name for each in kind.properties)
        hint = nearest(name, properties) or (f"it has {', '.join(properties)}" if properties else "")
        self.mistake("D414", path.position, hint, name=".".join(path.names))
        return None

    def _many(self, path: Path) -> Node:
        self.mistake("D413", path.position, name=".".join(path.names))
        return unknown(path.position)

    def _no_name(self, name: str, position: int, names: Mapping[str, Type]) -> Node:
        self.mistake("D404", position, nearest(name, names), name=name)
        return unknown(position)


def unknown(position: int) -> Literal:
    """What stands for a part with a mistake."""
    return Literal(None, UNKNOWN, position)


def _read(path: Path, part: Property, position: int) -> Call:
    """A part of a structured value, or a constant of each option of a choice as a switch over it."""
    if path.type.kind in types.STRUCTURED:
        name = "PART_NUMBER" if part.type.kind == "number" else "PART"
        return Call(name, (path, Literal(part.name, types.TEXT, position)), part.type, position)
    return _switch(path, part.type, part.values, position)


def _switch(
    path: Path, kind: Type, values: tuple[tuple[str, str | Decimal | None], ...], position: int
) -> Call:
    option = Type("text")
    parts = [part for key, value in values for part in (Literal(key, option), Literal(value, kind))]
    return Call("SWITCH", (path, *parts, Literal(None, EMPTY)), kind, position)


def _is_in(node: Node, names: Names) -> bool:
    """Whether a path is over a list."""
    path = node.arguments[0] if isinstance(node, Call) else node
    return isinstance(path, Path) and path.names[: len(names)] == names


def _steps(passed: tuple[Step, ...], kind: Type, name: str) -> tuple[Step, ...]:
    """The steps of a road with the one that leads to a list of records; to a single one it leads only when it goes on from there."""
    return (*passed, step_of(kind, name)) if kind.many and kind.kind == "record" else passed


def _beyond(path: Path) -> tuple[Step, ...]:
    """The steps of a road that goes on from the records of a path."""
    is_there = len(path.steps) == len(path.names)
    return path.steps if is_there else (*path.steps, step_of(path.type, path.names[-1]))
