"""An expression in the words of its reader: labels for names and options, the other name of functions, words for operators."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.expressions.completion.caret import brackets_before, subject_before
from dougong.expressions.completion.names import OUTCOMES, PROPERTIES, Surroundings, called
from dougong.expressions.completion.roads import key_of, type_of
from dougong.expressions.completion.tokens import Token, names_of, tokens
from dougong.expressions.functions import ALIASES, FUNCTIONS
from dougong.expressions.scope import entity_of_all
from dougong.model.text import Text

MOST = 200
"""How many words are read out at most; a longer expression is only shown as it is written."""
_WORDS: Mapping[str, Text] = {
    "AND": Text.of({"en": "and", "zh": "并且"}),
    "OR": Text.of({"en": "or", "zh": "或者"}),
    "NOT": Text.of({"en": "not", "zh": "不"}),
    "IN": Text.of({"en": "in", "zh": "属于"}),
    "LIKE": Text.of({"en": "like", "zh": "匹配"}),
    "BETWEEN": Text.of({"en": "between", "zh": "介于"}),
    "IS": Text.of({"en": "is", "zh": "为"}),
    "EMPTY": Text.of({"en": "empty", "zh": "空"}),
    "TRUE": Text.of({"en": "yes", "zh": "是"}),
    "FALSE": Text.of({"en": "no", "zh": "否"}),
    "WHERE": Text.of({"en": "where", "zh": "其中"}),
}
_QUOTED: Text = Text.of({"en": "“{}”", "zh": "「{}」"})


def reading(text: str, about: Surroundings) -> str:
    """How an expression without mistakes is read out; nothing for a very long one."""
    words = list(tokens(text))
    if len(words) > MOST:
        return ""
    said = ""
    for place, word in enumerate(words):
        spoken = _spoken(words, place, about)
        tight = not said or word.kind in ("close", "comma") or words[place - 1].kind == "open"
        called_here = word.kind == "open" and words[place - 1].kind == "road" and place > 0
        said += spoken if tight or called_here else f" {spoken}"
    return said


def _spoken(words: list[Token], place: int, about: Surroundings) -> str:
    word = words[place]
    if word.kind == "word":
        return _WORDS[word.text].get(about.language)
    if word.kind == "string":
        return _string(words, place, about)
    if word.kind != "road":
        return word.text
    if place + 1 < len(words) and words[place + 1].kind == "open":
        function = FUNCTIONS.get(ALIASES.get(word.text, word.text.upper()))
        if function is None:
            return word.text
        return function.alias if about.language == "zh" else function.name
    return _road(names_of(word.text), words[:place], about)


def _road(names: list[str], before: list[Token], about: Surroundings) -> str:
    """The labels of a road, one behind the other."""
    brackets, labels = brackets_before(before), []
    for place, name in enumerate(names):
        if entity_of_all(name):
            every = about.find(f"{about.scope.app}.{entity_of_all(name)}")
            labels.append(every.plural.get(about.language) if every is not None else name)
            continue
        key = key_of(names[:place], brackets, about)
        if key is not None:
            labels.append(called(about.find, key, name).label.get(about.language))
        else:
            labels.append(PROPERTIES.get(name, Text.of(name)).get(about.language))
    return " › ".join(labels)


def _string(words: list[Token], place: int, about: Surroundings) -> str:
    before = words[:place]
    brackets = brackets_before(before)
    subject = names_of(subject_before(before, brackets)) or _list_behind(words[place + 1 : place + 3])
    mark = words[place].text[0]
    value = words[place].text[1:-1].replace(mark * 2, mark)
    kind = type_of(subject, brackets, about)
    if kind is None or value not in kind.options:
        return words[place].text
    key = key_of(subject[:-1], brackets, about)
    labels = (called(about.find, key, subject[-1]).options if key is not None else None) or OUTCOMES
    return _QUOTED.get(about.language).format(labels.get(value, Text.of(value)).get(about.language))


def _list_behind(words: list[Token]) -> list[str]:
    """The road of `'x' IN road`, whose options the text before it is one of."""
    if len(words) == 2 and (words[0].kind, words[0].text) == ("word", "IN") and words[1].kind == "road":
        return names_of(words[1].text)
    return []
