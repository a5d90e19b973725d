"""Accounts: adding, changing, disabling, and the roles they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.text import LANGUAGES
from dougong.people import challenges, devices, passwords, sessions, tokens
from dougong.people.audit import noted
from dougong.people.messages import finding, refuse
from dougong.storage.system import USER, USER_ROLE

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+\-]{1,59}")
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST_NAME = 100
_PERSONAL = frozenset({"email", "phone"})
"""What the audit trail tells was changed, but not to what."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account as its administrators see it; never the password."""

    id: int
    login: str
    name: str
    email: str
    phone: str
    language: str
    timezone: str
    is_admin: bool
    is_disabled: bool
    must_change_password: bool
    created_at: datetime
    last_seen_at: datetime | None
    roles: tuple[tuple[str, str], ...] = ()
    kind: str = "member"
    company: str | None = None
    superior_id: int | None = None


def add(
    connection: Connection,
    login: str,
    *,
    name: str = "",
    password: str | None = None,
    email: str = "",
    phone: str = "",
    language: str = "zh",
    timezone: str = "Asia/Shanghai",
    is_admin: bool = False,
    must_change_password: bool = False,
    roles: Iterable[tuple[str, str]] = (),
    rules: passwords.Rules = passwords.DEFAULT,
) -> int:
    """Add an account and return its id; without a password it cannot sign in. Refused with all problems at once."""
    login = login.strip().casefold()
    name = name.strip() or login
    problems = _problems(login, name, language, timezone)
    if password is not None:
        problems += passwords.problems_of(password, login, name, rules)
    if problems:
        raise Refusal("invalid", problems)
    now = datetime.now(UTC)
    row = {
        "login": login,
        "name": name,
        "email": email.strip(),
        "phone": phone.strip(),
        "password_hash": None if password is None else passwords.hash_of(password, rules),
        "language": language,
        "timezone": timezone,
        "is_admin": is_admin,
        "must_change_password": must_change_password,
        "created_at": now,
        "updated_at": now,
    }
    try:
        with connection.begin_nested():
            user_id: int = connection.execute(insert(USER).values(row).returning(USER.c.id)).scalar_one()
    except IntegrityError as error:
        raise refuse("conflict", "login_taken", "login", login=login) from error
    noted(connection, "account.add", f"user:{user_id}", login=login, admin=is_admin)
    set_roles(connection, user_id, roles)
    return user_id


def change(connection: Connection, user_id: int, **values: Any) -> None:
    """Change name, email, phone, language, timezone or is_admin of an account; refused with all problems at once."""
    allowed = {"name", "email", "phone", "language", "timezone", "is_admin"}
    unknown = set(values) - allowed
    if unknown:
        raise TypeError(f"an account has no {', '.join(sorted(unknown))} to change")
    row = _row(connection, user_id)
    new = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    whole = {"name": row.name, "language": row.language, "timezone": row.timezone, **new}
    problems = _problems(row.login, whole["name"], whole["language"], whole["timezone"])
    if problems:
        raise Refusal("invalid", problems)
    if row.is_admin and new.get("is_admin") is False:
        _keep_an_admin(connection, user_id)
    connection.execute(update(USER).where(USER.c.id == user_id).values(**new, updated_at=datetime.now(UTC)))
    before = row._asdict()
    changed = {
        name: ["…", "…"] if name in _PERSONAL else [before[name], value]
        for name, value in new.items()
        if before[name] != value
    }
    if changed:
        noted(connection, "account.change", f"user:{user_id}", changes=changed)


def set_password(
    connection: Connection,
    user_id: int,
    password: str,
    keep_session: int | None = None,
    rules: passwords.Rules = passwords.DEFAULT,
    must_change: bool = False,
) -> None:
    """Give an account a new password; all its other sessions end at once and its browsers are strangers again, tokens stay (they
    are no passwords). `must_change` is for one that somebody else chose."""
    row = _row(connection, user_id)
    problems = passwords.problems_of(password, row.login, row.name, rules)
    if problems:
        raise Refusal("invalid", problems)
    changed = update(USER).where(USER.c.id == user_id)
    hashed = passwords.hash_of(password, rules)
    connection.execute(
        changed.values(password_hash=hashed, must_change_password=must_change, updated_at=datetime.now(UTC))
    )
    noted(connection, "account.password", f"user:{user_id}")
    sessions.revoke_all(connection, user_id, but=keep_session)
    devices.forget(connection, user_id)
    challenges.drop(connection, user_id)


def disable(connection: Connection, user_id: int) -> None:
    """Close an account: its sessions and tokens end at once, its records and history stay. Refused for the last admin."""
    row = _row(connection, user_id)
    if row.is_admin and row.disabled_at is None:
        _keep_an_admin(connection, user_id)
    now = datetime.now(UTC)
    connection.execute(update(USER).where(USER.c.id == user_id).values(disabled_at=now, updated_at=now))
    noted(connection, "account.disable", f"user:{user_id}")
    sessions.revoke_all(connection, user_id)
    tokens.revoke_all(connection, user_id)
    challenges.drop(connection, user_id)


def enable(connection: Connection, user_id: int) -> None:
    """Open a closed account again; it signs in anew."""
    _row(connection, user_id)
    connection.execute(
        update(USER).where(USER.c.id == user_id).values(disabled_at=None, updated_at=datetime.now(UTC))
    )
    noted(connection, "account.enable", f"user:{user_id}")


