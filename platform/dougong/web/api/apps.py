"""What is installed, as the caller may see it: apps, their entities and fields, reports and dashboards."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.role import ACTIONS
from dougong.policy.access import access, may
from dougong.policy.offers import may_open_app, may_open_report, readable_entities
from dougong.records.call import Call
from dougong.screens.columns import visible_fields
from dougong.screens.navigation import open_apps
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange


def apps(exchange: Exchange) -> Response:
    """GET /apps: the apps that concern the caller."""
    with exchange.reading() as call:
        return exchange.json({"data": [_app(call, app) for app in open_apps(call)]})


def app(exchange: Exchange, app: str) -> Response:
    """GET /{app}: one app with its entities, reports and dashboards."""
    with exchange.reading() as call:
        found = known_app(call, app)
        language = call.language
        document = _app(call, found) | {
            "entities": [
                entity_document(call, entity) for entity in readable_entities(call.release, call.actor, app)
            ],
            "reports": [
                {"id": name, "label": report.label.get(language)}
                for name, report in found.reports.items()
                if may_open_report(call.release, call.actor, app, name)
            ],
            "dashboards": [
                {"id": name, "label": dashboard.label.get(language)}
                for name, dashboard in found.dashboards.items()
                if may_open_report(call.release, call.actor, app, name)
            ],
        }
        return exchange.json(document)


def known_app(call: Call, app: str) -> App:
    """An app that concerns the caller; another one is as unknown as one that is not there."""
    if app not in call.release.apps or not may_open_app(call.release, call.actor, app):
        raise refuse("missing", "W404")
    return call.release.app(app)


def _app(call: Call, app: App) -> dict[str, Any]:
    return {"id": app.id, "version": app.version, "label": app.label.get(call.language), "icon": app.icon}


def entity_document(call: Call, entity: Entity) -> dict[str, Any]:
    """An entity with the fields the caller may see and the actions the caller may take."""
    locked = access(call.release, call.actor, entity.key, "update").locked
    return {
        "id": entity.id,
        "label": entity.label.get(call.language),
        "plural": entity.plural.get(call.language),
        "actions": [action for action in ACTIONS if may(call.release, call.actor, entity.key, action)],
        "fields": [
            {
                "id": name,
                "type": field.type,
                "label": field.label.get(call.language),
                "required": field.required,
                "read_only": field.is_computed or name in locked,
                "options": [
                    {"id": each.id, "label": each.label.get(call.language)} for each in field.options
                ],
                "to": field.target.key if field.target else None,
            }
            for name, field in visible_fields(call, entity).items()
        ],
        "related": [{"id": name, "entity": inverse.key} for name, inverse in entity.inverses.items()],
    }
