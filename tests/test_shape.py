"""The layout of the repository: source roots that are not packages, so that the standard library stays whole."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("folder", ["platform", "renderers", "app_definitions", "tests/platform"])
def test_source_roots_are_not_packages(folder: str) -> None:
    assert not list((ROOT / folder).glob("*.py"))


@pytest.mark.parametrize("folder", [".", "tests"])
def test_the_standard_library_keeps_its_platform_module(folder: str) -> None:
    # A child process, because pytest itself has already imported the real module.
    found = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.__file__)"],
        cwd=ROOT / folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not Path(found.stdout.strip()).is_relative_to(ROOT / "platform")
