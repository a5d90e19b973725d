"""ID tokens: who says what about whom, and whether it is to be believed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from dougong.people.oidc_directory import Directory, Key, Untrusted
from dougong.people.oidc_providers import Provider

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Signatures that need a private key to be made: neither `none` nor those made with a secret that the client holds too."""
_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
SKEW_SECONDS = 60
OLDEST_SECONDS = 600
_LONGEST = 64 * 1024
_LONGEST_SUBJECT = 255


def verified_claims(directory: Directory, provider: Provider, token: object, nonce: str) -> Mapping[str, Any]:
    """The claims of an ID token that was just made, by this provider, for this client and this very sign-in; else Untrusted."""
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise Untrusted("there is no ID token")
    claims = _signed(directory, provider, token)
    if claims.get("iss") != provider.issuer:
        raise Untrusted("the token is by another issuer")
    _check_audience(claims, provider.client_id)
    _check_times(claims)
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise Untrusted("the token is not for this sign-in (nonce)")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise Untrusted("the token names no subject")
    return claims


def _signed(directory: Directory, provider: Provider, token: str) -> dict[str, Any]:
    """The claims of a token whose signature is by one of the provider's keys."""
    header = _header(token)
    algorithm, named = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise Untrusted("the token is signed in a way that is not taken")
    if named is not None and not isinstance(named, str):
        raise Untrusted("the token names no key")
    for key in _candidates(directory.keys(provider, named), str(algorithm), named):
        try:
            return dict(jwt.decode(token, key, algorithms=[str(algorithm)]).claims)
        except (JoseError, ValueError, TypeError):
            continue
    raise Untrusted("the token is not signed by a key of the provider")


def _header(token: str) -> dict[str, Any]:
    try:
        header = msgspec.json.decode(urlsafe_b64decode(token.partition(".")[0].encode()))
    except (ValueError, msgspec.DecodeError) as error:
        raise Untrusted("the token cannot be read") from error
    if not isinstance(header, dict):
        raise Untrusted("the token cannot be read")
    return header


def _candidates(keys: tuple[Key, ...], algorithm: str, named: str | None) -> list[Key]:
    """The keys that may have made a signature: of the kind that the algorithm needs, and of the name, where one is given."""
    kind = _KINDS[algorithm[:2]]
    return [
        each
        for each in keys
        if each.key_type == kind
        and (named is None or each.kid == named)
        and each.as_dict(private=False).get("alg", algorithm) == algorithm
    ]


def _check_audience(claims: Mapping[str, Any], client: str) -> None:
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or client not in audiences:
        raise Untrusted("the token is for another client")
    party = claims.get("azp")
    if party != client and (party is not None or len(audiences) > 1):
        raise Untrusted("the token was made for another client")


def _check_times(claims: Mapping[str, Any]) -> None:
    now = datetime.now(UTC).timestamp()
    expires, made, begins = (_moment(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or expires <= now - SKEW_SECONDS:
        raise Untrusted("the token has expired")
    if made is None or made > now + SKEW_SECONDS or made < now - OLDEST_SECONDS:
        raise Untrusted("the token was not made just now")
    if begins is not None and begins > now + SKEW_SECONDS:
        raise Untrusted("the token is not valid yet")


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Untrusted(f"{name} is no time")
    return float(value)
