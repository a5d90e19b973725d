"""What the names of departments, positions and teams may be."""

from __future__ import annotations

from dougong.people.messages import refuse

LONGEST_NAME = 100


def checked_name(name: str) -> str:
    """Return a name without surrounding space; refused unless it is one line of at most 100 characters."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise refuse("invalid", "name_form", "name")
    return name
