"""A random version of an app as the files that an author would write; what names a thing that is gone is left out."""

from __future__ import annotations

import json
from typing import Any

from dougong.compiler import check_sources
from dougong.model.app import App
from tests.storage.pairs.parts import Condition, Definition, Grant, Part, Rule, Whole


def sources_of(definition: Definition) -> dict[str, str]:
    """The files by path."""
    app = {"id": definition.app, "version": f"{definition.version}.0.0", "label": "App", "languages": ["en"]}
    documents: dict[str, Any] = {"app.json": {**app, "currency": "CNY", "timezone": "Asia/Shanghai"}}
    for entity in definition.entities:
        documents[f"entities/{entity.name}.json"] = _entity(definition, entity)
        if entity.views:
            documents[f"views/{entity.name}.json"] = _views(entity)
    for name in definition.roles:
        documents[f"roles/{name}.json"] = {"label": name.title(), "grants": _grants(definition, name)}
    return {path: json.dumps(each, ensure_ascii=False) for path, each in documents.items()}


def compiled(definition: Definition) -> App:
    """The version as the compiler makes it."""
    app = check_sources(sources_of(definition), {})
    assert isinstance(app, App), "\n".join(map(str, app))
    return app


# ------------------------------------------------------------------ entities
def _entity(definition: Definition, entity: Whole) -> dict[str, Any]:
    found: dict[str, Any] = {
        "label": entity.name.title(),
        "fields": {each.name: _field(definition, entity.fields, each) for each in entity.fields},
        "search": [each.name for each in _parts(entity, entity.search) if each.type == "text"],
        "unique": [each for each in (_rule(entity, rule) for rule in entity.unique) if each],
    }
    found |= {"was": entity.was} if entity.was else {}
    found |= {"was_table": entity.was_table} if entity.was_table else {}
    if any(each.type == "stage" for each in entity.fields):
        stages = {each: {"label": each.title()} for each in ("begun", "going", "ended")}
        found["pipelines"] = {"road": {"label": "Road", "stages": stages}}
    return found


def _parts(entity: Whole, numbers: tuple[int, ...]) -> list[Part]:
    return [each for each in map(entity.part, numbers) if each is not None]


def _field(definition: Definition, beside: list[Part], part: Part) -> dict[str, Any]:
    settings = {**part.settings, "label": part.name.title()}
    names = {each.number: each.name for each in beside}
    if part.was:
        settings["was"] = part.was
    if "to" in settings:
        to = settings["to"]
        several = [definition.entity(each).name for each in to] if isinstance(to, list) else []
        settings["to"] = several or definition.entity(to).name
    if "options" in settings:
        settings["options"] = {each: {"label": f"Option {each}"} for each in settings["options"]}
    if part.uses:
        settings["formula"] = settings["formula"].replace("§", names[part.uses[0]])
    if part.rows:
        settings["fields"] = {each.name: _field(definition, part.rows, each) for each in part.rows}
    return settings


def _rule(entity: Whole, rule: Rule) -> dict[str, Any] | None:
    names = [_name(entity, number, type_) for number, type_ in rule.fields]
    where = _text(entity, rule.where)
    if not all(names) or (rule.where is not None and where is None):
        return None
    return {"fields": names, **({"where": where} if where else {}), "ignore_case": rule.ignore_case}


def _name(entity: Whole, number: int, type_: str) -> str:
    """What a field is called, as long as it is there and of the type that was meant."""
    part = entity.part(number)
    return part.name if part is not None and part.type == type_ else ""


def _text(entity: Whole, condition: Condition | None) -> str | None:
    name = _name(entity, condition.field, condition.type) if condition else ""
    return condition.text.replace("§", name) if condition is not None and name else None


# ------------------------------------------------------------------ views and roles
def _views(entity: Whole) -> dict[str, Any]:
    views = {}
    for place, each in enumerate(entity.views):
        view: dict[str, Any] = {"label": f"View {place}", "columns": ["created_at"]}
        if (text := _text(entity, each.filter)) is not None:
            view["filter"] = text
        if each.sort is not None and (name := _name(entity, *each.sort)):
            view["sort"] = [name, "-updated_at"]
        views[f"v{place}"] = view
    return {"entity": entity.name, "views": views}


def _grants(definition: Definition, role: str) -> dict[str, Any]:
    granted = {}
    for number, actions in definition.roles[role].items():
        entity = next((each for each in definition.entities if each.number == number), None)
        if entity is not None:
            granted[entity.name] = {
                action: _permission(entity, action, each) for action, each in actions.items()
            }
    return granted


def _permission(entity: Whole, action: str, grant: Grant) -> Any:
    names = [each.name for each in _parts(entity, grant.kept_back) if each.type != "link"]
    permission: dict[str, Any] = {}
    if (rows := _text(entity, grant.rows)) is not None and action != "create":
        permission["rows"] = rows
    if names and action == "read":
        permission["hide"] = names
    if names and action in {"create", "update"}:
        permission["fields"] = {"except": names}
    return permission or True
