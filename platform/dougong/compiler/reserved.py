"""Ids that apps and entities may not have, because an address of the server begins with them."""

from __future__ import annotations

from dougong.compiler.fields import RESERVED

APPS: frozenset[str] = frozenset(
    {
        "api",
        "apps",
        "audit",
        "calendar",
        "delegations",
        "departments",
        "design",
        "dg",
        "divisions",
        "files",
        "forgotten",
        "healthz",
        "inbox",
        "jobs",
        "link",
        "mcp",
        "metrics",
        "organisation",
        "people",
        "positions",
        "preferences",
        "profile",
        "readyz",
        "search",
        "static",
        "tasks",
        "teams",
        "templates",
        "tokens",
        "undo",
        "versions",
        "why",
    }
)
"""What stands where the id of an app stands in an address; `dg` is the platform's own name for people."""
ENTITIES: frozenset[str] = RESERVED | {
    "apply",
    "dashboards",
    "definitions",
    "package",
    "plan",
    "publish",
    "reports",
}
"""What stands where the id of an entity stands, besides what no field may be called either."""
