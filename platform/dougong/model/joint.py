"""The links that stand together for a link to one of several entities: `about` is `about_site`, `about_tool` and so on."""

from __future__ import annotations

from collections.abc import Iterable

from dougong.model.field import Field
from dougong.model.text import Text


def joints_of(fields: Iterable[Field]) -> dict[str, tuple[Field, ...]]:
    """The links by the name that was written for all of them."""
    found: dict[str, tuple[Field, ...]] = {}
    for field in fields:
        if field.one_of is not None:
            found[field.one_of.field] = (*found.get(field.one_of.field, ()), field)
    return found


def joined_names(fields: Iterable[Field]) -> list[str]:
    """The names of fields in their order, with one name for the links that stand together."""
    return list(dict.fromkeys(written_name(each) for each in fields))


def written_name(field: Field) -> str:
    """The name under which a field stands in its definition."""
    return field.one_of.field if field.one_of is not None else field.id


def written_label(field: Field) -> Text:
    """What a field is called in its definition; for one of several links that of all of them."""
    return field.one_of.label if field.one_of is not None else field.label
