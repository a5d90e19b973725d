"""Which stored formulas a new version of an app asks to be computed again, for every record of their entities."""

from __future__ import annotations

from dougong.model.app import App


def changed_formulas(recorded: App | None, new: App) -> list[str]:
    """The keys of the entities of which a formula (of the record or of its rows) or what it stands on was added or changed."""
    found: list[str] = []
    for entity in new.entities.values():
        old = recorded.entities.get(entity.id) if recorded is not None else None
        if old is None:
            continue
        formulas = {each.id: each.formula.text for each in entity.fields.values() if each.formula is not None}
        before = {each.id: each.formula.text for each in old.fields.values() if each.formula is not None}
        scales = any(
            entity.fields[name].decimals != old.fields[name].decimals
            for name in formulas
            if name in old.fields
        )
        stages = formulas and entity.pipelines != old.pipelines
        if formulas != before or scales or stages:
            found.append(entity.parent or entity.key)
    return list(dict.fromkeys(found))
