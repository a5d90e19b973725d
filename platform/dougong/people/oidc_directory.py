"""What providers publish about themselves, their endpoints and keys: fetched when needed, checked, kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from dougong.outbound import Client, Limits, OutboundError
from dougong.people.messages import refuse
from dougong.people.oidc_providers import Provider, is_trustworthy

KEPT_SECONDS = 3600
FRESH_KEYS_AFTER = 60
"""How often a key that is not known may make the keys be fetched anew."""
QUIET_SECONDS = 5
"""How long a provider that could not be reached is not asked again, so that waiting for it cannot use up the server."""
_LIMITS = Limits(seconds=8, size=512 * 1024)

Key = RSAKey | ECKey | OKPKey


class Untrusted(Exception):
    """Something that a provider, or who pretends to be one, said and that is not taken; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The addresses of a provider, all of them checked."""

    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    end_session: str = ""
    token_methods: tuple[str, ...] = ("client_secret_basic",)
    names_issuer: bool = False
    """Whether every answer names its issuer (RFC 9207)."""


class Directory:
    """The providers of one process with what they published; safe to be used by several threads."""

    def __init__(
        self, providers: tuple[Provider, ...], client: Client, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.providers = {each.id: each for each in providers}
        self.client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, tuple[float, Metadata]] = {}
        self._keys: dict[str, tuple[float, tuple[Key, ...]]] = {}
        self._sought: dict[str, float] = {}
        self._quiet: dict[str, float] = {}

    def provider(self, identifier: str) -> Provider:
        """The provider of that id; refused (missing) when there is none."""
        found = self.providers.get(identifier)
        if found is None:
            raise refuse("missing", "sign_on_unknown")
        return found

    def metadata(self, provider: Provider) -> Metadata:
        """What a provider publishes about itself."""
        known = self._metadata.get(provider.id)
        if known is None or self._clock() - known[0] > KEPT_SECONDS:
            document = self.document(
                provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            )
            known = (self._clock(), _metadata(provider, document))
            with self._lock:
                self._metadata[provider.id] = known
        return known[1]

    def keys(self, provider: Provider, named: str | None = None) -> tuple[Key, ...]:
        """The keys of a provider; fetched anew when the one that is named is not among them, as keys change."""
        known, now = self._keys.get(provider.id), self._clock()
        missing = known is not None and named is not None and all(each.kid != named for each in known[1])
        if missing and now - self._sought.get(provider.id, -FRESH_KEYS_AFTER) >= FRESH_KEYS_AFTER:
            self._sought[provider.id], known = now, None
        if known is None or now - known[0] > KEPT_SECONDS:
            known = (now, _keys(self.document(provider, self.metadata(provider).keys)))
            with self._lock:
                self._keys[provider.id] = known
        return known[1]

    def document(self, provider: Provider, address: str, headers: Mapping[str, str] | None = None) -> Any:
        """A JSON document of a provider; refused (unavailable) when it cannot be had."""
        if self._quiet.get(provider.id, 0) > self._clock():
            raise OutboundError("time", f"{provider.id} did not answer a moment ago")
        try:
            answer = self.client.get(address, {"Accept": "application/json", **(headers or {})})
        except OutboundError:
            self._quiet[provider.id] = self._clock() + QUIET_SECONDS
            raise
        if answer.status != 200:
            raise OutboundError("answer", f"{provider.id} answers with status {answer.status}")
        return decoded(answer.body)


def decoded(body: bytes) -> Any:
    """The JSON value of an answer."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise OutboundError("answer", "the answer of the provider is not JSON") from error


@lru_cache(maxsize=8)
def directory(providers: tuple[Provider, ...], allowed: frozenset[str]) -> Directory:
    """The one directory of these providers in this process."""
    return Directory(providers, Client(allowed, _LIMITS))


def _metadata(provider: Provider, document: Any) -> Metadata:
    if not isinstance(document, dict) or document.get("issuer") != provider.issuer:
        raise Untrusted("the published issuer is another one")

    def address(name: str, needed: bool = True) -> str:
        found = document.get(name)
        if found is None and not needed:
            return ""
        if not isinstance(found, str) or not is_trustworthy(found):
            raise Untrusted(f"{name} is no address with https")
        return found

    methods = document.get("token_endpoint_auth_methods_supported")
    return Metadata(
        address("authorization_endpoint"),
        address("token_endpoint"),
        address("jwks_uri"),
        address("userinfo_endpoint", needed=False),
        address("end_session_endpoint", needed=False),
        tuple(map(str, methods)) if isinstance(methods, list) else ("client_secret_basic",),
        document.get("authorization_response_iss_parameter_supported") is True,
    )


def _keys(document: Any) -> tuple[Key, ...]:
    """The public keys for signatures; those of other kinds are left out, as providers publish what others need too."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise Untrusted("the published keys are no list of keys")
    found = []
    for each in listed[:100]:
        if not isinstance(each, dict) or each.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if each.get("use", "sig") != "sig" or "d" in each:
            continue
        try:
            key = import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            found.append(key)
    return tuple(found)
