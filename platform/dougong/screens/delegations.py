"""The page of delegations: one's own, or everybody's for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.people.delegation import LONGEST_REASON, Delegation, known_scopes
from dougong.records.call import Call
from dougong.screens.organisation import person_shown
from dougong.screens.people import CHOOSE
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    FormField,
    FormScreen,
    FormSection,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import text

OWN, ALL = "/profile/delegations", "/delegations"
CHOOSE_OWN = f"{OWN}/people"
Entered = Mapping[str, str]
NOTHING: Entered = {}


def delegations_screen(
    call: Call,
    delegations: Sequence[Delegation],
    is_own: bool,
    names: Mapping[int, str],
    entered: Entered = NOTHING,
    problems: Sequence[Problem] = (),
) -> SettingsScreen:
    """Who decides for whom, and the form that delegates; `names` are those of whoever was picked in it."""
    language, path = call.language, OWN if is_own else ALL
    form = FormScreen(
        key=f"delegation:{is_own}:{language}",
        title="",
        action=path,
        sections=(FormSection("delegation", "", _fields(call, is_own, names, entered, problems), 2),),
        save_label=text("delegation_new", language),
        cancel_href="",
        problems=tuple(problems),
    )
    new = SettingsSection("new", text("delegation_new", language), text("delegations_text", language), form)
    sections = (new, _listed(call, delegations, path)) if delegations else (new,)
    back = "/profile" if is_own else ""
    return SettingsScreen(text("delegations", language), sections, back_href=back)


def _listed(call: Call, delegations: Sequence[Delegation], path: str) -> SettingsSection:
    language = call.language
    heads = ("user", "delegate", "scope", "starts", "ends", "state", "reason")
    columns = tuple(Column(name, text(f"delegation_{name}", language)) for name in heads)
    scopes = dict(known_scopes(call.release, language))
    rows, actions = [], []
    for each in delegations:
        state = each.state(call.at)
        cells = (
            person_shown(each.user),
            person_shown(each.delegate),
            Shown(scopes.get(each.scope, each.scope) if each.scope else text("delegation_all", language)),
            Shown(moment(each.starts_at, call)),
            Shown(moment(each.ends_at, call)),
            Shown(text(f"delegation_{state}", language)),
            Shown(each.reason),
        )
        rows.append(Row(str(each.id), cells))
        may_end = state != "over" and (call.actor.is_admin or each.user_id == call.actor.id)
        end = Action("end", text("delegation_end", language), f"{path}/{each.id}/end", "post", "x", "quiet")
        actions.append((end,) if may_end else ())
    table = Table(columns, tuple(rows))
    return SettingsSection(
        "delegations", text("delegations", language), table=table, row_actions=tuple(actions)
    )


def _fields(
    call: Call, is_own: bool, names: Mapping[int, str], entered: Entered, problems: Sequence[Problem]
) -> tuple[FormField, ...]:
    language = call.language

    def said(name: str) -> tuple[str, ...]:
        return tuple(each.text for each in problems if each.field == name)

    def somebody(name: str) -> FormField:
        chosen = entered.get(name, "")
        called = names.get(int(chosen), chosen) if chosen.isdigit() else chosen
        return FormField(
            name,
            "member",
            text(f"delegation_{name}", language),
            chosen,
            required=True,
            problems=said(name),
            chosen=(Choice(chosen, called),) if chosen else (),
            choose_href=CHOOSE_OWN if is_own else CHOOSE,
        )

    def at(name: str, word: str) -> FormField:
        written = entered.get(name, "")
        return FormField(name, "datetime", text(word, language), written, required=True, problems=said(name))

    scopes = tuple(Choice(*each) for each in known_scopes(call.release, language))
    fields = [
        somebody("delegate"),
        FormField(
            "scope",
            "choice",
            text("delegation_scope", language),
            entered.get("scope", ""),
            options=scopes,
            placeholder=text("delegation_all", language),
            problems=said("scope"),
        ),
        at("starts_at", "delegation_starts"),
        at("ends_at", "delegation_ends"),
        FormField(
            "reason",
            "text",
            text("delegation_reason", language),
            entered.get("reason", ""),
            problems=said("reason"),
            max_length=LONGEST_REASON,
        ),
    ]
    if not is_own:
        fields.insert(0, somebody("user"))
    return tuple(fields)
