"""Every function is documented in both languages, has a Chinese alias, and does what its example says in every back end."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select

from dougong.expressions import ALIASES, FUNCTIONS, GROUPS, evaluate
from dougong.expressions.check import Checker, arity
from dougong.expressions.postgresql import PostgreSQL
from dougong.expressions.problems import PROBLEMS
from dougong.expressions.registry import Function
from dougong.expressions.sqlite import SQLite
from dougong.expressions.support import unsupported
from dougong.expressions.syntax import KEYWORDS, parse
from dougong.model.expression import Call, Literal, Node
from tests.expressions import world
from tests.expressions.test_cases import shown

NAMES = sorted(FUNCTIONS)
LINES = [
    {"quantity": Decimal(2), "price": Decimal("3.5"), "product": 1},
    {"quantity": Decimal(4), "price": Decimal("8.5"), "product": 2},
    {"product": 2},
]
STOCK = {1: {"quantity": Decimal(2)}, 2: {"quantity": Decimal(5)}}
IN_SURROUNDINGS = {
    "ME",
    "TODAY",
    "NOW",
    "MY_DEPARTMENT",
    "MY_DEPARTMENTS",
    "MY_SUBORDINATES",
    "MY_DEPARTMENT_TREE",
    "MY_TEAMMATES",
    "MY_COMPANY",
    "HAS_ROLE",
    "CALENDAR",
}


def expected(function: Function) -> str:
    return function.example[1]


def unquoted(value: object) -> str:
    text = shown(value)
    return text[1:-1] if text.startswith("'") else text


def test_there_are_at_least_ninety() -> None:
    assert len(FUNCTIONS) >= 90
    assert len(ALIASES) == len(FUNCTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_is_documented(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.name == name == name.upper()
    assert re.fullmatch(r"[\u4e00-\u9fff]+", function.alias)
    assert function.group in GROUPS
    assert name in function.signature
    english, chinese = function.documentation.get("en"), function.documentation.get("zh")
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert english != chinese
    minimum, maximum = arity(function)
    assert maximum is None or minimum <= maximum


@pytest.mark.parametrize("name", NAMES)
def test_example_in_python(name: str) -> None:
    function = FUNCTIONS[name]
    record = {"id": 1, "lines": LINES}
    context = world.python_context(record, {}, others={"t.stock": STOCK})
    found = evaluate(world.compiled(function.example[0]), context)
    assert unquoted(found) == expected(function)


@pytest.mark.parametrize("name", NAMES)
def test_alias_means_the_same(name: str) -> None:
    function = FUNCTIONS[name]
    text = re.sub(rf"\b{name}\(", f"{function.alias}(", function.example[0])
    assert text != function.example[0]
    assert world.compiled(text).tree == world.compiled(function.example[0]).tree


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_examples_in_the_database(engines: dict[str, Engine], dialect: str) -> None:
    """The examples are constants; here they are translated as they stand, not computed beforehand."""
    translator = SQLite if dialect == "sqlite" else PostgreSQL
    wrong = []
    with engines[dialect].connect() as connection:
        for function in FUNCTIONS.values():
            tree = world.compiled(function.example[0]).tree
            if needs_surroundings(tree) or list(unsupported(opened(tree))):
                continue
            found = connection.execute(
                select(translator(world.sql_context(dialect)).result(tree))
            ).scalar_one()
            if unquoted(found) != expected(function):
                wrong.append(f"{function.example[0]} is {unquoted(found)}")
    assert wrong == []


def needs_surroundings(node: Node) -> bool:
    if not isinstance(node, Call):
        return False
    return "@" in node.name or node.name in IN_SURROUNDINGS or any(map(needs_surroundings, node.arguments))


def opened(node: Node) -> Node:
    """The tree with a column in place of each number, so that what SQL cannot compute is found in it."""
    if isinstance(node, Literal):
        return world.compiled("a").tree if node.type.kind == "number" else world.compiled("t").tree
    assert isinstance(node, Call)
    return Call(node.name, tuple(opened(argument) for argument in node.arguments), node.type)


def test_what_sql_cannot_do_is_known() -> None:
    """Whoever adds a function without SQL must say so here."""
    lacking = {
        name for name, each in FUNCTIONS.items() if each.python is not None and each.postgresql is None
    }
    assert lacking == {
        *("POWER", "PMT", "FV", "PV"),
        *("RMBCAP", "PROPER", "REGEXMATCH", "REGEXEXTRACT", "REGEXREPLACE"),
        *("ISIDNUMBER", "IDBIRTHDAY", "IDGENDER", "ISCREDITCODE"),
        *("DATEVALUE", "WORKDAY"),
    }


def test_typing_rules_exist() -> None:
    for function in FUNCTIONS.values():
        assert not function.typing or hasattr(Checker, f"_type_{function.typing}")


def test_no_function_is_a_keyword_that_cannot_be_called() -> None:
    for name in FUNCTIONS:
        if name.lower() in KEYWORDS:
            parse(f"{name}(TRUE)")


def test_problems_speak_both_languages() -> None:
    for code, problem in PROBLEMS.items():
        assert re.fullmatch(r"D4\d\d", code)
        fields = set(re.findall(r"\{(\w+)\}", problem.message.get("en")))
        assert fields == set(re.findall(r"\{(\w+)\}", problem.message.get("zh")))
        assert problem.explanation.get("en").endswith(".")
        assert problem.explanation.get("zh").endswith("。")
