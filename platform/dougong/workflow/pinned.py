"""The definition an approval runs on: that of the version of the app with which it began."""

from __future__ import annotations

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.model.workflow import Workflow
from dougong.records.call import Call
from dougong.storage import ledger


def workflow_of(call: Call, app_id: str, workflow_id: str, number: int) -> Workflow:
    """The workflow as it stood in that version of the app."""
    return app_of(call, app_id, number).workflows[workflow_id]


def present_number(call: Call, app_id: str) -> int:
    """The number of the version of an app that this release holds."""
    key = ("version_number", app_id)
    found = call.release.cache.get(key)
    if not isinstance(found, int):
        found = call.release.cache[key] = ledger.installed(call.connection)[app_id]
    return found


def app_of(call: Call, app_id: str, number: int) -> App:
    """An app in one of its versions; earlier ones are compiled when they are asked for and kept with the release."""
    if number == present_number(call, app_id):
        return call.release.app(app_id)
    key = ("app_version", app_id, number)
    found = call.release.cache.get(key)
    if not isinstance(found, App):
        found = call.release.cache[key] = _compiled(call, app_id, number)
    return found


def _compiled(call: Call, app_id: str, number: int) -> App:
    others = {name: app for name, app in call.release.recorded.items() if name != app_id}
    compiled = check_sources(ledger.version(call.connection, app_id, number).sources, others)
    if isinstance(compiled, App):
        return compiled
    head = Diagnostic("P105", f"version {number} of app '{app_id}', on which approvals run, does not compile")
    raise Refusal("unavailable", [head, *compiled])
