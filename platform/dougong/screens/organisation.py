"""The pages of departments, positions and teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.people.audit import AuditEntry
from dougong.people.directory import tree_of
from dougong.people.naming import LONGEST_NAME
from dougong.people.organisation import Department
from dougong.people.positions import Position
from dougong.people.teams import Team
from dougong.records.call import Call
from dougong.screens.addresses import with_query
from dougong.screens.log_lines import log_section
from dougong.screens.people import CHOOSE
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
from dougong.screens.texts import text

DEPARTMENTS, POSITIONS, TEAMS = "/departments", "/positions", "/teams"
SAME = "same"
INDENT = "\u2003"
Entered = Mapping[str, str]
NOTHING: Entered = {}


# -- departments --------------------------------------------------------------------------------------------------------


def departments_screen(
    call: Call,
    departments: Sequence[Department],
    names: Mapping[int, str],
    sizes: Mapping[int, int],
    entered: Entered = NOTHING,
    problems: Sequence[Problem] = (),
    notices: Sequence[Notice] = (),
) -> SettingsScreen:
    """The tree with heads and sizes, and the form that adds a department."""
    language, tree = call.language, tree_of(departments)
    columns = (
        Column("department", text("department", language), role="title"),
        Column("head", text("department_head", language), "member", role="person"),
        Column("people", text("department_people", language), "integer", "end", role="figure"),
    )
    rows = tuple(
        Row(
            str(each.id),
            (
                Shown(f"{INDENT * (len(path) - 1)}{each.name}"),
                person_shown(names.get(each.head_id or 0, "")),
                Shown(str(sizes.get(each.id, 0)), "integer"),
            ),
            f"{DEPARTMENTS}/{each.id}",
        )
        for path, each in tree
    )
    actions = tuple(_department_actions(each, departments, language) for _, each in tree)
    listed = SettingsSection(
        "departments",
        text("departments", language),
        text("departments_text", language),
        table=Table(columns, rows) if rows else None,
        row_actions=actions,
    )
    form = _form(
        call,
        "department:new",
        DEPARTMENTS,
        _department_fields(call, tree, entered, problems, names),
        "department_new",
        problems,
    )
    new = SettingsSection("new", text("department_new", language), form=form)
    sections = (listed, new) if rows else (new,)
    return SettingsScreen(text("departments", language), sections, notices=tuple(notices))


def _department_actions(
    each: Department, departments: Sequence[Department], language: str
) -> tuple[Action, ...]:
    """One place up or down among its siblings; both are there, so that buttons do not jump."""
    siblings = [one.id for one in departments if one.parent_id == each.parent_id]
    place, path = siblings.index(each.id), f"{DEPARTMENTS}/{each.id}/move"
    above = siblings[place - 1] if place else None
    below = siblings[place + 2] if place + 2 < len(siblings) else ""
    up = Action(
        "up",
        text("department_up", language),
        path,
        "post",
        "arrow-up",
        "quiet",
        (("before", str(above)),),
        disabled="" if place else text("department_up", language),
    )
    down = Action(
        "down",
        text("department_down", language),
        path,
        "post",
        "arrow-down",
        "quiet",
        (("before", str(below)),),
        disabled="" if place + 1 < len(siblings) else text("department_down", language),
    )
    show = Action(
        "show",
        text("department_show", language),
        with_query("/people", [("department", str(each.id))]),
        "get",
        "users",
        "quiet",
    )
    change = Action(
        "change", text("department_change", language), f"{DEPARTMENTS}/{each.id}", "get", "pencil", "quiet"
    )
    return (show, up, down, change)


def department_screen(
    call: Call,
    department: Department,
    departments: Sequence[Department],
    names: Mapping[int, str],
    log: Sequence[AuditEntry],
    entered: Entered = NOTHING,
    problems: Sequence[Problem] = (),
) -> SettingsScreen:
    """Changing one department: name, place in the tree, head; and removing it."""
    language, path = call.language, f"{DEPARTMENTS}/{department.id}"
    given = entered or {
        "name": department.name,
        "parent_id": str(department.parent_id or ""),
        "head_id": str(department.head_id or ""),
    }
    tree = [each for each in tree_of(departments) if not _is_below(each[1], department, departments)]
    fields = _department_fields(call, tree, given, problems, names)
    form = _form(call, "department:change", path, fields, "person_save", problems)
    remove = Action(
        "remove",
        text("department_remove", language),
        f"{path}/remove",
        "post",
        "trash",
        "danger",
        confirm=Confirm(
            text("department_remove_title", language, name=department.name),
            text("department_remove_text", language),
            text("department_remove", language),
        ),
    )
    sections = [
        SettingsSection("department", text("person_details", language), form=form, actions=(remove,)),
    ]
    if log:
        sections.append(log_section(call, log))
    return SettingsScreen(department.name, tuple(sections), back_href=DEPARTMENTS)


def _is_below(each: Department, top: Department, departments: Sequence[Department]) -> bool:
    """Whether a department is another one or somewhere below it: it cannot be put there."""
    parents = {one.id: one.parent_id for one in departments}
    at: int | None = each.id
    while at is not None:
        if at == top.id:
            return True
        at = parents.get(at)
    return False


def _department_fields(
    call: Call,
    tree: Sequence[tuple[tuple[str, ...], Department]],
    entered: Entered,
    problems: Sequence[Problem],
    names: Mapping[int, str],
) -> tuple[FormField, ...]:
    language = call.language
    options = tuple(Choice(str(each.id), "/".join(path)) for path, each in tree)
    return (
        _name_field(call, "department_name", entered, problems),
        FormField(
            "parent_id",
            "choice",
            text("department_parent", language),
            entered.get("parent_id", ""),
            options=options,
            placeholder=text("department_top", language),
            problems=_said(problems, "parent_id"),
        ),
        _member_field("head_id", text("department_head", language), entered, problems, names),
    )


# -- positions ----------------------------------------------------------------------------------------------------------


def positions_screen(
    call: Call,
    positions: Sequence[Position],
    entered: Entered = NOTHING,
    problems: Sequence[Problem] = (),
    notices: Sequence[Notice] = (),
) -> SettingsScreen:
    """All positions, and the form that adds one or gives one another name (`id` stands in what was entered)."""
    language = call.language
    columns = (
        Column("name", text("position_name", language), role="title"),
        Column("people", text("department_people", language), "integer", "end", role="figure"),
    )
    rows = tuple(
        Row(str(each.id), (Shown(each.name), Shown(str(each.members), "integer"))) for each in positions
    )
    actions = tuple(_position_actions(each, language) for each in positions)
    listed = SettingsSection(
        "positions",
        text("positions", language),
        text("positions_text", language),
        table=Table(columns, rows) if rows else None,
        row_actions=actions,
    )
    which = entered.get("id", "")
    known = next((each.name for each in positions if str(each.id) == which), "")
    label = text("position_rename", language, name=known) if known else text("position_new", language)
    path = f"{POSITIONS}/{which}" if known else POSITIONS
    word = "person_save" if known else "position_new"
    fields = (_name_field(call, "position_name", entered, problems),)
    form = _form(call, "position", path, fields, word, problems)
    edit = SettingsSection("edit", label, form=form)
    sections = (listed, edit) if rows else (edit,)
    return SettingsScreen(text("positions", language), sections, notices=tuple(notices))


def _position_actions(each: Position, language: str) -> tuple[Action, ...]:
    change = Action(
        "change",
        text("department_change", language),
        f"{with_query(POSITIONS, [('id', str(each.id))])}#edit",
        "get",
        "pencil",
        "quiet",
    )
    if each.members:
        return (change,)
    remove = Action(
        "remove",
        text("department_remove", language),
        f"{POSITIONS}/{each.id}/remove",
        "post",
        "trash",
        "quiet",
    )
    return (change, remove)


# -- teams --------------------------------------------------------------------------------------------------------------


def teams_screen(
    call: Call,
    teams: Sequence[Team],
    names: Mapping[int, str],
    entered: Entered = NOTHING,
    problems: Sequence[Problem] = (),
    notices: Sequence[Notice] = (),
) -> SettingsScreen:
    """All teams, and the form that adds one."""
    language = call.language
    columns = (
        Column("name", text("team_name", language), role="title"),
        Column("lead", text("team_lead", language), "member", role="person"),
        Column("people", text("department_people", language), "integer", "end", role="figure"),
    )
    rows = tuple(
        Row(
            str(each.id),
            (
                Shown(each.name),
                person_shown(names.get(each.lead_id or 0, "")),
                Shown(str(each.members), "integer"),
            ),
            f"{TEAMS}/{each.id}",
        )
        for each in teams
    )
    listed = SettingsSection(
        "teams",
        text("teams", language),
        text("teams_text", language),
        table=Table(columns, rows) if rows else None,
    )
    form = _form(call, "team:new", TEAMS, _team_fields(call, entered, problems, names), "team_new", problems)
    new = SettingsSection("new", text("team_new", language), form=form)
    sections = (listed, new) if rows else (new,)
    return SettingsScreen(text("teams", language), sections, notices=tuple(notices))


def team_screen(
    call: Call,
    team: Team,
    members: Sequence[tuple[int, str, str]],
    names: Mapping[int, str],
    log: Sequence[AuditEntry],
    entered: Entered = NOTHING,
    problems: Sequence[Problem] = (),
) -> SettingsScreen:
    """One team: name, lead and members (id, name, login)."""
    language, path = call.language, f"{TEAMS}/{team.id}"
    given = entered or {"name": team.name, "lead_id": str(team.lead_id or "")}
    fields = _team_fields(call, given, problems, names)
    form = _form(call, "team:change", path, fields, "person_save", problems)
    remove = Action(
        "remove",
        text("team_remove", language),
        f"{path}/remove",
        "post",
        "trash",
        "danger",
        confirm=Confirm(
            text("team_remove_title", language, name=team.name),
            text("team_remove_text", language),
            text("team_remove", language),
        ),
    )
    details = SettingsSection("team", text("person_details", language), form=form, actions=(remove,))
    sections = [details, _team_members(call, path, members)]
    if log:
        sections.append(log_section(call, log))
    return SettingsScreen(team.name, tuple(sections), back_href=TEAMS)


def _team_members(call: Call, path: str, members: Sequence[tuple[int, str, str]]) -> SettingsSection:
    language = call.language
    columns = (Column("name", text("name", language)), Column("login", text("login", language)))
    rows = tuple(
        Row(str(identifier), (person_shown(name), Shown(login))) for identifier, name, login in members
    )
    actions = tuple(
        (
            Action(
                "leave",
                text("team_member_leave", language),
                f"{path}/members/leave",
                "post",
                "x",
                "quiet",
                (("person", str(identifier)),),
            ),
        )
        for identifier, _, _ in members
    )
    field = FormField(
        "person", "members", text("team_members", language), multiple=True, choose_href=CHOOSE, required=True
    )
    form = _form(call, "team:members", f"{path}/members", (field,), "team_member_add", ())
    return SettingsSection(
        "members",
        text("team_members", language),
        form=form,
        table=Table(columns, rows) if rows else None,
        row_actions=actions,
    )


def _team_fields(
    call: Call, entered: Entered, problems: Sequence[Problem], names: Mapping[int, str]
) -> tuple[FormField, ...]:
    return (
        _name_field(call, "team_name", entered, problems),
        _member_field("lead_id", text("team_lead", call.language), entered, problems, names),
    )


# -- parts --------------------------------------------------------------------------------------------------------------


def person_shown(name: str) -> Shown:
    """Somebody in a table."""
    return Shown(name, "member", (Piece(name, "person"),)) if name else Shown()


def _form(
    call: Call,
    key: str,
    action: str,
    fields: tuple[FormField, ...],
    save: str,
    problems: Sequence[Problem],
) -> FormScreen:
    return FormScreen(
        key=f"{key}:{call.language}",
        title="",
        action=action,
        sections=(FormSection("fields", "", fields, 2),),
        save_label=text(save, call.language),
        cancel_href="",
        problems=tuple(problems),
    )


def _name_field(call: Call, word: str, entered: Entered, problems: Sequence[Problem]) -> FormField:
    return FormField(
        "name",
        "text",
        text(word, call.language),
        entered.get("name", ""),
        required=True,
        problems=_said(problems, "name"),
        max_length=LONGEST_NAME,
    )


def _member_field(
    name: str, label: str, entered: Entered, problems: Sequence[Problem], names: Mapping[int, str]
) -> FormField:
    chosen = entered.get(name, "")
    called = names.get(int(chosen), chosen) if chosen.isdigit() else chosen
    return FormField(
        name,
        "member",
        label,
        chosen,
        problems=_said(problems, name),
        chosen=(Choice(chosen, called),) if chosen else (),
        choose_href=CHOOSE,
    )


def _said(problems: Sequence[Problem], name: str) -> tuple[str, ...]:
    return tuple(each.text for each in problems if each.field == name)
