"""What a rule says about a record: its words, with figures where whoever reads them may see what these are made of."""

from __future__ import annotations

import re

from dougong.model.entity import Rule
from dougong.model.expression import Expression, Value
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.policy.roads import passed
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.shape import Shape

_BRACES = re.compile(r"\{[^{}]+\}")
_UNKNOWN = "…"


def message_of(evaluation: Evaluation, shape: Shape, rule: Rule, draft: Draft) -> str:
    """The words of a rule in the language of the call, about a draft."""
    call = evaluation.call
    wording = rule.message.get(call.language)
    figures = dict(rule.figures).get(wording)
    if figures is None:
        return wording
    said: Value = evaluation.value(figures, draft.values) if may_tell(call, shape.key, figures) else None
    return str(said) if said is not None else without_figures(wording)


def without_figures(wording: str) -> str:
    """The words of a message whose figures cannot be told."""
    return _BRACES.sub(_UNKNOWN, wording)


def may_tell(call: Call, key: str, figures: Expression) -> bool:
    """Whether the one who asks may see every field that the figures are made of."""
    release, actor = call.release, call.actor
    for entity, field in (each for road in figures.roads for each in passed(key, road)):
        app = entity.partition(".")[0]
        if app not in release.apps or not access(release, actor, entity, "read").allowed:
            return False
        if field in concealed(release, actor, entity):
            return False
    return True
