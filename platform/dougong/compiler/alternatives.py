"""A link to one of several entities: `about: {type: link, to: [account, contact]}` is one link to each, only one of them filled.

So every target keeps its foreign key, its list on the other side and what happens on deletion, and a renamed entity takes its
links along. The links are called after the field and the entity: `about_account`, `about_contact`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from dougong.compiler.context import Context, humanised
from dougong.definitions.nodes import Document, MappingNode, Node, Scalar, SequenceNode, data_of

Entry = tuple[Scalar, Node]
_MESSAGES = {
    "one": {"en": "Choose only one of: {labels}", "zh": "{labels}只能选择其中一个"},
    "some": {"en": "Choose one of: {labels}", "zh": "{labels}必须选择其中一个"},
}


def expanded(context: Context, document: Document) -> Document:
    """The document of an entity in which every link to several entities stands as one link to each, with the rules that join them."""
    root = document.root
    changed = _expanded(context, root) if isinstance(root, MappingNode) else root
    return document if changed is root else replace(document, root=changed)


def _expanded(context: Context, owner: MappingNode) -> MappingNode:
    """What has fields, an entity or a sub-table, with its links to several entities expanded, and those of its sub-tables."""
    found = owner.find("fields")
    if found is None or not isinstance(found[1], MappingNode):
        return owner
    fields, rules = list[Entry](), list[Node]()
    for key, node in found[1].entries:
        targets = _targets(node)
        if not targets:
            fields.append((key, _inside(context, node)))
            continue
        links = [_link(context, str(key.value), node, each) for each in targets]
        fields += [(_scalar(key, name), link) for name, link in links]
        rules += _rules(key, node, links, context.languages)
    if not rules and all(one is other for (_, one), (_, other) in zip(fields, found[1].entries, strict=True)):
        return owner
    changed = _with(owner, "fields", replace(found[1], entries=tuple(fields)))
    return _with(changed, "rules", _joined(changed, rules)) if rules else changed


def _inside(context: Context, node: Node) -> Node:
    is_table = isinstance(node, MappingNode) and _text(node, "type") == "table"
    return _expanded(context, node) if is_table and isinstance(node, MappingNode) else node


def _targets(node: Node) -> list[Scalar]:
    """The entities of a link that names several."""
    if not isinstance(node, MappingNode) or _text(node, "type") != "link":
        return []
    entry = node.find("to")
    return (
        [each for each in entry[1].items if isinstance(each, Scalar)]
        if entry and isinstance(entry[1], SequenceNode)
        else []
    )


def _text(node: MappingNode, key: str) -> str:
    entry = node.find(key)
    return str(entry[1].value) if entry is not None and isinstance(entry[1], Scalar) else ""


def _scalar(like: Node, value: str | bool) -> Scalar:
    """A value that was not written itself, at the place of what it comes from."""
    return Scalar(value, like.span, like.source)


def _with(node: MappingNode, key: str, value: Node) -> MappingNode:
    others = tuple(entry for entry in node.entries if entry[0].value != key)
    return replace(node, entries=(*others, (_scalar(value, key), value)))


def _link(context: Context, name: str, node: Node, target: Scalar) -> tuple[str, MappingNode]:
    assert isinstance(node, MappingNode)
    entity = str(target.value).rpartition(".")[2]
    link = _with(_with(node, "to", target), "label", _label(context, name, node, target))
    link = _with(link, "one_of", _written(name, node))
    required = link.find("required")
    if required is not None:
        link = _with(link, "required", _scalar(required[1], False))
    document = context.checked.folder("entities").get(str(target.value))
    renamed = (
        _text(document.root, "was") if document is not None and isinstance(document.root, MappingNode) else ""
    )
    field = _text(node, "was")
    if field or renamed:
        link = _with(link, "was", _scalar(node, f"{field or name}_{renamed or entity}"))
    return f"{name}_{entity}", link


def _written(name: str, node: MappingNode) -> MappingNode:
    """What the links stand for together: the field's name, its label and whether one of them is required."""
    kept = tuple((key, value) for key, value in node.entries if key.value in ("label", "required"))
    return MappingNode(((_scalar(node, "field"), _scalar(node, name)), *kept), node.span, node.source)


def _label(context: Context, name: str, node: MappingNode, target: Scalar) -> Node:
    """The label of the field with that of the entity behind it, in every language that either has."""
    own = _texts(node, humanised(name))
    document = context.checked.folder("entities").get(str(target.value))
    root = document.root if document is not None else None
    entity = str(target.value).rpartition(".")[2]
    theirs = _texts(root if isinstance(root, MappingNode) else None, humanised(entity))
    languages = [each for each in context.languages if each in own or each in theirs] or list(
        context.languages
    )
    entries = tuple(
        (_scalar(node, each), _scalar(node, f"{own.get(each) or own['']} · {theirs.get(each) or theirs['']}"))
        for each in languages
    )
    return MappingNode(entries, node.span, node.source)


def _texts(node: MappingNode | None, default: str) -> dict[str, str]:
    """The texts of a label by language; under an empty key what stands for every other one."""
    entry = node.find("label") if node is not None else None
    written = data_of(entry[1]) if entry is not None else default
    if not isinstance(written, dict):
        return {"": str(written)}
    return {
        "": str(next(iter(written.values()), default)),
        **{each: str(text) for each, text in written.items()},
    }


def _rules(
    key: Scalar, node: Node, links: Sequence[tuple[str, MappingNode]], languages: Sequence[str]
) -> Iterator[Node]:
    names = [name for name, _ in links]
    single = " AND ".join(f"({one} IS EMPTY OR {two} IS EMPTY)" for one, two in combinations(names, 2))
    yield _rule(key, links, single, _said("one", languages))
    required = node.find("required") if isinstance(node, MappingNode) else None
    if required is not None and data_of(required[1]) is True:
        chosen = " OR ".join(f"{name} IS NOT EMPTY" for name in names)
        yield _rule(key, links, chosen, _said("some", languages))


def _said(what: str, languages: Sequence[str]) -> dict[str, str]:
    """A message in the languages of the app."""
    return {language: words for language, words in _MESSAGES[what].items() if language in languages}


def _rule(key: Scalar, links: Sequence[tuple[str, MappingNode]], check: str, said: Mapping[str, str]) -> Node:
    entries: list[Entry] = []
    for language, words in said.items():
        labels = [_texts(link, name) for name, link in links]
        pause = "、" if language == "zh" else ", "
        text = words.format(labels=pause.join(each.get(language) or each[""] for each in labels))
        entries.append((_scalar(key, language), _scalar(key, text)))
    message = MappingNode(tuple(entries), key.span, key.source)
    shown = SequenceNode(tuple(_scalar(key, name) for name, _ in links), key.span, key.source)
    parts: tuple[tuple[str, Node], ...] = (
        ("check", _scalar(key, check)),
        ("message", message),
        ("fields", shown),
    )
    return MappingNode(tuple((_scalar(key, name), value) for name, value in parts), key.span, key.source)


def _joined(root: MappingNode, rules: Sequence[Node]) -> Node:
    entry = root.find("rules")
    if entry is not None and isinstance(entry[1], SequenceNode):
        return replace(entry[1], items=(*entry[1].items, *rules))
    return SequenceNode(tuple(rules), root.span, root.source)
