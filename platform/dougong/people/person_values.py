"""What may be said about a person, and what is wrong with it: every problem at its field, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypedDict

from sqlalchemy import select

from dougong.diagnostics import Diagnostic
from dougong.people.accounts import Account
from dougong.people.actor import company_of
from dougong.people.doing import Doing
from dougong.people.messages import finding
from dougong.people.organisation import Membership
from dougong.storage.release import Release
from dougong.storage.system import DEPARTMENT, POSITION, USER

KINDS = ("member", "partner", "portal")
"""Who somebody is: of the company itself, of a partner, or a customer at the portal."""
LONGEST_PHONE = 30
LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")


class PersonValues(TypedDict, total=False):
    """What is said about a person; whatever is left out stays as it is."""

    name: str
    email: str
    phone: str
    language: str
    timezone: str
    is_admin: bool
    kind: str
    company: str | None
    superior_id: int | None
    roles: tuple[tuple[str, str], ...]
    memberships: tuple[Membership, ...]


def problems_of(doing: Doing, values: PersonValues, account: Account | None) -> list[Diagnostic]:
    """Everything that is wrong with what is said about a person, besides what the account itself refuses."""
    return [*_contact(values), *_outside(doing, values, account), *_inside(doing, values)]


def _contact(values: PersonValues) -> Iterator[Diagnostic]:
    email, phone = values.get("email", "").strip(), values.get("phone", "").strip()
    if email and (not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL or not email.isprintable()):
        yield finding("email_form", "email")
    if len(phone) > LONGEST_PHONE or not (phone.isprintable() or not phone):
        yield finding("phone_form", "phone")


def _outside(doing: Doing, values: PersonValues, account: Account | None) -> Iterator[Diagnostic]:
    """A person from outside belongs to a record that exists, and has only the roles that were given."""
    kind = values.get("kind", account.kind if account else "member")
    company = values.get("company", account.company if account else None)
    if kind not in KINDS:
        yield finding("person_kind", "kind", known=", ".join(KINDS))
    elif kind == "member":
        if company:
            yield finding("company_of_member", "company")
    elif not company:
        yield finding("company_needed", "company")
    elif "company" in values and not is_record(doing, company):
        yield finding("company_unknown", "company", name=company[:100])
    if kind in ("partner", "portal"):
        is_admin = values.get("is_admin", account.is_admin if account else False)
        if values.get("memberships") or values.get("superior_id") is not None or is_admin:
            path = "departments" if values.get("memberships") else "superior_id"
            yield finding("outsider_inside", "is_admin" if is_admin else path)


def is_record(doing: Doing, written: str) -> bool:
    """Whether `app.entity:id` names a record that was not deleted."""
    found = company_of(written)
    if found is None or found[1] >= 2**63:
        return False
    key, identifier = found
    app = doing.release.apps.get(key.partition(".")[0])
    if app is None or key.partition(".")[2] not in app.entities or "/" in key:
        return False
    table = doing.release.table(key)
    query = select(table.c.id).where(table.c.id == identifier, table.c.deleted_at.is_(None))
    return doing.connection.execute(query).first() is not None


def _inside(doing: Doing, values: PersonValues) -> Iterator[Diagnostic]:
    superior = values.get("superior_id")
    if superior is not None and not _is_there(doing, superior):
        yield finding("no_account", "superior_id")
    unknown = [each for each in values.get("roles", ()) if each not in known_roles(doing.release)]
    for app, role in unknown:
        yield finding("no_role", "roles", name=f"{app}.{role}")
    memberships = values.get("memberships", ())
    mains = sum(each.is_main for each in memberships)
    if len({each.department_id for each in memberships}) < len(memberships) or mains > 1:
        yield finding("departments_twice", "departments")
    for place, each in enumerate(memberships):
        departments = select(DEPARTMENT.c.id).where(DEPARTMENT.c.removed_at.is_(None))
        if doing.connection.execute(departments.where(DEPARTMENT.c.id == each.department_id)).first() is None:
            yield finding("no_department", f"departments/{place}", id=each.department_id)
        if each.position_id is None:
            continue
        positions = select(POSITION.c.id).where(POSITION.c.removed_at.is_(None))
        if doing.connection.execute(positions.where(POSITION.c.id == each.position_id)).first() is None:
            yield finding("no_position", f"departments/{place}", id=each.position_id)


def _is_there(doing: Doing, user_id: int) -> bool:
    return doing.connection.execute(select(USER.c.id).where(USER.c.id == user_id)).first() is not None


def known_roles(release: Release) -> Mapping[tuple[str, str], str]:
    """Every role of the installed apps, with what it is written as."""
    return {(app.id, role): f"{app.id}.{role}" for app in release.apps.values() for role in app.roles}
