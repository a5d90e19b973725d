"""The providers of single sign-on (OpenID Connect) as the settings name them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dougong.model.text import LANGUAGES

_ID = re.compile(r"[a-z][a-z0-9-]{0,29}")
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MOST = 20

Roles = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. `labels` name it in each language; roles are (app, role); `group_roles` gives those of a group."""

    id: str
    issuer: str
    client_id: str
    labels: tuple[tuple[str, str], ...]
    secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    creates_accounts: bool = False
    links_by_email: bool = False
    email_domains: tuple[str, ...] = ()
    default_roles: Roles = ()
    groups_claim: str = "groups"
    group_roles: tuple[tuple[str, Roles], ...] = ()

    def label(self, language: str) -> str:
        """What people call the provider."""
        return dict(self.labels)[language if language in LANGUAGES else "en"]


_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "issuer": str,
    "client_id": str,
    "label": (str, dict),
    "client_secret_env": str,
    "client_secret_file": str,
    "scopes": list,
    "create_accounts": bool,
    "link_by_email": bool,
    "email_domains": list,
    "default_roles": list,
    "groups_claim": str,
    "group_roles": dict,
}
_NEEDED = ("id", "issuer", "client_id")


def providers_of(text: str, environment: Mapping[str, str] | None = None) -> tuple[Provider, ...]:
    """The providers of a JSON list, or of the file that holds one; ValueError says what is wrong with it.

    A client's secret never stands in the list: it comes from a variable of the environment or from a file.
    """
    text = text.strip()
    if not text:
        return ()
    try:
        found = msgspec.json.decode(text if text.startswith("[") else Path(text).read_bytes())
    except OSError as error:
        raise ValueError(f"the file cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ValueError("a JSON list of providers is expected") from error
    if not isinstance(found, list) or len(found) > _MOST:
        raise ValueError(f"a JSON list of at most {_MOST} providers is expected")
    providers = tuple(_provider(each, os.environ if environment is None else environment) for each in found)
    for name, values in (
        ("id", [each.id for each in providers]),
        ("issuer", [each.issuer for each in providers]),
    ):
        if len(set(values)) < len(values):
            raise ValueError(f"two providers have the same {name}")
    return providers


def _provider(given: Any, environment: Mapping[str, str]) -> Provider:
    if not isinstance(given, dict):
        raise ValueError("a provider is a JSON object")
    for name, value in given.items():
        if name not in _KEYS:
            raise ValueError(f"a provider has no '{name}'; known are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[name]):
            raise ValueError(f"'{name}' of a provider is of the wrong type")
    for name in _NEEDED:
        if not given.get(name):
            raise ValueError(f"a provider needs '{name}'")
    if not _ID.fullmatch(given["id"]):
        raise ValueError("the id of a provider is small letters, digits and hyphens, at most 30")
    groups = {name: _roles(value, "group_roles") for name, value in given.get("group_roles", {}).items()}
    return Provider(
        given["id"],
        _issuer(given["issuer"]),
        given["client_id"],
        _labels(given.get("label", given["id"])),
        _secret(given, environment),
        _scopes(given.get("scopes", ["openid", "profile", "email"])),
        given.get("create_accounts", False),
        given.get("link_by_email", False),
        tuple(each.lower() for each in _texts(given.get("email_domains", []), "email_domains")),
        _roles(given.get("default_roles", []), "default_roles"),
        given.get("groups_claim", "groups"),
        tuple(groups.items()),
    )


def is_trustworthy(address: str) -> bool:
    """Whether an address may carry codes and secrets: over TLS, or on this machine alone."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _issuer(text: str) -> str:
    if not is_trustworthy(text) or any(letter in text for letter in "?#@ "):
        raise ValueError("the issuer is an address that begins with https:// and has neither ? nor #")
    return text


def _labels(given: Any) -> tuple[tuple[str, str], ...]:
    words = dict.fromkeys(LANGUAGES, given) if isinstance(given, str) else given
    if set(words) != set(LANGUAGES) or not all(
        isinstance(each, str) and 1 <= len(each) <= 60 and each.isprintable() for each in words.values()
    ):
        raise ValueError(
            f"a label is one line of 1 to 60 characters, or one for each of {', '.join(LANGUAGES)}"
        )
    return tuple(words.items())


def _secret(given: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    name, path = given.get("client_secret_env", ""), given.get("client_secret_file", "")
    if name and path:
        raise ValueError("give client_secret_env or client_secret_file, not both")
    if name:
        if not environment.get(name):
            raise ValueError(f"client_secret_env names {name}, which is not set")
        return environment[name]
    if not path:
        return ""
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError("the file of client_secret_file cannot be read") from error
    if not secret:
        raise ValueError("the file of client_secret_file is empty")
    return secret


def _scopes(given: list[Any]) -> tuple[str, ...]:
    scopes = _texts(given, "scopes")
    if "openid" not in scopes or not all(_SCOPE.fullmatch(each) for each in scopes):
        raise ValueError("the scopes must have openid among them")
    return scopes


def _roles(given: Any, name: str) -> Roles:
    texts = _texts(given, name)
    for each in texts:
        if not _ROLE.fullmatch(each):
            raise ValueError(f"a role in {name} is written app.role")
    return tuple((each.partition(".")[0], each.partition(".")[2]) for each in texts)


def _texts(given: Any, name: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(each, str) and each for each in given):
        raise ValueError(f"'{name}' of a provider is a list of texts")
    return tuple(given)
