"""A plain `pip install` of a checkout works on a machine without Node, and the result has styled pages."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = {"node", "npm", "npx", "corepack"}


@pytest.fixture
def path_without_node(tmp_path: Path) -> str:
    """A PATH with every program of this machine but Node's."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        for program in sorted(folder.iterdir()) if folder.is_dir() else ():
            link = programs / program.name
            if program.name not in HIDDEN and not link.is_symlink():
                link.symlink_to(program)
    assert shutil.which("node", path=str(programs)) is None
    return str(programs)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the sources with nothing built in it."""
    copy = tmp_path / "checkout"
    unwanted = shutil.ignore_patterns(
        ".git", ".venv", "node_modules", "dist", "dist.new", "__pycache__", ".*_cache", "*.db*"
    )
    shutil.copytree(ROOT, copy, ignore=unwanted, symlinks=True)
    return copy


@pytest.mark.nightly
@pytest.mark.parametrize("road", ["directly", "through a source archive"])
def test_a_plain_install_needs_no_node(
    checkout: Path, path_without_node: str, tmp_path: Path, road: str
) -> None:
    environment = {**os.environ, "PATH": path_without_node}
    environment.pop("PYTHONPATH", None)
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    python = str(home / "bin/python")

    def run(*command: str) -> str:
        finished = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout
        return finished.stdout

    what = checkout
    if road == "through a source archive":
        run(python, "-m", "pip", "install", "--quiet", "build")
        run(python, "-m", "build", "--sdist", "--outdir", str(tmp_path / "archive"), str(checkout))
        (what,) = (tmp_path / "archive").iterdir()
    run(python, "-m", "pip", "install", "--quiet", str(what))
    script = "import dougong_renderers, pathlib; print(pathlib.Path(dougong_renderers.__file__).parent)"
    package = Path(run(python, "-c", script).strip())
    assert package.is_relative_to(home)
    assert (package / "html/static/dist/manifest.json").is_file()
    assert "dougong" in run(str(home / "bin/dougong"), "--help")
