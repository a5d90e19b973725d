"""Secrets that must be read again are sealed before they are kept, with a key that is never in the database.

The key lies in a file that only its owner may read; it is made when it is first needed. The first line of the file seals, every line
opens, so that a key is changed by putting a new line before the others. What is sealed tells for what, and opens for nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dougong.people.messages import refuse

KEY_BYTES = 32
_NONCE = 12
_FORM = "1"


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the key lies."""

    path: Path

    def seal(self, text: str, purpose: str) -> str:
        """Seal a text for a purpose, such as whose secret it is."""
        key = self._read(make=True)[0]
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), purpose.encode())
        return f"{_FORM}.{_name(key)}.{base64.urlsafe_b64encode(sealed).decode()}"

    def unseal(self, sealed: str, purpose: str) -> str:
        """Open what was sealed for a purpose; refused (unavailable) when the key is another one or it was tampered with."""
        form, _, rest = sealed.partition(".")
        name, _, body = rest.partition(".")
        key = next((each for each in self._read() if _name(each) == name), None)
        try:
            if form != _FORM or key is None:
                raise refuse("unavailable", "sealed")
            data = base64.urlsafe_b64decode(body)
            return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise refuse("unavailable", "sealed") from error

    def _read(self, make: bool = False) -> list[bytes]:
        if make and not self.path.exists():
            _make(self.path)
        try:
            lines = self.path.read_text("ascii").split()
            keys = [base64.urlsafe_b64decode(line) for line in lines]
        except (OSError, ValueError) as error:
            raise refuse("unavailable", "key_file") from error
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise refuse("unavailable", "key_file")
        return keys


def _make(path: Path) -> None:
    """Write a new key; of several processes that do so at the same time one wins and the others use its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def _name(key: bytes) -> str:
    """What a key is called in what it sealed: nothing of it can be learned from that."""
    return hashlib.sha256(b"name of a key" + key).hexdigest()[:12]
