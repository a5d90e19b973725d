"""Inviting people by mail: an account without a password, and a link with which its owner chooses one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from sqlalchemy import Connection, func, select

from dougong.jobs.mail import address_of
from dougong.model.text import LANGUAGES
from dougong.people import accounts, audit, links
from dougong.people.accounts import Account
from dougong.people.actor import load_actor
from dougong.people.administration import add_person, subject_of
from dougong.people.doing import Doing, check_admin, noted
from dougong.people.link_mails import Reader, send
from dougong.people.messages import refuse
from dougong.people.passwords import DEFAULT, Rules
from dougong.people.person_values import PersonValues
from dougong.storage.system import LINK, USER

MOST = 200
_BREAKS = re.compile(r"[,;，；、\n\r]+")
_SPACE = re.compile(r"\s+")
_NOT_A_LOGIN = re.compile(r"[^a-z0-9._@+\-]+")
_LONGEST_LOGIN = 60


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of one address: invited (a new account), again (one that has no password yet) or known (one in use)."""

    email: str
    outcome: str
    user_id: int
    link_id: int | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as administrators see it. `state` is open, accepted, revoked, expired or over (the account has changed)."""

    id: int
    user_id: int
    login: str
    name: str
    email: str
    state: str
    created_at: datetime
    expires_at: datetime
    by: str


def addresses_in(text: str) -> list[tuple[str, str]]:
    """(name, address) of each address in a pasted text, one a line or between commas; refused for what is none."""
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in _BREAKS.split(text))):
        pieces = [part] if "<" in part else _SPACE.split(part)
        for piece in pieces:
            name, address = parseaddr(piece) if "<" in piece else ("", piece)
            email = address_of(address or piece, "emails")
            found.setdefault(email, name.strip())
    if not 1 <= len(found) <= MOST:
        raise refuse("invalid", "invite_count", "emails", most=MOST)
    return [(name, email) for email, name in found.items()]


def invite(
    doing: Doing,
    people: Iterable[tuple[str, str]],
    *,
    roles: Sequence[tuple[str, str]] = (),
    language: str,
    timezone: str,
    days: int,
) -> list[Invited]:
    """Invite people by (name, address). All of them or, when one is refused, nobody; mails leave when the transaction is done."""
    check_admin(doing)
    if language not in LANGUAGES:
        raise refuse("invalid", "language", "language", known=", ".join(LANGUAGES))
    return [_invite(doing, name, email, roles, language, timezone, days) for name, email in people]


def _invite(
    doing: Doing,
    name: str,
    email: str,
    roles: Sequence[tuple[str, str]],
    language: str,
    timezone: str,
    days: int,
) -> Invited:
    found = _with_email(doing.connection, email)
    if found is None:
        values = PersonValues(
            name=(name or email.partition("@")[0])[:100],
            email=email,
            language=language,
            timezone=timezone,
            roles=tuple(roles),
        )
        found = add_person(doing, free_login(doing.connection, email), values)
        return Invited(email, "invited", found, _link(doing, found, days))
    if not _waits(doing.connection, found):
        return Invited(email, "known", found)
    return Invited(email, "again", found, _link(doing, found, days))


def resend(doing: Doing, invitation: int, days: int) -> int:
    """Send an invitation anew, with a new link and a new end; the id of the new link. Refused when its account is in use."""
    check_admin(doing)
    user_id = _invited(doing.connection, invitation)
    if not _waits(doing.connection, user_id):
        raise refuse("conflict", "invite_done")
    return _link(doing, user_id, days)


def revoke(doing: Doing, invitation: int) -> None:
    """End an invitation: its link opens nothing any more. Refused (conflict) when it cannot be used anyway."""
    check_admin(doing)
    user_id = _invited(doing.connection, invitation)
    if not links.revoke(doing.connection, invitation, "invitation"):
        raise refuse("conflict", "invite_done")
    noted(doing, "person.uninvite", subject_of(user_id))


def accept(
    connection: Connection, secret: str, *, name: str, password: str, language: str, rules: Rules = DEFAULT
) -> Account:
    """Take an invitation: the account gets its owner's name, password and language, and the link is used up."""
    link = links.find(connection, secret)
    if link is None or link.purpose != "invitation" or not links.use(connection, link):
        raise refuse("forbidden", "link_over")
    accounts.change(connection, link.user_id, name=name, language=language)
    accounts.set_password(connection, link.user_id, password, rules=rules)
    actor = load_actor(connection, link.user_id)
    audit.note(connection, actor, "screen", datetime.now(UTC), "person.join", subject_of(link.user_id))
    return accounts.get(connection, link.user_id)


