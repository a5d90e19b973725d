"""Texts that stand in files of their own: translations/<language>.yaml."""

from __future__ import annotations

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.definitions.catalogue import listing


def read(context: Context) -> None:
    """Puts the translated texts into the context, by document and path."""
    for language, document in context.checked.folder("translations").items():
        item = Item.of(document)
        if language not in context.languages:
            context.report("D213", item, language=language, known=listing(list(context.languages)))
            continue
        for file, texts in item.entries():
            for path, text in texts.entries():
                context.translations.setdefault((file, path), []).append((language, text.text, text))


def check(context: Context) -> None:
    """Notes every translation of a text that nobody asked for; called when everything else is compiled."""
    for (file, path), found in context.translations.items():
        if (file, path) in context.texts or context.checked.is_damaged(file, tuple(path.split("/"))):
            continue
        files = sorted({document for document, _ in context.texts})
        known = [inner for document, inner in context.texts if document == file]
        for _, _, item in found:
            about = Item(item.document, item.path, item.key or item.node, item.key)
            if known:
                context.unknown("D313", about, path, sorted(known), file)
            else:
                context.unknown("D313", about, file, files)
