"""Mistakes that no file of a repository can hold: wrong bytes, sizes, links and rights."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from dougong.compiler import compile_apps
from dougong.definitions.load import MAX_FILES, load_app, load_sources
from dougong.definitions.text import MAX_FILE_BYTES
from dougong.diagnostics import Diagnostic

APP = "id: shop\nversion: 1.0.0\nlabel: Shop\n"
ENTITY = "fields:\n  name: {type: text}\n"
Case = Callable[[Path], list[Diagnostic]]


def _with_bytes(content: bytes) -> Case:
    def run(folder: Path) -> list[Diagnostic]:
        _write(folder, content)
        return list(load_app(folder).problems)

    return run


def _write(folder: Path, content: bytes) -> None:
    (folder / "entities").mkdir(parents=True)
    (folder / "app.yaml").write_text(APP)
    (folder / "entities" / "customer.yaml").write_bytes(content)


def _deep(folder: Path) -> list[Diagnostic]:
    return list(load_sources({"app.yaml": APP, "entities/customer.yaml": "a: " + "[" * 100_000}).problems)


def _many(folder: Path) -> list[Diagnostic]:
    texts = {f"entities/e{number}.yaml": ENTITY for number in range(MAX_FILES + 1)}
    return list(load_sources({"app.yaml": APP, **texts}).problems)


def _link(folder: Path) -> list[Diagnostic]:
    _write(folder, ENTITY.encode())
    outside = folder.parent / "secret.yaml"
    outside.write_text(ENTITY)
    (folder / "entities" / "stolen.yaml").symlink_to(outside)
    (folder / "reports").symlink_to(folder.parent)
    os.mkfifo(folder / "entities" / "pipe.yaml")
    return list(load_app(folder).problems)


def _nowhere(folder: Path) -> list[Diagnostic]:
    (folder.parent / "shop_app").mkdir()
    return list(load_app(folder.parent / "shop_ap").problems)


def _unreadable(folder: Path) -> list[Diagnostic]:
    """The operating system refuses a file because of its rights; root may read everything, so it drops them for a moment."""
    _write(folder, ENTITY.encode())
    (folder / "entities" / "customer.yaml").chmod(0)
    if os.geteuid() != 0:
        return list(load_app(folder).problems)
    for parent in (folder, *folder.parents):
        if parent.is_relative_to(tempfile.gettempdir()) and parent != Path(tempfile.gettempdir()):
            parent.chmod(0o755)
    os.seteuid(65534)
    try:
        return list(load_app(folder).problems)
    finally:
        os.seteuid(0)


def _circle(folder: Path) -> list[Diagnostic]:
    trees = [
        load_sources(
            {"app.yaml": f"id: {name}\nversion: 1.0.0\nlabel: A\nrequires: {{apps: [{other}]}}\n"}, name
        )
        for name, other in (("a", "b"), ("b", "a"))
    ]
    outcome = compile_apps(trees)
    return [finding for finding in outcome if isinstance(finding, Diagnostic)]


HARD_CASES: Mapping[str, Case] = {
    "D101": _with_bytes("label: 客户\n".encode("gb18030") + ENTITY.encode()),
    "D102": _with_bytes(b"\xef\xbb\xbf" + ENTITY.encode()),
    "D103": _with_bytes(ENTITY.replace("\n", "\r\n").encode()),
    "D104": _with_bytes(b"label: a\xe2\x80\xa8b\n" + ENTITY.encode()),
    "D115": _deep,
    "D116": _with_bytes(b"#" * (MAX_FILE_BYTES + 1)),
    "D117": _many,
    "D123": _link,
    "D125": _nowhere,
    "D126": _unreadable,
    "D503": _circle,
}
