"""A new password by mail, for who has forgotten the old one.

Whether an account is known shows in nothing: what was typed is handed to a job as it is, and whoever asks is answered before
anybody has looked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from dougong.jobs import Job, Task, queue
from dougong.people import accounts, audit, limits, links
from dougong.people.actor import load_actor
from dougong.people.administration import subject_of
from dougong.people.link_mails import Reader, send
from dougong.people.messages import refuse
from dougong.people.passwords import DEFAULT, Rules
from dougong.storage.system import USER

TASK = "people.reset"
MOST_IN_AN_HOUR = 3
"""Mails for one account, so that nobody's letter box is filled by others."""
MOST_OF_ADDRESS = 20
"""Requests from one address within a quarter of an hour; each further one has to wait."""
_LONGEST = 300


def ask(connection: Connection, typed: str, address: str) -> None:
    """Take a request for a reset, by login or mail address, whoever is meant by it; refused (too_many) for who asks and asks."""
    limits.take(connection, limits.of_address("reset", address, MOST_OF_ADDRESS))
    text = "".join(each for each in typed.strip()[:_LONGEST] if each.isprintable())
    queue.enqueue(connection, TASK, {"typed": text}, max_attempts=3)


def task(minutes: int) -> Task:
    """The task that looks for whom a request means and sends the link; its result tells nothing about that."""

    def look(job: Job, arguments: Mapping[str, Any]) -> None:
        with job.writing() as connection:
            for user_id in _meant(connection, arguments["typed"]):
                _send(connection, user_id, minutes)
            job.complete(connection, None)

    return Task(TASK, look)


def send_reset(connection: Connection, user_id: int, minutes: int, created_by: int | None = None) -> int:
    """Send a link for a new password to the address of an account, and return the link's id."""
    person = accounts.get(connection, user_id)
    made = links.make(connection, "reset", user_id, person.email, timedelta(minutes=minutes), created_by)
    reader = Reader(person.email, person.name, person.login, person.language)
    send(connection, "reset", reader, made, minutes=minutes)
    return made


def reset(connection: Connection, secret: str, password: str, rules: Rules = DEFAULT) -> str:
    """Give an account a new password by a link, which is used up; all its sessions end, its owner is told. The login."""
    link = links.find(connection, secret)
    if link is None or link.purpose != "reset" or not links.use(connection, link):
        raise refuse("forbidden", "link_over")
    accounts.set_password(connection, link.user_id, password, rules=rules)
    send(connection, "password_changed", Reader(link.email, link.name, link.login, link.language))
    now = datetime.now(UTC)
    actor = load_actor(connection, link.user_id)
    audit.note(connection, actor, "screen", now, "person.reset", subject_of(link.user_id))
    return link.login


def _meant(connection: Connection, typed: str) -> list[int]:
    """The open accounts with a password that a login or an address means; a link goes to their own address only."""
    wanted = typed.casefold()
    query = (
        select(USER.c.id, USER.c.login, USER.c.email)
        .where(
            or_(USER.c.login == wanted, func.lower(USER.c.email) == typed.lower()),
            USER.c.disabled_at.is_(None),
            USER.c.password_hash.is_not(None),
            USER.c.email != "",
        )
        .order_by(USER.c.id)
        .limit(MOST_IN_AN_HOUR)
    )
    return [
        row.id
        for row in connection.execute(query)
        if row.login == wanted or row.email.lower() == typed.lower()
    ]


def _send(connection: Connection, user_id: int, minutes: int) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    if links.made_since(connection, user_id, "reset", since) < MOST_IN_AN_HOUR:
        send_reset(connection, user_id, minutes)
