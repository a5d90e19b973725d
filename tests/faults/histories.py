"""Two versions of an app between which nearly every operation of a plan happens."""

from __future__ import annotations

from typing import Any

BEFORE: dict[str, Any] = {
    "id": "shop",
    "version": "1",
    "entities": {
        "customer": {
            "fields": {"name": {"type": "text"}, "code": {"type": "text"}, "fax": {"type": "text"}},
            "search": ["name"],
        },
        "note": {"fields": {"text": {"type": "text"}, "about": {"type": "link", "to": "customer"}}},
        "order": {
            "fields": {
                "customer": {"type": "link", "to": "customer"},
                "total": {"type": "text"},
                "lines": {"type": "table", "fields": {"what": {"type": "text"}}},
                "helpers": {"type": "links", "to": "customer"},
            }
        },
    },
}
AFTER: dict[str, Any] = {
    "id": "shop",
    "version": "2",
    "entities": {
        "client": {
            "was": "customer",
            "fields": {
                "title": {"type": "text", "was": "name"},
                "code": {"type": "text", "unique": True, "required": True},
                "size": {"type": "integer", "default": 3},
            },
            "search": ["title", "code"],
        },
        "order": {
            "fields": {
                "client": {"type": "link", "to": "client", "was": "customer", "on_delete": "clear"},
                "total": {"type": "money", "decimals": 2},
                "items": {
                    "type": "table",
                    "was": "lines",
                    "fields": {"what": {"type": "text"}, "price": {"type": "money"}},
                },
            },
            "indexes": [["total"]],
        },
        "product": {
            "fields": {"name": {"type": "text"}, "maker": {"type": "link", "to": "client"}},
            "search": ["name"],
        },
    },
}
