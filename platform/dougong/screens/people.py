"""The list of people, and the page of one person: details, departments, roles, account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dougong.model.text import LANGUAGES
from dougong.people.accounts import Account
from dougong.people.audit import AuditEntry
from dougong.people.directory import STATES, PeoplePage, PeopleQuery, Person
from dougong.people.organisation import Membership
from dougong.people.person_values import KINDS, LONGEST_EMAIL, LONGEST_PHONE
from dougong.people.positions import Position
from dougong.people.teams import Team
from dougong.records.call import Call
from dougong.screens.addresses import with_query
from dougong.screens.log_lines import log_section
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    Confirm,
    DirectoryScreen,
    Empty,
    FormField,
    FormScreen,
    FormSection,
    Narrowing,
    Notice,
    Paging,
    Piece,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import counted, listed, text

PATH = "/people"
CHOOSE = f"{PATH}/choose"
LONGEST_NAME = 100
Entered = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the pages of people choose from: departments by path in the order of the tree, positions."""

    departments: Mapping[int, str]
    positions: Sequence[Position] = ()


def people_screen(
    call: Call,
    wanted: PeopleQuery,
    found: PeoplePage,
    about: Surroundings,
    notices: Sequence[Notice] = (),
) -> DirectoryScreen:
    """A page of those who were found, with what one may narrow it down to."""
    language = call.language
    new = Action("new", text("person_new", language), f"{PATH}/new", "get", "plus", "primary")
    importing = Action("import", text("people_import", language), "/organisation/import", icon="upload")
    empty = Empty(text("people_none", language), text("people_none_text", language), (new,), drawing=False)
    return DirectoryScreen(
        title=text("people", language),
        count=counted("people_found", found.count, language),
        action=PATH,
        search=wanted.q,
        search_label=text("people_search", language),
        narrowings=_narrowings(wanted, about, language),
        table=_table(call, found, about),
        paging=_paging(wanted, found, language),
        actions=(
            importing,
            Action("invitations", text("invite", language), "/people/invitations", icon="mail"),
            new,
        ),
        empty=None if found.people else empty,
        notices=tuple(notices),
    )


def _narrowings(wanted: PeopleQuery, about: Surroundings, language: str) -> tuple[Narrowing, ...]:
    departments = (
        Choice("", text("people_any_department", language)),
        *(Choice(str(each), path) for each, path in about.departments.items()),
    )
    states = tuple(Choice(each, text(f"state_{each}", language)) for each in STATES)
    kinds = (
        Choice("", text("people_any_kind", language)),
        *(Choice(each, text(f"kind_{each}", language)) for each in KINDS),
    )
    chosen = str(wanted.department_id) if wanted.department_id is not None else ""
    shown = [
        Narrowing("state", text("people_state", language), wanted.state, states),
        Narrowing("kind", text("person_kind", language), wanted.kind, kinds),
    ]
    if about.departments:
        shown.insert(0, Narrowing("department", text("department", language), chosen, departments))
    return tuple(shown)


def _table(call: Call, found: PeoplePage, about: Surroundings) -> Table:
    language = call.language
    heads = (
        ("name", "text", "title"),
        ("login", "text", "subtitle"),
        ("department", "text", ""),
        ("roles", "text", ""),
        ("person_superior", "member", "person"),
        ("last_used", "datetime", "date"),
    )
    columns = tuple(Column(word, text(word, language), kind, role=role) for word, kind, role in heads)
    return Table(columns, tuple(_row(call, each, found, about) for each in found.people))


def _row(call: Call, person: Person, found: PeoplePage, about: Surroundings) -> Row:
    account, language = person.account, call.language
    superior = found.names.get(account.superior_id or 0, "")
    places = (about.departments.get(each.department_id, "").rpartition("/")[2] for each in person.memberships)
    cells = (
        Shown(account.name, note=state_of(account, language)),
        Shown(account.login),
        Shown(listed(filter(None, places), language)),
        Shown(listed((role_label(call, *role) for role in account.roles), language)),
        Shown(superior, "member", (Piece(superior, "person"),)) if superior else Shown(),
        Shown(moment(account.last_seen_at, call) if account.last_seen_at else ""),
    )
    return Row(str(account.id), cells, f"{PATH}/{account.id}")


