"""Making the first administrator: only with the token that the server printed, only as long as there is none."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from dougong.people import accounts, passwords
from dougong.people.messages import refuse
from dougong.people.secrets_ import digest, new_secret
from dougong.storage.system import STATE

LASTS = timedelta(hours=24)
_MARK = "sha256"


def new_token() -> tuple[str, str]:
    """A token to print, and what the processes of the server keep of it: its hash and when it ends."""
    token = new_secret()
    return token, f"{_MARK}:{digest(token)}:{int((datetime.now(UTC) + LASTS).timestamp())}"


def token_fits(kept: str, sent: str) -> bool:
    """Whether a token is the one that the settings hold, as a hash that ends or, given by whoever runs the server, as it is."""
    if not kept:
        return False
    mark, _, rest = kept.partition(":")
    if mark != _MARK:
        return hmac.compare_digest(kept.encode(), sent.strip().encode("utf-8", "replace"))
    hashed, _, ends = rest.partition(":")
    given = hashlib.sha256(sent.strip().encode("utf-8", "replace")).hexdigest()
    is_over = not ends.isdigit() or int(ends) <= datetime.now(UTC).timestamp()
    return hmac.compare_digest(hashed.encode(), given.encode()) and not is_over


def needs_administrator(connection: Connection) -> bool:
    """Whether there is nobody who administers."""
    return not accounts.admins(connection)


def make_administrator(
    connection: Connection,
    login: str,
    *,
    name: str,
    password: str,
    language: str,
    timezone: str,
    rules: passwords.Rules = passwords.DEFAULT,
) -> int:
    """Make the first administrator and return the id; of several at once, one gets through and the others are refused (conflict)."""
    connection.execute(select(STATE.c.id).with_for_update()).all()
    if not needs_administrator(connection):
        raise refuse("conflict", "has_administrator")
    return accounts.add(
        connection,
        login,
        name=name,
        password=password,
        is_admin=True,
        language=language,
        timezone=timezone,
        rules=rules,
    )
