"""An installed template and the customer's changes on top of it, merged by id with the origin of every value kept."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.definitions.catalogue import nearest_name, problem
from dougong.definitions.nodes import Data, Document, MappingNode, Node, Scalar, SequenceNode, place_of, same
from dougong.diagnostics import Diagnostic


def merge(
    template: Mapping[str, Document], local: Mapping[str, Document]
) -> tuple[dict[str, Document], list[Diagnostic]]:
    """The documents of both layers as one: mappings merge by key, lists and single values of the local layer replace.

    `null` in the local layer removes what the template says. A document that is `null` as a whole removes the file.
    """
    merged = dict(template)
    problems: list[Diagnostic] = []
    for path, document in local.items():
        below = template.get(path)
        if _is_removal(document.root):
            if below is None:
                problems.append(problem("D511", place_of(document.root), key=path))
            merged.pop(path, None)
        elif below is None:
            merged[path] = document
        else:
            merged[path] = Document(path, _merged(below.root, document.root, "", problems))
    return merged, problems


def difference(template: Data, wanted: Data) -> Data:
    """What a local layer must say so that, merged onto the template, it gives what is wanted; `{}` when that is nothing.

    New keys come behind those of the template, as a merge puts them. A list cannot take the place of a mapping, nor the other
    way round: ValueError.
    """
    if isinstance(template, dict) and isinstance(wanted, dict):
        local: dict[str, Data] = {key: None for key in template if key not in wanted}
        for key, value in wanted.items():
            if key not in template:
                local[key] = value
            elif not same(template[key], value):
                local[key] = difference(template[key], value)
        return local
    if (
        isinstance(template, (dict, list))
        and isinstance(wanted, (dict, list))
        and type(template) is not type(wanted)
    ):
        raise ValueError("a list cannot take the place of a mapping, nor the other way round")
    return wanted


def _merged(below: Node, above: Node, path: str, problems: list[Diagnostic]) -> Node:
    if isinstance(below, MappingNode) and isinstance(above, MappingNode):
        return _merged_mapping(below, above, path, problems)
    collections = (MappingNode, SequenceNode)
    if isinstance(below, collections) and isinstance(above, collections) and type(below) is not type(above):
        words = {"expected": _named(below), "found": _named(above)}
        problems.append(problem("D512", place_of(above), path, **words))
        return below
    return above


def _merged_mapping(
    below: MappingNode, above: MappingNode, path: str, problems: list[Diagnostic]
) -> MappingNode:
    entries = {str(key.value): (key, value) for key, value in below.entries}
    removed: dict[str, Scalar] = {}
    for key, value in above.entries:
        name = str(key.value)
        inner = f"{path}/{name}" if path else name
        if _is_removal(value):
            if name not in entries:
                problems.append(_nothing_to_remove(key, inner, name, list(entries)))
            entries.pop(name, None)
            removed[name] = key
        elif name in entries:
            old_key, old_value = entries[name]
            entries[name] = (old_key, _merged(old_value, value, inner, problems))
        else:
            entries[name] = (key, value)
    return MappingNode(tuple(entries.values()), below.span, below.source, below.flow, removed)


def _nothing_to_remove(key: Scalar, path: str, name: str, known: list[str]) -> Diagnostic:
    close = nearest_name(name, known)
    return problem("D511", place_of(key), path, key=name, **({"nearest": close} if close else {}))


def _is_removal(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _named(node: Node) -> str:
    return "a mapping" if isinstance(node, MappingNode) else "a list"
