"""The Makefile respects what it did not make, and says what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_public_target() -> None:
    shown = make("help")
    assert shown.returncode == 0
    named = {line.split()[0] for line in shown.stdout.splitlines()}
    everyday = {"demo", "test", "lint", "format", "assets", "nightly", "clean", "screenshots", "docs"}
    proofs = {"bench", "real-data", "agree", "rights", "races", "figures"}
    assert everyday | proofs <= named


@pytest.mark.parametrize("target", ["demo", "test", "lint"])
def test_an_environment_of_somebody_else_is_left_alone(tmp_path: Path, target: str) -> None:
    foreign = tmp_path / "environment"
    foreign.mkdir()
    (foreign / "precious").write_text("kept")
    refused = make(target, f"VENV={foreign}")
    assert refused.returncode != 0
    assert "was not made by make" in refused.stderr
    assert (foreign / "precious").read_text() == "kept"
    assert {path.name for path in foreign.iterdir()} == {"precious"}


def test_a_machine_without_a_fitting_python_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    for tool in ("sh", "env"):
        (tmp_path / tool).symlink_to(Path(shutil.which(tool) or ""))
    asked = subprocess.run(
        [ROOT / "tools/find-python"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 1
    assert asked.stdout == ""
    assert "Python 3.11 or newer" in asked.stderr
    assert "apt-get install" in asked.stderr
