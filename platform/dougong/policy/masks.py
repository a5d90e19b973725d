"""Masked fields: which an entity has, and which of them an actor may not use whole in a query."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dougong.fieldtypes.masks import Mask, mask_of
from dougong.people.actor import Actor
from dougong.policy.access import access
from dougong.storage.release import Release

REVEAL = "reveal"
"""The action that shows one masked value whole."""


def masks_of(release: Release, key: str) -> Mapping[str, Mask]:
    """The masked fields of an entity, or of the rows of a sub-table, kept with the release."""
    kept = ("masks", key)
    found = release.cache.get(kept)
    if not isinstance(found, MappingProxyType):
        fields = release.entity(key).fields
        masks = {name: mask for name, field in fields.items() if (mask := mask_of(field)) is not None}
        found = release.cache[kept] = MappingProxyType(masks)
    return found


def may_reveal(release: Release, actor: Actor, key: str, field: str) -> bool:
    """Whether the actor may see a masked field of some record whole; row rules come on top."""
    answer = access(release, actor, key, REVEAL)
    return answer.allowed and field not in answer.locked


def concealed(release: Release, actor: Actor, key: str) -> frozenset[str]:
    """The fields that the actor must not filter, sort, group or match by: hidden ones, and masked ones that are not open on
    every row, as a query could find the whole value by trying."""
    hidden = access(release, actor, key, "read").hidden
    masked = masks_of(release, key)
    if not masked or actor.lifted:
        return hidden
    answer = access(release, actor, key, REVEAL)
    if answer.is_open:
        return hidden | ((answer.locked | frozenset(answer.bars)) & frozenset(masked))
    return hidden | frozenset(masked)
