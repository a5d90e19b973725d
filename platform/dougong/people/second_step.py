"""The second step of a sign-in, after a right password: a code of the authenticator, a recovery code or a passkey."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dougong.people import (
    challenges,
    devices,
    limits,
    recovery,
    second_factor,
    security_letters,
    sessions,
    totp,
)
from dougong.people.audit import noted
from dougong.people.challenges import Challenge
from dougong.people.messages import refuse
from dougong.people.sealing import Keys
from dougong.people.sign_in import DEFAULT, SECOND_STEP, Entered, Rules, Visitor, enter
from dougong.storage.database import Database


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody is in; `carried` is what the first step brought along."""

    entered: Entered
    carried: Mapping[str, Any]


def waiting(connection: Connection, secret: str) -> tuple[Challenge, second_factor.Ways] | None:
    """The sign-in that waits for its second step, and what it can be passed with; nothing when it is over."""
    found = challenges.find(connection, SECOND_STEP, secret)
    if found is None or found.user_id is None:
        return None
    return found, second_factor.ways(connection, found.user_id)


def with_code(
    database: Database, secret: str, code: str, visitor: Visitor, keys: Keys, rules: Rules = DEFAULT
) -> Passed:
    """Pass with a code of the authenticator; refused (unauthorised, too_many) otherwise."""
    tries, user_id = _take(database, secret, "totp", visitor)
    with database.writing() as connection:
        if totp.check(connection, user_id, code, keys):
            return _pass(connection, secret, tries, visitor, sessions.TOTP, rules)
        noted(connection, "session.fail", f"user:{user_id}", step="code")
    raise refuse("unauthorised", "wrong_code")


def with_recovery_code(
    database: Database, secret: str, code: str, visitor: Visitor, rules: Rules = DEFAULT
) -> Passed:
    """Pass with a recovery code, which is thereby used up; refused (unauthorised, too_many) otherwise."""
    tries, user_id = _take(database, secret, "recovery", visitor)
    with database.reading() as connection:
        selector, code_hash = recovery.kept(connection, user_id, code)
    fits = recovery.fits(code_hash, code, rules.passwords)
    with database.writing() as connection:
        if fits and recovery.use(connection, user_id, selector):
            if rules.writes_letters:
                security_letters.tell(connection, user_id, "recovery_used")
            return _pass(connection, secret, tries, visitor, sessions.RECOVERY, rules)
        noted(connection, "session.fail", f"user:{user_id}", step="recovery")
    raise refuse("unauthorised", "wrong_recovery_code")


def with_passkey(
    database: Database,
    secret: str,
    check: Callable[[Connection, int], bool],
    visitor: Visitor,
    rules: Rules = DEFAULT,
) -> Passed:
    """Pass with a passkey of the person; `check` says whether what the browser sent is signed by one."""
    tries, user_id = _take(database, secret, "passkey", visitor)
    with database.writing() as connection:
        if not check(connection, user_id):
            raise refuse("unauthorised", "wrong_passkey")
        return _pass(connection, secret, tries, visitor, sessions.PASSKEY, rules)


def _take(
    database: Database, secret: str, kind: str, visitor: Visitor
) -> tuple[tuple[limits.Limit, ...], int]:
    """Count the try before it is looked at; refused when the sign-in is over."""
    with database.writing() as connection:
        found = challenges.find(connection, SECOND_STEP, secret)
        if found is None or found.user_id is None:
            raise refuse("unauthorised", "sign_in_over")
        known = devices.is_known(connection, found.user_id, visitor.device)
        tries = limits.of_code(kind, found.user_id, visitor.device if known else "")
        limits.take(connection, tries)
    return tries, found.user_id


def _pass(
    connection: Connection,
    secret: str,
    tries: tuple[limits.Limit, ...],
    visitor: Visitor,
    method: str,
    rules: Rules,
) -> Passed:
    """Begin the session in the transaction in which the proof was used up; once, and for an account that is still active."""
    found = challenges.find(connection, SECOND_STEP, secret)
    if found is None or found.user_id is None or not challenges.use(connection, found):
        raise refuse("unauthorised", "sign_in_over")
    limits.give_back(connection, tries)
    remembered = bool(found.data.get("remembered"))
    return Passed(enter(connection, found.user_id, visitor, remembered, method, rules), found.data)
