"""Puts masks over the values that leave: lists, records, histories and exports show them to everybody, whatever their rights."""

from __future__ import annotations

from collections.abc import MutableMapping

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.masks import STAR, mask_of, masked
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.masks import masks_of
from dougong.records.call import Call
from dougong.records.draft import Draft
from dougong.records.shape import Shape


def mask_values(call: Call, key: str, values: MutableMapping[str, Value]) -> None:
    """Replace the masked values of a record or row by what may be shown of them."""
    for name, mask in masks_of(call.release, key).items():
        if values.get(name) is not None:
            values[name] = masked(values[name], mask)


def shown_of(call: Call, key: str, name: str, value: Value) -> Value:
    """What may be shown of one value."""
    mask = masks_of(call.release, key).get(name)
    return value if mask is None else masked(value, mask)


def stands_for(field: Field, given: object, standing: Value) -> bool:
    """Whether what was given is the mask of what stands there: then nobody has changed it."""
    mask = mask_of(field)
    return (
        mask is not None
        and standing is not None
        and isinstance(given, str)
        and given.strip() == masked(standing, mask)
    )


def unmask(call: Call, shape: Shape, draft: Draft) -> list[Diagnostic]:
    """Put what stands there in the place of its own mask; any other text with stars in it is read like a value."""
    problems: list[Diagnostic] = []
    for name in masks_of(call.release, shape.key):
        field, given = shape.field(name), draft.values.get(name)
        standing = draft.before.get(name) if draft.before is not None else None
        if stands_for(field, given, standing):
            draft.values[name] = standing
        elif may_be_mask(field, given):
            try:
                draft.values[name] = shape.types[name].coerce(given, field)
            except Invalid as error:
                problems.append(error.problem.diagnostic(f"{draft.path}{name}", call.language))
    return problems


def may_be_mask(field: Field, given: object) -> bool:
    """Whether what was entered for a masked field has to be compared with the mask before it is read."""
    return isinstance(given, str) and STAR in given and mask_of(field) is not None
