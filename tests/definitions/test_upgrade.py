"""The three-way merge of a new template under local changes: nothing of the customer is lost, conflicts are listed."""

from hypothesis import given

from dougong.definitions.nodes import Data, same
from dougong.definitions.upgrade import MISSING, Conflict, Missing, merge_sources, merge_three
from tests.definitions.documents import MAPPINGS
from tests.definitions.samples import CALM

BASE: Data = {
    "label": "Customer",
    "fields": {
        "name": {"type": "text", "max_length": 50},
        "fax": {"type": "phone"},
        "note": {"type": "text"},
    },
    "search": ["name"],
}


def test_changes_of_both_sides_come_together() -> None:
    theirs: Data = {
        "label": "Customer",
        "fields": {
            "name": {"type": "text", "max_length": 100},
            "note": {"type": "text"},
            "tax": {"type": "text"},
        },
        "search": ["name", "tax"],
    }
    ours: Data = {
        "label": "Client",
        "fields": {
            "name": {"type": "text", "max_length": 50, "required": True},
            "fax": {"type": "phone"},
            "note": {"type": "text"},
            "wechat": {"type": "text"},
        },
        "search": ["name"],
    }
    merged, conflicts = merge_three(BASE, theirs, ours)
    assert conflicts == []
    assert merged == {
        "label": "Client",
        "fields": {
            "name": {"type": "text", "max_length": 100, "required": True},
            "note": {"type": "text"},
            "wechat": {"type": "text"},
            "tax": {"type": "text"},
        },
        "search": ["name", "tax"],
    }


def test_conflicts_are_listed_item_by_item_and_ours_is_kept() -> None:
    theirs: Data = {
        "label": "Account",
        "fields": {"name": {"type": "text", "max_length": 60}},
        "search": ["name"],
    }
    ours: Data = {
        "label": "Client",
        "fields": {
            "name": {"type": "text", "max_length": 70},
            "fax": {"type": "phone", "help": "old"},
            "note": {"type": "text"},
        },
        "search": ["name"],
    }
    merged, conflicts = merge_three(BASE, theirs, ours)
    assert [conflict.path for conflict in conflicts] == [
        ("label",),
        ("fields", "name", "max_length"),
        ("fields", "fax"),
    ]
    assert conflicts[0] == Conflict(("label",), "Customer", "Account", "Client")
    assert isinstance(conflicts[2].theirs, Missing)
    assert isinstance(merged, dict)
    assert merged["label"] == "Client"
    assert merged["fields"] == {
        "name": {"type": "text", "max_length": 70},
        "fax": {"type": "phone", "help": "old"},
    }


def test_files_can_be_missing_on_any_side() -> None:
    assert merge_three(MISSING, {"a": 1}, MISSING) == ({"a": 1}, [])
    assert merge_three({"a": 1}, MISSING, {"a": 1}) == (MISSING, [])
    merged, conflicts = merge_three({"a": 1}, MISSING, {"a": 2})
    assert merged == {"a": 2}
    assert [conflict.path for conflict in conflicts] == [()]


@CALM
@given(MAPPINGS, MAPPINGS)
def test_what_only_one_side_changed_is_taken(base: Data, changed: Data) -> None:
    for theirs, ours in ((changed, base), (base, changed), (changed, changed)):
        merged, conflicts = merge_three(base, theirs, ours)
        assert conflicts == []
        assert not isinstance(merged, Missing)
        assert same(merged, changed)


@CALM
@given(MAPPINGS, MAPPINGS, MAPPINGS)
def test_no_local_change_is_lost(base: Data, theirs: Data, ours: Data) -> None:
    """Whatever we changed stands in the outcome, and whatever both changed differently is a conflict."""
    merged, conflicts = merge_three(base, theirs, ours)
    assert isinstance(base, dict)
    assert isinstance(theirs, dict)
    assert isinstance(ours, dict)
    assert isinstance(merged, dict)
    for key, value in ours.items():
        if isinstance(value, dict) or (key in base and same(base[key], value)):
            continue
        assert same(merged[key], value)
    listed = {conflict.path[0] for conflict in conflicts if conflict.path}
    for key in ours:
        if (
            key in theirs
            and key not in base
            and not isinstance(ours[key], dict)
            and not same(ours[key], theirs[key])
        ):
            assert key in listed


ENTITY = (
    "# customers\nlabel: Customer\nfields:\n  name: {type: text} # as on the card\n  fax: {type: phone}\n"
)


def test_files_are_merged_with_our_comments_and_order() -> None:
    theirs = ENTITY.replace("name: {type: text}", "name: {type: text, max_length: 80}").replace(
        "  fax: {type: phone}\n", ""
    )
    ours = ENTITY.replace("label: Customer", "label: Client # our word") + "  wechat: {type: text}\n"
    upgrade = merge_sources(
        {"entities/a.yaml": ENTITY}, {"entities/a.yaml": theirs}, {"entities/a.yaml": ours}
    )
    assert upgrade.conflicts == {}
    assert upgrade.sources["entities/a.yaml"] == (
        "# customers\nlabel: Client # our word\nfields:\n"
        "  name: {type: text, max_length: 80} # as on the card\n  wechat: {type: text}\n"
    )


def test_files_that_one_side_changed_are_taken_as_they_are() -> None:
    base = {"a.yaml": "x: 1\n", "b.yaml": "x: 1\n", "c.yaml": "x: 1\n", "README.md": "old"}
    theirs = {"a.yaml": "x:   1 # spaced\n", "b.yaml": "x: 1\n", "README.md": "new", "d.yaml": "x: 4\n"}
    ours = {
        "a.yaml": "x: 1\n",
        "b.yaml": "x: 2\n",
        "c.yaml": "x: 1\n",
        "README.md": "old",
        "e.yaml": "x: 5\n",
    }
    upgrade = merge_sources(base, theirs, ours)
    assert upgrade.conflicts == {}
    assert upgrade.sources == {
        "README.md": "new",
        "a.yaml": "x:   1 # spaced\n",
        "b.yaml": "x: 2\n",
        "d.yaml": "x: 4\n",
        "e.yaml": "x: 5\n",
    }


def test_conflicts_between_files_keep_ours() -> None:
    base = {"a.yaml": "x: 1\n", "b.yaml": "x: 1\n", "README.md": "old", "c.yaml": "x: [\n"}
    theirs = {"a.yaml": "x: 2\n", "README.md": "new", "c.yaml": "x: 1\n"}
    ours = {"a.yaml": "x: 3\n", "b.yaml": "x: 2\n", "README.md": "mine", "c.yaml": "x: 2\n"}
    upgrade = merge_sources(base, theirs, ours)
    assert dict(upgrade.sources) == ours
    assert {path: [conflict.path for conflict in found] for path, found in upgrade.conflicts.items()} == {
        "a.yaml": [("x",)],
        "b.yaml": [()],
        "README.md": [()],
        "c.yaml": [()],
    }
