"""What every part of the compiler shares: the checked files, the findings so far, texts, names and expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dougong.compiler.item import Item
from dougong.definitions.catalogue import listing, problem, unknown
from dougong.definitions.check import Checked
from dougong.definitions.nodes import Path
from dougong.diagnostics import Diagnostic, Place
from dougong.expressions import compile_expression
from dougong.expressions.scope import Scope, entity_scope
from dougong.expressions.virtual import expanded
from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.model.field import Field
from dougong.model.text import Text

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Context:
    """One run of the compiler. Findings are gathered, never thrown, so that one mistake hides no other."""

    app: str
    checked: Checked
    installed: Mapping[str, App]
    languages: tuple[str, ...]
    currency: str
    requires: tuple[str, ...] = ()
    entities: dict[str, Entity] = field(default_factory=dict)
    """Entities of the app by key (`crm.account`, `crm.quote/lines`)."""
    problems: list[Diagnostic] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    """Names that were written but could not be used; an expression with one of them is not complained about."""
    translations: dict[tuple[str, str], list[tuple[str, str, Item]]] = field(default_factory=dict)
    """(document, path) → language, text and where it stands."""
    scopes: dict[tuple[str, bool], tuple[Entity, Scope]] = field(default_factory=dict)
    """Scopes made so far, with the entity they were made of."""
    texts: set[tuple[str, str]] = field(default_factory=set)
    """Every (document, path) where a text may stand, where the app has translations."""
    knows_virtual: bool = False
    """Whether the formulas of virtual fields are whole, so that they can stand in expressions."""

    def report(self, code: str, item: Item, /, **words: object) -> None:
        """Notes a finding about a value."""
        self.problems.append(problem(code, item.place, item.shown, **words))

    def report_at_key(self, code: str, item: Item, /, **words: object) -> None:
        """Notes a finding about a thing that is known by its key."""
        self.problems.append(problem(code, item.key_place, item.shown, **words))

    def unknown(self, code: str, item: Item, name: str, known: Iterable[str], where: str = "") -> None:
        """Notes that a name stands for nothing, unless what it stood for is only damaged."""
        if name not in self.damaged:
            words = f" ({where})" if where else ""
            self.problems.append(unknown(code, item.place, item.shown, name, known, words))

    def text(self, parent: Item, name: str, default: str | Text = "") -> Text:
        """The text under a key in all its languages, from the file itself and from the translations."""
        item = parent.get(name)
        found = self._written(item) if item is not None else _as_text(default)
        if not self.translations:
            return found
        path = "/".join(str(step) for step in (*parent.path, name))
        self.texts.add((parent.document, path))
        more = self.translations.get((parent.document, path), ())
        return Text(tuple({**dict(found.texts), **{language: text for language, text, _ in more}}.items()))

    def label(self, parent: Item, identifier: str = "") -> Text:
        """The label of a thing; its id in readable form where none is given."""
        return self.text(parent, "label", humanised(identifier or parent.name))

    def _written(self, item: Item) -> Text:
        texts = {}
        for language, entry in item.entries():
            if language in self.languages:
                texts[language] = entry.text
            else:
                self.report_at_key("D213", entry, language=language, known=listing(list(self.languages)))
        return Text.of(texts) if texts or not item.text else Text.of(item.text)

    def entity(self, key: str) -> Entity | None:
        """An entity of this app or of an installed one, by key."""
        own = self.entities.get(key)
        app, _, identifier = key.partition(".")
        if own is not None or app == self.app or app not in self.installed:
            return own
        return self.installed[app].entities.get(identifier)

    def own(self, identifier: str) -> Entity | None:
        """An entity of this app by id."""
        return self.entities.get(f"{self.app}.{identifier}")

    def named_entity(self, item: Item, name: str = "") -> Entity | None:
        """The entity of this app that an item (or a name) names; the finding is noted when there is none."""
        name = name or item.text
        found = self.own(name)
        if found is None and not self.checked.is_damaged(f"entities/{name}"):
            known = [each.id for each in self.entities.values() if each.app == self.app and not each.parent]
            self.unknown("D301", item, name, known)
        return found

    def named_field(self, item: Item, entity: Entity, name: str = "") -> Field | None:
        """The field of an entity that an item (or a name) names; the finding is noted when there is none."""
        name = name or item.text
        found = entity.fields.get(name)
        if found is None and not self.is_damaged_field(entity, name):
            self.unknown("D302", item, name, entity.fields, entity.id)
        return found

    def is_damaged_field(self, entity: Entity, name: str) -> bool:
        """Whether a field of that name was written for the entity but could not be used."""
        owner, _, table = entity.id.partition("/")
        path: Path = ("fields", table, "fields", name) if table else ("fields", name)
        return self.checked.is_damaged(f"entities/{owner}", path)

    def field_names(self, parent: Item, name: str, entity: Entity) -> tuple[str, ...]:
        """The names of fields in the list under a key, those that exist."""
        return tuple(item.text for item in parent.items(name) if self.named_field(item, entity) is not None)

    def scope(self, entity: Entity, *, aggregate: bool = False) -> Scope:
        """What an expression over one entity may name."""
        known = self.scopes.get((entity.key, aggregate))
        if known is None or known[0] is not entity:
            roles = frozenset(self.checked.folder("roles")) | {"owner"}
            known = (entity, entity_scope(entity, self.entity, type_of, roles=roles, aggregate=aggregate))
            self.scopes[entity.key, aggregate] = known
        return known[1]

    def expression(
        self, item: Item, scope: Scope, expect: Type | None = None, *, sql: bool = False
    ) -> Expression | None:
        """The compiled expression of an item, or nothing when it is wrong, which is noted.

        `sql` demands that the database can compute it.
        """
        outcome = compile_expression(
            item.text, scope, expect=expect, place=item.place, path=item.shown, sql=sql
        )
        if isinstance(outcome, Expression) and self.knows_virtual and not sql and not scope.aggregate:
            # What is computed in memory knows no virtual fields; queries have them as columns.
            outcome = expanded(outcome, scope.entity, self.entity, place=item.place, path=item.shown)
        if isinstance(outcome, Expression):
            return outcome
        if not self.damaged.intersection(_NAME.findall(item.text)):
            self.problems.extend(outcome)
        return None

    def optional(
        self, parent: Item, name: str, scope: Scope, expect: Type | None = None
    ) -> Expression | None:
        """The compiled expression under a key, or nothing."""
        item = parent.get(name)
        return self.expression(item, scope, expect) if item is not None else None

    def condition(self, parent: Item, name: str, entity: Entity) -> Expression | None:
        """The compiled condition under a key that chooses records in the database, or nothing."""
        item = parent.get(name)
        return self.expression(item, self.scope(entity), BOOLEAN, sql=True) if item is not None else None


BOOLEAN = Type("boolean")
NUMBER = Type("number")


def type_of(field: Field) -> Type:
    """The type of a field in expressions."""
    return TYPES[field.type].expression_type(field)


def humanised(identifier: str) -> str:
    """An id as people read it: `close_on` → Close on."""
    words = identifier.replace("_", " ")
    return words[:1].upper() + words[1:]


def place_for(diagnostic: Diagnostic, place: Place | None) -> Place | None:
    """The place of a finding, or another one where it has none."""
    return diagnostic.place if diagnostic.place is not None else place


def _as_text(value: str | Text) -> Text:
    if isinstance(value, Text):
        return value
    return Text.of(value) if value else Text()
