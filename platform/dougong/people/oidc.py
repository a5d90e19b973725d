"""Signing in by a provider of OpenID Connect: the code flow with PKCE, from the first address to what is known of the person.

Nothing is kept on the server while somebody is away at the provider. The browser keeps one random secret in a cookie, from which
state, nonce and code verifier are derived: an answer is only taken in the browser that asked, for the provider that was asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from dougong.people.messages import refuse
from dougong.people.oidc_directory import Directory, Metadata, Untrusted, decoded
from dougong.people.oidc_providers import Provider
from dougong.people.oidc_tokens import verified_claims

_ERROR = re.compile(r"[a-z_]{1,60}")
_LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True)
class Journey:
    """One sign-in under way. `secret` is in the browser's cookie, `bound` is the form token of who links an account."""

    provider: Provider
    secret: str
    back: str
    """The address at this server to which the provider sends the browser back."""
    bound: str = ""

    @property
    def state(self) -> str:
        """What the provider gives back unchanged."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the ID token must repeat."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What proves to the provider that the code is redeemed by who asked for it."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        text = "\x1f".join((purpose, self.provider.id, self.provider.issuer, self.bound))
        return _unpadded(hmac.digest(self.secret.encode(), text.encode(), "sha256"))


@dataclass(frozen=True, slots=True)
class Person:
    """What a provider says about who has signed in there; only issuer and subject say for good who that is."""

    issuer: str
    subject: str
    email: str = ""
    email_is_verified: bool = False
    name: str = ""
    login: str = ""
    language: str = ""
    groups: tuple[str, ...] = ()


def address_of(directory: Directory, journey: Journey, language: str) -> str:
    """The address at the provider where the person signs in."""
    challenge = _unpadded(hashlib.sha256(journey.verifier.encode()).digest())
    parameters = {
        "response_type": "code",
        "client_id": journey.provider.client_id,
        "redirect_uri": journey.back,
        "scope": " ".join(journey.provider.scopes),
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": "zh-CN zh" if language == "zh" else "en",
    }
    return _with(directory.metadata(journey.provider).authorization, parameters)


def person_of(directory: Directory, journey: Journey, answer: Mapping[str, str]) -> Person:
    """Who has signed in, from the parameters with which the provider sent the browser back.

    Refused where the person or the provider did not want to, OutboundError where the provider cannot be asked, and Untrusted
    for an answer that is not what it should be.
    """
    sent = answer.get("state", "")
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), journey.state.encode()):
        raise refuse("forbidden", "sign_on_state")
    metadata = directory.metadata(journey.provider)
    _check_issuer(journey.provider, metadata, answer)
    if "error" in answer:
        raise refuse("forbidden", "sign_on_declined")
    code = answer.get("code", "")
    if not 1 <= len(code) <= _LONGEST_CODE:
        raise Untrusted("there is no code")
    tokens = _redeemed(directory, journey, metadata, code)
    claims = dict(verified_claims(directory, journey.provider, tokens.get("id_token"), journey.nonce))
    claims = {**_more(directory, journey.provider, metadata, tokens, claims), **claims}
    return _person(journey.provider, claims)


def leaving_address(directory: Directory, provider: Provider, back: str) -> str:
    """The address at the provider where the person signs out of it too; empty when it has none."""
    place = directory.metadata(provider).end_session
    parameters = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    return _with(place, parameters) if place else ""


def _check_issuer(provider: Provider, metadata: Metadata, answer: Mapping[str, str]) -> None:
    """An answer that names its issuer names the one that was asked: nobody redeems the code of one provider at another."""
    named = answer.get("iss")
    if named is None and metadata.names_issuer:
        raise Untrusted("the answer does not name its issuer")
    if named is not None and named != provider.issuer:
        raise Untrusted("the answer is by another issuer")


def _redeemed(directory: Directory, journey: Journey, metadata: Metadata, code: str) -> dict[str, Any]:
    """The tokens for a code, which the provider gives only once and only to this client."""
    provider = journey.provider
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.back,
        "code_verifier": journey.verifier,
        "client_id": provider.client_id,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if provider.secret:
        if "client_secret_basic" in metadata.token_methods:
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            body["client_secret"] = provider.secret
    answer = directory.client.send("POST", metadata.token, headers, urlencode(body).encode())
    document = decoded(answer.body)
    if answer.status != 200 or not isinstance(document, dict):
        error = document.get("error") if isinstance(document, dict) else None
        known = error if isinstance(error, str) and _ERROR.fullmatch(error) else "no reason"
        raise Untrusted(f"the code is not taken: {answer.status} {known}")
    return document


def _more(
    directory: Directory,
    provider: Provider,
    metadata: Metadata,
    tokens: Mapping[str, Any],
    claims: Mapping[str, Any],
) -> dict[str, Any]:
    """What the provider tells only when asked again: most leave all but the subject out of the ID token."""
    access = tokens.get("access_token")
    wanted = {"email", "name"} | ({provider.groups_claim} if provider.group_roles else set())
    if not metadata.userinfo or not isinstance(access, str) or wanted <= set(claims):
        return {}
    if not access.isascii() or not access.isprintable():
        raise Untrusted("the access token is none")
    document = directory.document(provider, metadata.userinfo, {"Authorization": f"Bearer {access}"})
    if not isinstance(document, dict) or document.get("sub") != claims["sub"]:
        raise Untrusted("the provider tells about somebody else")
    return document


def _person(provider: Provider, claims: Mapping[str, Any]) -> Person:
    groups = claims.get(provider.groups_claim)
    listed = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Person(
        provider.issuer,
        str(claims["sub"]),
        _text(claims, "email"),
        claims.get("email_verified") in (True, "true"),
        _text(claims, "name"),
        _text(claims, "preferred_username"),
        "zh" if _text(claims, "locale").lower().startswith("zh") else "en" if claims.get("locale") else "",
        tuple(each for each in listed if isinstance(each, str)),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= 300 and value.isprintable() else ""


def _with(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def _unpadded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
