"""The names that people gave to things, for telling a plan in their words; what is gone keeps the name it had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.text import Text
from dougong.storage.wording import is_known, say

_MEMBERS: Mapping[str, str] = {
    "workflow": "workflows",
    "report": "reports",
    "dashboard": "dashboards",
    "role": "roles",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of the new version of an app, and of the recorded one for what the new one no longer has."""

    old: App | None
    new: App

    def table(self, key: str, language: str) -> str:
        """The entity, or entity and field for the rows of a sub-table and for links."""
        owner, _, field = key.partition(".")[2].replace("#", "/").partition("/")
        entity = self._entity(owner)
        label = entity.label.get(language) if entity else owner
        return f"{label} / {self.field(owner, field, language)}" if field and field != "search" else label

    def field(self, entity_id: str, field_id: str, language: str) -> str:
        """The field of an entity (also of the rows of a sub-table: `order/lines`)."""
        for app in (self.new, self.old):
            entity = app.entities.get(entity_id) if app else None
            if entity and field_id in entity.fields:
                return entity.fields[field_id].label.get(language) or field_id
        system = f"system:{field_id}"
        return say(system, language) if field_id in {"updated_at", "created_at"} else field_id

    def type(self, type_id: str, language: str) -> str:
        """The type of a field."""
        return TYPES[type_id].label.get(language) if type_id in TYPES else type_id

    def subject(self, kind: str, identifier: str, language: str) -> str:
        """What a change is about, by its kind and id."""
        if kind == "app":
            return self.new.label.get(language)
        if kind == "right":
            return self._right(identifier, language)
        if kind == "field":
            entity, _, field = identifier.rpartition(".")
            return f"{self.table(f'.{entity}', language)}.{self.field(entity, field, language)}"
        if kind in _MEMBERS:
            return self._member(_MEMBERS[kind], identifier, language)
        return self.table(f".{identifier}", language)

    def detail(self, kind: str, word: str, language: str) -> str:
        """A part of a definition (`required`) in words; anything else as it is."""
        return (
            say(f"part:{word}", language)
            if kind not in {"right", "files"} and is_known(f"part:{word}")
            else word
        )

    def _right(self, identifier: str, language: str) -> str:
        role, _, rest = identifier.partition(": ")
        entity, _, action = rest.partition(".")
        label = self._member("roles", role, language)
        if not action and entity in {"design", "reports"}:
            return f"{label} · {say(f'action:{entity}', language)}"
        words = f"{label} · {self.table(f'.{entity}', language)}"
        return f"{words} · {say(f'action:{action}', language)}" if action else words

    def _member(self, attribute: str, identifier: str, language: str) -> str:
        for app in (self.new, self.old):
            found = getattr(app, attribute).get(identifier) if app else None
            label: Text | None = getattr(found, "label", None)
            if label:
                return label.get(language)
        return identifier

    def _entity(self, identifier: str) -> Entity | None:
        return self.new.entities.get(identifier) or (self.old.entities.get(identifier) if self.old else None)
