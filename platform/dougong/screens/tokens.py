"""Pages of tokens: one's own, with a form for a new one, and for administrators those of everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dougong.fieldtypes.days import shown_day
from dougong.people.accounts import Account
from dougong.people.actor import SCOPES
from dougong.people.second_factor import Factor
from dougong.people.sessions import Session
from dougong.people.signed_in import MOST, SignedIn
from dougong.people.tokens import Token
from dougong.records.call import Call
from dougong.screens.security import factors_table, profile_tabs, sessions_section
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    Confirm,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    Piece,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import listed, text


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """What the form for a new token holds: by default one that only reads, for three months."""

    name: str = ""
    scope: str = "read"
    apps: tuple[str, ...] = ()
    expires: str = ""


def tokens_screen(
    call: Call,
    tokens: Sequence[Token],
    entry: TokenEntry,
    last_day: str,
    problems: Sequence[Problem] = (),
    made: str = "",
) -> SettingsScreen:
    """One's own tokens; `made` is a new one, shown this once. None may be valid after `last_day`."""
    language = call.language
    mine = [each for each in tokens if not each.is_revoked]
    sections = [
        SettingsSection(
            "tokens",
            text("token_create", language),
            text("token_text", language),
            form=_form(call, entry, last_day, problems),
            secret=made,
        )
    ]
    if mine:
        rows = tuple(_row(call, each) for each in mine)
        actions = tuple(_actions(each, language, "/profile/tokens") for each in mine)
        table = Table(_columns(language), rows)
        sections.append(
            SettingsSection("issued", text("tokens_section", language), table=table, row_actions=actions)
        )
    notices = (Notice(text("token_new", language), "warn"),) if made else ()
    return SettingsScreen(
        text("profile_title", language),
        tuple(sections),
        tabs=profile_tabs(language, "tokens"),
        notices=notices,
    )


def access_screen(
    call: Call, people: Sequence[SignedIn], tokens: Sequence[Token], owners: Mapping[int, str]
) -> SettingsScreen:
    """For administrators: who is signed in, and the tokens of everybody that work; `owners` are the names of the people."""
    language = call.language
    sections = (_people(call, people), _everybodys(call, tokens, owners))
    return SettingsScreen(text("access_title", language), sections)


def _people(call: Call, people: Sequence[SignedIn]) -> SettingsSection:
    language = call.language
    columns = (
        Column("name", text("name", language), role="title"),
        Column("login", text("login", language), role="subtitle"),
        Column("factor", text("factors_section", language)),
        Column("sessions", text("sessions_section", language), "integer", "end"),
        Column("last", text("last_seen", language), "datetime"),
    )
    rows = tuple(
        Row(
            str(each.user_id),
            (
                Shown(each.name, "member", (Piece(each.name, "person", f"/people/{each.user_id}/security"),)),
                Shown(each.login),
                Shown(text("yes" if each.has_factor else "no", language)),
                Shown(str(each.sessions), "integer"),
                Shown(moment(each.last_seen_at, call), "datetime"),
            ),
            href=f"/people/{each.user_id}/security",
        )
        for each in people
    )
    return SettingsSection(
        "people",
        text("signed_in_section", language),
        text("signed_in_text", language, most=MOST),
        table=Table(columns, rows),
    )


def _everybodys(call: Call, tokens: Sequence[Token], owners: Mapping[int, str]) -> SettingsSection:
    language = call.language
    working = [each for each in tokens if not each.is_revoked and not each.has_ended]
    columns = (Column("owner", text("name", language), role="title"), *_columns(language))
    rows = []
    for each in working:
        row = _row(call, each)
        rows.append(Row(row.id, (Shown(owners.get(each.user_id, "")), *row.cells)))
    return SettingsSection(
        "tokens",
        text("tokens_section", language),
        text("all_tokens_text" if working else "no_tokens", language),
        table=Table(columns, tuple(rows)) if rows else None,
        row_actions=tuple(_actions(each, language, "/tokens") for each in working),
    )


