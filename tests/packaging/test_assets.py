"""The built front end: what the manifest names exists, pages start light, and every icon in use is drawn."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dougong.fieldtypes import TYPES

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "renderers/dougong_renderers/html/client"
BUDGET = 30 * 1024
LIVE_BUDGET = 26 * 1024


@pytest.fixture(scope="module")
def manifest(assets: Path) -> dict[str, str]:
    found = json.loads((assets / "manifest.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def loaded_at_once(assets: Path, name: str) -> set[str]:
    """A script and everything it imports before it runs."""
    source = (assets / name).read_text(encoding="utf-8")
    found = {name}
    for part in re.findall(r'(?:\bfrom|\bimport)\s*"\./([^"]+)"', source):
        found |= loaded_at_once(assets, part)
    return found


def test_the_manifest_names_files_with_a_hash(assets: Path, manifest: dict[str, str]) -> None:
    assert {"main.js", "chart.js", "designer.js", "engine.js", "live.js", "main.css", "icons.svg"} <= set(
        manifest
    )
    for plain, hashed in manifest.items():
        assert re.fullmatch(
            re.escape(Path(plain).stem) + r"-[A-Z0-9]{8}" + re.escape(Path(plain).suffix), hashed
        )
        assert (assets / hashed).stat().st_size > 0


def test_a_page_starts_with_little_script(assets: Path, manifest: dict[str, str]) -> None:
    parts = loaded_at_once(assets, manifest["main.js"])
    sizes = {part: len(gzip.compress((assets / part).read_bytes())) for part in parts}
    assert sum(sizes.values()) <= BUDGET, sizes


def test_a_form_that_computes_takes_little_more(assets: Path, manifest: dict[str, str]) -> None:
    """What only such forms load, with the engine of expressions and its decimals."""
    parts = loaded_at_once(assets, manifest["live.js"]) - loaded_at_once(assets, manifest["main.js"])
    sizes = {part: len(gzip.compress((assets / part).read_bytes())) for part in parts}
    assert sum(sizes.values()) <= LIVE_BUDGET, sizes
    assert not any(
        re.search(r"\beval\(|new Function\(", (assets / part).read_text("utf-8")) for part in parts
    )


def test_the_styles_ask_no_other_host(assets: Path, manifest: dict[str, str]) -> None:
    styles = (assets / manifest["main.css"]).read_text(encoding="utf-8")
    addresses = set(re.findall(r"url\(\s*[\"']?((?:https?:)?//[^\"')]+)", styles))
    assert addresses == set()
    assert "@import" not in styles


def test_every_icon_in_use_is_drawn(assets: Path, manifest: dict[str, str]) -> None:
    drawn = set(
        re.findall(r'<symbol id="([^"]+)"', (assets / manifest["icons.svg"]).read_text(encoding="utf-8"))
    )
    assert drawn == set(json.loads((CLIENT / "icons.json").read_text(encoding="utf-8")))
    used = {
        (icon, path.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / "app_definitions").rglob("*.yaml"))
        for icon in icons_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    }
    missing = [pair for pair in sorted(used) if pair[0] not in drawn]
    assert not missing, f"add to client/icons.json, or choose another icon of Tabler's: {missing}"


def test_every_icon_of_a_field_type_is_drawn() -> None:
    drawn = set(json.loads((CLIENT / "icons.json").read_text(encoding="utf-8")))
    assert {kind: known.icon for kind, known in TYPES.items() if known.icon not in drawn} == {}


def icons_of(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["icon"]} if isinstance(node.get("icon"), str) else set()
        return own.union(*(icons_of(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*map(icons_of, node))
    return set()


def test_a_second_build_changes_nothing(assets: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in assets.iterdir()}
    subprocess.run([sys.executable, str(ROOT / "hatch_build.py")], check=True)
    assert {path.name: path.stat().st_mtime_ns for path in assets.iterdir()} == before


def test_no_third_party_code_is_kept_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        kept = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("renderers/**/static/**/*")]
        kept = [path for path in kept if "/dist" not in path]
    else:
        kept = listed.stdout.split()
    assert not [
        name for name in kept if "node_modules/" in name or name.endswith((".min.js", ".min.css", ".woff2"))
    ]
    lock = (CLIENT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
