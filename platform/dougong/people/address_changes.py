"""Changing the own mail address: it is confirmed where mails will go, and told where they went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from dougong.jobs.mail import address_of
from dougong.people import accounts, audit, links
from dougong.people.actor import load_actor
from dougong.people.administration import subject_of
from dougong.people.link_mails import Reader, send
from dougong.people.messages import refuse

MOST_IN_AN_HOUR = 5


def ask(connection: Connection, user_id: int, email: str, minutes: int) -> int:
    """Send a link to a new address; the account keeps its own until the link is used. Refused for what is no address."""
    wanted = address_of(email, "email")
    person = accounts.get(connection, user_id)
    if not wanted or wanted == person.email:
        raise refuse("invalid", "same_email", "email")
    since = datetime.now(UTC) - timedelta(hours=1)
    if links.made_since(connection, user_id, "email", since) >= MOST_IN_AN_HOUR:
        raise refuse("too_many", "too_many_links", "email")
    made = links.make(connection, "email", user_id, wanted, timedelta(minutes=minutes), user_id)
    send(
        connection, "email", Reader(wanted, person.name, person.login, person.language), made, minutes=minutes
    )
    return made


def confirm(connection: Connection, secret: str) -> str:
    """Take the address that a link confirms, tell the old one, and return the login."""
    link = links.find(connection, secret)
    if link is None or link.purpose != "email" or not links.use(connection, link):
        raise refuse("forbidden", "link_over")
    before = accounts.get(connection, link.user_id)
    accounts.change(connection, link.user_id, email=link.email)
    links.revoke_all(connection, link.user_id, "reset")
    if before.email:
        reader = Reader(before.email, before.name, before.login, before.language)
        send(connection, "email_changed", reader, email=link.email)
    actor = load_actor(connection, link.user_id)
    audit.note(connection, actor, "screen", datetime.now(UTC), "person.email", subject_of(link.user_id))
    return link.login