def set_roles(connection: Connection, user_id: int, roles: Iterable[tuple[str, str]]) -> None:
    """Give an account exactly these roles, as (app, role). Whether a role exists is known to the release, not here."""
    wanted = sorted(set(roles))
    for app, role in wanted:
        if not _ROLE.fullmatch(app) or not _ROLE.fullmatch(role):
            raise refuse("invalid", "role_form", "roles", example="app.role")
    held = select(USER_ROLE.c.app, USER_ROLE.c.role).where(USER_ROLE.c.user_id == user_id)
    before = sorted((row.app, row.role) for row in connection.execute(held))
    if before == wanted:
        return
    noted(connection, "account.roles", f"user:{user_id}", before=_named(before), after=_named(wanted))
    connection.execute(delete(USER_ROLE).where(USER_ROLE.c.user_id == user_id))
    if wanted:
        rows = [{"user_id": user_id, "app": app, "role": role} for app, role in wanted]
        connection.execute(insert(USER_ROLE), rows)


def _named(roles: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{app}.{role}" for app, role in roles]


def parse_role(text: str) -> tuple[str, str]:
    """Return (app, role) of `app.role`; refused for any other form."""
    app, point, role = text.partition(".")
    if not point or not _ROLE.fullmatch(app) or not _ROLE.fullmatch(role):
        raise refuse("invalid", "role_form", "roles", example="app.role")
    return app, role


def find(connection: Connection, login: str) -> Account | None:
    """Return the account with that login, disabled or not."""
    row = connection.execute(select(USER).where(USER.c.login == login.strip().casefold())).one_or_none()
    return None if row is None else _with_roles(connection, [row])[0]


def get(connection: Connection, user_id: int) -> Account:
    """Return the account with that id, disabled or not; refused (missing) when there is none."""
    return _with_roles(connection, [_row(connection, user_id)])[0]


def list_accounts(
    connection: Connection, *, q: str = "", active_only: bool = False, limit: int = 1000, offset: int = 0
) -> list[Account]:
    """Return accounts in the order of their logins, those whose login or name holds `q`."""
    query = select(USER).order_by(USER.c.login).limit(limit).offset(offset)
    if q:
        part = q.strip().casefold()
        query = query.where(
            or_(
                USER.c.login.contains(part, autoescape=True),
                func.lower(USER.c.name).contains(part, autoescape=True),
            )
        )
    if active_only:
        query = query.where(USER.c.disabled_at.is_(None))
    return _with_roles(connection, connection.execute(query).all())


def accounts_of(connection: Connection, query: Select[Any]) -> list[Account]:
    """Return the accounts that a query of whole rows finds, with their roles."""
    return _with_roles(connection, connection.execute(query).all())


def count(connection: Connection) -> int:
    """Return how many accounts there are; none means that the first administrator is still to be made."""
    found: int = connection.execute(select(func.count()).select_from(USER)).scalar_one()
    return found


def users_with_role(connection: Connection, app: str, role: str) -> tuple[int, ...]:
    """Return the active people who hold a role, in the order of their ids."""
    query = select(USER.c.id).join(USER_ROLE, USER_ROLE.c.user_id == USER.c.id)
    query = query.where(USER_ROLE.c.app == app, USER_ROLE.c.role == role, USER.c.disabled_at.is_(None))
    return tuple(connection.execute(query.order_by(USER.c.id)).scalars())


def admins(connection: Connection) -> tuple[int, ...]:
    """Return the active administrators, in the order of their ids."""
    query = select(USER.c.id).where(USER.c.is_admin, USER.c.disabled_at.is_(None))
    return tuple(connection.execute(query.order_by(USER.c.id)).scalars())


def _problems(login: str, name: str, language: str, timezone: str) -> list[Diagnostic]:
    problems = []
    if not _LOGIN.fullmatch(login):
        problems.append(finding("login_form", "login"))
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        problems.append(finding("name_form", "name"))
    if language not in LANGUAGES:
        problems.append(finding("language", "language", known=", ".join(LANGUAGES)))
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(finding("timezone", "timezone", name=timezone[:60]))
    return problems


def _row(connection: Connection, user_id: int) -> Row[Any]:
    row = connection.execute(select(USER).where(USER.c.id == user_id)).one_or_none()
    if row is None:
        raise refuse("missing", "no_account")
    return row


def _keep_an_admin(connection: Connection, user_id: int) -> None:
    if not set(admins(connection)) - {user_id}:
        raise refuse("conflict", "last_admin")


def _with_roles(connection: Connection, rows: Sequence[Row[Any]]) -> list[Account]:
    ids = [row.id for row in rows]
    held: dict[int, list[tuple[str, str]]] = {}
    query = select(USER_ROLE).where(USER_ROLE.c.user_id.in_(ids)).order_by(USER_ROLE.c.app, USER_ROLE.c.role)
    for found in connection.execute(query):
        held.setdefault(found.user_id, []).append((found.app, found.role))
    return [
        Account(
            id=row.id,
            login=row.login,
            name=row.name,
            email=row.email,
            phone=row.phone,
            language=row.language,
            timezone=row.timezone,
            is_admin=row.is_admin,
            is_disabled=row.disabled_at is not None,
            must_change_password=row.must_change_password,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            roles=tuple(held.get(row.id, ())),
            kind=row.kind,
            company=row.company,
            superior_id=row.superior_id,
        )
        for row in rows
    ]
