"""The part of one's own page that says by which providers of single sign-on the account opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.people.oidc_accounts import LinkedIdentity
from dougong.people.oidc_providers import Provider
from dougong.records.call import Call
from dougong.screens.shape import Action, Column, Confirm, Row, SettingsSection, Shown, Table
from dougong.screens.showing import moment
from dougong.screens.texts import text


def sign_on_section(
    call: Call,
    providers: Sequence[Provider],
    linked: Sequence[LinkedIdentity],
    addresses: Mapping[str, str],
) -> SettingsSection:
    """The providers with what is linked; `addresses` begin to link, one for each provider by its id."""
    language = call.language
    columns = (
        Column("provider", text("sign_on_provider", language)),
        Column("as", text("sign_on_as", language)),
        Column("last", text("last_used", language), "datetime"),
    )
    known = {each.issuer: each for each in linked}
    rows, actions = [], []
    for provider in providers:
        label, found = provider.label(language), known.get(provider.issuer)
        used = moment(found.last_used_at, call) if found and found.last_used_at else ""
        rows.append(
            Row(provider.id, (Shown(label), Shown(found.name if found else "—"), Shown(used, "datetime")))
        )
        if found is None:
            actions.append((Action("link", text("sign_on_link", language), addresses[provider.id]),))
        else:
            asked = text("sign_on_unlink_title", language, name=label)
            confirm = Confirm(asked, found.name, text("sign_on_unlink", language))
            path = f"/profile/sign-on/{provider.id}/unlink"
            ending = Action(
                "unlink", text("sign_on_unlink", language), path, "post", kind="danger", confirm=confirm
            )
            actions.append((ending,))
    return SettingsSection(
        "sign-on",
        text("sign_on_section", language),
        text("sign_on_text", language),
        table=Table(columns, tuple(rows)),
        row_actions=tuple(actions),
    )
