"""How providers are written in the settings, and what is said of those that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.people.oidc_providers import is_trustworthy, providers_of
from dougong.web.settings import read_settings

GOOD: dict[str, Any] = {"id": "corp", "issuer": "https://id.example.com/realm", "client_id": "dougong"}


def test_a_provider_needs_three_things_and_may_say_more(tmp_path: Path) -> None:
    [plain] = providers_of(json.dumps([GOOD]))
    assert (plain.label("zh"), plain.scopes, plain.creates_accounts) == (
        "corp",
        ("openid", "profile", "email"),
        False,
    )
    whole = GOOD | {
        "label": {"zh": "企业账号", "en": "Company"},
        "client_secret_env": "SECRET",
        "scopes": ["openid", "groups"],
        "create_accounts": True,
        "default_roles": ["crm.sales"],
        "group_roles": {"heads": ["crm.head", "crm.sales"]},
    }
    path = tmp_path / "providers.json"
    path.write_text(json.dumps([whole]))
    [found] = providers_of(str(path), {"SECRET": "s3cret"})
    assert found.secret == "s3cret"
    assert "s3cret" not in repr(found)
    assert found.group_roles == (("heads", (("crm", "head"), ("crm", "sales"))),)
    (tmp_path / "secret").write_text("from a file\n")
    [third] = providers_of(json.dumps([GOOD | {"client_secret_file": str(tmp_path / "secret")}]))
    assert third.secret == "from a file"
    assert providers_of("") == ()


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""}, {"id": "Corp"}, {"id": "a/b"}, {"id": 5}, {"issuer": "http://id.example.com"}, {"issuer": "id.example.com"},
        {"issuer": "https://id.example.com?x"}, {"issuer": "https://id@example.com"}, {"issuer": ""}, {"client_id": ""},
        {"client_secret": "in the open"}, {"client_secret_env": "NOT_SET"}, {"client_secret_file": "/nowhere"},
        {"client_secret_env": "SET", "client_secret_file": "/nowhere"}, {"scopes": ["email"]}, {"scopes": ["openid", "a b"]},
        {"scopes": "openid"}, {"create_accounts": "yes"}, {"default_roles": ["sales"]}, {"group_roles": {"a": "crm.sales"}},
        {"label": ""}, {"label": {"zh": "x"}}, {"label": "a\nb"}, {"unknown": 1},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_said(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        providers_of(json.dumps([GOOD | change]), {"SET": "x"})


@pytest.mark.parametrize(
    "text", ["[", "[1]", "{}", "/nowhere/at/all", json.dumps([GOOD, GOOD]), json.dumps([{}] * 21)]
)
def test_what_is_no_list_of_providers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        providers_of(text)


def test_plain_http_is_for_this_machine_only() -> None:
    assert is_trustworthy("https://id.example.com/x")
    assert is_trustworthy("http://127.0.0.1:8080/x")
    for address in (
        "http://10.0.0.1/",
        "http://id.example.com/",
        "ftp://127.0.0.1/",
        "https://",
        "",
        "http://[x/",
    ):
        assert not is_trustworthy(address)


def test_single_sign_on_needs_the_public_address() -> None:
    environment = {"DOUGONG_SIGN_ON": json.dumps([GOOD])}
    with pytest.raises(Refusal) as caught:
        read_settings(environment)
    assert [each.code for each in caught.value.problems] == ["W102"]
    settings = read_settings(environment | {"DOUGONG_PUBLIC_URL": "https://crm.example.com"})
    assert settings.sign_on[0].id == "corp"


def test_hosts_of_the_own_network_are_names_with_or_without_a_port() -> None:
    assert read_settings({"DOUGONG_OUTGOING_HOSTS": "a.example, B:8080"}).outgoing_hosts == {
        "a.example",
        "b:8080",
    }
    with pytest.raises(Refusal):
        read_settings({"DOUGONG_OUTGOING_HOSTS": "http://a.example/"})
