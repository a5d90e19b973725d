"""Pages of settings: one's own profile, tokens, people, versions."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import FormScreen
from dougong.screens.shape.parts import Action, Notice, Tab, Table
from dougong.screens.shape.sign_in import PasskeyUse


@dataclass(frozen=True, slots=True)
class SettingsUpload:
    """A file to choose, sent as `file` to `action`; `accept` are the endings that it may have."""

    action: str
    label: str
    accept: str
    save_label: str


@dataclass(frozen=True, slots=True)
class SettingsSection:
    """A titled part with a small form, a table, or actions; `secret` is a text shown once (a new token)."""

    id: str
    label: str
    text: str = ""
    form: FormScreen | None = None
    table: Table | None = None
    actions: tuple[Action, ...] = ()
    secret: str = ""
    row_actions: tuple[tuple[Action, ...], ...] = ()
    """One tuple of actions for each row of the table."""
    picture: str = ""
    """A picture as a data address, such as the code that an authenticator app scans."""
    code_lines: tuple[str, ...] = ()
    """Texts to copy or print, one below the other, in figures of one width."""
    passkey: PasskeyUse | None = None
    upload: SettingsUpload | None = None


@dataclass(frozen=True, slots=True)
class SettingsScreen:
    """A page of sections under tabs."""

    title: str
    sections: tuple[SettingsSection, ...]
    tabs: tuple[Tab, ...] = ()
    notices: tuple[Notice, ...] = ()
    actions: tuple[Action, ...] = ()
    back_href: str = ""
    """The list that the page belongs to, if it does."""
