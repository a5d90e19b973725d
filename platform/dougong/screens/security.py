"""One's own security page: second factors, passkeys, the password and where one is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dougong.people.passkeys import LONGEST_NAME
from dougong.people.second_factor import PASSKEY, Factor
from dougong.people.sessions import Session
from dougong.people.totp import KIND as TOTP
from dougong.records.call import Call
from dougong.screens.shape import (
    Action,
    Column,
    Confirm,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    PasskeyUse,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Tab,
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


@dataclass(frozen=True, slots=True)
class Security:
    """What a person's own security page tells."""

    sessions: Sequence[Session]
    current: int
    factors: Sequence[Factor]
    recovery_codes: int
    required: bool
    """Whether a second factor is asked of this person."""


TABS = (("security", "/profile"), ("tokens", "/profile/tokens"))


def profile_tabs(language: str, active: str) -> tuple[Tab, ...]:
    """The pages of one's own account."""
    return tuple(
        Tab(each, text(f"profile_{each}", language), href, active=each == active) for each, href in TABS
    )


def security_screen(
    call: Call, about: Security, problems: Sequence[Problem] = (), more: Sequence[SettingsSection] = ()
) -> SettingsScreen:
    """The page on which people look after how they sign in; `more` are parts that not every server has."""
    language = call.language
    sections = (
        _factors(call, about),
        _passkeys(call, about),
        SettingsSection(
            "password",
            text("password_section", language),
            text("password_text", language),
            form=_password_form(language, problems),
        ),
        sessions_section(call, about.sessions, about.current),
        *more,
    )
    lacks = about.required and not about.factors
    notices = (Notice(text("factor_required", language), "warn"),) if lacks else ()
    delegations = Action(
        "delegations", text("delegations", language), "/profile/delegations", icon="transfer", kind="quiet"
    )
    work = Action("work", text("work_title", language), "/jobs", icon="history", kind="quiet")
    return SettingsScreen(
        text("profile_title", language),
        sections,
        tabs=profile_tabs(language, "security"),
        notices=notices,
        actions=(delegations, work),
    )


def _factors(call: Call, about: Security) -> SettingsSection:
    """The authenticator and the recovery codes."""
    language = call.language
    app = next((each for each in about.factors if each.kind == TOTP), None)
    if app is None:
        begin = Action(
            "begin", text("totp_begin", language), "/profile/authenticator/begin", "post", "qrcode", "plain"
        )
        actions: tuple[Action, ...] = (begin,)
        rows: tuple[Row, ...] = ()
        row_actions: tuple[tuple[Action, ...], ...] = ()
    else:
        confirm = Confirm(
            text("totp_remove", language), text("factor_remove_text", language), text("remove", language)
        )
        path = "/profile/authenticator/remove"
        label = text("remove", language)
        rows = (_factor_row(call, app, text("totp", language)),)
        row_actions = ((Action("remove", label, path, "post", kind="danger", confirm=confirm),),)
        actions = ()
    if about.factors:
        actions += (_new_codes(language),)
    return SettingsSection(
        "factors",
        text("factors_section", language),
        _factors_text(language, about),
        table=Table(_factor_columns(language), rows) if rows else None,
        actions=actions,
        row_actions=row_actions,
    )


def _factors_text(language: str, about: Security) -> str:
    if not about.factors:
        return text("factors_text", language)
    return text("recovery_left", language, count=about.recovery_codes)


def _new_codes(language: str) -> Action:
    confirm = Confirm(
        text("recovery_new", language), text("recovery_new_text", language), text("recovery_new", language)
    )
    path = "/profile/recovery-codes"
    return Action("codes", text("recovery_new", language), path, "post", "key", "plain", confirm=confirm)


def _passkeys(call: Call, about: Security) -> SettingsSection:
    language = call.language
    mine = [each for each in about.factors if each.kind == PASSKEY]
    confirm_text = text("factor_remove_text", language)
    actions = []
    for each in mine:
        path = f"/profile/passkeys/{each.id}"
        confirm = Confirm(f"{text('remove', language)}: {each.name}", confirm_text, text("remove", language))
        actions.append(
            (
                Action("rename", text("rename", language), path, kind="quiet"),
                Action(
                    "remove",
                    text("remove", language),
                    f"{path}/remove",
                    "post",
                    kind="danger",
                    confirm=confirm,
                ),
            )
        )
    rows = tuple(_factor_row(call, each, each.name) for each in mine)
    add = Action("add", text("passkey_add", language), "/profile/passkeys/new", icon="fingerprint")
    return SettingsSection(
        "passkeys",
        text("passkeys_section", language),
        text("passkeys_text", language),
        table=Table(_factor_columns(language), rows) if rows else None,
        actions=(add,),
        row_actions=tuple(actions),
    )


def factors_table(call: Call, factors: Sequence[Factor]) -> Table:
    """The second factors of somebody."""
    app = text("totp", call.language)
    rows = tuple(_factor_row(call, each, app if each.kind == TOTP else each.name) for each in factors)
    return Table(_factor_columns(call.language), rows)


def _factor_columns(language: str) -> tuple[Column, ...]:
    return (
        Column("name", text("name_column", language)),
        Column("made", text("added_at", language), "datetime"),
        Column("used", text("last_used", language), "datetime"),
    )


