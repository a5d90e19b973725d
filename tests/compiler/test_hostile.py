"""Whatever an author writes, the compiler answers with an app or with findings; it never fails."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.compiler import check_sources, compile_app
from dougong.definitions import rendering
from dougong.definitions.load import load_sources
from dougong.definitions.nodes import data_of
from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from tests.definitions.documents import VALUES
from tests.definitions.samples import CALM, GOOD, texts_of

TEXTS = texts_of(GOOD / "sales")
DATA = {path: data_of(document.root) for path, document in load_sources(TEXTS).documents.items()}
_NAMES = ["account", "opportunity", "lines", "name", "owner", "stage", "sales", "amount", "manager"]
_MORE = ["done", "a", "new", "subtotal", "parent", "id"]
_OTHERS = [
    "text",
    "link",
    "table",
    "serial",
    "crm.account",
    "",
    "-",
    "__class__",
    "SUM(lines.subtotal)",
    "owner = ME()",
]
_TRICKS = ["{name}", "{}", "{0.__class__}", "'; DROP TABLE x; --", "a" * 300, "1 +"]
WORDS = st.sampled_from([*_NAMES, *_MORE, *_OTHERS, *_TRICKS])
ANYTHING: st.SearchStrategy[Any] = (
    WORDS | VALUES | st.lists(WORDS, max_size=3) | st.dictionaries(WORDS, WORDS | VALUES, max_size=3)
)


def places(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    for step, value in (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    ):
        found += places(value, (*here, step))
    return found


def mutated(data: Any, path: tuple[Any, ...], kind: str, value: Any) -> Any:
    """The data with what stands at a path replaced, removed, or given another key."""
    step, rest = path[0], path[1:]
    if rest:
        inner = mutated(data[step], rest, kind, value)
        return {**data, step: inner} if isinstance(data, dict) else [*data[:step], inner, *data[step + 1 :]]
    if kind == "remove" or (kind == "rename" and not isinstance(data, dict)):
        return (
            {k: v for k, v in data.items() if k != step}
            if isinstance(data, dict)
            else [*data[:step], *data[step + 1 :]]
        )
    if kind == "rename":
        return {(str(value)[:300] or "x") if k == step else k: v for k, v in data.items()}
    return {**data, step: value} if isinstance(data, dict) else [*data[:step], value, *data[step + 1 :]]


def answer(texts: dict[str, str]) -> App | list[Diagnostic]:
    outcome = compile_app(load_sources(texts, "sales"))
    if isinstance(outcome, list):
        assert outcome
        for finding in outcome:
            assert finding.place is not None
            assert finding.place.file.startswith("sales/")
            assert len(finding.message) < 1000
            assert "Traceback" not in finding.message
    return outcome


@CALM
@given(st.data())
def test_any_mutation_of_a_good_app_is_answered(draw: st.DataObject) -> None:
    texts = dict(TEXTS)
    for _ in range(draw.draw(st.integers(1, 4))):
        path = draw.draw(st.sampled_from(sorted(DATA)))
        data = DATA[path]
        place = draw.draw(st.sampled_from(places(data)))
        kind = draw.draw(st.sampled_from(["replace", "remove", "rename"]))
        data = mutated(data, place, kind, draw.draw(WORDS if kind == "rename" else ANYTHING))
        texts[f"{path}.yaml"] = rendering.whole(data)
    answer(texts)


@pytest.mark.parametrize("path", sorted(DATA))
def test_anything_of_a_good_app_may_be_a_word(path: str) -> None:
    for place in places(DATA[path]):
        answer({**TEXTS, f"{path}.yaml": rendering.whole(mutated(DATA[path], place, "replace", "account"))})


@CALM
@given(st.dictionaries(st.sampled_from(sorted(TEXTS)), ANYTHING, min_size=1, max_size=3))
def test_any_data_in_any_file_is_answered(files: dict[str, Any]) -> None:
    answer({**TEXTS, **{path: rendering.whole(data) for path, data in files.items()}})


@CALM
@given(st.sets(st.sampled_from(sorted(TEXTS)), min_size=1))
def test_any_files_may_be_missing(missing: set[str]) -> None:
    answer({path: text for path, text in TEXTS.items() if path not in missing})


@pytest.mark.parametrize("seed", range(40))
def test_any_bytes_of_a_good_app_may_be_damaged(seed: int) -> None:
    """Single characters changed anywhere, many at a time."""
    chance = random.Random(seed)
    texts = {}
    for path, text in TEXTS.items():
        characters = list(text)
        for _ in range(chance.choice([0, 0, 1, 3])):
            characters[chance.randrange(len(characters))] = chance.choice("{}[]:,-'\"# \n\tabz0&*!|>%@`\\中")
        texts[path] = "".join(characters)
    answer(texts)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("entities/account.yaml", "fields: {name: {type: text, pattern: '" + "(a+)+" * 500 + "'}}\n"),
        ("entities/account.yaml", "fields: {" + ", ".join(f"f{n}: {{type: text}}" for n in range(3000)) + "}\n"),
        ("entities/account.yaml", "title: '" + "{name}" * 30 + "'\nfields: {name: {type: text}}\n"),
        ("views/account.yaml", "views:\n  a: {filter: \"" + "NOT " * 3000 + "TRUE\"}\n"),
        ("views/account.yaml", "views:\n  a: {filter: \"name = '" + "x" * 9000 + "'\"}\n"),
        (
            "workflows/deal.yaml",
            "entity: opportunity\nnodes:\n"
            + "".join(f"  n{n}: {{next: [{{to: n{n + 1}}}]}}\n" for n in range(2000))
            + "  n2000: {end: approved}\n",
        ),
        (
            "entities/account.yaml",
            "fields:\n"
            + "".join(f"  f{n}: {{type: integer, formula: f{n + 1}}}\n" for n in range(1500))
            + "  f1500: {type: integer}\n",
        ),
    ],
)  # fmt: skip
def test_large_definitions_are_answered(path: str, text: str) -> None:
    answer({**TEXTS, path: text})


def test_names_of_python_are_only_names() -> None:
    texts = {"app.yaml": "id: x\nversion: 1.0.0\nlabel: '{0.__class__} %s {label}'\n"}
    outcome = check_sources(
        {**texts, "entities/thing.yaml": "label: '{x}'\nfields: {name: {type: text, label: '%(a)s'}}\n"}
    )
    assert isinstance(outcome, App)
    assert outcome.label.get("en") == "{0.__class__} %s {label}"