def invitations(connection: Connection, limit: int = 200) -> list[Invitation]:
    """The last invitation of each account, newest first."""
    last = select(func.max(LINK.c.id)).where(LINK.c.purpose == "invitation").group_by(LINK.c.user_id)
    by = USER.alias("inviter")
    query = (
        select(
            LINK, USER.c.login, USER.c.name, USER.c.password_hash, USER.c.disabled_at, by.c.name.label("by")
        )
        .join(USER, USER.c.id == LINK.c.user_id)
        .outerjoin(by, by.c.id == LINK.c.created_by)
        .where(LINK.c.id.in_(last))
        .order_by(LINK.c.id.desc())
        .limit(limit)
    )
    now = datetime.now(UTC)
    found = []
    for row in connection.execute(query):
        state = "open"
        if row.used_at is not None:
            state = "accepted"
        elif row.revoked_at is not None:
            state = "revoked"
        elif row.password_hash is not None or row.disabled_at is not None:
            state = "over"
        elif row.expires_at <= now:
            state = "expired"
        found.append(
            Invitation(
                row.id, row.user_id, row.login, row.name, row.email, state, row.created_at, row.expires_at,
                row.by or "",
            )
        )  # fmt: skip
    return found


def free_login(connection: Connection, text: str) -> str:
    """A login that nobody has, like a text: small letters, digits and a few signs, with a number where it is taken."""
    plain = _NOT_A_LOGIN.sub("", text.casefold()).lstrip("._@+-")[:_LONGEST_LOGIN]
    wanted = plain if len(plain) >= 2 else f"user{plain}"
    login, number = wanted, 1
    while accounts.find(connection, login) is not None:
        number += 1
        login = f"{wanted[: _LONGEST_LOGIN - len(str(number)) - 1]}-{number}"
    return login


def _link(doing: Doing, user_id: int, days: int) -> int:
    person = accounts.get(doing.connection, user_id)
    lasts = timedelta(days=days)
    made = links.make(doing.connection, "invitation", user_id, person.email, lasts, doing.actor.id or None)
    reader = Reader(person.email, person.name, person.login, person.language)
    send(doing.connection, "invitation", reader, made, by=doing.actor.name, days=days)
    noted(doing, "person.invite", subject_of(user_id))
    return made


def _with_email(connection: Connection, email: str) -> int | None:
    """The account with that address, compared letter by letter but for their case; the first of several."""
    query = (
        select(USER.c.id, USER.c.email).where(func.lower(USER.c.email) == email.lower()).order_by(USER.c.id)
    )
    return next((row.id for row in connection.execute(query) if row.email.lower() == email.lower()), None)


def _waits(connection: Connection, user_id: int) -> bool:
    """Whether nobody has chosen a password for an account yet."""
    row = connection.execute(select(USER).where(USER.c.id == user_id)).one()
    return row.password_hash is None and row.disabled_at is None and bool(row.email)


def _invited(connection: Connection, invitation: int) -> int:
    query = select(LINK.c.user_id).where(LINK.c.id == invitation, LINK.c.purpose == "invitation")
    found: int | None = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise refuse("missing", "no_invitation")
    return found
