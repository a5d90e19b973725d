"""Who may import whom: import-linter's contracts hold, and no package stands outside the layers."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def contracts() -> list[dict[str, object]]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = configuration["tool"]["importlinter"]["contracts"]
    assert isinstance(found, list)
    return found


def test_the_contracts_hold() -> None:
    roots = os.pathsep.join(str(ROOT / root) for root in ("platform", "renderers"))
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    checked = subprocess.run(
        [sys.executable, "-c", program, "--no-logo", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": roots},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_part_has_its_layer() -> None:
    layers = contracts()[0]["layers"]
    assert isinstance(layers, list)
    named = {name.strip().strip("()") for layer in layers for name in layer.split("|")}
    package = ROOT / "platform" / "dougong"
    parts = {
        f"dougong.{path.stem}"
        for path in package.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.stem.startswith("__")
    }
    assert parts <= named
