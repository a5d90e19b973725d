"""Rights as data: roles united, closed by default, explained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dougong.compiler import check_sources
from dougong.model.app import App
from dougong.people.actor import SYSTEM, Actor
from dougong.policy.access import access, may
from dougong.policy.explain import Trial, explain
from dougong.policy.offers import may_design, may_open_app, may_open_report, readable_entities
from dougong.storage.release import Release, release_of
from tests.records.shop import SOURCES

C = "shop.customer"


@pytest.fixture(scope="module")
def release() -> Release:
    app = check_sources(SOURCES, {})
    assert isinstance(app, App)
    return release_of({"shop": app})


def actor(*roles: str, **values: object) -> Actor:
    made = Actor(id=7, login="x", name="X", roles=frozenset(("shop", role) for role in roles))
    return replace(made, **values)  # type: ignore[arg-type]


def test_what_nobody_grants_is_closed(release: Release) -> None:
    for action in ("read", "create", "update", "delete", "import", "export"):
        assert not access(release, actor(), C, action).allowed
        assert not access(release, actor("no_such_role"), C, action).allowed
    assert not may(release, actor("seller"), "shop.product", "update")
    assert not may(release, actor("reader"), "shop.note", "read")


def test_roles_unite_rows_and_hide_only_what_all_hide(release: Release) -> None:
    seller, reader = access(release, actor("seller"), C, "read"), access(release, actor("reader"), C, "read")
    both = access(release, actor("seller", "reader"), C, "read")
    assert both.rows == (*(reader.rows or ()), *(seller.rows or ()))
    assert both.hidden == {"secret", "credit"}
    assert reader.hidden == {"secret", "credit", "owner", "hidden_link"}
    everything = access(release, actor("seller", "manager"), C, "read")
    assert everything.rows is None
    assert everything.hidden == {"secret"}


def test_hidden_fields_are_locked_for_writing(release: Release) -> None:
    assert access(release, actor("seller"), C, "update").locked == {"secret", "credit", "owner"}
    assert access(release, actor("seller"), C, "create").locked == {"secret", "credit"}


def test_administrators_and_the_platform_may_do_everything_a_token_only_its_scopes(release: Release) -> None:
    for each in (SYSTEM, actor(is_admin=True)):
        answer = access(release, each, C, "delete")
        assert (answer.allowed, answer.rows, answer.hidden, answer.locked) == (
            True,
            None,
            frozenset(),
            frozenset(),
        )
    token = actor(is_admin=True, scopes=frozenset({"read"}))
    assert may(release, token, C, "read")
    assert may(release, token, C, "export")
    assert not may(release, token, C, "update")
    assert not may(release, actor(is_admin=True, scopes=frozenset()), C, "read")


def test_rows_of_sub_tables_follow_their_record(release: Release) -> None:
    rows = "shop.order/lines"
    assert may(release, actor("seller"), rows, "update")
    assert may(release, actor("reader"), rows, "read")
    assert not may(release, actor("reader"), rows, "update")
    assert not may(release, actor(), rows, "read")


def test_apps_reports_and_design_are_offered_to_roles(release: Release) -> None:
    assert [entity.id for entity in readable_entities(release, actor("reader"), "shop")] == [
        "customer",
        "order",
    ]
    assert not may_open_app(release, actor(), "shop")
    assert may_open_report(release, actor("reader"), "shop", "anything")
    assert not may_open_report(release, actor(), "shop", "anything")
    assert not may_design(release, actor("seller"), "shop")
    assert may_design(release, actor("owner"), "shop")
    assert may_design(release, actor(is_admin=True), "shop")
    assert not may_design(release, actor(is_admin=True, scopes=frozenset({"read", "write"})), "shop")


def one_record(holds: bool) -> Trial:
    """A record for which every rule is true, or none, and that is shared with nobody."""
    return Trial(lambda rule: holds, lambda action: False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_explanations_name_role_rule_and_place(release: Release, language: str) -> None:
    told = explain(release, actor("seller"), C, "update", "owner", one_record(True), language)
    assert not told.allowed
    assert any(
        "shop.seller" in line and "owner = ME()" in line and "roles/seller.yaml" in line
        for line in told.lines
    )
    assert explain(release, actor("seller"), C, "update", "name", one_record(True), language).allowed
    assert not explain(release, actor("seller"), C, "update", "name", one_record(False), language).allowed
    assert explain(release, actor(is_admin=True), C, "delete", language=language).allowed
    assert not explain(release, actor(), C, "delete", language=language).allowed
    assert not explain(
        release, actor(is_admin=True, scopes=frozenset({"read"})), C, "delete", language=language
    ).allowed
