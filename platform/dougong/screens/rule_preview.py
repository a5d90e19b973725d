"""The form of a draft, to be tried beside its rules."""

from __future__ import annotations

from dataclasses import replace

from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.screens.beginning import initial_values, titles_for
from dougong.screens.form import FormEntry, create_form
from dougong.screens.shape import RulePreview
from dougong.storage.release import release_of

_TRIAL = "preview"


def preview(call: Call, app: App, entity: Entity) -> RulePreview:
    """The form of a new record as it would be if the draft were published.

    A database that lacks what only the draft has raises its own error, which the caller knows how to say.
    """
    drafted = release_of({**call.release.recorded, app.id: app}, call.release.generation)
    trial = replace(call, release=replace(drafted, calendar=call.release.calendar))
    values = initial_values(trial, entity.key)
    entry = FormEntry(values, titles_for(trial, entity.key, values), form_token=_TRIAL)
    form = create_form(trial, entity.key, entry)
    return RulePreview(form.title, form.sections, form.live_plan, form.rules)
