"""Reading is strict: a plain text stays what was written, and whatever could mislead is refused with its place."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.definitions.json_reader import read_json
from dougong.definitions.load import load_app, load_sources
from dougong.definitions.nodes import Document, Source, data_of
from dougong.definitions.reading import Outcome
from dougong.definitions.text import decode
from dougong.definitions.yaml_reader import read_yaml
from tests.definitions.hard_cases import APP, ENTITY, HARD_CASES
from tests.definitions.samples import CALM, GOOD, texts_of

SOURCE = Source("a/b.yaml")


def yaml(text: str) -> object:
    outcome = read_yaml(text, SOURCE)
    assert outcome.root is not None, outcome.problems
    return data_of(outcome.root)


@pytest.mark.parametrize("code", HARD_CASES)
def test_hard_cases_are_refused_with_a_place(code: str, tmp_path: Path) -> None:
    found = HARD_CASES[code](tmp_path / "shop")
    assert {finding.code for finding in found} == {code}
    assert all(finding.place for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "on",
        "yes",
        "012",
        "0x10",
        "0o7",
        "1_000",
        "12:30:45",
        "2026-01-02",
        ".5",
        "+5",
        "1.",
        ".inf",
        ".nan",
        "True",
    ],
)
def test_what_looks_like_something_else_stays_text(text: str) -> None:
    assert yaml(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-3", -3),
        ("0", 0),
        ("1.10", Decimal("1.10")),
        ("1e3", Decimal(1000)),
        ("'1'", "1"),
        ('"true"', "true"),
        ("|\n  x\n  y", "x\ny"),
    ],
)
def test_plain_values_mean_what_json_and_yaml_agree_on(text: str, value: object) -> None:
    read = yaml(f"a: {text}\n")
    assert isinstance(read, dict)
    assert read["a"] == value or read["a"] == f"{value}\n"
    assert type(read["a"]) is type(value)


def test_keys_are_names_whatever_they_look_like() -> None:
    assert yaml("no: 1\ntrue: 2\n1: 3\n") == {"no": 1, "true": 2, "1": 3}


def test_places_are_exact_for_keys_and_values() -> None:
    outcome = read_yaml("label: A\nfields:\n  名: {type: text, size: [1, 22]}\n", SOURCE)
    assert outcome.root is not None
    document = Document("entities/x", outcome.root)
    assert str(document.place(("label",))) == "a/b.yaml:1:8"
    assert str(document.key_place(("fields", "名"))) == "a/b.yaml:3:3"
    assert str(document.place(("fields", "名", "size", 1))) == "a/b.yaml:3:29"
    assert str(document.key_place(("fields", "名", "type"))) == "a/b.yaml:3:7"


def test_json_is_read_with_the_same_places_as_yaml() -> None:
    text = '{"label": "A\\u4e2d\\ud83d\\ude00",\n "fields": {"a": {"size": [1, 2.50, true, null]}}}\n'
    outcome = read_json(text, SOURCE)
    assert outcome.root is not None
    assert data_of(outcome.root) == {
        "label": "A中😀",
        "fields": {"a": {"size": [1, Decimal("2.50"), True, None]}},
    }
    assert str(Document("x", outcome.root).place(("fields", "a", "size", 1))) == "a/b.yaml:2:31"


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1,}',
        "[1 2]",
        '{"a": NaN}',
        "{'a': 1}",
        '{"a": 01}',
        '{"a": "x\ny"}',
        '{"a": 1} x',
        '{"a"}',
        '["\\x"]',
        "[1,,2]",
        "// c\n1",
    ],
)
def test_json_that_others_would_forgive_is_refused(text: str) -> None:
    outcome = read_json(text, SOURCE)
    assert outcome.root is None
    assert [finding.code for finding in outcome.problems] == ["D107"]


def test_a_lone_surrogate_is_refused() -> None:
    assert [finding.code for finding in read_json('{"a": "\\ud83d"}', SOURCE).problems] == ["D104"]
    assert [finding.code for finding in load_sources({"app.yaml": APP + "help: \ud800\n"}).problems] == [
        "D104"
    ]


def test_line_ends_and_byte_order_mark_do_not_hide_what_else_is_wrong() -> None:
    tree = load_sources({"app.yaml": "\ufeff" + APP.replace("\n", "\r\n") + "label: Twice\r\n"})
    assert [finding.code for finding in tree.problems] == ["D102", "D103", "D108"]
    assert "app" in tree.documents


def test_folder_and_texts_give_the_same_tree() -> None:
    folder = GOOD / "sales"
    assert load_app(folder) == load_sources(texts_of(folder))


def test_a_folder_that_may_not_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert [finding.code for finding in load_app(tmp_path / "file" / "inside").problems] == ["D125"]
    assert [finding.code for finding in load_app(tmp_path / ("n" * 300)).problems] == ["D125"]


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_bytes(b"\xff")
    (folder / "app.yaml").write_text(APP)
    assert load_app(folder).problems == ()


def test_rows_and_papers_are_kept(tmp_path: Path) -> None:
    texts = {
        "app.yaml": APP,
        "data/seed/customer.csv": "name\nA\n",
        "README.md": "# Shop\n",
        "entities/customer.yaml": ENTITY,
    }
    tree = load_sources(texts)
    assert tree.rows == {"data/seed/customer.csv": "name\nA\n"}
    assert tree.sources == texts


def check(outcome: Outcome) -> None:
    assert (outcome.root is not None) or outcome.problems
    for finding in outcome.problems:
        assert finding.place is not None
        assert finding.place.line >= 1
        assert finding.place.column >= 1


ODD = st.text(st.sampled_from(list("ab:-{}[],&*!|>'\"%@`#?\n\t \\~<>=0123456789.x中\u2028\x85")), max_size=60)


@CALM
@given(st.text() | ODD)
def test_reading_never_raises(text: str) -> None:
    check(read_yaml(text, SOURCE))
    check(read_json(text, SOURCE))


@CALM
@given(st.binary(max_size=200) | ODD.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_loading_never_raises(content: bytes) -> None:
    clean = decode(content, "a.yaml")
    if clean.text is not None:
        check(read_yaml(clean.text, SOURCE))


@CALM
@given(st.dictionaries(st.text(max_size=20), st.text(max_size=80) | ODD, max_size=4))
def test_an_app_of_any_texts_never_raises(texts: dict[str, str]) -> None:
    tree = load_sources({"app.yaml": APP, **texts})
    assert all(finding.code.startswith("D1") for finding in tree.problems)
