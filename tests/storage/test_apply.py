"""Apply does what the plan says, then the plan is empty; data survive renames, removal and rollback."""

from decimal import Decimal
from typing import Any

import pytest

from tests.storage.conftest import World

WIDE: dict[str, Any] = {
    "id": "shop",
    "entities": {
        "customer": {
            "fields": {
                "name": {"type": "text", "required": True, "max_length": 120},
                "code": {"type": "text", "unique": True},
                "notes": {"type": "long_text"},
                "mail": {"type": "email"},
                "phone": {"type": "phone"},
                "site": {"type": "url"},
                "home": {"type": "address"},
                "owner": {"type": "member"},
                "parent": {"type": "link", "to": "customer", "on_delete": "clear"},
                "favourite": {"type": "link", "to": "order"},
            },
            "unique": [["name", "owner"]],
            "search": ["name", "phone", "notes"],
        },
        "order": {
            "fields": {
                "number": {"type": "serial"},
                "customer": {"type": "link", "to": "customer", "required": True},
                "amount": {"type": "money", "decimals": 2},
                "share": {"type": "percent"},
                "count": {"type": "integer"},
                "weight": {"type": "decimal", "decimals": 5},
                "paid": {"type": "boolean"},
                "day": {"type": "date"},
                "moment": {"type": "datetime"},
                "grade": {"type": "choice", "options": ["a", "b"]},
                "tags": {"type": "choices", "options": ["x", "y"]},
                "stage": {"type": "stage"},
                "paper": {"type": "file"},
                "helpers": {"type": "links", "to": "customer"},
                "lines": {
                    "type": "table",
                    "fields": {
                        "product": {"type": "text"},
                        "buyer": {"type": "link", "to": "customer"},
                        "price": {"type": "money", "decimals": 2},
                    },
                },
            },
            "indexes": [["stage", "amount"], ["day"]],
            "search": ["number"],
        },
    },
}


def test_an_applied_app_leaves_nothing_to_plan(world: World) -> None:
    first = world.publish(WIDE)
    assert first.number == 1
    again = world.plan(WIDE)
    assert again.is_empty, again.describe("en", technical=True)


def test_rename_keeps_the_data(world: World) -> None:
    world.publish({"entities": {"thing": {"fields": {"name": {"type": "text"}}, "search": ["name"]}}})
    world.add("shop.thing", {"name": "one"}, {"name": "two"})
    renamed = {
        "entities": {
            "item": {
                "was": "thing",
                "fields": {"title": {"type": "text", "was": "name"}},
                "search": ["title"],
            }
        }
    }
    world.publish(renamed)
    assert [row["title"] for row in world.rows("shop.item")] == ["one", "two"]
    assert world.plan(renamed).is_empty
    assert world.add("shop.item", {"title": "three"}) == [3]


@pytest.mark.parametrize("what", ["fields", "entities"])
def test_two_names_can_be_swapped(world: World, what: str) -> None:
    one: dict[str, Any] = {"fields": {"a": {"type": "text"}, "b": {"type": "text"}}}
    two: dict[str, Any] = {"fields": {"a": {"type": "text"}, "b": {"type": "text"}}}
    world.publish({"entities": {"one": one, "two": two}})
    world.add("shop.one", {"a": "1a", "b": "1b"})
    world.add("shop.two", {"a": "2a", "b": "2b"})
    if what == "fields":
        swapped = {"a": {"type": "text", "was": "b"}, "b": {"type": "text", "was": "a"}}
        after: dict[str, Any] = {"entities": {"one": {"fields": swapped}, "two": two}}
    else:
        after = {"entities": {"one": {**two, "was": "two"}, "two": {**one, "was": "one"}}}
    world.publish(after)
    row = world.rows("shop.one")[0]
    assert (row["a"], row["b"]) == (("1b", "1a") if what == "fields" else ("2a", "2b"))
    assert world.plan(after).is_empty


def test_a_type_changes_with_its_values(world: World) -> None:
    world.publish({"entities": {"thing": {"fields": {"value": {"type": "text"}}}}})
    world.add("shop.thing", {"value": "12.5"}, {"value": None}, {"value": "7"})
    world.publish({"entities": {"thing": {"fields": {"value": {"type": "decimal", "decimals": 2}}}}})
    assert [row["value"] for row in world.rows("shop.thing")] == [Decimal("12.50"), None, Decimal("7.00")]


def test_what_was_applied_verifies(world: World) -> None:
    world.publish(WIDE)
    assert world.verify() == []
