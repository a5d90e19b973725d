"""The part of one's own page with the mail address of the account; a new one is confirmed by a link that is sent there."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.screens.shape import FormField, FormScreen, FormSection, Problem, SettingsSection
from dougong.screens.texts import text


def email_section(language: str, email: str, problems: Sequence[Problem] = ()) -> SettingsSection:
    """The address as it is, and the form for another one, which asks for the password."""

    def said(name: str) -> tuple[str, ...]:
        return tuple(each.text for each in problems if each.field == name)

    fields = (
        FormField(
            "email", "email", text("new_email", language), required=True, max_length=200, problems=said("email")
        ),
        FormField(
            "current", "password", text("old_password", language), required=True, max_length=256,
            problems=said("current"),
        ),
    )  # fmt: skip
    form = FormScreen(
        key=f"profile:email:{language}",
        title="",
        action="/profile/email",
        sections=(FormSection("email", "", fields, 1),),
        save_label=text("email_send", language),
        cancel_href="",
    )
    shown = text("email_now", language, email=email) if email else text("email_none", language)
    return SettingsSection("email", text("email", language), shown, form=form)
