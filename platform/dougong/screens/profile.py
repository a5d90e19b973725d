"""One's own page: password, sessions and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dougong.fieldtypes.days import shown_day
from dougong.people.sessions import Session
from dougong.people.tokens import Token
from dougong.records.call import Call
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    Confirm,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import text

BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def profile_screen(
    call: Call,
    sessions: Sequence[Session],
    tokens: Sequence[Token],
    current: int,
    problems: Sequence[Problem] = (),
    made: str = "",
    more: Sequence[SettingsSection] = (),
) -> SettingsScreen:
    """The page of the actor; `made` is shown this once, `more` are parts that not every server has."""
    language = call.language
    sections = (
        SettingsSection(
            "password", text("password_section", language), form=_password_form(language, problems)
        ),
        _sessions(call, sessions, current),
        _tokens(call, [each for each in tokens if not each.is_revoked], made),
        *more,
    )
    notices = (Notice(text("token_new", language), "warn"),) if made else ()
    delegations = Action(
        "delegations", text("delegations", language), "/profile/delegations", icon="transfer", kind="quiet"
    )
    work = Action("work", text("work_title", language), "/jobs", icon="history", kind="quiet")
    return SettingsScreen(
        text("profile_title", language), sections, notices=notices, actions=(delegations, work)
    )


def _password_form(language: str, problems: Sequence[Problem]) -> FormScreen:
    fields = tuple(
        FormField(
            name,
            "password",
            text(f"{name}_password", language),
            required=True,
            max_length=256,
            problems=tuple(each.text for each in problems if each.field == name),
        )
        for name in ("old", "new", "again")
    )
    return FormScreen(
        key=f"profile:password:{language}",
        title="",
        action="/profile/password",
        sections=(FormSection("password", "", fields, 1),),
        save_label=text("password_section", language),
        cancel_href="",
        problems=tuple(problems),
    )


def _sessions(call: Call, sessions: Sequence[Session], current: int) -> SettingsSection:
    language = call.language
    columns = (
        Column("agent", text("sessions_section", language)),
        Column("address", text("address_column", language)),
        Column("last", text("last_used", language), "datetime"),
    )
    rows, actions = [], []
    for each in sessions:
        note = text("this_session", language) if each.id == current else ""
        cells = (
            Shown(device(each.agent), note=note),
            Shown(each.address),
            Shown(moment(each.last_seen_at, call), "datetime"),
        )
        rows.append(Row(str(each.id), cells))
        ending = Action(
            "end", text("end_session", language), f"/profile/sessions/{each.id}/end", "post", kind="quiet"
        )
        actions.append(() if each.id == current else (ending,))
    table = Table(columns, tuple(rows))
    return SettingsSection(
        "sessions", text("sessions_section", language), table=table, row_actions=tuple(actions)
    )


def device(agent: str) -> str:
    """A browser and its system as people call them, from how it names itself; what nobody knows stays as it is."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent


def _tokens(call: Call, tokens: Sequence[Token], made: str) -> SettingsSection:
    language = call.language
    columns = (
        Column("name", text("token_label", language)),
        Column("scope", text("token_scope", language)),
        Column("last", text("last_used", language), "datetime"),
        Column("expires", text("expires", language), "date"),
    )
    rows, actions = [], []
    for each in tokens:
        used = moment(each.last_used_at, call) if each.last_used_at else ""
        expires = _day(each.expires_at, call) if each.expires_at else ""
        cells = (
            Shown(each.name or f"{each.hint}…"),
            Shown(", ".join(each.scopes)),
            Shown(used),
            Shown(expires),
        )
        rows.append(Row(str(each.id), cells))
        confirm = Confirm(
            text("token_revoke", language), each.name or each.hint, text("token_revoke", language)
        )
        path = f"/profile/tokens/{each.id}/revoke"
        actions.append(
            (Action("revoke", text("token_revoke", language), path, "post", kind="danger", confirm=confirm),)
        )
    return SettingsSection(
        "tokens",
        text("tokens_section", language),
        form=_token_form(language),
        table=Table(columns, tuple(rows)) if rows else None,
        secret=made,
        row_actions=tuple(actions),
    )


def _day(at: datetime, call: Call) -> str:
    return shown_day(at.astimezone(ZoneInfo(call.timezone)).date(), call.language)


def _token_form(language: str) -> FormScreen:
    scopes = tuple(Choice(each, text(f"scope_{each}", language)) for each in ("read", "write", "admin"))
    fields = (
        FormField("name", "text", text("token_label", language), max_length=100, required=True),
        FormField("scope", "choice", text("token_scope", language), "read", required=True, options=scopes),
    )
    return FormScreen(
        key=f"profile:token:{language}",
        title="",
        action="/profile/tokens",
        sections=(FormSection("token", "", fields, 2),),
        save_label=text("token_create", language),
        cancel_href="",
    )
