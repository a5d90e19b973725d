"""The published JSON Schemas (Draft 2020-12) of the definition language, one a kind of file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from dougong.definitions.schemas import app, entity, form, report, role, translation, workflow
from dougong.definitions.schemas.common import DEFS, Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: tuple[str, ...] = (
    "app",
    "entity",
    "form",
    "view",
    "workflow",
    "report",
    "dashboard",
    "role",
    "translation",
    "demo",
)


@cache
def schema(kind: str) -> Schema:
    """The complete schema of one kind of file."""
    body = {
        "app": app.SCHEMA,
        "entity": entity.SCHEMA,
        "form": form.FORM,
        "view": form.VIEWS,
        "workflow": workflow.SCHEMA,
        "report": report.REPORT,
        "dashboard": report.DASHBOARD,
        "role": role.SCHEMA,
        "translation": translation.TRANSLATION,
        "demo": translation.DEMO,
    }[kind]
    defs = dict(DEFS)
    defs.update(entity.definitions() if kind == "entity" else app.DEFS if kind == "app" else {})
    return {"$schema": DIALECT, "$id": f"urn:dougong:definitions:{kind}", **body, "$defs": defs}


def write(folder: Path) -> list[Path]:
    """Writes every schema into a folder, as `<kind>.json`, and returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in KINDS:
        path = folder / f"{kind}.json"
        path.write_text(json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return paths
