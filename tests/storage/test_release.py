"""Releases: swapped whole, compiled again only when needed, and alive although one app no longer compiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.release import Releases
from tests.storage.conftest import World
from tests.storage.factory import compile_app

THING: dict[str, Any] = {"fields": {"name": {"type": "text"}}}


def described(app_id: str, **more: Any) -> dict[str, Any]:
    return {"id": app_id, "entities": {"thing": THING}, **more}


class Counting:
    """A compiler that counts, and that may refuse an app."""

    def __init__(self) -> None:
        self.compiled: list[str] = []
        self.refused: set[str] = set()

    def __call__(self, sources: Mapping[str, str], installed: Mapping[str, App]) -> App | list[Diagnostic]:
        app = compile_app(sources, installed)
        assert isinstance(app, App)
        if app.id in self.refused or not set(app.requires) <= set(installed):
            return [Diagnostic("D999", f"'{app.id}' is not what it was")]
        self.compiled.append(app.id)
        return app


@pytest.fixture
def counting(world: World) -> Counting:
    compiler = Counting()
    world.releases.compile = compiler
    return compiler


def test_a_release_stays_the_same_until_something_is_published(world: World) -> None:
    world.publish(described("shop"))
    first = world.release
    assert world.release is first
    assert first.entity("shop.thing").id == "thing"
    assert first.table("shop.thing").name == "shop__thing"
    world.publish(described("shop", version="2"))
    assert world.release is not first
    assert (first.app("shop").version, world.release.app("shop").version) == ("1", "2")


def test_only_what_changed_is_compiled_again(world: World, counting: Counting) -> None:
    for app_id in ("base", "other"):
        world.publish(described(app_id))
    world.publish(described("above", requires=["base"]))
    world.release  # noqa: B018
    world.publish(described("other", version="2"))
    counting.compiled.clear()
    world.release  # noqa: B018
    assert counting.compiled == ["other"]
    world.publish(described("base", version="2"))
    counting.compiled.clear()
    world.release  # noqa: B018
    assert sorted(counting.compiled) == ["above", "base"]


def test_an_app_that_no_longer_compiles_leaves_the_others_alone(world: World, counting: Counting) -> None:
    world.publish(described("base"))
    world.publish(described("above", requires=["base"]))
    world.publish(described("shop"))
    world.publish(described("base", version="2"))
    database = world.database
    counting.refused = {"base"}
    fresh = Releases(database, counting)
    release = fresh.current()
    assert set(release.apps) == {"shop"}
    assert set(release.broken) == {"base", "above"}
    assert [each.code for each in release.broken["base"]] == ["P105", "D999"]
    counting.refused = set()
    world.releases = fresh
    world.roll_back("base", 1)
    assert set(world.release.apps) == {"base", "above", "shop"}


def test_every_process_sees_what_another_one_published(database_url: str) -> None:
    one, two = Database(database_url), Database(database_url)
    install(one)
    first, second = World(one), World(two)
    first.publish(described("shop"))
    assert second.release.app("shop").version == "1"
    first.publish(described("shop", version="2"))
    assert second.release.app("shop").version == "2"
    for database in (one, two):
        database.dispose()


def test_links_of_other_apps_are_known_to_the_target(world: World) -> None:
    world.publish(described("base"))
    link = {"type": "link", "to": "base.thing", "inverse": "orders"}
    world.publish({"id": "shop", "entities": {"order": {"fields": {"about": link}}}, "requires": ["base"]})
    release = world.release
    assert release.entity("base.thing").inverses["orders"].key == "shop.order"
    assert release.recorded["base"].entities["thing"].inverses == {}
    assert world.plan(described("base")).is_empty
    assert world.verify() == []


def strict(sources: Mapping[str, str], installed: Mapping[str, App]) -> App | list[Diagnostic]:
    """A compiler that looks up what links point to."""
    app = compile_app(sources, installed)
    assert isinstance(app, App)
    for entity in app.entities.values():
        for field in entity.fields.values():
            known = {**installed, app.id: app}
            target = known.get(field.target.app) if field.target else app
            if field.target and (target is None or field.target.entity not in target.entities):
                return [Diagnostic("D301", f"there is no entity '{field.target.key}'")]
    return app


def test_renaming_an_entity_that_another_app_links_to_keeps_the_links(world: World) -> None:
    world.publish(described("base"))
    shop = {
        "id": "shop",
        "entities": {"order": {"fields": {"about": {"type": "link", "to": "base.thing"}}}},
        "requires": ["base"],
    }
    world.publish(shop)
    world.add("base.thing", {"name": "one"})
    world.add("shop.order", {"about": 1})
    world.releases.compile = strict
    renamed = {"id": "base", "entities": {"item": {**THING, "was": "thing"}}}
    with pytest.raises(Refusal) as caught:
        world.publish(renamed)
    assert [(each.code, each.path) for each in caught.value.problems] == [("P135", "shop")]
    assert "app shop would no longer compile" in world.plan(renamed).describe("en")
    world.publish(renamed, allow_loss=True)
    assert set(world.release.broken) == {"shop"}
    moved = {**shop, "entities": {"order": {"fields": {"about": {"type": "link", "to": "base.item"}}}}}
    assert world.plan(moved).steps == ()
    world.publish(moved)
    assert world.rows("shop.order")[0]["about"] == 1
    assert world.verify() == []