def _factor_row(call: Call, factor: Factor, name: str) -> Row:
    used = moment(factor.last_used_at, call) if factor.last_used_at else ""
    cells = (Shown(name), Shown(moment(factor.created_at, call), "datetime"), Shown(used, "datetime"))
    return Row(str(factor.id), cells)


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


def sessions_section(
    call: Call, sessions: Sequence[Session], current: int, base: str = "/profile/sessions"
) -> SettingsSection:
    """Where a person is signed in, with what ends a session below `base`; `current` cannot be ended here."""
    language = call.language
    columns = (
        Column("agent", text("device_column", language)),
        Column("address", text("address_column", language)),
        Column("begun", text("begun_at", language), "datetime"),
        Column("last", text("last_seen", language), "datetime"),
    )
    rows, actions = [], []
    for each in sessions:
        cells = (
            Shown(
                device(each.agent) or text("unknown_device", language), note=_kind(each, current, language)
            ),
            Shown(each.address),
            Shown(moment(each.created_at, call), "datetime"),
            Shown(moment(each.last_seen_at, call), "datetime"),
        )
        rows.append(Row(str(each.id), cells))
        ending = Action("end", text("end_session", language), f"{base}/{each.id}/end", "post", kind="quiet")
        actions.append(() if each.id == current else (ending,))
    others = [each for each in sessions if each.id != current]
    label = text("end_others" if current else "end_all", language)
    confirm = Confirm(label, text("end_others_text", language), label)
    end = Action("end-others", label, f"{base}/end", "post", "logout", "plain", confirm=confirm)
    return SettingsSection(
        "sessions",
        text("sessions_section", language),
        text("sessions_text", language),
        table=Table(columns, tuple(rows)) if rows else None,
        actions=(end,) if others else (),
        row_actions=tuple(actions),
    )


def _kind(session: Session, current: int, language: str) -> str:
    words = [text("this_session", language)] if session.id == current else []
    if session.remembered:
        words.append(text("stays_signed_in", language))
    return " · ".join(words)


def device(agent: str) -> str:
    """A browser and its system as people call them, from how it names itself; what nobody knows stays as it is."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent


def authenticator_screen(
    call: Call, picture: str, secret: str, problems: Sequence[Problem] = ()
) -> SettingsScreen:
    """Setting up an authenticator: the picture to scan, or the secret to type, and the first code."""
    language = call.language
    code = FormField(
        "code",
        "text",
        text("totp_code", language),
        required=True,
        max_length=20,
        inputmode="numeric",
        problems=tuple(each.text for each in problems),
    )
    form = FormScreen(
        key=f"profile:authenticator:{language}",
        title="",
        action="/profile/authenticator",
        sections=(FormSection("code", "", (code,), 1),),
        save_label=text("totp_confirm", language),
        cancel_href="",
    )
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    sections = (
        SettingsSection(
            "scan",
            text("totp_scan", language),
            text("totp_scan_text", language),
            picture=picture,
            code_lines=(grouped,),
        ),
        SettingsSection(
            "confirm", text("totp_enter", language), text("totp_enter_text", language), form=form
        ),
    )
    back = Action("back", text("back_to_security", language), "/profile", icon="arrow-left", kind="quiet")
    return SettingsScreen(text("totp_begin", language), sections, actions=(back,))


def recovery_screen(call: Call, codes: Sequence[str], said: str) -> SettingsScreen:
    """New recovery codes, shown this once."""
    language = call.language
    done = Action("done", text("recovery_kept", language), "/profile", kind="primary")
    section = SettingsSection(
        "codes",
        text("recovery_section", language),
        text("recovery_text", language),
        code_lines=tuple(codes),
        actions=(done,),
    )
    notices = (Notice(said, "ok"),) if said else ()
    return SettingsScreen(text("recovery_section", language), (section,), notices=notices)


def passkey_screen(call: Call, problems: Sequence[Problem] = ()) -> SettingsScreen:
    """Adding a passkey under a name."""
    language = call.language
    use = PasskeyUse(
        "/profile/passkeys/begin",
        "/profile/passkeys",
        text("passkey_create", language),
        name_label=text("passkey_name", language),
    )
    section = SettingsSection(
        "passkey", text("passkey_add", language), text("passkey_add_text", language), passkey=use
    )
    notices = tuple(Notice(each.text, "bad") for each in problems)
    back = Action("back", text("back_to_security", language), "/profile", icon="arrow-left", kind="quiet")
    return SettingsScreen(text("passkey_add", language), (section,), notices=notices, actions=(back,))


def rename_screen(call: Call, factor: Factor) -> SettingsScreen:
    """Giving a passkey another name."""
    language = call.language
    name = FormField(
        "name", "text", text("passkey_name", language), factor.name, required=True, max_length=LONGEST_NAME
    )
    form = FormScreen(
        key=f"profile:passkey:{language}",
        title="",
        action=f"/profile/passkeys/{factor.id}",
        sections=(FormSection("name", "", (name,), 1),),
        save_label=text("rename", language),
        cancel_href="",
    )
    section = SettingsSection("passkey", text("rename", language), form=form)
    back = Action("back", text("back_to_security", language), "/profile", icon="arrow-left", kind="quiet")
    return SettingsScreen(factor.name, (section,), actions=(back,))
