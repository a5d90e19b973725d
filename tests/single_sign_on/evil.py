"""A provider of the tests' own that lies: it answers every request as told, token by token."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from dougong.people.oidc_providers import Provider
from tests.outbound.web import page, web

CLIENT, SHARED = "dougong", "the secret of the client, shared"


KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})


def part(document: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def by_secret(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """A token that is signed with what both sides know."""
    signed = f"{part(header)}.{part(claims)}"
    digest = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@dataclass(slots=True)
class Evil:
    """What it answers: claims over the honest ones (None takes one away), how the token is signed, whole documents in place of others."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signing: str = "honest"
    documents: dict[str, Any] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    nonce: str = ""
    asked: list[str] = field(default_factory=list)

    def visited(self, address: str) -> str:
        """Somebody signs in at it: remembers the nonce, and gives the state."""
        sent = parse_qs(urlsplit(address).query)
        self.nonce = sent["nonce"][0]
        return sent["state"][0]

    def serve(self, connection: socket.socket, head: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        self.asked.append(path)
        document = self.documents.get(path, self._honest(path))
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        status = self.status.get(path, 200)
        connection.sendall(page(body, f"{status} Answer", "Content-Type: application/json"))

    def _honest(self, path: str) -> Any:
        match path:
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/auth",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "userinfo_endpoint": f"{self.issuer}/me",
                }
            case "/keys":
                return {"keys": [KEY.as_dict(private=False)]}
            case "/token":
                return {"access_token": "access", "token_type": "Bearer", "id_token": self.token()}
            case "/me":
                return {"sub": "somebody", "email": "eve@example.com", "email_verified": True, "name": "Eve"}
        return {}

    def token(self) -> str:
        """The ID token, signed as told."""
        now = int(time.time())
        honest = {
            "iss": self.issuer, "sub": "somebody", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce,
        }  # fmt: skip
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        header = {"alg": "RS256", "kid": "one"}
        match self.signing:
            case "honest":
                return jwt.encode(header, claims, KEY)
            case "other key":
                return jwt.encode(header, claims, OTHER)
            case "own key in the header":
                carried = {**header, "jwk": OTHER.as_dict(private=False)}
                return jwt.encode(carried, claims, OTHER)
            case "none":
                return f"{part({'alg': 'none'})}.{part(claims)}."
            case "nOnE":
                return f"{part({'alg': 'nOnE', 'kid': 'one'})}.{part(claims)}."
            case "public key as secret":
                return by_secret({"alg": "HS256", "kid": "one"}, claims, KEY.as_pem(private=False))
            case "client secret":
                return by_secret({"alg": "HS256"}, claims, SHARED.encode())
            case "changed":
                first, _, last = jwt.encode(header, claims, KEY).split(".")
                return f"{first}.{part({**claims, 'sub': 'admin'})}.{last}"
            case "unknown kid":
                return jwt.encode({"alg": "RS256", "kid": "two"}, claims, KEY)
        return self.signing


def as_settings(evil: Evil, **more: Any) -> Provider:
    """The provider as the settings name it; it may do everything, so that only the checks of its answers stand in its way."""
    labels = (("zh", "坏平台"), ("en", "Evil"))
    return Provider(
        "evil", evil.issuer, CLIENT, labels, SHARED, creates_accounts=True, links_by_email=True, **more
    )  # fmt: skip


@contextmanager
def evil() -> Iterator[Evil]:
    """One that listens until the end of the block."""
    it = Evil()
    with web(lambda connection, head: it.serve(connection, head)) as server:
        it.issuer = f"http://127.0.0.1:{server.port}"
        yield it