def state_of(account: Account, language: str) -> str:
    """What is to be known of an account at once: that it is disabled, of an administrator, or of somebody from outside."""
    words = []
    if account.is_disabled:
        words.append(text("disabled", language))
    if account.is_admin:
        words.append(text("admin", language))
    if account.kind != "member":
        words.append(text(f"kind_{account.kind}", language))
    return listed(words, language)


def role_label(call: Call, app: str, role: str) -> str:
    """What a role is called; one of an app that is gone keeps its id."""
    found = call.release.apps.get(app)
    known = found.roles.get(role) if found is not None else None
    return known.label.get(call.language) if known is not None else f"{app}.{role}"


def _paging(wanted: PeopleQuery, found: PeoplePage, language: str) -> Paging:
    last = wanted.offset + len(found.people)
    words = text(
        "people_range",
        language,
        first=f"{min(wanted.offset + 1, last):,}",
        last=f"{last:,}",
        count=f"{found.count:,}",
    )
    before = max(wanted.offset - wanted.limit, 0)
    return Paging(
        words,
        _page(wanted, before) if wanted.offset else "",
        _page(wanted, last) if last < found.count else "",
    )


def _page(wanted: PeopleQuery, offset: int) -> str:
    asked = (
        ("q", wanted.q),
        ("department", str(wanted.department_id or "")),
        ("state", wanted.state if wanted.state != "active" else ""),
        ("kind", wanted.kind),
        ("offset", str(offset or "")),
    )
    return with_query(PATH, [(name, value) for name, value in asked if value])


# -- one person ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What the page of a person shows; `entered` is what stands in a form that was refused, `secret` a new password."""

    person: Person
    about: Surroundings
    names: Mapping[int, str]
    head: str = ""
    """Who is above now, where nobody is named."""
    teams: Sequence[Team] = ()
    log: Sequence[AuditEntry] = ()
    entered: Entered = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    secret: str = ""


def person_screen(call: Call, page: PersonPage, notices: Sequence[Notice] = ()) -> SettingsScreen:
    """The page of one person."""
    account, language = page.person.account, call.language
    sections = [_details(call, page)]
    if page.secret:
        sections.insert(0, secret_section(page.secret, language))
    if account.kind == "member":
        sections.append(_departments(call, page))
    sections.append(_roles(call, account))
    if page.teams:
        sections.append(_teams(page.teams, language))
    sections.append(_account(account, language))
    if page.log:
        sections.append(log_section(call, page.log))
    told = (Notice(text("person_is_disabled", language), "warn"),) if account.is_disabled else ()
    title = f"{account.name} · {account.login}"
    return SettingsScreen(title, tuple(sections), notices=(*notices, *told), back_href=PATH)


def secret_section(secret: str, language: str) -> SettingsSection:
    """A password that is shown this once."""
    label = text("person_password", language)
    return SettingsSection("secret", label, text("person_password_made", language), secret=secret)


def new_person_screen(
    call: Call, about: Surroundings, entered: Entered, problems: Sequence[Problem] = ()
) -> SettingsScreen:
    """The form that adds somebody."""
    language = call.language
    departments = tuple(Choice(str(each), path) for each, path in about.departments.items())
    fields = [
        _text(call, "login", entered, problems, required=True, limit=60),
        *_fields(call, entered, problems),
    ]
    if departments:
        fields.append(
            _chosen("department", text("person_main_department", language), departments, entered, problems)
        )
    if about.positions:
        options = tuple(Choice(str(each.id), each.name) for each in about.positions)
        fields.append(_chosen("position", text("person_position", language), options, entered, problems))
    fields.append(
        FormField(
            "password",
            "password",
            text("person_password", language),
            help=text("person_password_help", language),
            max_length=256,
            problems=_said(problems, "password"),
        )
    )
    form = FormScreen(
        key=f"person:new:{language}",
        title="",
        action=f"{PATH}/new",
        sections=(FormSection("person", "", tuple(fields), 2),),
        save_label=text("person_add", language),
        cancel_href=PATH,
        problems=tuple(problems),
    )
    section = SettingsSection("new", text("person_details", language), form=form)
    return SettingsScreen(text("person_new", language), (section,), back_href=PATH)


