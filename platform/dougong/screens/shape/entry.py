"""Coming in by another way than login and password: a link of a mail, or asking for one."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Link, Problem, Tab


@dataclass(frozen=True, slots=True)
class EntryField:
    """One input: `kind` is text, password or email, `fills` what a browser may fill in (autocomplete)."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    fills: str = "off"
    help: str = ""
    problems: tuple[str, ...] = ()
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class EntryScreen:
    """A small form before the door: POST the fields to `action`. Without an action there is only something to read."""

    title: str
    text: str
    action: str = ""
    submit: str = ""
    fields: tuple[EntryField, ...] = ()
    problems: tuple[Problem, ...] = ()
    languages: tuple[Tab, ...] = ()
    links: tuple[Link, ...] = ()
    notice: str = ""
