"""Inviting people, for administrators: the form, and what became of each invitation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.model.text import LANGUAGES
from dougong.people.invitations import Invitation
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

PATH = "/people/invitations"
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
RESENDABLE = ("open", "expired", "revoked")


def invitations_screen(
    call: Call,
    found: Sequence[Invitation],
    *,
    entered: Mapping[str, Sequence[str]],
    problems: Sequence[Problem] = (),
    notices: Sequence[Notice] = (),
    days: int,
    handed: str = "",
) -> SettingsScreen:
    """The page; `handed` is the address of an invitation that no mail carries, shown this once."""
    language = call.language
    sections = [
        SettingsSection(
            "invite",
            text("invite_section", language),
            text("invite_text", language, days=days),
            form=_form(call, entered, problems),
            secret=handed,
        )
    ]
    if found:
        sections.append(_table(call, found))
    return SettingsScreen(text("invitations", language), tuple(sections), notices=tuple(notices))


def _form(call: Call, entered: Mapping[str, Sequence[str]], problems: Sequence[Problem]) -> FormScreen:
    language = call.language
    roles = tuple(
        Choice(f"{app.id}.{role.id}", f"{app.label.get(language)} · {role.label.get(language)}")
        for app in call.release.apps.values()
        for role in app.roles.values()
    )
    languages = tuple(Choice(each, LANGUAGE_NAMES[each]) for each in LANGUAGES)

    def said(name: str) -> tuple[str, ...]:
        return tuple(each.text for each in problems if each.field == name)

    fields = (
        FormField(
            "emails", "long_text", text("invite_emails", language), "\n".join(entered.get("emails", ())),
            required=True, help=text("invite_emails_help", language), problems=said("emails"), width=2,
        ),
        FormField(
            "roles", "choices", text("roles", language), tuple(entered.get("roles", ())), options=roles,
            problems=said("roles"),
        ),
        FormField(
            "language", "choice", text("invite_language", language),
            next(iter(entered.get("language", ())), language), required=True, options=languages,
            problems=said("language"),
        ),
    )  # fmt: skip
    return FormScreen(
        key=f"invite:{language}",
        title="",
        action=PATH,
        sections=(FormSection("invite", "", fields, 2),),
        save_label=text("invite", language),
        cancel_href="",
        problems=tuple(each for each in problems if not each.field),
    )


def _table(call: Call, found: Sequence[Invitation]) -> SettingsSection:
    language = call.language
    columns = (
        Column("email", text("email", language), role="title"),
        Column("name", text("name", language)),
        Column("state", text("invite_state", language), "choice"),
        Column("until", text("invite_until", language), "datetime"),
        Column("by", text("invite_by", language)),
    )
    rows, actions = [], []
    for each in found:
        state = text(f"invite_{each.state}", language)
        cells = (
            Shown(each.email, note=each.login if each.login != each.email else ""),
            Shown(each.name),
            Shown(state),
            Shown(moment(each.expires_at, call) if each.state == "open" else ""),
            Shown(each.by),
        )
        rows.append(Row(str(each.id), cells))
        offered = []
        if each.state in RESENDABLE:
            offered.append(
                Action(
                    "resend",
                    text("invite_resend", language),
                    f"{PATH}/{each.id}/resend",
                    "post",
                    kind="quiet",
                )
            )
        if each.state == "open":
            confirm = Confirm(
                text("invite_revoke_title", language), each.email, text("invite_revoke", language)
            )
            offered.append(
                Action(
                    "revoke", text("invite_revoke", language), f"{PATH}/{each.id}/revoke", "post",
                    kind="danger", confirm=confirm,
                )
            )  # fmt: skip
        actions.append(tuple(offered))
    return SettingsSection(
        "invitations",
        text("invitations", language),
        table=Table(columns, tuple(rows)),
        row_actions=tuple(actions),
    )
