"""Filters as people see them: a simple conjunction becomes conditions, and conditions become an expression again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dougong.model.expression import Call, ListOf, Literal, Node, Path

SIMPLE = {"<>": "is_not", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}
INFIX = frozenset({"=", "<>", "<", "<=", ">", ">=", "LIKE", "IN", "AND", "OR", "+", "-", "*", "/", "&"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a path, the id of an operator that field types offer, its operands, and its text as an expression."""

    path: tuple[str, ...]
    operator: str
    operands: tuple[Node, ...]
    text: str


def conditions(tree: Node) -> tuple[Condition, ...] | None:
    """The conditions that a tree says are all true, or None when it is not such a simple conjunction."""
    found = []
    for node in _conjuncts(tree):
        recognised = _recognised(node)
        text = unparse(node)
        if recognised is None or text is None:
            return None
        path, operator, operands = recognised
        found.append(Condition(path.names, operator, operands, text))
    return tuple(found)


def conjunction(texts: Iterable[str]) -> str:
    """An expression that is true when every given one is."""
    parts = [text.strip() for text in texts if text.strip()]
    return parts[0] if len(parts) == 1 else " AND ".join(f"({part})" for part in parts)


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Call) and node.name == "AND":
        for argument in node.arguments:
            yield from _conjuncts(argument)
    else:
        yield node


Recognised = tuple[Path, str, tuple[Node, ...]]


def _recognised(node: Node) -> Recognised | None:
    if not isinstance(node, Call):
        return None
    if node.name == "OR":
        return _or_empty(node) or _any_of(node)
    if node.name == "NOT":
        return _negated(node.arguments[0])
    return _plain(node)


def _or_empty(node: Call) -> Recognised | None:
    """`x or empty`, as "is not" and "does not contain" are written so that empty values count."""
    if len(node.arguments) != 2:
        return None
    first, second = (_recognised(argument) for argument in node.arguments)
    if first is None or second is None or second[1] != "empty" or first[0].names != second[0].names:
        return None
    return first if first[1] in ("is_not", "lacks", "none_of", "no") else None


def _any_of(node: Call) -> Recognised | None:
    """`'a' IN x OR 'b' IN x`, as "has any of" is written."""
    found = [_recognised(argument) for argument in node.arguments]
    first = found[0]
    if first is None or any(each is None or each[1] not in ("has", "has_any") for each in found):
        return None
    known = [each for each in found if each is not None]
    if any(each[0].names != first[0].names for each in known):
        return None
    return first[0], "has_any", tuple(operand for each in known for operand in each[2])


def _negated(node: Node) -> Recognised | None:
    inner = _plain(node) if isinstance(node, Call) else None
    opposites = {"contains": "lacks", "one_of": "none_of", "has": "has_not", "empty": "filled"}
    if inner is None or inner[1] not in opposites:
        return None
    return inner[0], opposites[inner[1]], inner[2]


def _plain(node: Call) -> Recognised | None:
    subject = _subject(node.arguments[0]) if node.arguments else None
    operands = node.arguments[1:]
    if node.name == "IN" and len(operands) == 1 and isinstance(operands[0], Path) and subject is None:
        given = node.arguments[0]
        if isinstance(given, Call) and given.name == "ME":
            return operands[0], "has_me", ()
        return operands[0], "has", node.arguments[:1]
    if subject is None or not all(_is_constant(operand) for operand in operands):
        return None
    if node.name == "IN" and isinstance(operands[0], Call) and operands[0].name == "MY_DEPARTMENTS":
        return subject, "is_mine", ()
    if node.name == "=":
        return subject, _equality(operands[0]), operands
    named = {
        "CONTAINS": "contains",
        "STARTSWITH": "starts",
        "BETWEEN": "between",
        "IN": "one_of",
        "IS_EMPTY": "empty",
    }
    operator = SIMPLE.get(node.name) or named.get(node.name)
    return (subject, operator, operands) if operator else None


def _equality(operand: Node) -> str:
    if isinstance(operand, Call) and operand.name == "ME":
        return "is_me"
    if isinstance(operand, Literal) and isinstance(operand.value, bool):
        return "yes" if operand.value else "no"
    return "is"


def _subject(node: Node) -> Path | None:
    if isinstance(node, Call) and node.name in ("DATE", "PLAINTEXT") and len(node.arguments) == 1:
        node = node.arguments[0]
    return node if isinstance(node, Path) else None


def _is_constant(node: Node) -> bool:
    if isinstance(node, Literal):
        return True
    if isinstance(node, ListOf):
        return all(_is_constant(item) for item in node.items)
    return isinstance(node, Call) and all(_is_constant(argument) for argument in node.arguments)


def unparse(node: Node) -> str | None:
    """The text of a node, or None where a constant has no spelling; reading the text gives the same node again."""
    if isinstance(node, Literal):
        return literal(node.value)
    if isinstance(node, Path):
        return ".".join(node.names)
    parts = [unparse(each) for each in (node.items if isinstance(node, ListOf) else node.arguments)]
    if any(part is None for part in parts):
        return None
    words = [part or "" for part in parts]
    if isinstance(node, ListOf):
        return f"({', '.join(words)})"
    return _operation(node, words)


def _operation(node: Call, words: list[str]) -> str:
    if node.name in INFIX and len(words) >= 2:
        return f" {node.name} ".join(
            _bracketed(each, word) for each, word in zip(node.arguments, words, strict=True)
        )
    if node.name == "IS_EMPTY":
        return f"{_bracketed(node.arguments[0], words[0])} IS EMPTY"
    if node.name == "BETWEEN":
        return f"{words[0]} BETWEEN {words[1]} AND {words[2]}"
    if node.name == "ADD_DAYS":
        return _days_later(node, words)
    if node.name == "NEGATE":
        return f"-({words[0]})"
    if node.name == "NOT":
        return _not(node.arguments[0], words[0])
    return f"{node.name}({', '.join(words)})"


def _days_later(node: Call, words: list[str]) -> str:
    """A day and a number of days, as they are added or taken away."""
    days = node.arguments[1]
    if isinstance(days, Call) and days.name == "NEGATE":
        inner = days.arguments[0]
        return f"{words[0]} - {_bracketed(inner, unparse(inner) or '')}"
    return f"{words[0]} + {_bracketed(days, words[1])}"


def _not(inner: Node, word: str) -> str:
    name = inner.name if isinstance(inner, Call) else ""
    if name == "IS_EMPTY":
        return word.removesuffix(" IS EMPTY") + " IS NOT EMPTY"
    return f"NOT ({word})"


def _bracketed(node: Node, word: str) -> str:
    is_operation = isinstance(node, Call) and (
        node.name in INFIX or node.name in ("NOT", "BETWEEN", "IS_EMPTY")
    )
    return f"({word})" if is_operation else word


def literal(value: object) -> str | None:
    """A constant as the expression language spells it."""
    if value is None:
        return "EMPTY"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date) and type(value) is date:
        return f"DATE({value.year}, {value.month}, {value.day})"
    return None
