"""The organisation as a table that an import takes back without changing anything."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from dougong.model.sheet import Cell, Heading, Sheet
from dougong.people import organisation, positions
from dougong.people.directory import LARGEST_PAGE, PeopleQuery, Person, find_people, paths_of
from dougong.people.roster import HEADINGS

_WORDS = {
    "kind": {
        "member": ("内部成员", "member"),
        "partner": ("外部伙伴", "partner"),
        "portal": ("门户用户", "portal"),
    },
    "state": {"active": ("在用", "active"), "disabled": ("已停用", "disabled")},
}
_YES = ("是", "yes")


def roster_sheet(connection: Connection, language: str) -> Sheet:
    """Everybody, one line a person, in the words of a language."""
    place = 0 if language == "zh" else 1
    headings = tuple(Heading(name, words[place]) for name, words in HEADINGS.items())
    rows: Iterator[list[Cell]] = ([line[name] for name in HEADINGS] for line in _lines(connection, place))
    records = (dict(line) for line in _lines(connection, place))
    return Sheet("people", headings, rows, records)


def _lines(connection: Connection, place: int) -> Iterator[dict[str, str]]:
    paths = paths_of(connection)
    named = {each.id: each.name for each in positions.positions(connection)}
    heads = {each.id: each.head_id for each in organisation.departments(connection)}
    for person, above in _everybody(connection):
        account = person.account
        main = next((each.department_id for each in person.memberships if each.is_main), None)
        held = [named.get(each.position_id or 0, "") for each in person.memberships]
        yield {
            "login": account.login,
            "name": account.name,
            "email": account.email,
            "phone": account.phone,
            "department": "; ".join(paths[each.department_id] for each in person.memberships),
            "position": "; ".join(held).rstrip("; ") if any(held) else "",
            "head": _YES[place] if main is not None and heads.get(main) == account.id else "",
            "superior": above,
            "roles": "; ".join(f"{app}.{role}" for app, role in account.roles),
            "kind": _WORDS["kind"][account.kind][place],
            "company": account.company or "",
            "state": _WORDS["state"]["disabled" if account.is_disabled else "active"][place],
        }


def _everybody(connection: Connection) -> Iterator[tuple[Person, str]]:
    """All people a page at a time, each with the login of who is above."""
    offset = 0
    while True:
        page = find_people(connection, PeopleQuery(state="all", limit=LARGEST_PAGE, offset=offset))
        for each in page.people:
            yield each, page.logins.get(each.account.superior_id or 0, "")
        offset += len(page.people)
        if not page.people or offset >= page.count:
            return
