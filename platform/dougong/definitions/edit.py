"""Changes of a definition file that touch nothing else: comments, order, quotes and layout of the rest stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dougong.definitions import rendering
from dougong.definitions.json_reader import read_json
from dougong.definitions.layout import Slice, column_of, end_of, slices
from dougong.definitions.nodes import (
    Data,
    MappingNode,
    Node,
    Path,
    Scalar,
    SequenceNode,
    Source,
    Step,
    data_of,
    find,
    same,
)
from dougong.definitions.yaml_reader import read_yaml
from dougong.diagnostics import Diagnostic


class EditError(ValueError):
    """A change that cannot be made: the file cannot be read, or the path leads nowhere."""

    def __init__(self, message: str, problems: Sequence[Diagnostic] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(message)


def value_at(text: str, path: Sequence[Step], file: str = "app.yaml") -> Data:
    """What the text says at a path; None where it says nothing."""
    node = find(_root(text, file), path)
    return data_of(node) if node is not None else None


def set_value(text: str, path: Sequence[Step], value: Data, file: str = "app.yaml") -> str:
    """The text with another value at a path; a last key that does not exist yet is added at the end."""
    root = _root(text, file)
    node = find(root, path)
    if node is None:
        if not path or not isinstance(path[-1], str):
            raise EditError(f"there is nothing at {_shown(path)}")
        return add_key(text, path[:-1], path[-1], value, file)
    if same(data_of(node), value):
        return text
    expected = _changed(data_of(root), path, lambda _: value)
    return _checked(_replaced(text, root, tuple(path), value, file), expected, file)


def add_key(
    text: str, path: Sequence[Step], key: str, value: Data, file: str = "app.yaml", before: str | None = None
) -> str:
    """The text with a new key in the mapping at a path: before another key, or at the end."""
    root = _root(text, file)
    node = _mapping(root, path)
    if node.find(key) is not None:
        raise EditError(f"'{key}' exists already at {_shown(path)}")
    at = _position(node, before) if before is not None else len(node.entries)

    def insert(data: Any) -> Any:
        entries = list(data.items())
        return dict([*entries[:at], (key, value), *entries[at:]])

    expected = _changed(data_of(root), path, insert)
    if not node.entries or not _is_proper(text, node):
        return _checked(_replaced(text, root, tuple(path), insert(data_of(node)), file), expected, file)
    return _checked(_inserted(text, node, at, key, value, file), expected, file)


def remove_key(text: str, path: Sequence[Step], file: str = "app.yaml") -> str:
    """The text without the key, or the item of a list, at a path."""
    root = _root(text, file)
    if not path or find(root, path) is None:
        raise EditError(f"there is nothing at {_shown(path)}")
    parent = find(root, path[:-1])
    if not isinstance(parent, (MappingNode, SequenceNode)):
        raise EditError(f"there is nothing at {_shown(path)}")
    expected = _changed(data_of(root), path[:-1], lambda data: _without(data, path[-1]))
    at = _position(parent, path[-1])
    children = slices(text, parent)
    if len(children) == 1 or not _is_proper(text, parent):
        rest = _without(data_of(parent), path[-1])
        return _checked(_replaced(text, root, tuple(path[:-1]), rest, file), expected, file)
    return _checked(_cut(text, parent, children, at), expected, file)


def move_key(text: str, path: Sequence[Step], before: Step | None = None, file: str = "app.yaml") -> str:
    """The text with the key or list item at a path moved before another one of the same parent, or to the end."""
    root = _root(text, file)
    parent = find(root, path[:-1]) if path else None
    if not isinstance(parent, (MappingNode, SequenceNode)) or find(root, path) is None:
        raise EditError(f"there is nothing at {_shown(path)}")
    count = len(parent.entries) if isinstance(parent, MappingNode) else len(parent.items)
    source = _position(parent, path[-1])
    target = _position(parent, before) if before is not None else count
    order = [index for index in range(count) if index != source]
    order.insert(target - (1 if target > source else 0), source)
    if order == list(range(count)):
        return text
    return _reordered(text, root, tuple(path[:-1]), order, file)


def reorder(text: str, path: Sequence[Step], keys: Sequence[str], file: str = "app.yaml") -> str:
    """The text with the keys of the mapping at a path in another order; `keys` names every one of them once."""
    root = _root(text, file)
    node = _mapping(root, path)
    known = [str(key.value) for key, _ in node.entries]
    if sorted(known) != sorted(keys):
        raise EditError(f"the keys at {_shown(path)} are {', '.join(known)}")
    order = [known.index(key) for key in keys]
    return text if order == list(range(len(order))) else _reordered(text, root, tuple(path), order, file)


def rename_key(text: str, path: Sequence[Step], key: str, file: str = "app.yaml") -> str:
    """The text with another key at a path, its value untouched."""
    root = _root(text, file)
    parent = _mapping(root, path[:-1])
    entry = parent.find(str(path[-1])) if path else None
    if entry is None:
        raise EditError(f"there is nothing at {_shown(path)}")
    if key == path[-1]:
        return text
    if parent.find(key) is not None:
        raise EditError(f"'{key}' exists already at {_shown(path[:-1])}")

    def renamed(data: Any) -> Any:
        return {key if name == path[-1] else name: value for name, value in data.items()}

    expected = _changed(data_of(root), path[:-1], renamed)
    span = entry[0].span
    written = rendering.scalar(key, entry[0].style.strip("plain"), as_json=_is_json(file))
    return _checked(text[: span.start] + written + text[span.end :], expected, file)


def insert_item(text: str, path: Sequence[Step], index: int, value: Data, file: str = "app.yaml") -> str:
    """The text with a new item in the list at a path, before the one that has this index now, or at the end."""
    root = _root(text, file)
    node = find(root, path)
    if not isinstance(node, SequenceNode) or not 0 <= index <= len(node.items):
        raise EditError(f"there is no such list at {_shown(path)}")

    def insert(data: Any) -> Any:
        return [*data[:index], value, *data[index:]]

    expected = _changed(data_of(root), path, insert)
    if not node.items:
        return _checked(_replaced(text, root, tuple(path), insert([]), file), expected, file)
    return _checked(_inserted(text, node, index, None, value, file), expected, file)


def save(text: str, value: Data, file: str = "app.yaml") -> str:
    """The text changed by as little as possible so that it says this value; unchanged when it says it already."""
    text = _saved(text, (), data_of(_root(text, file)), value, file)
    return _checked(text, value, file)


def _saved(text: str, path: Path, old: Data, new: Data, file: str) -> str:
    if same(old, new):
        return text
    if isinstance(old, dict) and isinstance(new, dict) and new and set(old) & set(new):
        return _saved_mapping(text, path, old, new, file)
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _saved_list(text, path, old, new, file)
    return set_value(text, path, new, file)


def _saved_mapping(text: str, path: Path, old: dict[str, Data], new: dict[str, Data], file: str) -> str:
    for key in old:
        if key not in new:
            text = remove_key(text, (*path, key), file)
    for key, value in new.items():
        if key in old:
            text = _saved(text, (*path, key), old[key], value, file)
    present = [key for key in old if key in new]
    wanted = list(new)
    for index, key in reversed(list(enumerate(wanted))):
        if key not in old:
            following = next((each for each in wanted[index + 1 :] if each in present), None)
            text = add_key(text, path, key, new[key], file, before=following)
            present.append(key)
    return reorder(text, path, wanted, file)


def _saved_list(text: str, path: Path, old: list[Data], new: list[Data], file: str) -> str:
    """What both lists begin and end with stays; in between, items are changed in place, then added or removed."""
    limit = min(len(old), len(new))
    head = next((at for at in range(limit) if not same(old[at], new[at])), limit)
    tail = next((at for at in range(limit - head) if not same(old[-1 - at], new[-1 - at])), limit - head)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    shared = min(len(middle_old), len(middle_new))
    for offset in range(shared):
        text = _saved(text, (*path, head + offset), middle_old[offset], middle_new[offset], file)
    for offset in reversed(range(shared, len(middle_old))):
        text = remove_key(text, (*path, head + offset), file)
    for offset in range(shared, len(middle_new)):
        text = insert_item(text, path, head + offset, middle_new[offset], file)
    return text


def _root(text: str, file: str) -> Node:
    outcome = (read_json if _is_json(file) else read_yaml)(text, Source(file))
    if outcome.root is None or outcome.problems:
        raise EditError("the file cannot be read", outcome.problems)
    return outcome.root


def _checked(text: str, expected: Data, file: str) -> str:
    """The text when it says what it should; where the layout was too unusual, a plain file that does."""
    outcome = (read_json if _is_json(file) else read_yaml)(text, Source(file))
    if outcome.root is not None and not outcome.problems and same(data_of(outcome.root), expected):
        return text
    plain = rendering.whole(expected, as_json=_is_json(file))
    if not same(data_of(_root(plain, file)), expected):
        raise EditError("the value cannot be written")
    return plain


def _is_json(file: str) -> bool:
    return file.endswith(".json")


def _shown(path: Sequence[Step]) -> str:
    return "/".join(str(step) for step in path) or "the top"


def _mapping(root: Node, path: Sequence[Step]) -> MappingNode:
    node = find(root, path)
    if not isinstance(node, MappingNode):
        raise EditError(f"there is no mapping at {_shown(path)}")
    return node


def _position(node: MappingNode | SequenceNode, step: Step) -> int:
    if isinstance(node, SequenceNode):
        if isinstance(step, int) and 0 <= step < len(node.items):
            return step
    else:
        keys = [key.value for key, _ in node.entries]
        if step in keys:
            return keys.index(step)
    raise EditError(f"there is no '{step}'")


def _changed(data: Any, path: Sequence[Step], change: Callable[[Any], Any]) -> Any:
    """A copy of some data with what stands at a path changed."""
    if not path:
        return change(data)
    step, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {key: _changed(value, rest, change) if key == step else value for key, value in data.items()}
    return [_changed(value, rest, change) if index == step else value for index, value in enumerate(data)]


def _without(data: Any, step: Step) -> Any:
    if isinstance(data, dict):
        return {key: value for key, value in data.items() if key != step}
    return [value for index, value in enumerate(data) if index != step]


def _is_proper(text: str, node: MappingNode | SequenceNode) -> bool:
    """Whether a flow collection has brackets of its own (`[a: 1]` holds a mapping without)."""
    return not node.flow or text[node.span.start : node.span.start + 1] in ("{", "[")


def _in_flow(root: Node, path: Path) -> bool:
    """Whether what stands at a path is inside brackets."""
    parents = (find(root, path[:length]) for length in range(len(path)))
    return any(isinstance(node, (MappingNode, SequenceNode)) and node.flow for node in parents)


def _replaced(text: str, root: Node, path: Path, value: Data, file: str) -> str:
    """The text with the whole value at a path written anew."""
    node = find(root, path)
    if node is None:
        raise EditError(f"there is nothing at {_shown(path)}")
    if not path:
        return _head(text, node) + rendering.whole(value, as_json=_is_json(file))
    start, end = node.span.start, end_of(text, node)
    if isinstance(node, Scalar) and not isinstance(value, (dict, list)):
        quote = node.style if node.style in ("'", '"') and isinstance(value, str) else ""
        written = rendering.scalar(value, quote, as_json=_is_json(file))
    elif _in_flow(root, path) or _is_json(file) or (not isinstance(node, Scalar) and node.flow):
        written = rendering.flow(value, as_json=_is_json(file))
    else:
        return _replaced_block(text, root, path, value)
    if start == end:
        key = _key_end(root, path)
        colon = ":" if key is not None and ":" not in text[key:start] else ""
        written = f"{colon} {written}"
    return text[:start] + written + text[end:]


def _key_end(root: Node, path: Path) -> int | None:
    parent = find(root, path[:-1])
    entry = parent.find(str(path[-1])) if isinstance(parent, MappingNode) else None
    return entry[0].span.end if entry is not None else None


def _replaced_block(text: str, root: Node, path: Path, value: Data) -> str:
    """A value in block style written anew right behind its key and colon, or its dash."""
    node = find(root, path)
    parent = find(root, path[:-1])
    if node is None or not isinstance(parent, (MappingNode, SequenceNode)):
        raise EditError(f"there is nothing at {_shown(path)}")
    child = slices(text, parent)[_position(parent, path[-1])]
    key = _key_end(root, path)
    behind = text.find(":", key) + 1 if key is not None else child.head + 1
    end = max(behind, end_of(text, node))
    column = column_of(text, child.head)
    return text[:behind] + rendering.block(value, column + 2, behind - child.head + column) + text[end:]


def _head(text: str, node: Node) -> str:
    """The comments that stand above everything."""
    return (
        text[: node.span.start]
        if not text[: node.span.start].strip(" ") or "\n" in text[: node.span.start]
        else ""
    )


def _inserted(
    text: str, node: MappingNode | SequenceNode, at: int, key: str | None, value: Data, file: str
) -> str:
    """The text with a new child before the one at an index, or behind the last."""
    children = slices(text, node)
    if node.flow:
        return _inserted_flow(text, children, at, _entry(key, value, _is_json(file)))
    column = column_of(text, children[0].head)
    mark = f"{rendering.key_text(key)}:" if key is not None else "-"
    written = mark + rendering.block(value, column + 2, column + len(mark))
    if at < len(children):
        start = children[at].start
        return text[:start] + written + "\n" + " " * column + text[start:]
    end = children[-1].end
    return text[:end] + "\n" + " " * column + written + (text[end:] or "\n")


def _entry(key: str | None, value: Data, as_json: bool) -> str:
    line = rendering.flow(value, as_json=as_json)
    return line if key is None else f"{rendering.key_text(key, as_json=as_json)}: {line}"


def _inserted_flow(text: str, children: list[Slice], at: int, written: str) -> str:
    """A new child inside brackets, on a line of its own where the others stand so."""
    last = children[-1]
    line = text.rfind("\n", 0, last.head) + 1
    alone = not text[line : last.head].strip() and (len(children) > 1 or "\n" in text[: last.head])
    gap = "\n" + " " * (last.head - line) if alone else " "
    if at < len(children):
        start = children[at].head
        return text[:start] + written + "," + gap + text[start:]
    return text[: last.end] + "," + gap + written + text[last.end :]


def _cut(text: str, node: MappingNode | SequenceNode, children: list[Slice], at: int) -> str:
    """The text without one of several children."""
    child = children[at]
    if not node.flow:
        line = text.rfind("\n", 0, child.start) + 1
        if text[line : child.start].strip() == "":
            return text[:line] + text[child.end + 1 :]
        return text[: child.start] + text[children[at + 1].start :]
    if at + 1 < len(children):
        return text[: child.start] + text[children[at + 1].start :]
    return text[: children[at - 1].end] + text[child.end :]


def _reordered(text: str, root: Node, path: Path, order: list[int], file: str) -> str:
    """The text with the children of a node in another order; what stands between them stays where it is."""
    node = find(root, path)
    if not isinstance(node, (MappingNode, SequenceNode)):
        raise EditError(f"there is nothing at {_shown(path)}")

    def permuted(data: Any) -> Any:
        if isinstance(data, dict):
            entries = list(data.items())
            return dict(entries[index] for index in order)
        return [data[index] for index in order]

    expected = _changed(data_of(root), path, permuted)
    children = slices(text, node)
    pieces = [text[: children[0].start]]
    for place, index in enumerate(order):
        pieces.append(text[children[index].start : children[index].end])
        after = children[place + 1].start if place + 1 < len(children) else len(text)
        pieces.append(text[children[place].end : after])
    return _checked("".join(pieces), expected, file)
