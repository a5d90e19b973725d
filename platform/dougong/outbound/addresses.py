"""Which addresses may be asked: those of the public internet, and those of hosts that the settings name."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from dougong.outbound.problems import OutboundError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""From a host's name and a port to its addresses; OSError when there are none."""

LONGEST_URL = 8_000
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?\.?")
_SAFE = "/?:@!$&'()*+,;=-._~%"
_TRANSLATED = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)
"""IPv6 that carries an IPv4 address, which a gateway on the way turns into that."""
_RELAYS = ipaddress.ip_network("192.88.99.0/24")
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
"""Where clouds tell a machine its own secrets, beside the link-local addresses."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; `path` is what stands in the request line."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to be the same for credentials to go along."""
        return self.scheme, self.host, self.port

    @property
    def shown_host(self) -> str:
        """The host as it is written in an address and in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Take an address apart; refused when it is none that may be asked: another scheme, a name in it, letters out of place."""
    if len(url) > LONGEST_URL or any(letter <= " " or letter in '\\"<>\x7f' for letter in url):
        raise OutboundError("address", "the address has letters that no address has, or is too long")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii(parts.hostname or "")
    except (UnicodeError, ValueError) as error:
        raise OutboundError("address", "the address cannot be read") from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.netloc.endswith(":"):
        raise OutboundError("address", "the address must begin with https:// and name no user")
    if ":" in host:
        host = _ipv6(host)
    elif not _HOST.fullmatch(host) or ".." in host:
        raise OutboundError("address", "the address names no host")
    if port == 0:
        raise OutboundError("address", "there is no port 0")
    path = quote(parts.path or "/", safe=_SAFE) + (
        f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    )
    return Target(parts.scheme, host.rstrip("."), port or (443 if parts.scheme == "https" else 80), path)


def _ascii(host: str) -> str:
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()


def _ipv6(host: str) -> str:
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError as error:
        raise OutboundError("address", "the address names no host") from error


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host as this machine finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def addresses_of(target: Target, allowed: Collection[str], resolver: Resolve) -> tuple[str, ...]:
    """The addresses to connect to, all of them looked at; refused as soon as one of them may not be asked.

    Whatever a host is called (a name, `127.1`, `0x7f000001`), only what it resolves to counts; who connects must use the
    addresses returned and not resolve again.
    """
    try:
        found = resolver(target.host, target.port)
    except (OSError, UnicodeError) as error:
        raise OutboundError("unknown_host", f"the host {target.host} cannot be found") from error
    if not found:
        raise OutboundError("unknown_host", f"the host {target.host} cannot be found")
    named = bool({target.host, f"{target.host}:{target.port}"} & set(allowed))
    for each in found:
        if not may_be_asked(each, named):
            raise OutboundError("forbidden", f"the host {target.host} has an address that must not be asked")
    return tuple(found)


def may_be_asked(text: str, is_named: bool) -> bool:
    """Whether an address may be asked; `is_named` when the settings name its host, which opens the own network."""
    try:
        address = plain(ipaddress.ip_address(text))
    except ValueError:
        return False
    if address.is_multicast or address.is_unspecified or address.is_link_local or address in _METADATA:
        return False
    if address.version == 6 and any(address in each for each in _TRANSLATED) and not address.is_loopback:
        return False
    return is_named or is_public(address)


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only writes differently."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped if mapped is not None else address


def is_public(address: Address) -> bool:
    """Whether an address lies in the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_reserved and address not in _RELAYS
