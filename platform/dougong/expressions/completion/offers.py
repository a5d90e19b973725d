"""The suggestions at a caret, best first, and the function that stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dougong.expressions import types
from dougong.expressions.bounds import MAX_LENGTH
from dougong.expressions.completion.caret import Caret, caret_at
from dougong.expressions.completion.names import OUTCOMES, PROPERTIES, Called, Surroundings, called
from dougong.expressions.completion.roads import key_of, names_at, type_of
from dougong.expressions.completion.tokens import names_of
from dougong.expressions.functions import AGGREGATES, FUNCTIONS
from dougong.expressions.registry import Function
from dougong.model.expression import Type
from dougong.model.text import EMPTY, Text

MOST = 60
"""How many suggestions are given; who types on gets others."""
_SUITING: Mapping[str, tuple[str, ...]] = {
    "member": ("ME", "MY_SUBORDINATES"),
    "department": ("MY_DEPARTMENT", "MY_DEPARTMENTS"),
    "date": ("TODAY", "DATE"),
    "datetime": ("NOW", "TODAY"),
}
"""Functions that are most likely meant beside a value of that kind."""
_EVERY = ("=", "<>", "IN (", "IS EMPTY", "IS NOT EMPTY")
_ORDER = ("=", "<>", "<", "<=", ">", ">=", "BETWEEN")
_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "number": (*_ORDER, "+", "-", "*", "/", "IN (", "IS EMPTY", "IS NOT EMPTY"),
    "date": (*_ORDER, "IS EMPTY", "IS NOT EMPTY"),
    "datetime": (*_ORDER, "IS EMPTY", "IS NOT EMPTY"),
    "text": ("=", "<>", "LIKE", "&", "IN (", "IS EMPTY", "IS NOT EMPTY"),
    "boolean": ("AND", "OR", "=", "IS EMPTY"),
    "file": ("IS EMPTY", "IS NOT EMPTY"),
    "json": ("IS EMPTY", "IS NOT EMPTY"),
    "markup": ("IS EMPTY", "IS NOT EMPTY"),
}
_SPOKEN: Mapping[str, Text] = {
    "=": Text.of({"en": "is", "zh": "等于"}),
    "<>": Text.of({"en": "is not", "zh": "不等于"}),
    "<": Text.of({"en": "less than", "zh": "小于"}),
    "<=": Text.of({"en": "at most", "zh": "不大于"}),
    ">": Text.of({"en": "more than", "zh": "大于"}),
    ">=": Text.of({"en": "at least", "zh": "不小于"}),
    "+": Text.of({"en": "plus", "zh": "加"}),
    "-": Text.of({"en": "minus", "zh": "减"}),
    "*": Text.of({"en": "times", "zh": "乘"}),
    "/": Text.of({"en": "divided by", "zh": "除以"}),
    "&": Text.of({"en": "joined with", "zh": "连接文本"}),
    "IN (": Text.of({"en": "is one of", "zh": "属于其中之一"}),
    "IN": Text.of({"en": "is one of", "zh": "属于其中之一"}),
    "LIKE": Text.of({"en": "looks like, with % for anything", "zh": "匹配，% 代表任意内容"}),
    "BETWEEN": Text.of({"en": "from … to …, written with AND", "zh": "介于，中间写 AND"}),
    "IS EMPTY": Text.of({"en": "is empty", "zh": "为空"}),
    "IS NOT EMPTY": Text.of({"en": "is filled", "zh": "不为空"}),
    "EMPTY": Text.of({"en": "empty", "zh": "空"}),
    "NOT EMPTY": Text.of({"en": "filled", "zh": "不为空"}),
    "WHERE": Text.of({"en": "only those where", "zh": "其中，只计符合条件的"}),
    "AND": Text.of({"en": "and", "zh": "并且"}),
    "OR": Text.of({"en": "or", "zh": "或者"}),
    "NOT": Text.of({"en": "not", "zh": "非"}),
    "TRUE": Text.of({"en": "yes", "zh": "是"}),
    "FALSE": Text.of({"en": "no", "zh": "否"}),
}


_THIS = Text.of({"en": "The record at hand", "zh": "本记录"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that may stand at the caret. `kind`: field, record, list, function, option, operator or word; `text` is what
    is put there, `label` what people call it, `detail` its type or its other name, `help` a sentence about it.
    """

    kind: str
    text: str
    label: str
    detail: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """The function around the caret, how it is written, what it does, an example, and which argument is being typed (from 0)."""

    name: str
    signature: str
    help: str
    example: str
    argument: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The suggestions for the part `start` to `end` of a text, and the function around the caret."""

    start: int
    end: int
    suggestions: tuple[Suggestion, ...] = ()
    signature: Signature | None = None


def complete(text: str, position: int, about: Surroundings) -> Completion:
    """What may stand at a position of a text that is being typed."""
    if len(text) > MAX_LENGTH:
        return Completion(position, position)
    caret = caret_at(text, max(0, min(position, len(text))))
    found = _offered(caret, about)
    query = caret.begun.rpartition(".")[2] if caret.wants != "text" else caret.begun
    ranked = ((_rank(query, each), place, each) for place, each in enumerate(found))
    best = sorted((each for each in ranked if each[0] < _NEVER), key=lambda each: each[:2])
    chosen = tuple(each for _, _, each in best[:MOST])
    if len(chosen) == 1 and _is_written(query, chosen[0]):
        chosen = ()
    return Completion(caret.start, caret.end, chosen, _signature(caret, about.language))


_NEVER = 4


def _is_written(query: str, each: Suggestion) -> bool:
    return each.text == query or (each.kind == "operator" and each.text == query.upper())


def _rank(query: str, each: Suggestion) -> int:
    """How well a suggestion fits what is begun: -1 is it, 0 begins so, 1 a word of it does, 2 holds it, 4 does not."""
    if not query or each.text.partition("(")[0].casefold() == query.casefold():
        return -1
    wanted, label, text = query.casefold(), each.label.casefold(), each.text.casefold().lstrip("'")
    if text.startswith(wanted) or label.startswith(wanted):
        return 0
    if any(part.startswith(wanted) for part in (*text.split("_"), *label.split())):
        return 1
    return 2 if wanted in text or wanted in label or wanted in each.detail.casefold() else _NEVER


def _offered(caret: Caret, about: Surroundings) -> Iterator[Suggestion]:
    subject = type_of(names_of(caret.subject), caret.brackets, about)
    if caret.wants == "text":
        yield from _options(caret, subject, about)
    elif "." in caret.begun:
        yield from _behind_dot(caret, about)
    elif caret.wants == "operator":
        if caret.brackets and caret.brackets[-1].function in AGGREGATES:
            yield from _words(("WHERE",), about.language)
        yield from _words(_operators_of(subject), about.language)
    elif caret.wants == "negated":
        yield from _words(("IN", "LIKE", "BETWEEN"), about.language)
    elif caret.wants in ("emptiness", "emptied"):
        yield from _words(
            ("EMPTY", "NOT EMPTY") if caret.wants == "emptiness" else ("EMPTY",), about.language
        )
    else:
        yield from _values(caret, subject, about)


def _operators_of(subject: Type | None) -> tuple[str, ...]:
    joining = ("AND", "OR")
    if subject is None:
        return (*joining, "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "&", *_EVERY[2:])
    if subject.many:
        return ("IS EMPTY", "IS NOT EMPTY", *joining)
    return tuple(dict.fromkeys((*_OPERATORS.get(subject.kind, _EVERY), *joining)))


def _words(names: Iterable[str], language: str) -> Iterator[Suggestion]:
    for name in names:
        yield Suggestion("operator", name, name, _SPOKEN[name].get(language))


# ——— values ———


def _values(caret: Caret, subject: Type | None, about: Surroundings) -> Iterator[Suggestion]:
    """Options of what is compared, names and functions; those that suit the compared value first."""
    if caret.brackets and caret.brackets[-1].function == "ALL":
        for identifier, label in about.entities:
            yield Suggestion("list", identifier, label.get(about.language))
        return
    if subject is not None:
        yield from _options(caret, subject, about)
        if subject.kind == "boolean":
            yield from _words(("TRUE", "FALSE"), about.language)
    suiting = _SUITING.get(subject.kind, ()) if subject is not None else ()
    for name in suiting:
        yield _function(FUNCTIONS[name], about.language)
    names, key = names_at(caret.brackets, about)
    if subject is not None and subject.kind not in ("empty", "unknown"):
        kind = subject
        ordered = sorted(
            names,
            key=lambda name: (names[name].kind != kind.kind, not types.comparable(names[name], kind)),
        )
    else:
        ordered = list(names)
    for name in ordered:
        yield _name(name, names[name], called(about.find, key, name), about.language)
    if names is not about.scope.names:
        yield Suggestion("record", "this", _THIS.get(about.language))
    for function in FUNCTIONS.values():
        if function.name not in suiting and not (about.sql and _only_in_python(function)):
            yield _function(function, about.language)
    yield from _words(("NOT",), about.language)


def _only_in_python(function: Function) -> bool:
    return function.python is not None and function.postgresql is None


def _function(function: Function, language: str) -> Suggestion:
    text = f"{function.name}()" if not function.parameters and not function.typing else f"{function.name}("
    help_text = f"{function.signature}\n{function.documentation.get(language)}"
    return Suggestion("function", text, function.name, function.alias, help_text)


def _name(name: str, kind: Type, known: Called, language: str) -> Suggestion:
    shape = "record" if kind.kind == "record" else "field"
    if kind.many and kind.kind == "record":
        shape = "list"
    return Suggestion(
        shape, name, known.label.get(language), types.spoken(kind, language), known.help.get(language)
    )


def _options(caret: Caret, subject: Type | None, about: Surroundings) -> Iterator[Suggestion]:
    """The options of the compared choice, each in quotation marks."""
    if subject is None or not subject.options:
        return
    road = names_of(caret.subject)
    key = key_of(road[:-1], caret.brackets, about)
    labels = (called(about.find, key, road[-1]).options if key is not None else None) or OUTCOMES
    for option in subject.options:
        quoted = "'" + option.replace("'", "''") + "'"
        yield Suggestion("option", quoted, labels.get(option, Text.of(option)).get(about.language), quoted)


def _behind_dot(caret: Caret, about: Surroundings) -> Iterator[Suggestion]:
    names = names_of(caret.begun)[:-1]
    kind = type_of(names, caret.brackets, about)
    if kind is None:
        return
    for each in kind.properties:
        label = PROPERTIES.get(each.name, EMPTY) or Text.of(each.name)
        yield Suggestion(
            "field", each.name, label.get(about.language), types.spoken(each.type, about.language)
        )
    if kind.kind == "record":
        for name, found in about.scope.resolve(kind.entity).items():
            yield _name(name, found, called(about.find, kind.entity, name), about.language)


# ——— the function around ———


def _signature(caret: Caret, language: str) -> Signature | None:
    """The innermost function whose brackets are open."""
    for bracket in reversed(caret.brackets):
        function = FUNCTIONS.get(bracket.function)
        if function is not None:
            example, result = function.example
            shown = f"{example} = {result}"
            return Signature(
                function.name,
                function.signature,
                function.documentation.get(language),
                shown,
                bracket.argument,
            )
    return None
