"""Passwords that are made for somebody: they can be read out, and nobody guesses them."""

from __future__ import annotations

import secrets

WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "islet",
    "jasper",
    "kite",
    "lotus",
    "maple",
    "north",
    "ocean",
    "pearl",
    "quartz",
    "river",
    "slate",
    "tulip",
)


def made_password() -> str:
    """A password that can be read out and that nobody guesses."""
    return "-".join(
        [
            *(secrets.choice(WORDS) for _ in range(3)),
            str(secrets.randbelow(9000) + 1000),
            secrets.token_hex(3),
        ]
    )
