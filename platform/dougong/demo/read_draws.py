"""From the text of a draw to the draw: one small function for each way to draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dougong.demo import draws
from dougong.demo.draws import Draw
from dougong.demo.reading import Path, Reader
from dougong.expressions import compile_expression
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.records.call import Call
from dougong.records.scope import scope_for

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)(?::([1-9][0-9]{0,2}))?\}")
_MODIFIERS = ("chance", "if", "unique")
_BOOLEAN = Type("boolean")
NOTHING: Draw = draws.Constant(None)


@dataclass(frozen=True, slots=True)
class DrawReader:
    """Reads draws for the values of one entity. `variables` are names that templates may use besides fields and lists."""

    reader: Reader
    call: Call
    entity: Entity
    lists: Mapping[str, Sequence[object]]
    departments: Collection[str]
    variables: frozenset[str] = frozenset()

    def read(self, value: object, path: Path) -> Draw:
        """The draw that a value describes: a plain value is always the same, a mapping names the way."""
        if not isinstance(value, dict):
            return draws.Constant(list(value) if isinstance(value, list) else value)
        kinds = [name for name in value if name in _KINDS]
        if len(kinds) != 1:
            self.reader.report(
                "M103", path, "exactly one way to draw is expected here", f"one of: {', '.join(_KINDS)}"
            )
            return NOTHING
        [kind] = kinds
        own, read = _KINDS[kind]
        self.reader.mapping(value, path, (kind, *own, *_MODIFIERS))
        draw = read(self, value, path)
        if value.get("unique") is True:
            draw = draws.Unique(draw, "/".join(map(str, path)), self.reader.place(path))
        if "chance" in value or "if" in value:
            chance = self.reader.number(value.get("chance"), (*path, "chance"), 1.0, 0)
            draw = draws.Sometimes(draw, chance, self.condition(value.get("if"), (*path, "if")))
        return draw

    def each(self, value: object, path: Path) -> dict[str, Draw]:
        """A draw for every name of a mapping."""
        found = self.reader.mapping(value, path)
        return {name: self.read(each, (*path, name)) for name, each in found.items()}

    def expression(
        self, text: object, path: Path, expect: Type | None = None, key: str = ""
    ) -> Expression | None:
        """An expression over the entity (or another one), or nothing where there is none or it is wrong."""
        if text is None:
            return None
        scope = scope_for(self.call, key or self.entity.key)
        found = compile_expression(
            self.reader.text(text, path),
            scope,
            expect=expect,
            place=self.reader.place(path),
            path="/".join(map(str, path)),
        )
        if isinstance(found, Expression):
            return found
        self.reader.problems += found
        return None

    def condition(self, text: object, path: Path, key: str = "") -> Expression | None:
        """A condition."""
        return self.expression(text, path, _BOOLEAN, key)

    def entity_of(self, name: object, path: Path) -> Entity | None:
        """Another entity of the app."""
        entities = self.call.release.app(self.entity.app).entities
        if isinstance(name, str) and name in entities and not entities[name].parent:
            return entities[name]
        self.reader.unknown(path, name, [each for each in entities if "/" not in each], "entity")
        return None

    def people_of(self, wanted: Mapping[str, object], path: Path) -> draws.MemberDraw:
        """The people of a role, of a department, or of both."""
        role = self.reader.text(wanted.get("role"), (*path, "role"))
        department = self.reader.text(wanted.get("department"), (*path, "department"))
        roles = self.call.release.app(self.entity.app).roles
        if role and role not in roles:
            self.reader.unknown((*path, "role"), role, roles, "role")
        if department and department not in self.departments:
            self.reader.unknown((*path, "department"), department, self.departments, "department")
        return draws.MemberDraw(role, department)

    def stands(self, name: str) -> bool:
        """Whether a word of a template stands for something."""
        return name == "number" or any(
            name in known for known in (self.variables, self.entity.fields, self.lists)
        )

    def unknown_word(self, path: Path, name: str) -> None:
        """Note that a word of a template stands for nothing."""
        self.reader.unknown(
            path, name, [*self.variables, *self.entity.fields, *self.lists], "field, variable or list"
        )

    def values_of(self, value: object, path: Path) -> Sequence[object]:
        """Values to choose from: those given, or those of a list."""
        if isinstance(value, str):
            if value in self.lists:
                return self.lists[value]
            self.reader.unknown(path, value, self.lists, "list")
            return [None]
        return self.reader.items(value, path)


Spec = Mapping[str, object]


def _pick(own: DrawReader, spec: Spec, path: Path) -> Draw:
    value, inner = spec["pick"], (*path, "pick")
    if isinstance(value, dict):
        weights = [own.reader.number(weight, (*inner, name), 1.0, 0) for name, weight in value.items()]
        if not any(weights):
            own.reader.report("M101", inner, "at least one weight is above zero")
            return NOTHING
        return draws.Pick([int(name) if name.isdigit() else name for name in value], weights)
    return draws.Pick(own.values_of(value, inner))


def _nth(own: DrawReader, spec: Spec, path: Path) -> Draw:
    return draws.Nth(own.values_of(spec["nth"], (*path, "nth")))


def _some(own: DrawReader, spec: Spec, path: Path) -> Draw:
    least, most = own.reader.pair(spec.get("count", [1, 3]), (*path, "count"))
    return draws.Some(own.values_of(spec["some"], (*path, "some")), int(least), int(most))


def _number(own: DrawReader, spec: Spec, path: Path) -> Draw:
    low, high = own.reader.pair(spec["number"], (*path, "number"))
    step = Decimal(str(own.reader.number(spec.get("step"), (*path, "step"), 1.0)))
    if step <= 0:
        own.reader.report("M101", (*path, "step"), "a step is above zero")
        return NOTHING
    return draws.Number(
        low, high, step.normalize(), own.reader.number(spec.get("skew"), (*path, "skew"), 1.0, 0)
    )


def _odds(own: DrawReader, spec: Spec, path: Path) -> Draw:
    return draws.Odds(own.reader.number(spec["odds"], (*path, "odds"), 0.5, 0))


def _digits(own: DrawReader, spec: Spec, path: Path) -> Draw:
    return draws.Digits(own.reader.text(spec["digits"], (*path, "digits")))


def _text(own: DrawReader, spec: Spec, path: Path) -> Draw:
    path = (*path, "text")
    text = own.reader.text(spec["text"], path)
    parts: list[str | draws.Word] = []
    end = 0
    for found in _PLACE.finditer(text):
        names = tuple(found[1].split("."))
        if not own.stands(names[0]):
            own.unknown_word(path, names[0])
            return NOTHING
        parts += [text[end : found.start()], draws.Word(names, int(found[2]) if found[2] else None)]
        end = found.end()
    return draws.Template((*parts, text[end:]))


def _value(own: DrawReader, spec: Spec, path: Path) -> Draw:
    found = own.expression(spec["value"], (*path, "value"))
    return draws.Computed(found) if found else NOTHING


def _moment(
    own: DrawReader, spec: Spec, path: Path, kind: str
) -> tuple[Expression, tuple[float, float], Expression | None] | None:
    low, high = own.reader.pair(spec[kind], (*path, kind))
    base = own.expression(spec.get("from", "NOW()" if kind == "time" else "TODAY()"), (*path, "from"))
    latest = own.expression(spec.get("latest"), (*path, "latest"))
    return None if base is None else (base, (float(low), float(high)), latest)


def _day(own: DrawReader, spec: Spec, path: Path) -> Draw:
    found = _moment(own, spec, path, "day")
    return draws.DayDraw(*found) if found else NOTHING


def _time(own: DrawReader, spec: Spec, path: Path) -> Draw:
    found = _moment(own, spec, path, "time")
    return draws.TimeDraw(*found) if found else NOTHING


def _member(own: DrawReader, spec: Spec, path: Path) -> Draw:
    inner = (*path, "member")
    return own.people_of(own.reader.mapping(spec["member"], inner, ("role", "department")), inner)


def _link(own: DrawReader, spec: Spec, path: Path, many: bool = False) -> Draw:
    kind = "links" if many else "link"
    target = own.entity_of(spec[kind], (*path, kind))
    if target is None:
        return NOTHING
    same = own.reader.mapping(spec.get("same"), (*path, "same"))
    for name, mine in same.items():
        if name not in target.fields:
            own.reader.unknown((*path, "same", name), name, target.fields, "field")
        if mine not in own.entity.fields and mine != "id":
            own.reader.unknown((*path, "same", name), mine, own.entity.fields, "field")
    least, most = (
        own.reader.pair(spec.get("count", [1, 1]), (*path, "count")) if many else (Decimal(1), Decimal(1))
    )
    where = own.condition(spec.get("where"), (*path, "where"), target.key)
    skew = own.reader.number(spec.get("skew"), (*path, "skew"), 1.0, 0)
    return draws.LinkDraw(
        target.key, where, {k: str(v) for k, v in same.items()}, skew, int(least), int(most), many
    )


def _links(own: DrawReader, spec: Spec, path: Path) -> Draw:
    return _link(own, spec, path, many=True)


def _parts(own: DrawReader, spec: Spec, path: Path) -> Draw:
    return draws.Parts(own.each(spec["parts"], (*path, "parts")))


def _cases(own: DrawReader, spec: Spec, path: Path) -> Draw:
    found: list[tuple[Expression | None, Draw]] = []
    for place, item in enumerate(own.reader.items(spec["cases"], (*path, "cases"))):
        inner = (*path, "cases", place)
        case = own.reader.mapping(item, inner, ("if", "then"))
        found.append(
            (own.condition(case.get("if"), (*inner, "if")), own.read(case.get("then"), (*inner, "then")))
        )
    return draws.Cases(found)


def _by(own: DrawReader, spec: Spec, path: Path) -> Draw:
    names = tuple(own.reader.text(spec["by"], (*path, "by")).split("."))
    if not own.stands(names[0]):
        own.unknown_word((*path, "by"), names[0])
        return NOTHING
    otherwise = own.read(spec["else"], (*path, "else")) if "else" in spec else None
    return draws.By(names, own.each(spec.get("of"), (*path, "of")), otherwise)


_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[DrawReader, Spec, Path], Draw]]] = {
    "pick": ((), _pick),
    "nth": ((), _nth),
    "by": (("of", "else"), _by),
    "some": (("count",), _some),
    "number": (("step", "skew"), _number),
    "odds": ((), _odds),
    "digits": ((), _digits),
    "text": ((), _text),
    "value": ((), _value),
    "day": (("from", "latest"), _day),
    "time": (("from", "latest"), _time),
    "member": ((), _member),
    "link": (("where", "same", "skew"), _link),
    "links": (("where", "same", "skew", "count"), _links),
    "parts": ((), _parts),
    "cases": ((), _cases),
}
"""Every way to draw: its word, the other keys that belong to it, and how it is read."""
