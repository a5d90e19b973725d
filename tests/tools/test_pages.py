"""The rules about templates and scripts find what opens a door, and let the usual be."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lint_pages", ROOT / "tools/lint/pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


pages = load()
TEMPLATE, SCRIPT = (
    "renderers/dougong_renderers/html/templates/x.html",
    "renderers/dougong_renderers/html/client/src/x.ts",
)

BROKEN = [
    (TEMPLATE, "{{ text | safe }}"),
    (TEMPLATE, "{% autoescape false %}"),
    (TEMPLATE, "<script>run()</script>"),
    (TEMPLATE, '<button onclick="run()">'),
    (TEMPLATE, "<style>p { color: red }</style>"),
    (TEMPLATE, '<p style="color: red">'),
    (TEMPLATE, '<div hx-on:click="run()">'),
    (TEMPLATE, "<div hx-vals='js:{a: b()}'>"),
    (TEMPLATE, "<a href={{ address }}>"),
    (TEMPLATE, '<a href="javascript:run()">'),
    (TEMPLATE, '<script src="https://elsewhere.example/x.js"></script>'),
    (TEMPLATE, '<img src="//elsewhere.example/x.png">'),
    (TEMPLATE, '<a href="{{ address }}" target="_blank">'),
    (SCRIPT, "element.innerHTML = text;"),
    (SCRIPT, "element.outerHTML += text;"),
    (SCRIPT, 'element.insertAdjacentHTML("beforeend", text);'),
    (SCRIPT, "document.write(text);"),
    (SCRIPT, "new DOMParser().parseFromString(text, kind);"),
    (SCRIPT, "eval(text);"),
    (SCRIPT, "new Function(text);"),
    (SCRIPT, 'setTimeout("run()", 10);'),
    (SCRIPT, 'window.addEventListener("message", take);'),
    (SCRIPT, 'localStorage.setItem("a", "b");'),
    (SCRIPT, "document.cookie = text;"),
    (SCRIPT, "const secret = Math.random();"),
]
SOUND = [
    (TEMPLATE, "{{ text }}"),
    (TEMPLATE, '<script type="module" src="/static/main.js"></script>'),
    (TEMPLATE, '<script type="application/json">{{ data | tojson }}</script>'),
    (TEMPLATE, '<a href="{{ address }}" rel="noopener" target="_blank">'),
    (TEMPLATE, '<p class="on">one = two</p>'),
    (SCRIPT, "if (element.innerHTML === text) run();"),
    (SCRIPT, "element.textContent = text;"),
    (SCRIPT, "setTimeout(run, 10);"),
    (SCRIPT, "const evaluated = evaluate(text);"),
]


@pytest.mark.parametrize(("file", "line"), BROKEN)
def test_a_door_is_found(file: str, line: str) -> None:
    [finding] = pages.check_text(file, f"first line\n{line}\n")
    assert finding.startswith(f"{file}:2: ")


@pytest.mark.parametrize(("file", "line"), SOUND)
def test_the_usual_passes(file: str, line: str) -> None:
    assert list(pages.check_text(file, line)) == []


def test_the_owner_may_do_what_it_owns() -> None:
    owner = "renderers/dougong_renderers/html/client/src/waiting.ts"
    assert list(pages.check_text(owner, "holder.innerHTML = rows;")) == []


def test_every_rule_has_an_example_of_what_breaks_it() -> None:
    broken = {finding.split(": ", 1)[1] for file, line in BROKEN for finding in pages.check_text(file, line)}
    assert broken == {rule.name for rule in pages.RULES}


def test_what_is_in_the_repository_passes() -> None:
    assert pages.check_folders(ROOT, ["platform", "renderers"]) == []
