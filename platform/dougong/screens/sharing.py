"""The pages on which a record is shared for a time, and given to another owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from dougong.fieldtypes.days import shown_day
from dougong.people import organisation, teams
from dougong.records.call import Call
from dougong.records.lent import DEPARTMENT_AND_BELOW, ROLE, TEAM_OF
from dougong.records.record import Record
from dougong.records.sharing import LEVELS, Share
from dougong.screens.addresses import entity_path, share_path, transfer_path
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    Confirm,
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
from dougong.screens.texts import text

Entered = Mapping[str, str]


def share_screen(
    call: Call,
    record: Record,
    shares: Sequence[Share],
    entered: Entered,
    problems: Sequence[Problem] = (),
    may_lend_to_edit: bool = False,
) -> SettingsScreen:
    """With whom the record is shared, and a form for more."""
    language, path = call.language, share_path(record.key, record.id)
    form = FormScreen(
        key=f"share:{record.key}:{language}",
        title="",
        action=path,
        sections=(FormSection("share", "", _fields(call, record, entered, problems, may_lend_to_edit), 2),),
        save_label=text("share", language),
        cancel_href="",
        problems=tuple(problems),
    )
    section = SettingsSection("share", text("share_new", language), text("share_text", language), form)
    standing = (_standing(call, path, shares),) if shares else ()
    return SettingsScreen(
        text("share_title", language, title=record.title),
        (*standing, section),
        actions=(_back(call, record),),
    )


def transfer_screen(
    call: Call, record: Record, entered: Entered, problems: Sequence[Problem] = ()
) -> SettingsScreen:
    """To whom the record is given."""
    language, entity = call.language, call.release.entity(record.key)
    owner = _person(call, record.key, text("transfer_to", language), "owner", entered, problems, True)
    following = [
        entity.inverses[name].label.get(language) or name
        for name in entity.follow_owner
        if name in entity.inverses
    ]
    follow = FormField(
        "follow",
        "boolean",
        text("transfer_follow", language, lists=("、" if language == "zh" else ", ").join(following)),
        raw=entered.get("follow", "true"),
    )
    form = FormScreen(
        key=f"transfer:{record.key}:{language}",
        title="",
        action=transfer_path(record.key, record.id),
        sections=(FormSection("transfer", "", (owner, *((follow,) if following else ())), 1),),
        save_label=text("transfer", language),
        cancel_href="",
        problems=tuple(problems),
    )
    section = SettingsSection("transfer", "", text("transfer_text", language), form)
    return SettingsScreen(
        text("transfer_title", language, title=record.title), (section,), actions=(_back(call, record),)
    )


def _back(call: Call, record: Record) -> Action:
    href = f"{entity_path(record.key)}/{record.id}"
    return Action("back", text("back_to_record", call.language), href, icon="arrow-left", kind="quiet")


def _fields(
    call: Call, record: Record, entered: Entered, problems: Sequence[Problem], may_lend_to_edit: bool
) -> tuple[FormField, ...]:
    language = call.language
    levels = [each for each in LEVELS if each == "read" or may_lend_to_edit]
    return (
        _person(call, record.key, text("share_person", language), "person", entered, problems),
        FormField(
            "group",
            "choice",
            text("share_group", language),
            entered.get("group", ""),
            options=_groups(call),
            help=text("share_group_help", language),
            problems=_of(problems, "subject"),
        ),
        FormField(
            "level",
            "choice",
            text("share_level", language),
            entered.get("level", "read"),
            required=True,
            options=tuple(Choice(each, text(f"share_{each}", language)) for each in levels),
            problems=_of(problems, "level"),
        ),
        FormField(
            "until",
            "date",
            text("share_until", language),
            entered.get("until", ""),
            help=text("share_until_help", language),
            problems=_of(problems, "until"),
        ),
        FormField(
            "note",
            "text",
            text("share_note", language),
            entered.get("note", ""),
            max_length=500,
            width=2,
            problems=_of(problems, "note"),
        ),
    )


def _person(
    call: Call,
    key: str,
    label: str,
    name: str,
    entered: Entered,
    problems: Sequence[Problem],
    required: bool = False,
) -> FormField:
    """A picker of people where the records have owners, otherwise a login is typed."""
    owner = call.release.entity(key).owner
    kind = "member" if owner else "text"
    help_text = "" if owner else text("share_login_help", call.language)
    return FormField(
        name,
        kind,
        label,
        entered.get(name, ""),
        required=required,
        max_length=60,
        help=help_text,
        choose_href=f"{entity_path(key)}/choose/{owner}" if owner else "",
        problems=_of(problems, name),
    )


def _groups(call: Call) -> tuple[Choice, ...]:
    """Departments, teams and roles as `kind:id`."""
    language = call.language
    found = [
        (DEPARTMENT_AND_BELOW, str(each.id), each.name) for each in organisation.departments(call.connection)
    ]
    found += [(TEAM_OF, str(each.id), each.name) for each in teams.teams(call.connection)]
    found += [
        (ROLE, f"{app.id}.{role.id}", role.label.get(language))
        for app in call.release.apps.values()
        for role in app.roles.values()
    ]
    return tuple(
        Choice(f"{kind}:{subject}", f"{text(f'share_kind_{kind}', language)} · {name}")
        for kind, subject, name in found
    )


def _of(problems: Sequence[Problem], name: str) -> tuple[str, ...]:
    return tuple(each.text for each in problems if each.field == name)


def _standing(call: Call, path: str, shares: Sequence[Share]) -> SettingsSection:
    language, zone = call.language, ZoneInfo(call.timezone)
    columns = (
        Column("with", text("share_with", language), role="title"),
        Column("level", text("share_level", language)),
        Column("until", text("share_until", language), "date"),
        Column("by", text("share_by", language), role="subtitle"),
    )
    rows, actions = [], []
    end = text("share_end", language)
    for each in shares:
        until = shown_day(each.until.astimezone(zone).date(), language) if each.until else ""
        cells = (
            Shown(each.name or each.subject, note=text(f"share_kind_{each.kind}", language)),
            Shown(text(f"share_{each.level}", language)),
            Shown(until or text("share_always", language)),
            Shown(each.giver, note=each.note),
        )
        rows.append(Row(str(each.id), cells))
        confirm = Confirm(end, each.name or each.subject, end)
        actions.append((Action("end", end, f"{path}/{each.id}/end", "post", kind="danger", confirm=confirm),))
    return SettingsSection(
        "standing",
        text("shared_with", language),
        table=Table(columns, tuple(rows)),
        row_actions=tuple(actions),
    )
