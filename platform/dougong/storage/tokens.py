"""Text → search tokens: one tokenizer for both databases, with which any two Chinese characters find what holds them.

A run of Han (or kana, hangul) gives its pairs of neighbours and its last character alone; a word gives itself, folded. Runs of
four or more digits also give their groups of four and their last three, so that the tail of a phone number is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{_CJK}]+)|([^\\W_{_CJK}]+)")
_RUNS = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_FIRST_CJK = "\u2e80"
_is_cjk = re.compile(f"[{_CJK}]").match
_DIGITS = re.compile(r"[0-9]{4,}")
_UNFOLDABLE = re.compile("[\x00-\x7f\u4e00-\u9fff]*")
"""What has no form but its own except for ASCII case."""
_DIGIT_MARK = "№"
_GROUP = 4
_LONGEST_WORD = 64
_OFTEN_REPEATED = 32
_MOST_TOKENS = 16_000
"""PostgreSQL keeps no position beyond 16 383; what follows is not searched on either database."""
_MOST_BYTES = 1_000_000
"""PostgreSQL keeps a little more than that in one entry, positions included."""
_BYTES_OF_PLACE = 8
_ALWAYS_FIT = _MOST_BYTES // (4 * _LONGEST_WORD + 4 + _BYTES_OF_PLACE)
_MOST_CHARACTERS = 1_000_000
"""So much of a text is looked at for tokens."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must follow each other; with `is_prefix` the last one may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


Wanted = tuple[Phrase, ...]
"""Phrases of which one must occur."""


Searched = str | tuple[str, ...]
"""A text that is searched, or the tokens that it holds."""


def tokens_of(texts: Iterable[Searched]) -> list[str]:
    """The tokens of some texts in their order, at most as many as both databases can hold."""
    tokens: list[str] = []
    for each in texts:
        tokens += tokens_in(each) if isinstance(each, str) else each
        if len(tokens) > _MOST_TOKENS:
            return _fitting(tokens[:_MOST_TOKENS])
    return _fitting(tokens)


def tokens_in(text: str) -> Sequence[str]:
    """The tokens of one text, however many there are."""
    return _kept_tokens(text) if len(text) <= _OFTEN_REPEATED else _tokens_of(text)


def _fitting(tokens: list[str]) -> list[str]:
    """The first tokens of a list, as many as one entry of the index takes."""
    if len(tokens) <= _ALWAYS_FIT:
        return tokens
    room = _MOST_BYTES
    for place, token in enumerate(tokens):
        room -= len(token.encode()) + _BYTES_OF_PLACE
        if room < 0:
            return tokens[:place]
    return tokens


def _tokens_of(text: str) -> list[str]:
    tokens: list[str] = []
    text = text[:_MOST_CHARACTERS]
    for run in _RUNS.findall(text.lower() if _UNFOLDABLE.fullmatch(text) else _folded(text)):
        tokens += _cjk_tokens(run) if run >= _FIRST_CJK and _is_cjk(run) else _word_tokens(run)
    return tokens


@lru_cache(maxsize=4096)
def _kept_tokens(text: str) -> tuple[str, ...]:
    """The tokens of a short text; columns repeat themselves."""
    return tuple(_tokens_of(text))


def wanted_by(query: str) -> list[Wanted]:
    """What a text must hold to be found: every element, each in one of its ways; empty when nothing can be searched for."""
    wanted: list[Wanted] = []
    for cjk, word in _RUN.findall(_folded(query)):
        if cjk:
            wanted.append((_cjk_phrase(cjk),))
        else:
            wanted.append(_word_phrases(word[:_LONGEST_WORD]))
    return list(dict.fromkeys(wanted))[:32]


def _folded(text: str) -> str:
    """Without case, width and accents, as people type when they search."""
    if _UNFOLDABLE.fullmatch(text):
        return text.lower()
    compatible = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize(
        "NFC", "".join(each for each in compatible if not unicodedata.combining(each))
    )


def _cjk_tokens(run: str) -> list[str]:
    return [*map(add, run, run[1:]), run[-1]]


@lru_cache(maxsize=8192)
def _word_tokens(word: str) -> tuple[str, ...]:
    tokens = [word[:_LONGEST_WORD]]
    for digits in _DIGITS.findall(word):
        tokens += [_DIGIT_MARK + digits[at : at + _GROUP] for at in range(len(digits) - _GROUP + 1)]
        tokens.append(_DIGIT_MARK + digits[1 - _GROUP :])
    return tuple(tokens)


def _cjk_phrase(run: str) -> Phrase:
    if len(run) == 1:
        return Phrase((run,), is_prefix=True)
    return Phrase(tuple(run[index : index + 2] for index in range(len(run) - 1)))


def _word_phrases(word: str) -> Wanted:
    beginning = Phrase((word,), is_prefix=True)
    if not (word.isascii() and word.isdigit()) or len(word) < _GROUP - 1:
        return (beginning,)
    if len(word) < _GROUP:
        return beginning, Phrase((_DIGIT_MARK + word,), is_prefix=True)
    groups = tuple(_DIGIT_MARK + word[at : at + _GROUP] for at in range(len(word) - _GROUP + 1))
    return beginning, Phrase(groups)


class Tokens(TypeDecorator[list[str]]):
    """A list of tokens as the index holds it: words of FTS5, or a tsvector with positions."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else TSVECTOR())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return _joined if dialect.name == "sqlite" else _vector

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


def _joined(tokens: list[str] | None) -> str:
    return " ".join(tokens or ())


def _vector(tokens: list[str] | None) -> str:
    """A tsvector literal, whose repeated tokens PostgreSQL unites; tokens hold letters, digits and marks, never a quote."""
    return _vector_form(len(tokens)) % tuple(tokens) if tokens else ""


@lru_cache(maxsize=256)
def _vector_form(length: int) -> str:
    return " ".join([f"'%s':{place}" for place in range(1, length + 1)])


def written(phrase: Phrase) -> str:
    """How a phrase stands in the tokens of a record, between blanks."""
    return f" {' '.join(phrase.tokens)}" + ("" if phrase.is_prefix else " ")


def sqlite_match(wanted: Iterable[Wanted]) -> str:
    """The FTS5 query for what is wanted."""
    return " AND ".join(_either([_sqlite_phrase(each) for each in ways], " OR ") for ways in wanted)


def postgresql_match(wanted: Iterable[Wanted]) -> str:
    """The tsquery for what is wanted."""
    return " & ".join(_either([_postgresql_phrase(each) for each in ways], " | ") for ways in wanted)


def _either(phrases: list[str], word: str) -> str:
    return phrases[0] if len(phrases) == 1 else f"({word.join(phrases)})"


def _sqlite_phrase(phrase: Phrase) -> str:
    return '"' + " ".join(phrase.tokens) + '"' + ("*" if phrase.is_prefix else "")


def _postgresql_phrase(phrase: Phrase) -> str:
    ending = ":*" if phrase.is_prefix else ""
    return "(" + " <-> ".join(f"'{token}'" for token in phrase.tokens) + ending + ")"
