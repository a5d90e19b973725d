"""What every answer carries and every request must pass: host, origin, security headers, local redirects."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
)
SECURE_HEADERS: tuple[tuple[str, str], ...] = (("Strict-Transport-Security", "max-age=31536000"),)


def protect(headers: Headers, secure: bool, frames: Collection[str] = ()) -> None:
    """Put the security headers on an answer, and keep it out of caches unless it says otherwise itself.

    `frames` are the hosts whose pages may be embedded; without any, no frame is let in.
    """
    if frames:
        sources = " ".join(f"https://{host}" for host in frames)
        headers.setdefault("Content-Security-Policy", f"{POLICY}; frame-src {sources}")
    present = {name.lower() for name, _ in headers}
    wanted = (*HEADERS, *SECURE_HEADERS) if secure else HEADERS
    headers.extend([(name, value) for name, value in wanted if name.lower() not in present])


def host_is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a Host header names this server.

    Without a list: this machine's names and plain IP addresses, as a foreign site can make a browser send neither.
    """
    if "*" in allowed:
        return True
    name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    name = name.lower().rstrip(".")
    if allowed:
        return name in allowed or host.lower() in allowed
    return name in LOCAL_HOSTS or name == socket.gethostname().lower() or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def comes_from_here(request: Request) -> bool:
    """Whether a request that changes something was sent by a page of this server, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "":
        return True
    return urlsplit(origin).netloc.lower() == request.host.lower()


def local_path(address: str, default: str = "/") -> str:
    """An address to go to if it is a path of this server, else the default: nobody is sent elsewhere."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return default
    if any(letter < " " or letter in "\\\x7f" for letter in address):
        return default
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else default


def random_token() -> str:
    """A token of 256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def setup_token_fits(token: str, sent: str) -> bool:
    """Whether the token for making the first administrator is the one that this server printed."""
    return bool(token) and hmac.compare_digest(token.encode(), sent.strip().encode("utf-8", "replace"))
