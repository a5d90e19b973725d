"""The sample apps of these tests, and findings as text."""

from pathlib import Path

from hypothesis import HealthCheck, settings

from dougong.compiler import compile_app
from dougong.definitions.load import load_app
from dougong.diagnostics import Diagnostic
from dougong.model.app import App

HERE = Path(__file__).parent
CALM = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
"""How generated examples are tried here: a busy machine is no failure."""
GOOD = HERE / "good"
BAD = HERE / "bad"
CASES = sorted(folder.name for folder in BAD.iterdir() if folder.is_dir())


def compiled(folder: Path) -> App:
    """The app of a folder that is expected to be right."""
    outcome = compile_app(load_app(folder))
    assert isinstance(outcome, App), [str(finding) for finding in outcome]
    return outcome


def findings(folder: Path) -> list[Diagnostic]:
    """The findings of a folder that is expected to be wrong."""
    outcome = compile_app(load_app(folder))
    assert isinstance(outcome, list)
    return outcome


def texts_of(folder: Path) -> dict[str, str]:
    """The files of an app as texts by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
