"""Options that a file names and the definition does not have: found by a trial, added to the definition by who may design."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.definitions import edit
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.policy.offers import may_design
from dougong.records import import_log
from dougong.records.call import Call
from dougong.storage import ledger
from dougong.storage.apply import apply_in
from dougong.web.catalogue import refuse
from dougong.web.designing import bench_of, new_id
from dougong.web.drafting import After, plan_sources
from dougong.web.importing import Upload

LOOKED_AT = 20_000
MOST = 100
LONGEST = 60
Missing = Mapping[str, tuple[str, ...]]
"""By the path of a choice (`grade`, `lines.size`) the texts that name none of its options, in the order of the file."""


def missing_options(call: Call, upload: Upload) -> Missing:
    """What the last trial of a file met; nothing for who may not design the app."""
    entity = call.release.entity(upload.entity)
    tried = upload.result is not None and upload.result["dry_run"]
    if not tried or not may_design(call.release, call.actor, entity.app):
        return {}
    found: dict[str, dict[str, None]] = {}
    for state in (import_log.FAILED, import_log.PARTIAL):
        for _, failure in import_log.failures(call.connection, upload.identity, LOOKED_AT, state):
            for each in failure.problems:
                path = ".".join(part for part in each.path.split("/") if not part.isdigit())
                text = dict(each.parameters).get("value", "").strip()
                if (
                    each.code == "not_an_option"
                    and 0 < len(text) <= LONGEST
                    and len(found.get(path, ())) < MOST
                ):
                    found.setdefault(path, {})[text] = None
    return {path: tuple(texts) for path, texts in found.items()}


def add_options(call: Call, upload: Upload, afterwards: After) -> None:
    """Publish the app with those options; refused with what stands against it, also where a field is not for this app to change."""
    entity = call.release.entity(upload.entity)
    missing = missing_options(call, upload)
    present = ledger.present(call.connection, entity.app)
    if not missing or present is None:
        raise refuse("missing", "W404")
    recorded = call.release.recorded[entity.app]
    sources = dict(present.sources)
    bench = bench_of(recorded, recorded.entities[entity.id], sources, call.language)
    text = bench.entity_text
    for path, texts in missing.items():
        text = _with_options(text, recorded, bench.entity, path, texts, bench.entity_path)
    plan = plan_sources(call, entity.app, {**sources, bench.entity_path: text})
    obstacles = plan.obstacles()
    if obstacles:
        raise Refusal("conflict", obstacles)
    apply_in(plan, call.connection, actor_id=call.actor.id, afterwards=afterwards)


def _with_options(text: str, app: App, entity: Entity, path: str, texts: tuple[str, ...], file: str) -> str:
    table, _, name = path.rpartition(".")
    owner = app.entities[f"{entity.id}/{table}"] if table else entity
    field: Field = owner.fields[name]
    place = ["fields", table, "fields", name, "options"] if table else ["fields", name, "options"]
    known = {option.id: option for option in field.options}
    for label in texts:
        identifier = new_id(label, "option", known)
        known[identifier] = field.options[0]
        text = edit.set_value(text, [*place, identifier], {"label": label}, file)
    return text
