"""An app with a field of every registered type, for what a type must do beyond its own class."""

from __future__ import annotations

import json
from typing import Any

from dougong.fieldtypes import TYPES

OPTIONS = {"a": {"label": {"en": "Grade A", "zh": "甲级"}}, "b": {"label": {"en": "Grade B", "zh": "乙级"}}}
SETTINGS: dict[str, dict[str, Any]] = {
    "money": {"currency": "CNY"},
    "choice": {"options": OPTIONS},
    "choices": {"options": OPTIONS},
    "stage": {"pipeline": "way"},
    "link": {"to": "target"},
    "links": {"to": "target"},
    "table": {"fields": {"what": {"type": "text", "label": {"en": "What", "zh": "什么"}}}},
    "serial": {"parts": ["S-", {"count": 4}]},
    "file": {"multiple": True},
    "embed": {"url": "https://maps.example.com/search?q={name}"},
}
"""What a definition must say for a type, where `type` and `label` alone do not make a field."""
GIVEN_BY_OTHERS = frozenset({"serial", "stage", "embed"})
"""Types whose value no one gives: it is counted, computed, or begins with the first stage."""

REFERRING: dict[str, tuple[Any, tuple[str, ...], tuple[Any, ...]]] = {
    "link": ("1", ("North",), (1, 2)),
    "links": (["2", "1"], ("South", "North"), ((1,), (2, 1))),
    "member": ("1", ("Ada",), (1, 2)),
    "members": (["2", "1"], ("佐伊", "Ada"), ((1,), (2, 1))),
    "department": ("1", ("Sales",), (1, 2)),
    "departments": (["2", "1"], ("Stores", "Sales"), ((1,), (2, 1))),
}
"""For types that point to something: a value as the API takes it, what pages show for it, and values in memory to filter by.

The records, people and departments 1 and 2 are North and South, Ada and 佐伊, Sales and Stores; Ada belongs to Sales.
"""


def field_id(name: str) -> str:
    """The id of the field of a type."""
    return f"f_{name}"


def sources() -> dict[str, str]:
    """The definition files of the app."""
    fields: dict[str, Any] = {
        "name": {"type": "text", "required": True, "label": {"en": "Name", "zh": "名称"}}
    }
    for name, kind in TYPES.items():
        label = {"en": f"The {kind.label.get('en')}", "zh": f"此{kind.label.get('zh')}"}
        fields[field_id(name)] = {"type": name, "label": label, **SETTINGS.get(name, {})}
    stages = {each: {"label": {"en": each.title(), "zh": f"阶段{each}"}} for each in ("first", "second")}
    thing = {
        "label": {"en": "Thing", "zh": "东西"},
        "title": "{name}",
        "fields": fields,
        "pipelines": {"way": {"stages": stages}},
    }
    target = {
        "label": {"en": "Target", "zh": "目标"},
        "title": "{name}",
        "fields": {"name": {"type": "text", "required": True, "label": {"en": "Name", "zh": "名称"}}},
    }
    app = {
        "id": "samples",
        "version": "1.0.0",
        "label": {"en": "Samples", "zh": "样品"},
        "languages": ["zh", "en"],
        "currency": "CNY",
    }
    documents = {"app.json": app, "entities/thing.json": thing, "entities/target.json": target}
    return {path: json.dumps(each, ensure_ascii=False) for path, each in documents.items()}