def person_screen(
    call: Call,
    person: Account,
    sessions: Sequence[Session],
    factors: Sequence[Factor],
    tokens: Sequence[Token],
) -> SettingsScreen:
    """For administrators: how one person signs in, where, and with which tokens."""
    language, base = call.language, f"/people/{person.id}"
    working = [each for each in tokens if not each.is_revoked and not each.has_ended]
    reset = Action(
        "reset",
        text("factors_reset", language),
        f"{base}/factors/reset",
        "post",
        "shield-x",
        "danger",
        confirm=Confirm(
            text("factors_reset", language),
            text("factors_reset_text", language),
            text("factors_reset", language),
        ),
    )
    sections = (
        SettingsSection(
            "factors",
            text("factors_section", language),
            "" if factors else text("factors_none", language),
            table=factors_table(call, factors) if factors else None,
            actions=(reset,) if factors else (),
        ),
        sessions_section(call, sessions, 0, f"{base}/sessions"),
        SettingsSection(
            "tokens",
            text("tokens_section", language),
            "" if working else text("no_tokens", language),
            table=Table(_columns(language), tuple(_row(call, each) for each in working)) if working else None,
            row_actions=tuple(_actions(each, language, "/tokens") for each in working),
        ),
    )
    back = Action("back", text("access_title", language), "/tokens", icon="arrow-left", kind="quiet")
    return SettingsScreen(f"{person.name} ({person.login})", sections, actions=(back,))


def _columns(language: str) -> tuple[Column, ...]:
    return (
        Column("name", text("token_label", language)),
        Column("scope", text("token_scope", language)),
        Column("last", text("last_used", language), "datetime"),
        Column("expires", text("expires", language), "date"),
    )


def _row(call: Call, token: Token) -> Row:
    language = call.language
    names = [
        call.release.apps[app].label.get(language) for app in token.apps or () if app in call.release.apps
    ]
    scopes = listed((text(f"scope_{each}", language) for each in token.scopes), language)
    cells = (
        Shown(token.name or text("token_unnamed", language), note=f"{token.hint}…"),
        Shown(scopes, note=listed(names, language) if token.apps is not None else ""),
        Shown(moment(token.last_used_at, call) if token.last_used_at else ""),
        Shown(_day(token.expires_at, call) if token.expires_at else text("never", language)),
    )
    return Row(str(token.id), cells, tone="" if not token.has_ended else "bad")


def _actions(token: Token, language: str, base: str) -> tuple[Action, ...]:
    label = text("token_revoke", language)
    confirm = Confirm(label, token.name or f"{token.hint}…", label)
    return (Action("revoke", label, f"{base}/{token.id}/revoke", "post", kind="danger", confirm=confirm),)


def _day(at: datetime, call: Call) -> str:
    return shown_day(at.astimezone(ZoneInfo(call.timezone)).date(), call.language)


def _form(call: Call, entry: TokenEntry, last_day: str, problems: Sequence[Problem]) -> FormScreen:
    language = call.language
    scopes = tuple(Choice(each, text(f"scope_{each}", language)) for each in SCOPES)
    apps = tuple(Choice(app.id, app.label.get(language)) for app in call.release.apps.values())
    fields = (
        _field("name", "text", "token_label", entry.name, problems, language, max_length=100, required=True),
        _field(
            "expires", "date", "expires", entry.expires, problems, language, required=True, maximum=last_day
        ),
        _field(
            "scope", "choice", "token_scope", entry.scope, problems, language, required=True, options=scopes
        ),
        _field("apps", "choices", "token_apps", entry.apps, problems, language, options=apps),
    )
    return FormScreen(
        key=f"profile:token:{language}",
        title="",
        action="/profile/tokens",
        sections=(FormSection("token", "", fields, 2),),
        save_label=text("token_create", language),
        cancel_href="",
        problems=tuple(problems),
    )


def _field(
    name: str,
    kind: str,
    label: str,
    raw: str | tuple[str, ...],
    problems: Sequence[Problem],
    language: str,
    **more: object,
) -> FormField:
    found = tuple(each.text for each in problems if each.field == name)
    return FormField(name, kind, text(label, language), raw, problems=found, **more)  # type: ignore[arg-type]
