"""A wheel, built and installed as a stranger would, has everything that the checkout has."""

import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
DATA_SUFFIXES = {
    ".typed",
    ".html",
    ".txt",
    ".xml",
    ".svg",
    ".json",
    ".lark",
    ".yaml",
    ".yml",
    ".csv",
    ".css",
    ".png",
    ".sql",
}
CLIENT = ROOT / "renderers/dougong_renderers/html/client"


def build(target: Path, *arguments: str) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(target), *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, assets: Path) -> Path:
    assert assets.is_dir()
    return build(tmp_path_factory.mktemp("wheel"), "--target", "wheel")


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and CLIENT not in path.parents:
            yield path


@pytest.mark.parametrize("root", ["platform", "renderers"])
def test_the_wheel_has_every_module_and_data_file(names: set[str], root: str) -> None:
    expected = {
        path.relative_to(ROOT / root).as_posix()
        for path in tracked(ROOT / root)
        if path.suffix in DATA_SUFFIXES | {".py"} and path.parent != ROOT / root
    }
    assert expected
    assert expected <= names


def test_the_wheel_has_the_bundled_apps(names: set[str]) -> None:
    expected = {
        f"dougong/app_definitions/{path.relative_to(ROOT / 'app_definitions').as_posix()}"
        for path in tracked(ROOT / "app_definitions")
    }
    assert expected
    assert expected <= names


def test_the_wheel_has_the_built_front_end_and_its_licences(names: set[str], assets: Path) -> None:
    expected = {f"dougong_renderers/html/static/dist/{path.name}" for path in assets.iterdir()}
    assert {Path(name).suffix for name in expected} >= {".css", ".js", ".json", ".svg", ".txt"}
    assert expected <= names


def test_the_wheel_has_nothing_else(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == {
        "dougong",
        "dougong_renderers",
        f"dougong-{VERSION}.dist-info",
    }
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".pyc"))]


def test_an_installed_wheel_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, system_site_packages=False, with_pip=False)
    site_packages = next(environment.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site_packages)
    script = (
        "import platform, pathlib, dougong, dougong_renderers;"
        "platform.system();"
        "home = pathlib.Path(dougong.__file__).parent;"
        "print(home);"
        "print(sorted(p.name for p in (home / 'app_definitions').iterdir()))"
    )
    started = subprocess.run(
        [environment / "bin/python", "-c", script],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=True,
    )
    home, apps = started.stdout.splitlines()
    assert Path(home) == site_packages / "dougong"
    assert apps == str(sorted(path.name for path in (ROOT / "app_definitions").iterdir()))


def test_the_source_archive_is_complete_and_holds_no_foreign_code(tmp_path: Path) -> None:
    with tarfile.open(build(tmp_path, "--target", "sdist")) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "app_definitions/README.md"}
    assert needed | {f"{CLIENT.relative_to(ROOT).as_posix()}/package-lock.json"} <= inside
    assert not [name for name in inside if "node_modules" in name or "static/dist" in name]
