"""The one-time token with which the first administrator is made: there is no default account."""

from __future__ import annotations

import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetupToken:
    """The token of this process, printed where the server was started; empty when an account exists already."""

    value: str = ""

    def fits(self, sent: str) -> bool:
        """Whether the token that was sent is the one."""
        return bool(self.value) and hmac.compare_digest(self.value.encode(), sent.strip().encode("utf-8", "replace"))