def _details(call: Call, page: PersonPage) -> SettingsSection:
    account, language = page.person.account, call.language
    entered = page.entered or entered_of(account)
    fields = _fields(call, entered, page.problems, page.names, page.head)
    form = FormScreen(
        key=f"person:details:{language}",
        title="",
        action=f"{PATH}/{account.id}",
        sections=(FormSection("details", "", fields, 2),),
        save_label=text("person_save", language),
        cancel_href="",
        problems=tuple(page.problems),
    )
    return SettingsSection("details", text("person_details", language), form=form)


def entered_of(account: Account) -> dict[str, str]:
    """What stands in the form of somebody's details."""
    return {
        "name": account.name,
        "email": account.email,
        "phone": account.phone,
        "language": account.language,
        "timezone": account.timezone,
        "kind": account.kind,
        "company": account.company or "",
        "superior_id": str(account.superior_id or ""),
        "is_admin": "1" if account.is_admin else "",
    }


def _fields(
    call: Call,
    entered: Entered,
    problems: Sequence[Problem],
    names: Mapping[int, str] | None = None,
    head: str = "",
) -> tuple[FormField, ...]:
    language = call.language
    superior = entered.get("superior_id", "")
    called = (names or {}).get(int(superior), superior) if superior.isdigit() else superior
    languages = tuple(Choice(each, LANGUAGE_NAMES[each]) for each in LANGUAGES)
    kinds = tuple(Choice(each, text(f"kind_{each}", language)) for each in KINDS)
    help_ = text("person_superior_help", language)
    if head:
        help_ = f"{help_} · {text('person_superior_now', language, name=head)}"
    return (
        _text(call, "name", entered, problems, limit=LONGEST_NAME),
        _text(call, "email", entered, problems, limit=LONGEST_EMAIL, inputmode="email"),
        _text(call, "phone", entered, problems, "person_phone", limit=LONGEST_PHONE, inputmode="tel"),
        FormField(
            "superior_id",
            "member",
            text("person_superior", language),
            superior,
            help=help_,
            problems=_said(problems, "superior_id"),
            chosen=(Choice(superior, called),) if superior else (),
            choose_href=CHOOSE,
        ),
        _chosen("language", text("person_language", language), languages, entered, problems, "zh"),
        _text(call, "timezone", entered, problems, "person_timezone", limit=60, otherwise="Asia/Shanghai"),
        _chosen("kind", text("person_kind", language), kinds, entered, problems, "member"),
        _text(
            call, "company", entered, problems, "person_company", limit=200, help_word="person_company_help"
        ),
        FormField(
            "is_admin",
            "boolean",
            text("person_admin", language),
            "true" if entered.get("is_admin") else "",
            problems=_said(problems, "is_admin"),
        ),
    )


LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def _text(
    call: Call,
    name: str,
    entered: Entered,
    problems: Sequence[Problem],
    word: str = "",
    *,
    required: bool = False,
    limit: int = 0,
    inputmode: str = "",
    otherwise: str = "",
    help_word: str = "",
) -> FormField:
    return FormField(
        name,
        "text",
        text(word or name, call.language),
        entered.get(name, otherwise),
        required=required,
        help=text(help_word, call.language) if help_word else "",
        problems=_said(problems, name),
        max_length=limit,
        inputmode=inputmode,
    )


def _chosen(
    name: str,
    label: str,
    options: tuple[Choice, ...],
    entered: Entered,
    problems: Sequence[Problem],
    otherwise: str = "",
) -> FormField:
    return FormField(
        name,
        "choice",
        label,
        entered.get(name, otherwise),
        required=bool(otherwise),
        options=options,
        problems=_said(problems, name),
    )


def _said(problems: Sequence[Problem], name: str) -> tuple[str, ...]:
    return tuple(each.text for each in problems if each.field == name)


