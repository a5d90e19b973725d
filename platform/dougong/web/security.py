"""What every answer carries and every request must pass: host, origin, security headers, local redirects."""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

LONGEST_PATH = 4096
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{0,5}))?", re.ASCII)
"""A Host header: a name or an address, and a port; nothing else may stand in it."""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a page may fetch and do."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""What everything that is not a page may fetch and do, should a browser ever show it as one: nothing."""
NO_FEATURE = (
    "accelerometer",
    "bluetooth",
    "display-capture",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
OWN_FEATURE = ("camera", "geolocation", "publickey-credentials-create", "publickey-credentials-get")
HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        ", ".join([f"{each}=(self)" for each in OWN_FEATURE] + [f"{each}=()" for each in NO_FEATURE]),
    ),
    ("X-Frame-Options", "DENY"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
    ("Cache-Control", "no-store"),
)
SECURE_HEADERS: tuple[tuple[str, str], ...] = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
)
FORGET = '"cache", "storage"'
"""What a browser is told to forget when somebody signs out (`Clear-Site-Data`); the choice of language and theme stays."""


def protect(headers: Headers, secure: bool, frames: Collection[str] = ()) -> None:
    """Put the security headers on an answer, and keep it out of caches unless it says otherwise itself.

    `frames` are the hosts whose pages may be embedded; without any, no frame is let in.
    """
    if (
        headers.get("Cache-Control") == "no-cache"
    ):  # what Flask puts on files, and which lets a browser keep them
        del headers["Cache-Control"]
    present = {name.lower() for name, _ in headers}
    wanted = (
        ("Content-Security-Policy", _policy(headers, frames)),
        *HEADERS,
        *(SECURE_HEADERS if secure else ()),
    )
    headers.extend([(name, value) for name, value in wanted if name.lower() not in present])


def _policy(headers: Headers, frames: Collection[str]) -> str:
    if not headers.get("Content-Type", "").startswith("text/html"):
        return DATA_POLICY
    if not frames:
        return POLICY
    return f"{POLICY}; frame-src {' '.join(f'https://{host}' for host in frames)}"


def host_is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a Host header names this server.

    Without a list: this machine's names and plain IP addresses, as a foreign site can make a browser send neither.
    """
    return "*" in allowed or _names_this_server(host, frozenset(allowed))


@lru_cache(maxsize=256)
def _names_this_server(host: str, allowed: frozenset[str]) -> bool:
    parts = HOST.fullmatch(host.lower())
    if parts is None or int(parts["port"] or 0) > 65_535:
        return False
    name = parts["name"].rstrip(".")
    if allowed:
        return name in allowed or host.lower() in allowed
    return name in LOCAL_HOSTS or name == socket.gethostname().lower() or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def comes_from_here(request: Request, secure: bool = False) -> bool:
    """Whether a request that changes something was sent by a page of this server, as far as the browser tells.

    A secure server is only spoken to by pages that came over HTTPS themselves.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "":
        return True
    if secure and not origin.lower().startswith("https://"):
        return False
    try:
        return urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:
        return False


def local_path(address: str, default: str = "/") -> str:
    """An address to go to if it is a path of this server, else the default: nobody is sent elsewhere."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return default
    if not address.isprintable() or "\\" in address or len(address) > LONGEST_PATH:
        return default
    try:
        parts = urlsplit(address)
    except ValueError:
        return default
    return address if not parts.scheme and not parts.netloc else default


def random_token() -> str:
    """A token of 256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)
