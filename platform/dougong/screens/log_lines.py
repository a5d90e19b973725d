"""The last things that were done to a person or a part of the organisation, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dougong.people.audit import AuditEntry
from dougong.records.call import Call
from dougong.screens.shape import Column, Row, SettingsSection, Shown, Table
from dougong.screens.showing import moment
from dougong.screens.texts import TEXTS, listed, text

_FIELDS = {
    "is_admin": "person_admin",
    "kind": "person_kind",
    "company": "person_company",
    "superior_id": "person_superior",
    "memberships": "person_departments",
    "language": "person_language",
    "timezone": "person_timezone",
    "phone": "person_phone",
    "parent": "department_parent",
    "head": "department_head",
    "position": "department_order",
    "lead": "team_lead",
    "members": "team_members",
}


_ALSO = frozenset({"account.add", "account.change", "account.roles"})
"""What stands in the log beside `person.add` and `person.change`, which say the same and more."""


def log_section(call: Call, entries: Sequence[AuditEntry]) -> SettingsSection:
    """The last changes as a table, newest first."""
    language = call.language
    columns = (
        Column("at", text("log_at", language), "datetime"),
        Column("by", text("log_by", language)),
        Column("what", text("log_what", language)),
    )
    rows = tuple(
        Row(
            str(place),
            (
                Shown(moment(each.at, call)),
                Shown(each.actor or text("log_platform", language)),
                Shown(_said(each, language)),
            ),
        )
        for place, each in enumerate(entries)
        if each.action not in _ALSO
    )
    return SettingsSection("log", text("log", language), table=Table(columns, rows))


def field_words(names: Iterable[str], language: str) -> list[str]:
    """What parts of a person or of the organisation are called."""
    return [text(_FIELDS.get(name, name), language) for name in names]


def _said(entry: AuditEntry, language: str) -> str:
    word = f"log_{entry.action.replace('.', '_')}"
    if word not in TEXTS:
        return entry.action
    return text(word, language, what=listed(_changed(entry, language), language))


def _changed(entry: AuditEntry, language: str) -> list[str]:
    """The names of what is not what it was."""
    before, after = entry.details.get("before"), entry.details.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    names = [str(name) for name in after if name not in before or before[name] != after[name]]
    hidden = [name for name in after if name in ("email", "phone") and name not in names]
    return field_words((*names, *hidden), language)
