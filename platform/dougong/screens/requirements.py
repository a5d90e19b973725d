"""What a stage asks of a record before it may go there."""

from __future__ import annotations

from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.screens.addresses import record_path
from dougong.screens.shape import Requirement
from dougong.screens.texts import text


def requirements(
    call: Call, entity: Entity, field: Field, record: Record, to: str
) -> tuple[str, tuple[Requirement, ...]]:
    """Why a record cannot go to a stage at all ("" = it can), and which fields must be filled first."""
    pipeline = entity.pipelines[field.pipeline]
    origin, target = pipeline.stage(str(record.values.get(field.id) or "")), pipeline.stage(to)
    if target is None:
        return "", ()
    language = call.language
    if target.allow_from is not None and origin is not None and origin.id not in target.allow_from:
        words = {"origin": origin.label.get(language), "target": target.label.get(language)}
        return text("stage_refused", language, **words), ()
    needed = []
    for name in target.require:
        wanted = entity.fields.get(name)
        if wanted is None or name not in record.values:
            continue
        state = "missing" if record.values[name] in (None, "", (), []) else "met"
        needed.append(
            Requirement(wanted.label.get(language), state, f"{record_path(entity.key, record.id)}/edit")
        )
    return "", tuple(needed)
