"""Whose account it is that signs in by a provider: known by issuer and subject alone, linked or made where the settings allow it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dougong.people import accounts, audit
from dougong.people.actor import SYSTEM
from dougong.people.invitations import free_login
from dougong.people.messages import refuse
from dougong.people.oidc import Person
from dougong.people.oidc_providers import Provider
from dougong.storage.system import IDENTITY, USER


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """One sign-in at a provider that opens an account."""

    issuer: str
    name: str
    """How the provider calls the person: an e-mail address, a login or the bare subject."""
    created_at: datetime
    last_used_at: datetime | None


def account_for(
    connection: Connection, provider: Provider, person: Person, timezone: str, language: str
) -> int:
    """The account of who signed in at a provider; refused (forbidden) when there is none and none may be linked or made."""
    known = _known(connection, person)
    if known is not None:
        _require_active(connection, known)
        _note_use(connection, person)
        _follow_groups(connection, provider, known, person.groups)
        return known
    found = _by_email(connection, provider, person) if provider.links_by_email else None
    if found is None:
        if not provider.creates_accounts or not _is_welcome(provider, person):
            raise refuse("forbidden", "sign_on_no_account")
        found = _made(connection, provider, person, timezone, language)
    link(connection, found, person, provider)
    _follow_groups(connection, provider, found, person.groups)
    return found


def link(connection: Connection, user_id: int, person: Person, provider: Provider) -> None:
    """Let a sign-in at a provider open an account from now on; refused (conflict) when either is linked otherwise already."""
    known = _known(connection, person)
    if known == user_id:
        return
    taken = select(IDENTITY.c.subject).where(
        IDENTITY.c.user_id == user_id, IDENTITY.c.issuer == person.issuer
    )
    if known is not None or connection.execute(taken).first() is not None:
        raise refuse("conflict", "sign_on_taken")
    now = datetime.now(UTC)
    row = {
        "issuer": person.issuer,
        "subject": person.subject,
        "user_id": user_id,
        "name": person.email or person.login or person.subject,
        "created_at": now,
        "last_used_at": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(IDENTITY).values(row))
    except IntegrityError as error:
        raise refuse("conflict", "sign_on_taken") from error
    audit.note(connection, SYSTEM, "screen", now, "identity_linked", f"user:{user_id}", provider=provider.id)


def unlink(connection: Connection, user_id: int, issuer: str) -> bool:
    """Take a sign-in at a provider from an account; refused (conflict) when no other way in would be left."""
    mine = (IDENTITY.c.user_id == user_id, IDENTITY.c.issuer == issuer)
    has_password = select(USER.c.password_hash).where(USER.c.id == user_id)
    others = select(func.count()).select_from(IDENTITY).where(IDENTITY.c.user_id == user_id)
    if (
        connection.execute(has_password).scalar_one_or_none() is None
        and connection.execute(others).scalar_one() <= 1
    ):
        raise refuse("conflict", "sign_on_last")
    gone = connection.execute(delete(IDENTITY).where(*mine)).rowcount == 1
    if gone:
        audit.note(
            connection,
            SYSTEM,
            "screen",
            datetime.now(UTC),
            "identity_unlinked",
            f"user:{user_id}",
            issuer=issuer,
        )
    return gone


def linked(connection: Connection, user_id: int) -> list[LinkedIdentity]:
    """The sign-ins at providers that open an account, in the order of their issuers."""
    query = select(IDENTITY).where(IDENTITY.c.user_id == user_id).order_by(IDENTITY.c.issuer)
    return [
        LinkedIdentity(row.issuer, row.name, row.created_at, row.last_used_at)
        for row in connection.execute(query)
    ]


def _known(connection: Connection, person: Person) -> int | None:
    query = select(IDENTITY.c.user_id).where(
        IDENTITY.c.issuer == person.issuer, IDENTITY.c.subject == person.subject
    )
    found: int | None = connection.execute(query).scalar_one_or_none()
    return found


def _require_active(connection: Connection, user_id: int) -> None:
    query = select(USER.c.disabled_at).where(USER.c.id == user_id)
    if connection.execute(query).scalar_one() is not None:
        raise refuse("forbidden", "no_account")


def _note_use(connection: Connection, person: Person) -> None:
    mine = (IDENTITY.c.issuer == person.issuer, IDENTITY.c.subject == person.subject)
    changed = {"last_used_at": datetime.now(UTC), "name": person.email or person.login or person.subject}
    connection.execute(update(IDENTITY).where(*mine).values(changed))


def _by_email(connection: Connection, provider: Provider, person: Person) -> int | None:
    """The one active account with an address that the provider has verified, compared letter by letter but for their case."""
    if not person.email or not person.email_is_verified or not _is_welcome(provider, person):
        return None
    query = select(USER.c.id, USER.c.email, USER.c.disabled_at).where(
        func.lower(USER.c.email) == person.email.lower()
    )
    found = [row for row in connection.execute(query) if row.email.lower() == person.email.lower()]
    if not found:
        return None
    if len(found) > 1 or found[0].disabled_at is not None:
        raise refuse("forbidden", "sign_on_no_account")
    identifier: int = found[0].id
    return identifier


def _is_welcome(provider: Provider, person: Person) -> bool:
    """Whether the address belongs to one of the domains, where the settings name any."""
    if not provider.email_domains:
        return True
    return person.email_is_verified and person.email.rpartition("@")[2].lower() in provider.email_domains


def _made(connection: Connection, provider: Provider, person: Person, timezone: str, language: str) -> int:
    """A new account without a password, under a login that nobody has yet."""
    email = person.email if person.email_is_verified else ""
    login = free_login(connection, person.login or person.email or person.name)
    identifier = accounts.add(
        connection,
        login,
        name=person.name[:100],
        email=email,
        language=person.language or language,
        timezone=timezone,
        roles=provider.default_roles,
    )
    audit.note(
        connection,
        SYSTEM,
        "screen",
        datetime.now(UTC),
        "user_added",
        f"user:{identifier}",
        provider=provider.id,
    )
    return identifier


def _follow_groups(connection: Connection, provider: Provider, user_id: int, groups: Iterable[str]) -> None:
    """Give and take the roles that belong to groups of the provider; roles that none of its groups gives stay as they are."""
    mapped = dict(provider.group_roles)
    if not mapped:
        return
    governed = {role for roles in mapped.values() for role in roles}
    due = {role for group in groups for role in mapped.get(group, ())}
    before = set(accounts.get(connection, user_id).roles)
    after = (before - governed) | due | (set(provider.default_roles) & before)
    if after == before:
        return
    accounts.set_roles(connection, user_id, after)
    given = sorted(f"{app}.{role}" for app, role in after - before)
    taken = sorted(f"{app}.{role}" for app, role in before - after)
    audit.note(
        connection, SYSTEM, "screen", datetime.now(UTC), "roles_changed", f"user:{user_id}",
        provider=provider.id, given=given, taken=taken,
    )  # fmt: skip
