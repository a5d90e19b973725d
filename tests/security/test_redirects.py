"""Where people are sent after something: only to paths of this server, whatever was asked for."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from dougong.web.security import local_path
from tests.hostile.test_every_door import House
from tests.web_server import PASSWORD

HERE = "https://crm.example/sign-in"
TRICKS = (
    *("//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example", "\\/evil.example"),
    *("/\\/evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example"),
    *(
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example\x00",
        "\x00//evil.example",
        "/\x0b/evil.example",
    ),
    *(
        "http://evil.example",
        "https://evil.example/",
        "HTTPS:evil.example",
        "http:evil.example",
        "https:/evil",
    ),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)"),
    *("data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "ftp://evil.example"),
    *("evil.example", "@evil.example", ".evil.example", "?next=//evil.example", "#//evil.example", ""),
    *(
        "//crm.example@evil.example",
        "//evil.example/crm.example",
        "//0x7f000001",
        "//[::1]",
        "//[",
        "http://[",
    ),
    *("/\u2028/evil.example", "/\u00a0/evil.example", "/\u200b/evil.example", "\ufeff//evil.example"),
    *(
        "//evil%E3%80%82example",
        "//evil。example",
        "/%09/evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
    ),
    *(
        "/.//evil.example",
        "/..//evil.example",
        "/./\\evil.example",
        "/a/..//evil.example",
        "/;//evil.example",
    ),
    *("/\x7f/evil.example", "/\x85/evil.example", "/" + "a" * 100_000, "/a\r\nSet-Cookie: evil=1"),
)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda each: ascii(each)[:40])
def test_no_trick_leads_elsewhere(trick: str) -> None:
    """Held against how addresses are resolved, after what browsers drop from them and read as slashes."""
    for found in (local_path(trick, "/safe"), local_path(local_path(trick, "/safe"), "/safe")):
        as_read = "".join(each for each in found if each not in "\t\r\n").replace("\\", "/").strip()
        target = urlsplit(urljoin(HERE, as_read))
        assert (target.scheme, target.netloc) == ("https", "crm.example")
        assert found.startswith("/")
        assert not found.startswith("//")
        assert found.isprintable()
        assert len(found) <= 4096


@pytest.mark.parametrize("path", ["/", "/library/book?filter=a//b", "/library/book/1#c", "/图书/x?q=张"])
def test_paths_of_this_server_are_kept(path: str) -> None:
    assert local_path(path, "/safe") == path


def test_every_door_that_sends_back_sends_home_instead(house: House) -> None:
    """The sign-in, the choice of a language and the preferences are the doors that are told where to go on."""
    for trick in TRICKS:
        signing = {"login": "hana", "password": PASSWORD, "next": trick}
        preferring = {"csrf_token": house.token, "theme": "dark", "language": "en", "next": trick}
        answers = [
            house.server.client().post("/sign-in", data=signing),
            house.browser.client.post("/preferences", data=preferring),
            house.browser.client.post("/preferences/language", data=preferring),
            house.browser.client.get("/sign-in", query_string={"next": trick}),
        ]
        for answer in answers:
            location = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "/"
            assert answer.status_code in (200, 204, 303, 400), (trick, answer.status_code)
            assert urlsplit(urljoin(HERE, location)).netloc == "crm.example", (trick, location)
            assert not any(each.startswith("evil") for each in answer.headers.getlist("Set-Cookie"))
