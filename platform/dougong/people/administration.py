"""What administrators do about people: adding, changing, disabling; every change checked as a whole and written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update

from dougong.diagnostics import Refusal
from dougong.people import accounts, organisation
from dougong.people.accounts import Account
from dougong.people.audit import telling_once
from dougong.people.doing import Doing, check_admin, noted
from dougong.people.organisation import Membership
from dougong.people.passwords import DEFAULT, Rules
from dougong.people.person_values import PersonValues, problems_of
from dougong.people.standing import organisation_changed
from dougong.storage.system import TEAM_MEMBER, USER

_OF_ACCOUNT = ("name", "email", "phone", "language", "timezone", "is_admin")
_PERSONAL = frozenset({"email", "phone"})
"""What the log tells was changed, but not to what."""


def subject_of(user_id: int) -> str:
    """What the log calls a person."""
    return f"user:{user_id}"


@telling_once()
def add_person(
    doing: Doing,
    login: str,
    values: PersonValues,
    *,
    password: str | None = None,
    must_change_password: bool = False,
    rules: Rules = DEFAULT,
) -> int:
    """Add somebody with all that is said about them and return the id; refused with all problems at once."""
    check_admin(doing)
    problems = problems_of(doing, values, None)
    given: dict[str, Any] = {name: values[name] for name in _OF_ACCOUNT if name in values}  # type: ignore[literal-required]
    try:
        user_id = accounts.add(
            doing.connection,
            login,
            password=password,
            must_change_password=must_change_password,
            rules=rules,
            **given,
        )
    except Refusal as refusal:
        raise Refusal(refusal.kind, [*refusal.problems, *problems]) from refusal
    if problems:
        raise Refusal("invalid", problems)
    _write(doing, accounts.get(doing.connection, user_id), values)
    noted(doing, "person.add", subject_of(user_id), login=login.strip().casefold(), **_told(values))
    return user_id


@telling_once()
def change_person(doing: Doing, user_id: int, values: PersonValues) -> tuple[str, ...]:
    """Change what is said about somebody and return what has changed; refused with all problems at once."""
    check_admin(doing)
    account = accounts.get(doing.connection, user_id)
    before = values_of(doing, account)
    changed = tuple(name for name, value in values.items() if before.get(name) != value)
    if not changed:
        return ()
    problems = problems_of(doing, values, account)
    given: dict[str, Any] = {name: values[name] for name in _OF_ACCOUNT if name in changed}  # type: ignore[literal-required]
    try:
        if given:
            accounts.change(doing.connection, user_id, **given)
    except Refusal as refusal:
        raise Refusal(refusal.kind, [*refusal.problems, *problems]) from refusal
    if problems:
        raise Refusal("invalid", problems)
    _write(doing, account, values)
    old = _told({name: before.get(name) for name in changed})
    new = _told({name: values[name] for name in changed})  # type: ignore[literal-required]
    noted(doing, "person.change", subject_of(user_id), before=old, after=new)
    return changed


def values_of(doing: Doing, account: Account) -> Mapping[str, Any]:
    """What is said about somebody now."""
    return {
        **{name: getattr(account, name) for name in _OF_ACCOUNT},
        "kind": account.kind,
        "company": account.company,
        "superior_id": account.superior_id,
        "roles": account.roles,
        "memberships": organisation.memberships_of(doing.connection, account.id),
    }


@telling_once()
def disable_person(doing: Doing, user_id: int) -> None:
    """Close an account: sessions and tokens end at once."""
    check_admin(doing)
    accounts.disable(doing.connection, user_id)


@telling_once()
def enable_person(doing: Doing, user_id: int) -> None:
    """Open a closed account again."""
    check_admin(doing)
    accounts.enable(doing.connection, user_id)


@telling_once()
def reset_password(doing: Doing, user_id: int, password: str, rules: Rules = DEFAULT) -> None:
    """Give somebody a password that they must change when they sign in; their sessions end."""
    check_admin(doing)
    accounts.set_password(doing.connection, user_id, password, rules=rules, must_change=True)


def _write(doing: Doing, account: Account, values: PersonValues) -> None:
    """Write what does not stand with the account; somebody who is from outside now leaves departments and teams."""
    connection, user_id = doing.connection, account.id
    if "roles" in values:
        accounts.set_roles(connection, user_id, values["roles"])
    if "kind" in values or "company" in values:
        kind = values.get("kind", account.kind)
        company = values.get("company", account.company)
        said = {"kind": kind, "company": company if kind != "member" else None}
        connection.execute(
            update(USER).where(USER.c.id == user_id).values(**said, updated_at=datetime.now(UTC))
        )
        if kind != "member":
            organisation.set_memberships(connection, user_id, ())
            organisation.set_superior(connection, user_id, None)
            connection.execute(delete(TEAM_MEMBER).where(TEAM_MEMBER.c.user_id == user_id))
            organisation_changed(connection)
    if "superior_id" in values:
        organisation.set_superior(connection, user_id, values["superior_id"])
    if "memberships" in values:
        organisation.set_memberships(connection, user_id, values["memberships"])


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the log keeps them; addresses and numbers of people stay out of it."""
    return {name: "…" if name in _PERSONAL and value else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return [
        {"department": each.department_id, "position": each.position_id, "main": each.is_main}
        if isinstance(each, Membership)
        else ".".join(each)
        for each in value
    ]
