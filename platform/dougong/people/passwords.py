"""Passwords: how they are kept, compared and judged."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from dougong.diagnostics import Diagnostic
from dougong.people.breached import is_breached
from dougong.people.common_passwords import is_among_the_usual
from dougong.people.messages import finding

LONGEST = 256


@dataclass(frozen=True, slots=True)
class Rules:
    """How passwords are judged, and how much work it is to guess one that is kept (argon2id).

    By default 19 MiB and three passes, more than OWASP asks for at the least; a sign-in takes some tens of milliseconds.
    """

    shortest: int = 12
    memory: int = 19 * 1024
    """In KiB."""
    passes: int = 3
    breached: Path | None = None
    """A sorted file of the SHA-1 sums of passwords that are known to have leaked."""


DEFAULT = Rules()

_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "qazwsxedcrfv",
)
_WORDS = frozenset(
    """
    password passwort passw0rd mima admin administrator root welcome letmein login master monkey dragon football baseball
    sunshine princess iloveyou woaini woaini1314 aini shadow superman batman michael jordan hello secret test guest user
    changeme default dougong company crm china beijing shanghai shenzhen money summer winter spring autumn
    qwerty asdf zxcv abc abcd q1w2e3r4 a1b2c3 trustno zaq whatever freedom computer internet starwars
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_TAIL = re.compile(r"[0-9!@#$%^&*._\-]+$")
_HEAD = re.compile(r"^[0-9!@#$%^&*._\-]+")
_LEET = str.maketrans("0134578@$!", "oleastbasi")


def normal(password: str) -> str:
    """Return the password in Unicode form NFKC, so that it is the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def hash_of(password: str, rules: Rules = DEFAULT) -> str:
    """Return what is kept in place of a password."""
    return _hasher(rules).hash(normal(password).encode("utf-8", "surrogatepass"))


def matches(kept: str | None, password: str, rules: Rules = DEFAULT) -> bool:
    """Say whether a password is the one that was hashed. An account without one, or none at all, costs the same time."""
    given = normal(password[: LONGEST + 1]).encode("utf-8", "surrogatepass")
    try:
        return _hasher(rules).verify(kept or _dummy(rules), given) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str, rules: Rules = DEFAULT) -> bool:
    """Say whether a hash was made with other parameters and should be made anew at the next sign-in."""
    return _hasher(rules).check_needs_rehash(kept)


@lru_cache(maxsize=8)
def _hasher(rules: Rules) -> PasswordHasher:
    return PasswordHasher(time_cost=rules.passes, memory_cost=rules.memory, parallelism=1)


@lru_cache(maxsize=8)
def _dummy(rules: Rules) -> str:
    return _hasher(rules).hash("nobody has this password")


def warm_up(rules: Rules = DEFAULT) -> None:
    """Make the hash that unknown logins are compared with, so that the first of them does not take longer."""
    _dummy(rules)


def problems_of(password: str, login: str = "", name: str = "", rules: Rules = DEFAULT) -> list[Diagnostic]:
    """Return what speaks against a new password: length, being among those everybody tries first or that have leaked, or
    naming its owner. There are no rules about the kinds of characters: they make passwords worse."""
    if len(password) < rules.shortest:
        return [finding("password_short", "password", minimum=rules.shortest)]
    if len(password) > LONGEST:
        return [finding("password_long", "password", maximum=LONGEST)]
    if is_common(password):
        return [finding("password_common", "password")]
    if rules.breached is not None and is_breached(rules.breached, normal(password)):
        return [finding("password_breached", "password")]
    folded = normal(password).casefold()
    if any(
        len(part) >= 3 and part in folded
        for part in (login.split("@")[0].casefold(), name.casefold().replace(" ", ""))
    ):
        return [finding("password_about_you", "password")]
    return []


def is_common(password: str) -> bool:
    """Say whether a rule makes the password: few characters repeated, keys side by side, a year or birthday, a usual word."""
    folded = normal(password).casefold()
    if len(set(folded)) <= 3 or _repeats(folded) or _is_run(folded) or is_among_the_usual(folded):
        return True
    if folded.isdigit() and len(folded) == 8 and _is_birthday(folded):
        return True
    core = _TAIL.sub("", _HEAD.sub("", folded))
    plain = core.translate(_LEET)
    return (
        core in _WORDS
        or plain in _WORDS
        or _repeats_word(plain)
        or _TAIL.sub("", folded).translate(_LEET) in _WORDS
    )


def _repeats(text: str) -> bool:
    """`abcabcabc`, `12341234`: one short piece again and again."""
    return any(
        text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1)
    )


def _repeats_word(text: str) -> bool:
    half = len(text) // 2
    return half >= 3 and text[:half] == text[half:] and text[:half] in _WORDS


def _is_run(text: str) -> bool:
    """Whether keys that lie side by side, or an alphabet, make up the whole of it."""
    rest = text
    while rest:
        longest = max(
            (_common_run(rest, row) for row in _ROWS for row in (row + row, (row + row)[::-1])), default=0
        )
        if longest < 3:
            return len(rest) <= 1 and rest != text
        rest = rest[longest:]
    return True


def _common_run(text: str, row: str) -> int:
    size = 0
    while size < len(text) and text[: size + 1] in row:
        size += 1
    return size


def _is_birthday(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return 1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31