def _departments(call: Call, page: PersonPage) -> SettingsSection:
    language, base = call.language, f"{PATH}/{page.person.account.id}/departments"
    positions = {each.id: each.name for each in page.about.positions}
    columns = (
        Column("department", text("department", language)),
        Column("position", text("person_position", language)),
        Column("main", text("person_main", language)),
    )
    rows = tuple(
        Row(
            str(each.department_id),
            (
                Shown(page.about.departments.get(each.department_id, "")),
                Shown(positions.get(each.position_id or 0, "")),
                Shown(text("person_main", language) if each.is_main else ""),
            ),
        )
        for each in page.person.memberships
    )
    actions = tuple(_membership_actions(each, base, language) for each in page.person.memberships)
    options = tuple(Choice(str(each), path) for each, path in page.about.departments.items())
    fields = [FormField("department", "choice", text("department", language), required=True, options=options)]
    if page.about.positions:
        choices = tuple(Choice(str(each.id), each.name) for each in page.about.positions)
        fields.append(FormField("position", "choice", text("person_position", language), options=choices))
    form = FormScreen(
        key=f"person:departments:{language}",
        title="",
        action=base,
        sections=(FormSection("departments", "", tuple(fields), 2),),
        save_label=text("person_department_add", language),
        cancel_href="",
    )
    return SettingsSection(
        "departments",
        text("person_departments", language),
        text("person_departments_text", language),
        form if options else None,
        Table(columns, rows) if rows else None,
        row_actions=actions,
    )


def _membership_actions(each: Membership, base: str, language: str) -> tuple[Action, ...]:
    fields = (("department", str(each.department_id)),)
    main = Action("main", text("person_make_main", language), f"{base}/main", "post", "star", "quiet", fields)
    leave = Action("leave", text("person_leave", language), f"{base}/leave", "post", "x", "quiet", fields)
    return (leave,) if each.is_main else (main, leave)


def _roles(call: Call, account: Account) -> SettingsSection:
    """For each app the roles that the person has of it."""
    language = call.language
    apps = sorted(call.release.apps.values(), key=lambda app: app.label.get(language))
    fields = tuple(
        FormField(
            f"roles-{app.id}",
            "choices",
            app.label.get(language),
            tuple(role for name, role in account.roles if name == app.id),
            options=tuple(Choice(each.id, each.label.get(language)) for each in app.roles.values()),
        )
        for app in apps
        if app.roles
    )
    label, words = text("person_roles", language), text("person_roles_text", language)
    if not fields:
        return SettingsSection("roles", label, text("person_no_roles", language))
    form = FormScreen(
        key=f"person:roles:{language}",
        title="",
        action=f"{PATH}/{account.id}/roles",
        sections=(FormSection("roles", "", fields, 1),),
        save_label=text("person_save", language),
        cancel_href="",
    )
    return SettingsSection("roles", label, words, form)


def _teams(teams: Sequence[Team], language: str) -> SettingsSection:
    columns = (Column("team_name", text("team_name", language)),)
    rows = tuple(Row(str(each.id), (Shown(each.name),), f"/teams/{each.id}") for each in teams)
    return SettingsSection("teams", text("person_teams", language), table=Table(columns, rows))


def _account(account: Account, language: str) -> SettingsSection:
    path = f"{PATH}/{account.id}"
    reset = Action(
        "reset",
        text("person_reset", language),
        f"{path}/password",
        "post",
        "key",
        confirm=Confirm(
            text("person_reset_title", language, name=account.name),
            text("person_reset_text", language),
            text("person_reset", language),
        ),
    )
    hand = Action("handover", text("person_handover", language), f"{path}/handover", icon="transfer")
    if account.is_disabled:
        enable = Action("enable", text("person_enable", language), f"{path}/enable", "post", "user-check")
        return SettingsSection("account", text("person_account", language), actions=(enable, hand))
    disable = Action(
        "disable",
        text("person_disable", language),
        f"{path}/disable",
        "post",
        "user-off",
        "danger",
        confirm=Confirm(
            text("person_disable_title", language, name=account.name),
            text("person_disable_text", language),
            text("person_disable", language),
        ),
    )
    return SettingsSection("account", text("person_account", language), actions=(hand, reset, disable))
