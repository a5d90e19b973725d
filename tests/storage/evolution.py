"""Random histories of an app with random data, beside a plain model of what must be in the tables after each step."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

Held = int | tuple[int, ...] | None
"""What a field holds in the model: a number, the numbers of rows or the ids of linked records, or nothing."""
TYPES = ("text", "long_text", "integer", "decimal", "money")


@dataclass(slots=True)
class Model:
    """`entities`: identity → name, fields (identity → name, settings), records (identity → value, kept even when removed)."""

    random: Random
    app: str = "shop"
    entities: dict[int, dict[str, Any]] = field(default_factory=dict)
    records: dict[int, dict[int, dict[int, Held]]] = field(default_factory=dict)
    counter: int = 0
    taken: set[str] = field(default_factory=set)
    """Names at the beginning of a step: a new thing under one of them would rightly be taken for the old one."""

    def number(self) -> int:
        """A new identity."""
        self.counter += 1
        return self.counter

    renamed: set[int] = field(default_factory=set)
    """What was renamed by an earlier step: swapping it back at once could not be told from what is recorded."""

    # -------------------------------------------------------------- mutations
    def add_entity(self) -> None:
        identity = self.number()
        self.entities[identity] = {
            "name": self._free_name([*self.taken, *(e["name"] for e in self.entities.values())]),
            "was": "",
            "fields": {},
        }
        self.records[identity] = {}
        for _ in range(self.random.randint(1, 3)):
            self.add_field(identity)

    def add_field(self, entity: int | None = None) -> None:
        chosen = self._entity(entity)
        if chosen is None:
            return
        fields = self.entities[chosen]["fields"]
        settings: dict[str, Any] = {"type": self.random.choice(TYPES)}
        kind = self.random.random()
        if kind < 0.25:
            settings = {"type": "link", "to": self.random.choice(list(self.entities))}
        elif kind < 0.4:
            settings = {"type": "links", "to": self.random.choice(list(self.entities))}
        elif kind < 0.55:
            settings = {"type": "table", "fields": {"number": {"type": "integer"}}}
        name = self._free_name([*self.taken, *(each["name"] for each in fields.values())])
        fields[self.number()] = {"name": name, "was": "", "settings": settings}

    def remove_entity(self) -> None:
        if len(self.entities) < 2:
            return
        gone = self.random.choice(list(self.entities))
        del self.entities[gone]
        for each in self.entities.values():
            for identity in [key for key, f in each["fields"].items() if f["settings"].get("to") == gone]:
                del each["fields"][identity]

    def remove_field(self) -> None:
        chosen = self._entity(None)
        if chosen is None or len(self.entities[chosen]["fields"]) < 2:
            return
        fields = self.entities[chosen]["fields"]
        del fields[self.random.choice(list(fields))]

    def rename(self) -> None:
        chosen = self._entity(None)
        if chosen is None:
            return
        entity = self.entities[chosen]
        fields = entity["fields"]
        if fields and self.random.random() < 0.6:
            each = fields[self.random.choice(list(fields))]
            names = [other["name"] for other in fields.values()]
        else:
            each, names = entity, [other["name"] for other in self.entities.values()]
        if each["name"] in self.taken:
            each["was"], each["name"] = each["name"], self._free_name(names)

    def swap(self) -> None:
        chosen = self._entity(None)
        if chosen is None:
            return
        fields = self.entities[chosen]["fields"]
        pool = list(fields.values()) if self.random.random() < 0.5 else list(self.entities.values())
        pool = [each for each in pool if each["name"] in self.taken and id(each) not in self.renamed]
        if len(pool) < 2:
            return
        one, two = self.random.sample(pool, 2)
        one["name"], two["name"] = two["name"], one["name"]
        one["was"], two["was"] = two["name"], one["name"]

    def change_type(self) -> None:
        for each in self._plain_fields():
            each["settings"] = {**each["settings"], "type": self.random.choice(TYPES)}
            return

    def change_decimals(self) -> None:
        for each in self._plain_fields():
            each["settings"] = {**each["settings"], "decimals": self.random.choice([0, 2, 4])}
            return

    def toggle_unique(self) -> None:
        for each in self._plain_fields():
            each["settings"] = {**each["settings"], "unique": not each["settings"].get("unique", False)}
            return

    def toggle_search(self) -> None:
        chosen = self._entity(None)
        if chosen is not None:
            self.entities[chosen]["search"] = not self.entities[chosen].get("search", False)

    def mutate(self) -> None:
        """A few random changes."""
        actions = [
            self.add_entity, self.add_field, self.remove_entity, self.remove_field, self.rename, self.swap,
            self.change_type, self.change_decimals, self.toggle_unique, self.toggle_search,
        ]  # fmt: skip
        things = [one for each in self.entities.values() for one in [each, *each["fields"].values()]]
        self.renamed = {id(one) for one in things if one["was"]}
        for one in things:
            if self.random.random() < 0.5:
                one["was"] = ""
        self.taken = {
            one["name"] for each in self.entities.values() for one in [each, *each["fields"].values()]
        }
        mutated: set[str] = set()
        for action in self.random.sample(actions, self.random.randint(1, 4)):
            if {action.__name__, *mutated} >= {"rename", "swap"}:
                continue
            mutated.add(action.__name__)
            action()

    def copy_definitions(self) -> dict[int, dict[str, Any]]:
        """The definitions as they are now."""
        return copy.deepcopy(self.entities)

    # -------------------------------------------------------------- what the platform is given
    def description(self) -> dict[str, Any]:
        """The app as `factory.build` takes it."""
        return {
            "id": self.app,
            "entities": {e["name"]: self._entity_description(e) for e in self.entities.values()},
        }

    def _entity_description(self, entity: dict[str, Any]) -> dict[str, Any]:
        fields = {}
        for each in entity["fields"].values():
            settings = dict(each["settings"])
            if "to" in settings:
                settings["to"] = self.entities[settings["to"]]["name"]
            fields[each["name"]] = {**settings, "was": each["was"]}
        texts = [
            each["name"]
            for each in entity["fields"].values()
            if each["settings"]["type"] in {"text", "long_text"}
        ]
        return {"fields": fields, "was": entity["was"], "search": texts if entity.get("search") else []}

    # -------------------------------------------------------------- data
    def record(self, entity: int, identifier: int) -> dict[int, Held]:
        """A new record of an entity: identity of the field → number, or nothing."""
        values: dict[int, Held] = {}
        for identity, each in self.entities[entity]["fields"].items():
            kind = each["settings"]["type"]
            if kind == "link":
                values[identity] = self.random.choice([None, *self.records[each["settings"]["to"]]])
            elif kind == "links":
                targets = list(self.records[each["settings"]["to"]])
                values[identity] = tuple(
                    self.random.sample(targets, self.random.randint(0, min(2, len(targets))))
                )
            elif kind == "table":
                values[identity] = tuple(self.random.randint(0, 99) for _ in range(self.random.randint(0, 2)))
            else:
                values[identity] = self.random.choice([None, self.random.randint(0, 10**6)])
        self.records[entity][identifier] = values
        return values

    def duplicated(self) -> bool:
        """Whether some unique field holds a number twice."""
        for entity, definition in self.entities.items():
            for identity, each in definition["fields"].items():
                if each["settings"].get("unique"):
                    values = [row.get(identity) for row in self.records[entity].values()]
                    if any(number > 1 for value, number in Counter(values).items() if value is not None):
                        return True
        return False

    # -------------------------------------------------------------- choices
    def _entity(self, given: int | None) -> int | None:
        return given if given is not None else self.random.choice(list(self.entities) or [None])

    def _plain_fields(self) -> list[dict[str, Any]]:
        found = [
            each
            for entity in self.entities.values()
            for each in entity["fields"].values()
            if each["settings"]["type"] in TYPES
        ]
        self.random.shuffle(found)
        return found

    def _free_name(self, taken: list[str]) -> str:
        free = [
            name
            for name in ("alpha", "beta", "gamma", "delta", "order", "select", "eps")
            if name not in taken
        ]
        return self.random.choice(free or [f"x{self.number()}"])
