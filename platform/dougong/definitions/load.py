"""From a folder, or from texts, to the tree of an app: everything that can be read, and every reason why something cannot."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dougong.definitions import layers
from dougong.definitions.catalogue import problem
from dougong.definitions.json_reader import read_json
from dougong.definitions.nodes import Document, Layer, MappingNode, Scalar, Source
from dougong.definitions.places import IDENTIFIER, LOCAL, TEMPLATE, Role, role_of
from dougong.definitions.schemas.common import ID_LENGTH
from dougong.definitions.text import MAX_FILE_BYTES, Clean, clean, decode
from dougong.definitions.tree import Tree
from dougong.definitions.yaml_reader import read_yaml
from dougong.diagnostics import Diagnostic, Place, nearest

_APP_FILES = ("app.yaml", "app.json")
MAX_FILES = 2000
MAX_BYTES = 20 * 1024 * 1024


def load_app(folder: str | Path) -> Tree:
    """The tree of the app in a folder; what could not be read is among its `problems`.

    Places name the file by the id of the app, wherever its folder stands, so that a finding is the same behind every door.
    """
    root = Path(folder)
    if not os.path.isdir(root):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        return _nothing(root.name or "app", "D125", name=str(folder), advice=_neighbour(root))
    papers = (_content(root / name, name).text for name in _APP_FILES if (root / name).is_file())
    gathering = _Gathering(_identifier(papers) or root.resolve().name or "app")
    try:
        for path in _files(root, "", gathering):
            gathering.add(path, _content(root / path, gathering.shown(path)))
    except _TooMuch as error:
        return _nothing(gathering.name, "D117", found=error.found, limit=error.limit)
    return gathering.tree()


def load_sources(sources: Mapping[str, str], name: str = "") -> Tree:
    """The tree of an app given as texts by path, exactly as if they stood in a folder.

    `name` stands for the app in places; without it, it is the id in app.yaml.
    """
    papers = (clean(sources[path], path).text for path in _APP_FILES if path in sources)
    gathering = _Gathering(name or _identifier(papers) or "app")
    try:
        for path in sorted(sources):
            gathering.add(path, clean(sources[path], gathering.shown(path)))
    except _TooMuch as error:
        return _nothing(gathering.name, "D117", found=error.found, limit=error.limit)
    return gathering.tree()


def _identifier(papers: Iterable[str | None]) -> str:
    """The id that app.yaml or app.json gives, if it is one."""
    for text in papers:
        reader = read_json if text is not None and text.lstrip().startswith("{") else read_yaml
        root = reader(text or "", Source("app.yaml")).root
        entry = root.find("id") if isinstance(root, MappingNode) else None
        value = entry[1].value if entry is not None and isinstance(entry[1], Scalar) else None
        if isinstance(value, str) and IDENTIFIER.fullmatch(value) and len(value) <= ID_LENGTH:
            return value
    return ""


class _TooMuch(Exception):
    def __init__(self, found: str, limit: str) -> None:
        self.found, self.limit = found, limit
        super().__init__(found)


@dataclass(slots=True)
class _Gathering:
    """Files as they come in, sorted into layers."""

    name: str
    documents: dict[str, dict[str, Document]] = field(default_factory=lambda: {TEMPLATE: {}, LOCAL: {}})
    sources: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Diagnostic] = field(default_factory=list)
    files: int = 0
    size: int = 0

    def shown(self, path: str) -> str:
        """The file as a person reads it in a finding."""
        return f"{self.name}/{path}"

    def add(self, path: str, content: Clean) -> None:
        """Takes one file in: reads it if it is a definition, keeps it if it is rows or a paper."""
        self._count(content)
        role = role_of(path, self.shown(path))
        self.problems.extend(content.problems)
        if isinstance(role, Diagnostic):
            self.problems.append(role)
            return
        if content.text is not None:
            self.sources[path] = content.text
        if role.use == "definition":
            self._read(path, role, content.text)
        elif role.use == "rows" and content.text is not None:
            self.rows[path] = content.text

    def _count(self, content: Clean) -> None:
        self.files += 1
        self.size += len(content.text or "")
        if self.files > MAX_FILES:
            raise _TooMuch(f"{self.files} files", f"{MAX_FILES} files")
        if self.size > MAX_BYTES:
            raise _TooMuch(f"{self.size} bytes", f"{MAX_BYTES} bytes")

    def _read(self, path: str, role: Role, text: str | None) -> None:
        first = self.seen.setdefault((role.layer, role.document), path)
        if first != path:
            words = {"name": role.document, "first": self.shown(first)}
            self.problems.append(problem("D122", Place(self.shown(path)), **words))
            return
        if text is None:
            self.broken.add(role.document)
            return
        reader = read_json if path.endswith(".json") else read_yaml
        outcome = reader(text, Source(self.shown(path), role.layer))
        self.problems.extend(outcome.problems)
        if outcome.root is None:
            self.broken.add(role.document)
        else:
            self.documents[role.layer][role.document] = Document(role.document, outcome.root)

    def tree(self) -> Tree:
        """The app as far as it could be read."""
        merged, problems = layers.merge(self.documents[TEMPLATE], self.documents[LOCAL])
        self.problems.extend(problems)
        if "app" not in merged and "app" not in self.broken:
            self.problems.append(problem("D124", Place(self.shown("app.yaml"))))
        kept = tuple(Layer(name, documents) for name, documents in self.documents.items() if documents)
        return Tree(
            self.name, merged, self.sources, self.rows, kept, frozenset(self.broken), tuple(self.problems)
        )


def _nothing(shown: str, code: str, /, **words: object) -> Tree:
    return Tree(shown, {}, {}, problems=(problem(code, Place(shown), **words),))


def _files(root: Path, below: str, gathering: _Gathering) -> Iterator[str]:
    """The plain files of a folder by path inside it, in order; links and special files are findings, hidden ones passed over."""
    try:
        entries = sorted(os.scandir(root / below), key=lambda entry: entry.name)
    except OSError as error:
        place = Place(gathering.shown(below or "."))
        gathering.problems.append(problem("D126", place, problem=error.strerror or "refused"))
        return
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if path.count("/") < 4:
                yield from _files(root, path, gathering)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            gathering.problems.append(problem("D123", Place(gathering.shown(path))))


def _content(path: Path, shown: str) -> Clean:
    """The text of a file that is opened without following a link and never read beyond the limit."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return Clean(None, (problem("D123", Place(shown)),))
            size = os.fstat(handle).st_size
            if size > MAX_FILE_BYTES:
                return Clean(None, (problem("D116", Place(shown), size=size, limit=MAX_FILE_BYTES),))
            return decode(file.read(MAX_FILE_BYTES + 1), shown)
    except OSError as error:
        return Clean(None, (problem("D126", Place(shown), problem=error.strerror or "refused"),))


def _neighbour(root: Path) -> str:
    """The nearest folder beside the one that does not exist, as advice."""
    try:
        names = [entry.name for entry in os.scandir(root.parent) if entry.is_dir()]
    except OSError:
        return ""
    return nearest(root.name, names)
