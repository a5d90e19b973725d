"""Secrets that the platform hands out once and keeps only as a hash."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def new_secret() -> str:
    """Return a fresh secret of 256 random bits, safe in URLs and headers."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It has full entropy, so a fast hash is enough and lookups by it leak nothing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
