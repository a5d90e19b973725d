"""Drawings of the bundled apps: sound SVG, every thing in it once, texts in the language asked for, nothing that runs."""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dougong.compiler.folders import compile_folders
from dougong.definitions import bundled
from dougong.model.app import App
from dougong_renderers.diagrams.draw import KINDS

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[str, float, float, float, float]


@pytest.fixture(scope="module", params=bundled.names())
def app(request: pytest.FixtureRequest) -> App:
    [found] = compile_folders([bundled.folder(request.param)])
    return found


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "0"))


def boxes(root: ElementTree.Element) -> list[Box]:
    return [
        (
            each.get("data-name", ""),
            number(each, "x"),
            number(each, "y"),
            number(each, "width"),
            number(each, "height"),
        )
        for each in root.iter(f"{SVG}rect")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_drawings_are_sound(app: App, kind: str, language: str) -> None:
    text = KINDS[kind](app, language)
    root = parsed(text)
    assert root.find(f"{SVG}title") is not None
    assert root.findtext(f"{SVG}desc")
    assert root.get("role") == "img"
    assert not re.search(r"<script|<style|\bon\w+=|href|url\(", text)
    for one, other in combinations(boxes(root), 2):
        apart = (
            one[1] + one[3] <= other[1] + 0.2
            or other[1] + other[3] <= one[1] + 0.2
            or one[2] + one[4] <= other[2] + 0.2
            or other[2] + other[4] <= one[2] + 0.2
        )
        assert apart, (one[0], other[0])
    assert text == KINDS[kind](app, language)


def test_every_entity_and_every_link_is_drawn(app: App) -> None:
    root = parsed(KINDS["er"](app, "en"))
    drawn = {each[0] for each in boxes(root)}
    entities = {key: entity for key, entity in app.entities.items() if not entity.parent}
    assert drawn == {f"entity {key}" for key in entities}
    lines = {each.get("data-name") for each in root.iter(f"{SVG}path")}
    wanted = {
        f"link {key}.{field.id} {field.target.entity}"
        for key, entity in entities.items()
        for field in entity.fields.values()
        if field.target is not None and field.target.app == app.id
    }
    assert wanted <= lines


def test_lines_end_at_the_boxes_they_name(app: App) -> None:
    root = parsed(KINDS["er"](app, "zh"))
    spots = {each[0].removeprefix("entity "): each[1:] for each in boxes(root)}
    for line in root.iter(f"{SVG}path"):
        _, source, target = line.get("data-name", "").split()
        numbers = [float(each) for each in re.findall(r"-?\d+\.\d", line.get("d", ""))]
        if source.split(".")[0] == target:
            continue
        ends = {(target, numbers[0], numbers[1]), (source.split(".")[0], numbers[-2], numbers[-1])}
        for name, x, y in ends:
            left, top, width, height = spots[name]
            assert min(abs(x - left), abs(x - left - width)) < 0.11
            assert top <= y <= top + height


def test_every_node_of_every_workflow_is_drawn(app: App) -> None:
    drawn = {each[0] for each in boxes(parsed(KINDS["workflow"](app, "en")))}
    nodes = {
        f"{workflow.id} {name}" for workflow in app.workflows.values() for name in (*workflow.nodes, "start")
    }
    assert drawn == nodes


def test_a_role_shows_exactly_what_it_grants(app: App) -> None:
    drawn = {each[0] for each in boxes(parsed(KINDS["roles"](app, "en"))) if not each[0].startswith("legend")}
    granted = {
        f"{role.id} {entity} {action}"
        for role in app.roles.values()
        for entity, actions in role.grants.items()
        for action in actions
    }
    assert drawn == granted


def test_labels_are_in_the_language_asked_for() -> None:
    [app] = compile_folders([bundled.folder("crm")])
    assert "商机" in KINDS["er"](app, "zh")
    assert not re.search(r"[\u4e00-\u9fff]", "".join(parsed(KINDS["er"](app, "en")).itertext()))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_command_writes_the_drawing(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "drawing.svg"
    command = [
        sys.executable,
        "-m",
        "dougong",
        "diagram",
        str(bundled.folder("crm")),
        "--kind",
        kind,
        "--to",
        str(target),
    ]
    environment = {
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert parsed(target.read_text("utf-8")).tag == f"{SVG}svg"
