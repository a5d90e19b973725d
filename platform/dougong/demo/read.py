"""Reads `data/demo.yaml` of an installed app; refuses with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dougong.definitions.load import load_sources
from dougong.demo.description import (
    Approval,
    CopiedRows,
    Description,
    Member,
    Moves,
    Rows,
    Source,
    Step,
    Unit,
)
from dougong.demo.draws import Draw
from dougong.demo.read_draws import DrawReader
from dougong.demo.reading import Path, Reader
from dougong.diagnostics import Diagnostic, Refusal
from dougong.fieldtypes.file import FILES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.records.call import Call

DOCUMENT = "data/demo"
_TOP = ("seed", "timezone", "hours", "span", "people", "lists", "rows")
_STEP = ("entity", "rows", "for", "let", "values", "moves", "later", "approval")
_STAMPS = ("created_at", "created_by")


def has_demo(app: App) -> bool:
    """Whether an app brings a demonstration along."""
    return any(path in app.sources for path in (f"{DOCUMENT}.yaml", f"{DOCUMENT}.json"))


def read_description(call: Call, app: App) -> Description:
    """The demonstration of an app; `call` must be one that sees everything."""
    document = load_sources(app.sources, app.id).documents.get(DOCUMENT)
    if document is None:
        problem = Diagnostic("M105", f"the app '{app.id}' has no {DOCUMENT}.yaml")
        raise Refusal("missing", [problem])
    reading = _Reading(Reader(document), call, app)
    description = reading.description(document.data)
    if reading.reader.problems:
        raise Refusal("invalid", reading.reader.in_order())
    return description


class _Reading:
    def __init__(self, reader: Reader, call: Call, app: App) -> None:
        self.reader, self.call, self.app = reader, call, app
        self.units: list[Unit] = []
        self.members: list[Member] = []
        self.lists: dict[str, Sequence[object]] = {}

    def description(self, data: object) -> Description:
        read = self.reader
        top = read.mapping(data, (), _TOP)
        timezone = read.text(top.get("timezone"), ("timezone",), "Asia/Shanghai")
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            read.report("M101", ("timezone",), f"there is no time zone '{timezone}'")
        opens, closes = read.pair(top.get("hours", [9, 18]), ("hours",))
        span = read.mapping(top.get("span"), ("span",), ("days", "growth"))
        self._people(read.mapping(top.get("people"), ("people",), ("departments", "members")))
        for name, values in read.mapping(top.get("lists"), ("lists",)).items():
            self.lists[name] = read.items(values, ("lists", name))
        return Description(
            seed=read.whole(top.get("seed"), ("seed",)),
            timezone=timezone,
            opens=int(opens),
            closes=int(closes),
            span=timedelta(days=read.whole(span.get("days"), ("span", "days"), 365, 1)),
            growth=read.number(span.get("growth"), ("span", "growth"), 1.0, 0.1),
            units=self.units,
            members=self.members,
            lists=self.lists,
            steps=self._steps(top.get("rows")),
        )

    def _people(self, people: Mapping[str, object]) -> None:
        read, units = self.reader, ("people", "departments")
        members = read.mapping(people.get("members"), ("people", "members"))
        departments = read.mapping(people.get("departments"), units)
        for name, given in departments.items():
            spec = read.mapping(given, (*units, name), ("name", "above", "head"))
            above = read.text(spec.get("above"), (*units, name, "above"))
            if above and above not in [unit.id for unit in self.units]:
                read.unknown((*units, name, "above"), above, departments, "department before this one")
            head = read.text(spec.get("head"), (*units, name, "head"))
            if head and head not in members:
                read.unknown((*units, name, "head"), head, members, "member")
            self.units.append(
                Unit(name, read.text(spec.get("name"), (*units, name, "name"), name), above, head)
            )
        for login, given in members.items():
            self.members.append(self._member(login, given, departments))

    def _member(self, login: str, given: object, departments: Mapping[str, object]) -> Member:
        read, path = self.reader, ("people", "members", login)
        spec = read.mapping(
            given, path, ("name", "department", "roles", "language", "weight", "admin", "shown")
        )
        department = read.text(spec.get("department"), (*path, "department"))
        if department and department not in departments:
            read.unknown((*path, "department"), department, departments, "department")
        roles = (
            [str(role) for role in read.items(spec["roles"], (*path, "roles"))] if spec.get("roles") else []
        )
        for place, role in enumerate(roles):
            if role not in self.app.roles:
                read.unknown((*path, "roles", place), role, self.app.roles, "role")
        return Member(
            login,
            read.text(spec.get("name"), (*path, "name"), login),
            department,
            roles,
            read.text(spec.get("language"), (*path, "language"), "zh"),
            read.number(spec.get("weight"), (*path, "weight"), 1.0, 0),
            spec.get("admin") is True,
            spec.get("shown") is True,
        )

    def _steps(self, given: object) -> list[Step]:
        steps = []
        for name, value in self.reader.mapping(given, ("rows",)).items():
            path: Path = ("rows", name)
            spec = self.reader.mapping(value, path, _STEP)
            wanted = self.reader.text(spec.get("entity"), (*path, "entity"), name)
            entity = self.app.entities.get(wanted)
            if entity is None or entity.parent:
                known = [each for each in self.app.entities if "/" not in each]
                self.reader.unknown((*path, "entity") if "entity" in spec else path, wanted, known, "entity")
                continue
            steps.append(self._step(name, entity, spec, path))
        return steps

    def _draws(self, entity: Entity, variables: frozenset[str]) -> DrawReader:
        departments = [unit.id for unit in self.units]
        return DrawReader(self.reader, self.call, entity, self.lists, departments, variables)

    def _step(self, name: str, entity: Entity, spec: Mapping[str, object], path: Path) -> Step:
        read = self.reader
        draws = self._draws(entity, frozenset(read.mapping(spec.get("let"), (*path, "let"))))
        source = self._source(entity, draws, spec["for"], (*path, "for")) if "for" in spec else None
        values: dict[str, Draw | Rows | CopiedRows] = {}
        for field, each in read.mapping(spec.get("values"), (*path, "values")).items():
            found = self._value(entity, draws, field, each, (*path, "values", field))
            if found is not None:
                values[field] = found
        later = draws.each(spec.get("later"), (*path, "later"))
        for field in later:
            self._is_written(entity, field, (*path, "later", field))
        return Step(
            id=name,
            key=entity.key,
            rows=read.whole(spec.get("rows"), (*path, "rows")),
            source=source,
            variables=draws.each(spec.get("let"), (*path, "let")),
            values=values,
            moves=self._moves(entity, draws, spec["moves"], (*path, "moves")) if "moves" in spec else None,
            later=later,
            approval=self._approval(entity, draws, spec["approval"], (*path, "approval"))
            if "approval" in spec
            else None,
        )

    def _is_written(self, entity: Entity, name: str, path: Path) -> bool:
        field = entity.fields.get(name)
        if field is None:
            self.reader.unknown(path, name, entity.fields, "field")
        elif field.is_computed or field.type in {"serial"} | FILES:
            self.reader.report(
                "M101", path, f"the field '{name}' cannot be drawn: it is computed, numbered or a file"
            )
        else:
            return True
        return False

    def _value(
        self, entity: Entity, draws: DrawReader, name: str, given: object, path: Path
    ) -> Draw | Rows | CopiedRows | None:
        if name in _STAMPS:
            return draws.read(given, path)
        if not self._is_written(entity, name, path):
            return None
        if entity.fields[name].type != "table":
            return draws.read(given, path)
        spec = self.reader.mapping(given, path, ("rows", "values", "different", "copy", "fields"))
        rows = self.app.entities[f"{entity.id}/{name}"]
        if "copy" in spec:
            return self._copied(entity, rows, spec, path)
        inner = self._draws(rows, draws.variables)
        values = inner.each(spec.get("values"), (*path, "values"))
        different = self._names(spec.get("different"), (*path, "different"), values)
        for each in values:
            self._is_written(rows, each, (*path, "values", each))
        return Rows(draws.read(spec.get("rows", 1), (*path, "rows")), values, different)

    def _names(self, given: object, path: Path, known: Iterable[str]) -> list[str]:
        names = [str(each) for each in self.reader.items(given, path)] if given is not None else []
        for place, name in enumerate(names):
            if name not in known:
                self.reader.unknown((*path, place), name, known, "field")
        return names

    def _copied(
        self, entity: Entity, rows: Entity, spec: Mapping[str, object], path: Path
    ) -> CopiedRows | None:
        *links, table = self.reader.text(spec["copy"], (*path, "copy")).split(".")
        source: Entity | None = entity
        for link in links:
            field = source.fields.get(link) if source else None
            source = self.call.release.entity(field.target.key) if field and field.target else None
        origin = source.fields.get(table) if source and links else None
        if origin is None or origin.type != "table":
            self.reader.report(
                "M101", (*path, "copy"), "the sub-table of a linked record is expected here: link.table"
            )
            return None
        both = set(self.call.release.entity(origin.table).fields) & set(rows.fields)
        return CopiedRows(links, table, self._names(spec.get("fields"), (*path, "fields"), sorted(both)))

    def _source(self, entity: Entity, draws: DrawReader, given: object, path: Path) -> Source | None:
        spec = self.reader.mapping(given, path, ("each", "where", "role", "department", "rows"))
        name = self.reader.text(spec.get("each"), (*path, "each"))
        field = entity.fields.get(name)
        if field is None or field.type not in ("link", "member"):
            known = [each for each, found in entity.fields.items() if found.type in ("link", "member")]
            self.reader.unknown((*path, "each"), name, known, "link or member field")
            return None
        where = self.reader.text(spec.get("where"), (*path, "where"))
        if where and field.target:
            draws.condition(where, (*path, "where"), field.target.key)
        people = draws.people_of({key: spec[key] for key in ("role", "department") if key in spec}, path)
        key = field.target.key if field.target else ""
        return Source(name, key, where, people, draws.read(spec.get("rows", 1), (*path, "rows")))

    def _approval(self, entity: Entity, draws: DrawReader, given: object, path: Path) -> Approval:
        spec = self.reader.mapping(given, path, ("workflow", "if", "at", "decision", "opinion"))
        name = self.reader.text(spec.get("workflow"), (*path, "workflow"))
        known = [each.id for each in self.app.workflows.values() if each.entity == entity.id]
        if name not in known:
            self.reader.unknown((*path, "workflow"), name, known, "workflow of this entity")
        decision = spec.get("decision", "wait")
        return Approval(
            name,
            draws.condition(spec.get("if"), (*path, "if")),
            draws.read(spec.get("at", {"time": [-3, 0]}), (*path, "at")),
            draws.read(decision, (*path, "decision")),
            draws.read(spec.get("opinion"), (*path, "opinion")),
        )

    def _moves(self, entity: Entity, draws: DrawReader, given: object, path: Path) -> Moves | None:
        read = self.reader
        spec = read.mapping(given, path, ("field", "ways", "until", "together"))
        name = read.text(spec.get("field"), (*path, "field"))
        if name not in entity.fields:
            read.unknown((*path, "field"), name, entity.fields, "field")
            return None
        ways = {
            final: [str(each) for each in read.items(way, (*path, "ways", final))]
            for final, way in read.mapping(spec.get("ways"), (*path, "ways")).items()
        }
        together = {
            value: self._names(names, (*path, "together", value), entity.fields)
            for value, names in read.mapping(spec.get("together"), (*path, "together")).items()
        }
        until = draws.read(spec["until"], (*path, "until")) if "until" in spec else None
        return Moves(name, ways, until, together)
