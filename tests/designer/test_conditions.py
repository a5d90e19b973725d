"""Conditions and expressions are two ways to write the same: what is taken apart means the same put together again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from dougong.compiler import check_sources
from dougong.compiler.context import BOOLEAN, type_of
from dougong.compiler.folders import compile_folders
from dougong.expressions import compile_expression
from dougong.expressions.completion import Surroundings
from dougong.expressions.scope import entity_scope
from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.screens.condition_parts import condition_fields, named_fields
from dougong.screens.condition_reading import rows_of
from dougong.screens.rule_examples import examples
from dougong.screens.shape import ConditionRow
from tests.web_server import LIBRARY

CRM = Path(__file__).parents[2] / "app_definitions" / "crm"
Read = tuple[str, list[tuple[str, str, str, tuple[str, ...]]]] | None


def surroundings(app: App, name: str) -> Surroundings:
    entity = app.entities[name]

    def find(key: str) -> Entity | None:
        return app.entities.get(key.partition(".")[2])

    scope = entity_scope(entity, find, type_of, roles=frozenset(app.roles))
    return Surroundings(scope, entity.key, find, "en")


@pytest.fixture(scope="module")
def book() -> Surroundings:
    return surroundings(compile_folders([LIBRARY])[0], "book")


@pytest.fixture(scope="module")
def loan() -> Surroundings:
    return surroundings(compile_folders([LIBRARY])[0], "loan")


def taken(text: str, about: Surroundings) -> Read:
    expression = compile_expression(text, about.scope, expect=BOOLEAN, path="when")
    assert isinstance(expression, Expression), expression
    found = rows_of(expression.tree, about)
    return found and (found[0], [(row.field, row.operator, row.against, row.values) for row in found[1]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price > 100", ("all", [("price", "more", "", ("100",))])),
        ("price >= 100.50 AND pages < 3", ("all", [("price", "at_least", "", ("100.50",)), ("pages", "less", "", ("3",))])),
        ("price > cost", ("all", [("price", "more", "cost", ())])),
        ("bought_on < TODAY()", ("all", [("bought_on", "before", "TODAY()", ())])),
        ("bought_on < TODAY() - 7", ("all", [("bought_on", "before", "", ("= TODAY() - 7",))])),
        ("bought_on = DATE(2026, 3, 1)", ("all", [("bought_on", "is", "", ("2026-03-01",))])),
        ("shelf = 'a' OR tags IS EMPTY", ("any", [("shelf", "is", "", ("a",)), ("tags", "empty", "", ())])),
        ("shelf <> 'a' OR shelf IS EMPTY", ("all", [("shelf", "is_not", "", ("a",))])),
        ("(shelf <> 'a' OR shelf IS EMPTY) OR pages = 2", ("any", [("shelf", "is_not", "", ("a",)), ("pages", "is", "", ("2",))])),
        ("shelf <> 'a' OR shelf IS EMPTY OR pages = 2", ("any", [("shelf", "is_not", "", ("a",)), ("pages", "is", "", ("2",))])),
        ("shelf NOT IN ('a', 'b') OR shelf IS EMPTY", ("all", [("shelf", "none_of", "", ("a", "b"))])),
        ("'new' IN tags AND NOT ('rare' IN tags)", ("all", [("tags", "has", "", ("new",)), ("tags", "has_not", "", ("rare",))])),
        ("lent", ("all", [("lent", "yes", "", ())])),
        ("lent = FALSE OR lent IS EMPTY", ("all", [("lent", "no", "", ())])),
        ("keeper = ME() AND notes IS NOT EMPTY", ("all", [("keeper", "is_me", "", ()), ("notes", "filled", "", ())])),
        ("price BETWEEN 1 AND 2", ("all", [("price", "between", "", ("1", "2"))])),
        ("CONTAINS(title, 'a''b')", ("all", [("title", "contains", "", ("a'b",))])),
        ("shelf <> 'a'", None),
        ("NOT lent", None),
        ("price > 1 AND (pages > 2 OR lent)", None),
        ("LEN(title) > 3", None),
        ("price * 2 > cost", None),
        ("IF(lent, TRUE, FALSE)", None),
        ("100 < price", None),
    ],
)  # fmt: skip
def test_what_is_taken_apart(text: str, expected: Read, book: Surroundings) -> None:
    assert taken(text, book) == expected


def test_a_field_of_a_linked_record(loan: Surroundings) -> None:
    fields = {each.id: each for each in condition_fields(loan)}
    assert fields["book.price"].group == "Book"
    assert taken("book.price > 5", loan) == ("all", [("book.price", "more", "", ("5",))])


VALUES: Mapping[str, tuple[str, ...]] = {
    "number": ("5", "6"),
    "date": ("DATE(2026, 3, 1)", "DATE(2026, 4, 1)"),
    "datetime": ("DATE(2026, 3, 1)", "DATE(2026, 4, 1)"),
    "text": ("'x'", "'y'"),
    "member": ("3", "4"),
    "record": ("3", "4"),
}


@pytest.mark.parametrize("name", ["book", "loan", "order", "reader"])
def test_every_operator_of_every_field_comes_back(name: str) -> None:
    """Whatever the builder can write it can read again, and it means the same."""
    about = surroundings(compile_folders([LIBRARY])[0], name)
    seen = 0
    for road, each in named_fields(about).items():
        kind = type_of(each.field)
        given = tuple(f"'{option}'" for option in kind.options) or VALUES.get(kind.kind, ())
        for operator in TYPES[each.field.type].operators:
            if operator.arity and not given:
                continue
            many = given[:1] if operator.arity == 1 else given[:2]
            text = operator.condition(road, many)
            wanted = compile_expression(text, about.scope, expect=BOOLEAN, path="when")
            if not isinstance(wanted, Expression):
                continue
            found = rows_of(wanted.tree, about)
            assert found is not None, text
            again = " AND ".join(f"({_written(row, about)})" for row in found[1])
            outcome = compile_expression(again, about.scope, expect=BOOLEAN, path="when")
            assert isinstance(outcome, Expression), again
            reread = rows_of(outcome.tree, about)
            assert reread is not None, text
            assert reread[1] == found[1], text
            seen += 1
    assert seen >= 20


def _written(row: ConditionRow, about: Surroundings) -> str:
    each = named_fields(about)[row.field]
    operator = next(known for known in TYPES[each.field.type].operators if known.id == row.operator)
    kind = type_of(each.field)
    words = row.values
    if kind.kind in ("text", "choice"):
        words = tuple(f"'{word}'" for word in words)
    elif kind.kind in ("date", "datetime"):
        words = tuple("DATE({}, {}, {})".format(*map(int, word.split("-"))) for word in words)
    return operator.condition(row.field, words)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_examples_of_the_crm_compile_as_they_stand(language: str) -> None:
    sources = {
        str(path.relative_to(CRM)): path.read_text("utf-8")
        for path in CRM.rglob("*")
        if path.suffix in (".yaml", ".csv") and "data" not in path.parts
    }
    before = check_sources(sources, {})
    assert isinstance(before, App), before
    count, kinds = 0, set()
    for entity in [each for each in before.entities.values() if not each.parent]:
        found = examples(entity, surroundings(before, entity.id))
        path = f"entities/{entity.id}.yaml"
        text = sources[path]
        if "\nrules:" not in text:
            text += "\nrules:\n"
        head, _, rest = text.partition("\nrules:\n")
        lines = "".join(f"  - {json.dumps(each.document, ensure_ascii=False)}\n" for each in found)
        sources[path] = f"{head}\nrules:\n{lines}{rest}" if found else sources[path]
        count += len(found)
        kinds |= {each.id for each in found}
    outcome = check_sources(sources, {})
    assert isinstance(outcome, App), [str(each) for each in outcome][:5]
    assert count > 40
    assert kinds == {"require", "show", "dates", "large", "budget", "stock"}
