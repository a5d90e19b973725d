"""A certified OpenID provider that runs in Node for tests, and somebody who signs in at it as a browser does."""

from __future__ import annotations

import fcntl
import hashlib
import html
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from hatch_build import find_node
from joserfc.jwk import RSAKey

FOLDER = Path(__file__).parent / "provider"
CLIENT, SECRET = "dougong", "a secret of the tests, only of them"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "hana": {"email": "hana@example.com", "email_verified": True, "name": "Hana of the provider"},
    "lian": {
        "email": "lian@example.com",
        "email_verified": True,
        "name": "李安",
        "preferred_username": "Li An",
        "locale": "zh-CN",
        "groups": ["clerks"],
    },
    "eve": {"email": "hana@example.com", "email_verified": False, "name": "Eve"},
}


def new_key(name: str) -> dict[str, Any]:
    """A private key for signatures under that name."""
    return dict(RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}).as_dict(private=True))


@dataclass(slots=True)
class Real:
    """A provider that can be stopped and started again with other keys, under the same address."""

    back: Sequence[str]
    after: Sequence[str]
    keys: list[dict[str, Any]]
    people: dict[str, dict[str, Any]]
    basic: bool = True
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None)

    @property
    def issuer(self) -> str:
        """The address that names the provider."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        node, environment = _installed()
        asked = {
            "port": self.port,
            "client": CLIENT,
            "secret": SECRET,
            "back": self.back,
            "after": self.after,
            "people": self.people,
            "keys": self.keys,
            "basic": self.basic,
        }
        self.process = subprocess.Popen(
            [node, "provider.mjs", json.dumps(asked)],
            cwd=FOLDER,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def stop(self) -> None:
        """End it and wait until it has."""
        if self.process is not None:
            self.process.communicate()
            self.process = None


def _installed() -> tuple[str, dict[str, str]]:
    """The program that runs it, after what its lock file names has been installed once."""
    node = find_node()
    environment = {**os.environ, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    stamp = FOLDER / "node_modules" / ".installed-from"
    with (FOLDER / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text() != lock:
            command = [*node.npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
            subprocess.run(command, cwd=FOLDER, env=environment, check=True)
            stamp.write_text(lock)
    return node.node[0], environment


@contextmanager
def real(back: Sequence[str], after: Sequence[str] = (), *, basic: bool = True) -> Iterator[Real]:
    """A provider that sends people back to these addresses, until the end of the block."""
    people = {login: dict(claims) for login, claims in PEOPLE.items()}
    provider = Real(back, after, [new_key("one")], people, basic)
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


class _Stay(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(slots=True)
class Visitor:
    """Somebody at the pages of the provider; cookies are kept, so that they stay signed in there."""

    opener: OpenerDirector = field(
        default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}), _Stay())
    )

    def sign_in(self, address: str, login: str, own: str) -> str:
        """From an address of the provider through its forms, to where it sends the browser back (an address that begins with `own`)."""
        sent: dict[str, str] | None = None
        for _ in range(12):
            status, place, page = self._open(address, sent)
            if status in (302, 303):
                address, sent = urljoin(address, place), None
                if address.startswith(own):
                    return address
                continue
            assert status == 200, page
            form = re.search(r'<form[^>]*action="([^"]+)"', page)
            assert form is not None, page
            address = urljoin(address, html.unescape(form[1]))
            prompt = re.search(r'name="prompt" value="(\w+)"', page)
            assert prompt is not None, page
            sent = {"prompt": prompt[1], "login": login, "password": "any"}
        raise AssertionError("the provider never sends anybody back")

    def _open(self, address: str, sent: dict[str, str] | None) -> tuple[int, str, str]:
        body = urlencode(sent).encode() if sent is not None else None
        try:
            with self.opener.open(Request(address, body), timeout=30) as answer:
                return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers.get("Location", ""), error.read().decode()
