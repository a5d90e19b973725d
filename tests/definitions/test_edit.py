"""Writing back: saving with no change gives the same bytes, a change changes just that."""

import difflib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from dougong.definitions import edit
from dougong.definitions.edit import EditError
from dougong.definitions.json_reader import read_json
from dougong.definitions.layout import slices
from dougong.definitions.nodes import Data, MappingNode, Node, SequenceNode, Source, data_of, find, same
from dougong.definitions.yaml_reader import read_yaml
from tests.definitions.documents import KEYS, VALUES, documents, json_documents
from tests.definitions.samples import CALM, GOOD

FILES = sorted((GOOD / "sales").rglob("*.yaml"))
ENTITY = (GOOD / "sales" / "entities" / "opportunity.yaml").read_text(encoding="utf-8")
COMMENT = re.compile(r"# c\d+\.")


def root_of(text: str) -> Node:
    outcome = read_yaml(text, Source("a.yaml"))
    assert outcome.root is not None, (text, outcome.problems)
    return outcome.root


def value_at(text: str, path: tuple[str | int, ...]) -> Any:
    """What a text says at a path."""
    node = find(root_of(text), path)
    assert node is not None
    return data_of(node)


def changed(old: str, new: str) -> list[str]:
    """The lines of a diff without context."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_values_can_be_looked_up() -> None:
    assert edit.value_at(ENTITY, ("fields", "close_on", "type")) == "date"
    assert edit.value_at(ENTITY, ("fields", "close_on", "label")) is None
    assert edit.value_at('{"a": [1, {"b": true}]}', ("a", 1, "b"), "x.json") is True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_saving_without_a_change_gives_the_same_bytes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert edit.save(text, data_of(root_of(text))) == text


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        (
            edit.set_value(ENTITY, ("fields", "close_on", "required"), True),
            ["-  close_on: {type: date}", "+  close_on: {type: date, required: true}"],
        ),
        (
            edit.set_value(ENTITY, ("fields", "amount", "formula"), "SUM(lines.price)"),
            ['-  amount: {type: money, formula: "SUM(lines.subtotal)"}', '+  amount: {type: money, formula: "SUM(lines.price)"}'],
        ),
        (
            edit.add_key(ENTITY, ("fields",), "phone", {"type": "phone", "label": {"zh": "电话"}}, before="owner"),
            ["+  phone: {type: phone, label: {zh: 电话}}"],
        ),
        (edit.remove_key(ENTITY, ("fields", "lost_reason")), ["-  lost_reason: {type: text}"]),
        (
            edit.move_key(ENTITY, ("fields", "close_on"), "name"),
            ["+  close_on: {type: date}", "-  close_on: {type: date}"],
        ),
        (
            edit.rename_key(ENTITY, ("fields", "close_on"), "closes_on"),
            ["-  close_on: {type: date}", "+  closes_on: {type: date}"],
        ),
        (edit.insert_item(ENTITY, ("search",), 1, "amount"), ["-search: [number, name]", "+search: [number, amount, name]"]),
        (edit.remove_key(ENTITY, ("search", 0)), ["-search: [number, name]", "+search: [name]"]),
        (edit.move_key(ENTITY, ("search", 1), 0), ["-search: [number, name]", "+search: [name, number]"]),
        (
            edit.set_value(ENTITY, ("fields", "lines", "fields", "tax"), {"type": "percent"}),
            ["+      tax: {type: percent}"],
        ),
    ],
)  # fmt: skip
def test_one_change_changes_just_that(new: str, lines: list[str]) -> None:
    assert changed(ENTITY, new) == lines


def test_comments_stay_and_move_with_what_they_are_about() -> None:
    text = "# the file\na: 1 # one\n\n# about b\n# and more\nb:\n  c: 2\n# about d\nd: 3\n"
    assert edit.move_key(text, ("b",), "a") == (
        "# about b\n# and more\nb:\n  c: 2\n\n# the file\na: 1 # one\n# about d\nd: 3\n"
    )
    assert edit.remove_key(text, ("b",)) == "# the file\na: 1 # one\n\n# about d\nd: 3\n"
    assert edit.set_value(text, ("a",), "x y") == text.replace("a: 1 #", "a: x y #")


def test_quotes_are_kept_and_needed_ones_added() -> None:
    text = "a: 'x'\nb: \"y\"\nc: z\n"
    assert edit.set_value(text, ("a",), "it's") == "a: 'it''s'\nb: \"y\"\nc: z\n"
    assert edit.set_value(text, ("b",), "w") == "a: 'x'\nb: \"w\"\nc: z\n"
    assert edit.set_value(text, ("c",), "yes") == 'a: \'x\'\nb: "y"\nc: "yes"\n'
    assert edit.set_value(text, ("c",), "a: b") == 'a: \'x\'\nb: "y"\nc: "a: b"\n'


def test_values_that_do_not_fit_a_line_are_written_below() -> None:
    fields: Any = {
        f"field_{number}": {"type": "text", "label": {"zh": "字段", "en": "Field"}} for number in range(3)
    }
    new = edit.set_value("label: A\n", ("fields",), fields)
    assert new.startswith("label: A\nfields:\n  field_0: {type: text, label: {zh: 字段, en: Field}}\n")


def test_json_stays_json() -> None:
    text = '{\n  "label": "A",\n  "fields": {\n    "name": {"type": "text"}\n  }\n}\n'
    new = edit.add_key(text, ("fields",), "age", {"type": "integer"}, "a.json")
    assert new == (
        '{\n  "label": "A",\n  "fields": {\n    "name": {"type": "text"},\n    "age": {"type": "integer"}\n  }\n}\n'
    )
    assert edit.remove_key(new, ("fields", "age"), "a.json") == text


@pytest.mark.parametrize(
    "change",
    [
        lambda: edit.set_value("a: [", ("a",), 1),
        lambda: edit.set_value("a: 1\na: 2\n", ("a",), 1),
        lambda: edit.set_value("a: 1\n", ("a", "b"), 1),
        lambda: edit.set_value("a: 1\n", ("b", "c"), 1),
        lambda: edit.add_key("a: 1\n", (), "a", 2),
        lambda: edit.add_key("a: 1\n", (), "b", 2, before="c"),
        lambda: edit.remove_key("a: 1\n", ("b",)),
        lambda: edit.remove_key("a: 1\n", ()),
        lambda: edit.rename_key("a: 1\nb: 2\n", ("a",), "b"),
        lambda: edit.rename_key("a: 1\n", ("c",), "b"),
        lambda: edit.move_key("a: [1]\n", ("a", 3)),
        lambda: edit.insert_item("a: [1]\n", ("a",), 5, 1),
        lambda: edit.insert_item("a: 1\n", ("a",), 0, 1),
        lambda: edit.reorder("a: 1\nb: 2\n", (), ["a"]),
        lambda: edit.set_value("a: 1\n", ("a",), "nul \x00"),
    ],
)
def test_what_cannot_be_done_is_refused(change: Any) -> None:
    with pytest.raises(EditError):
        change()


def paths(data: Data, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [here]
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in children:
        found += paths(value, (*here, step))
    return found


def applied(data: Any, path: tuple[str | int, ...], change: Any) -> Any:
    if not path:
        return change(data)
    if isinstance(data, dict):
        return {
            key: applied(value, path[1:], change) if key == path[0] else value for key, value in data.items()
        }
    return [
        applied(value, path[1:], change) if index == path[0] else value for index, value in enumerate(data)
    ]


def touched(text: str, path: tuple[str | int, ...]) -> str:
    """The part of a text that belongs to what stands at a path."""
    parent = find(root_of(text), path[:-1])
    assert isinstance(parent, (MappingNode, SequenceNode))
    step = path[-1]
    index = (
        [key.value for key, _ in parent.entries].index(step) if isinstance(parent, MappingNode) else int(step)
    )
    child = slices(text, parent)[index]
    return text[child.start : child.end]


def assert_rest_is_kept(old: str, new: str, region: str) -> None:
    """Every comment outside of the region that was changed is still there, in the same order."""
    inside = set(COMMENT.findall(region))
    kept = [comment for comment in COMMENT.findall(old) if comment not in inside]
    assert [comment for comment in COMMENT.findall(new) if comment in kept] == kept, (old, new)


@CALM
@given(documents())
def test_generated_documents_say_what_they_should(document: tuple[str, Data]) -> None:
    text, data = document
    assert same(data_of(root_of(text)), data)
    assert edit.save(text, data) == text


@CALM
@given(documents(), st.data(), VALUES)
def test_any_value_can_be_set(document: tuple[str, Data], draw: st.DataObject, value: Data) -> None:
    text, data = document
    path = draw.draw(st.sampled_from(paths(data)[1:]))
    new = edit.set_value(text, path, value)
    assert same(data_of(root_of(new)), applied(data, path, lambda _: value))
    assert_rest_is_kept(text, new, touched(text, path))


@CALM
@given(documents(), st.data(), VALUES, KEYS)
def test_any_key_can_be_added(document: tuple[str, Data], draw: st.DataObject, value: Data, key: str) -> None:
    text, data = document
    mappings = [
        path for path in paths(data) if isinstance(found := value_at(text, path), dict) and key not in found
    ]
    assume(mappings)
    path = draw.draw(st.sampled_from(mappings))
    keys = list(value_at(text, path))
    before = draw.draw(st.sampled_from([None, *keys]))
    new = edit.add_key(text, path, key, value, before=before)

    def added(inner: dict[str, Data]) -> dict[str, Data]:
        at = list(inner).index(before) if before is not None else len(inner)
        entries = list(inner.items())
        return dict([*entries[:at], (key, value), *entries[at:]])

    assert same(data_of(root_of(new)), applied(data, path, added))
    assert_rest_is_kept(text, new, "")


@CALM
@given(documents(), st.data())
def test_anything_can_be_removed(document: tuple[str, Data], draw: st.DataObject) -> None:
    text, data = document
    path = draw.draw(st.sampled_from(paths(data)[1:]))
    new = edit.remove_key(text, path)

    def without(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {key: value for key, value in inner.items() if key != path[-1]}
        return [value for index, value in enumerate(inner) if index != path[-1]]

    assert same(data_of(root_of(new)), applied(data, path[:-1], without))
    if len(paths(data)) > 2:
        region = touched(text, path)
        parent = value_at(text, path[:-1])
        assert isinstance(parent, (dict, list))
        if len(parent) > 1:
            assert_rest_is_kept(text, new, region)


@CALM
@given(documents(), st.data())
def test_anything_can_be_moved(document: tuple[str, Data], draw: st.DataObject) -> None:
    text, data = document
    path = draw.draw(st.sampled_from(paths(data)[1:]))
    parent = value_at(text, path[:-1])
    assert isinstance(parent, (dict, list))
    steps: list[Any] = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
    before = draw.draw(st.sampled_from([None, *steps]))
    new = edit.move_key(text, path, before)
    rest = [step for step in steps if step != path[-1]]
    at = len(rest) if before is None else steps.index(path[-1]) if before == path[-1] else rest.index(before)
    order = [*rest[:at], path[-1], *rest[at:]]

    def moved(inner: Any) -> Any:
        return (
            {key: inner[key] for key in order}
            if isinstance(inner, dict)
            else [inner[index] for index in order]
        )

    assert same(data_of(root_of(new)), applied(data, path[:-1], moved))
    assert sorted(COMMENT.findall(new)) == sorted(COMMENT.findall(text)), (text, new)


@CALM
@given(documents(), st.data(), KEYS)
def test_any_key_can_be_renamed(document: tuple[str, Data], draw: st.DataObject, key: str) -> None:
    text, data = document
    path = draw.draw(st.sampled_from([path for path in paths(data)[1:] if isinstance(path[-1], str)]))
    parent = value_at(text, path[:-1])
    assert isinstance(parent, dict)
    assume(key not in parent)
    new = edit.rename_key(text, path, key)
    renamed = applied(
        data,
        path[:-1],
        lambda inner: {key if old == path[-1] else old: value for old, value in inner.items()},
    )
    assert same(data_of(root_of(new)), renamed)
    assert COMMENT.findall(new) == COMMENT.findall(text)


@CALM
@given(documents(), st.data(), VALUES)
def test_items_can_be_inserted(document: tuple[str, Data], draw: st.DataObject, value: Data) -> None:
    text, data = document
    lists = [path for path in paths(data) if isinstance(find(root_of(text), path), SequenceNode)]
    assume(lists)
    path = draw.draw(st.sampled_from(lists))
    size = len(value_at(text, path))
    index = draw.draw(st.integers(0, size))
    new = edit.insert_item(text, path, index, value)
    assert same(
        data_of(root_of(new)), applied(data, path, lambda inner: [*inner[:index], value, *inner[index:]])
    )
    assert_rest_is_kept(text, new, "")


@CALM
@given(documents(), VALUES)
def test_any_data_can_be_saved_over_any_document(document: tuple[str, Data], value: Data) -> None:
    text, _ = document
    new = edit.save(text, value)
    assert same(data_of(root_of(new)), value)
    assert edit.save(new, value) == new


@CALM
@given(json_documents(), st.data(), VALUES)
def test_json_documents_can_be_changed(document: tuple[str, Data], draw: st.DataObject, value: Data) -> None:
    text, data = document
    path = draw.draw(st.sampled_from(paths(data)[1:]))
    new = edit.set_value(text, path, value, "a.json")
    outcome = read_json(new, Source("a.json"))
    assert outcome.root is not None
    assert same(data_of(outcome.root), applied(data, path, lambda _: value))
    if len(path) > 1:
        removed = edit.remove_key(text, path, "a.json")
        event("removed" if read_json(removed, Source("a.json")).root else "refused")
        assert read_json(removed, Source("a.json")).root is not None
