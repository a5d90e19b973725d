"""Embedded pages: an address of constants and percent-encoded fields, framed only where the server allows its host."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.fieldtypes.embed import formula_of
from dougong.web.security import POLICY
from dougong.web.settings import Settings, read_settings
from tests.fieldtypes.samples import field_id
from tests.fieldtypes.test_stack import app, browsers, samples
from tests.web_server import Browser, Server, server_of

__all__ = ["app", "browsers", "samples"]

PAGE = field_id("embed")
NAMES = [
    "Plain",
    "a b&c=d#e",
    "深圳 南山区",
    "😀 100%",
    "../../etc",
    "'; DROP TABLE x --",
    "{name}",
    "\u202eabc",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_value_stays_inside_its_parameter(samples: Server, name: str) -> None:
    made = samples.api("ada").made("/samples/thing", name=name)
    parts = urlsplit(made[PAGE])
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == (
        "https", "maps.example.com", "/search", "",
    )  # fmt: skip
    assert parse_qs(parts.query) == {"q": [name]}


def test_the_address_follows_the_record_and_cannot_be_written(samples: Server) -> None:
    api = samples.api("ada")
    made = api.made("/samples/thing", name="one")
    assert api("PATCH", f"/samples/thing/{made['id']}", {PAGE: "https://evil.example/"}).status_code == 422
    changed = api("PATCH", f"/samples/thing/{made['id']}", {"name": "two"}).json
    assert changed[PAGE] == "https://maps.example.com/search?q=two"
    found = api(
        "GET", "/samples/thing", query_string={"filter": f"ENCODEURL(name) = 'two' AND id = {made['id']}"}
    )
    assert [each["id"] for each in found.json["data"]] == [made["id"]]


def test_the_database_encodes_as_python_does(samples: Server) -> None:
    api = samples.api("ada")
    for name in NAMES:
        made = api.made("/samples/thing", name=name)
        wanted = made[PAGE].partition("?q=")[2]
        condition = f"id = {made['id']} AND ENCODEURL(name) = '{wanted}'"
        found = api("GET", "/samples/thing", query_string={"filter": condition})
        assert len(found.json["data"]) == 1, name


def test_only_a_host_that_the_server_allows_is_framed(
    samples: Server, browsers: dict[str, Browser], tmp_path: Any
) -> None:
    made = samples.api("ada").made("/samples/thing", name="one")
    address = f"/samples/thing/{made['id']}"
    closed = browsers["ada"].get(address)
    assert closed.headers["Content-Security-Policy"] == POLICY
    assert "<iframe" not in closed.text
    assert f'href="{made[PAGE]}"' in closed.text
    url = samples.runtime.settings.database
    other = server_of(url, samples.tokens, tmp_path, frames=("maps.example.com",))
    page = other.browser("ada").get(address)
    assert page.headers["Content-Security-Policy"] == f"{POLICY}; frame-src https://maps.example.com"
    assert f'<iframe src="{made[PAGE]}"' in page.text
    assert 'sandbox="allow-scripts allow-forms allow-popups"' in page.text
    other.database.dispose()


@pytest.mark.parametrize("hosts", ["evil.example; script-src *", "a b", "https://x.example", "'self'", "*"])
def test_a_setting_that_is_no_host_is_refused(hosts: str) -> None:
    with pytest.raises(Refusal):
        read_settings({"DOUGONG_FRAMES": hosts})


def test_an_address_becomes_a_formula() -> None:
    assert formula_of("https://a.b/{x}/it's?y={z.w}") == (
        "'https://a.b/' & ENCODEURL('' & x) & '/it''s?y=' & ENCODEURL('' & z.w)"
    )
    assert formula_of("https://a.b/") == "'https://a.b/'"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://{name}/", "D468"),
        ("https://{name}.example.com/", "D468"),
        ("https://user:pw@example.com/", "D468"),
        ("https://", "D207"),
        ("http://example.com/?q={name}", "D205"),
        ("https://example.com/?q={nothing}", "D404"),
        ("https://example.com/?q={", "D205"),
        ("https://example.com/?q={name & 'x'}", "D205"),
        ("https://example.com/?q={name}&r={}", "D205"),
    ],
)
def test_templates_that_are_refused(url: str, code: str) -> None:
    found = check_sources(
        {
            "app.yaml": "{id: maps, version: 1.0.0, label: Maps}",
            "entities/place.yaml": f'label: Place\nfields:\n  name: {{type: text}}\n  page: {{type: embed, url: "{url}"}}\n',
        },
        {},
    )
    assert isinstance(found, list), url
    assert code in [each.code for each in found if isinstance(each, Diagnostic)], found


def test_settings_know_no_frame_without_being_told() -> None:
    assert Settings().frames == ()
