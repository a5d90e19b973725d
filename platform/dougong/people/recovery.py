"""Recovery codes: for who has lost the second factor. Ten of them, shown once, each good for one use."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from dougong.people import passwords
from dougong.people.passwords import DEFAULT, Rules
from dougong.storage.system import RECOVERY_CODE

COUNT = 10
GROUPS, GROUP = 4, 4
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""No letters that look like figures, and no vowels that would make words of them but a and e."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new code, and what is kept of it."""

    code: str
    code_hash: str


def make(rules: Rules = DEFAULT) -> tuple[Made, ...]:
    """Make new codes; as slow as ten passwords, so not for inside a transaction."""
    selectors: set[str] = set()
    while len(selectors) < COUNT:
        selectors.add(_group())
    codes = ["-".join([selector, *(_group() for _ in range(GROUPS - 1))]) for selector in sorted(selectors)]
    return tuple(Made(code, passwords.hash_of(_plain(code), rules)) for code in codes)


def keep(connection: Connection, user_id: int, made: Sequence[Made]) -> None:
    """Give a person new codes; those before are void."""
    now = datetime.now(UTC)
    forget(connection, user_id)
    rows = [
        {"user_id": user_id, "selector": each.code[:GROUP], "code_hash": each.code_hash, "created_at": now}
        for each in made
    ]
    connection.execute(insert(RECOVERY_CODE), rows)


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(GROUP))


def kept(connection: Connection, user_id: int, code: str) -> tuple[str, str | None]:
    """The selector of what was typed, and the hash of the unused code of a person that begins with it."""
    selector = _plain(code)[:GROUP]
    query = select(RECOVERY_CODE.c.code_hash).where(
        RECOVERY_CODE.c.user_id == user_id,
        RECOVERY_CODE.c.selector == selector,
        RECOVERY_CODE.c.used_at.is_(None),
    )
    return selector, connection.execute(query).scalar_one_or_none()


def fits(code_hash: str | None, code: str, rules: Rules = DEFAULT) -> bool:
    """Whether a typed code is the one with that hash; as slow as a password, so not for inside a transaction."""
    return passwords.matches(code_hash, _plain(code), rules)


def use(connection: Connection, user_id: int, selector: str) -> bool:
    """Use a code up; False when somebody else just did."""
    mine = (RECOVERY_CODE.c.user_id == user_id, RECOVERY_CODE.c.selector == selector)
    unused = update(RECOVERY_CODE).where(*mine, RECOVERY_CODE.c.used_at.is_(None))
    return connection.execute(unused.values(used_at=datetime.now(UTC))).rowcount == 1


def left(connection: Connection, user_id: int) -> int:
    """How many codes a person has that were not used."""
    query = select(func.count()).select_from(RECOVERY_CODE)
    mine = query.where(RECOVERY_CODE.c.user_id == user_id, RECOVERY_CODE.c.used_at.is_(None))
    found: int = connection.execute(mine).scalar_one()
    return found


def forget(connection: Connection, user_id: int) -> None:
    """Make all codes of a person void."""
    connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.user_id == user_id))


def _plain(code: str) -> str:
    """What counts of what was typed: letters and figures, whatever their case, width and what stands between them."""
    folded = unicodedata.normalize("NFKC", code[:100]).casefold()
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
