"""From text to an untyped tree: the grammar of the expression language and its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dougong.expressions.bounds import refuse_beyond
from dougong.expressions.problems import Mistake

MAX_DEPTH = 64
MAX_NODES = 2_000
MAX_DIGITS = 30
MAX_DECIMALS = 20

KEYWORDS = frozenset(
    {"and", "or", "not", "in", "like", "between", "is", "empty", "true", "false", "where", "this"}
)
"""Words a field id cannot be, as they mean something else in an expression."""

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction | disjunction OR conjunction -> chain
?conjunction: negation | conjunction AND negation -> chain
?negation: comparison | NOT negation -> negated
?comparison: sum
    | sum COMPARE sum -> operation
    | sum IN sum -> operation
    | sum NOT IN sum -> refused
    | sum LIKE sum -> operation
    | sum NOT LIKE sum -> refused
    | sum BETWEEN sum AND sum -> between
    | sum NOT BETWEEN sum AND sum -> not_between
    | sum IS EMPTY -> is_empty
    | sum IS NOT EMPTY -> is_not_empty
?sum: product | sum (PLUS | MINUS | JOIN) product -> operation
?product: unary | product (TIMES | OVER) unary -> operation
?unary: atom | MINUS unary -> minus | PLUS unary -> plus
?atom: NUMBER -> number
    | STRING -> string
    | TRUE [OPEN CLOSE] -> constant
    | FALSE [OPEN CLOSE] -> constant
    | EMPTY -> constant
    | NAME (DOT NAME)* -> path
    | (NAME | AND | OR) OPEN [disjunction (COMMA disjunction)* [WHERE disjunction]] CLOSE (DOT NAME)* -> invocation
    | OPEN disjunction CLOSE -> group
    | OPEN disjunction (COMMA disjunction)+ CLOSE -> items
    | SQUARE_OPEN [disjunction (COMMA disjunction)*] SQUARE_CLOSE -> items

AND.2: /and\b/i
OR.2: /or\b/i
NOT.2: /not\b/i
IN.2: /in\b/i
LIKE.2: /like\b/i
BETWEEN.2: /between\b/i
IS.2: /is\b/i
EMPTY.2: /empty\b/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
WHERE.2: /where\b/i | "其中"
COMPARE: "<>" | "<=" | ">=" | "=" | "<" | ">" | "≠" | "≤" | "≥" | "＝"
PLUS: "+"
MINUS: "-"
TIMES: "*" | "×"
OVER: "/" | "÷"
JOIN: "&"
OPEN: "(" | "（"
CLOSE: ")" | "）"
SQUARE_OPEN: "["
SQUARE_CLOSE: "]"
COMMA: "," | "，"
DOT: "."
NUMBER: /[0-9]+(\.[0-9]+)?(?![\w.])/
NAME: /[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*/
STRING: /'(?:[^']|'')*'(?!')|"(?:[^"]|"")*"(?!")/
%ignore /[ \t\r\n\u3000]+/
"""

SPELLINGS = {"≠": "<>", "≤": "<=", "≥": ">=", "＝": "=", "×": "*", "÷": "/"}
ADVICE = {
    "==": "equality is written =",
    "=>": "at least is written >=",
    "!=": "different is written <>",
    "!": "negation is written NOT",
    "&&": "both is written AND",
    "||": "either is written OR",
    "^": "powers are written POWER(base, exponent)",
    "%": "ten per cent is written 0.1",
    "{": "fields are written without braces",
    "$": "fields are written by their id alone",
    ";": "arguments are separated by commas",
    "“": "texts stand in straight quotation marks: 'text'",
    "‘": "texts stand in straight quotation marks: 'text'",
    "'": "the text has no closing quotation mark",
    '"': "the text has no closing quotation mark",
}


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, TRUE, FALSE or EMPTY (None) as written."""

    value: Decimal | str | bool | None
    position: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A name, or names joined by dots."""

    names: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function by the name it was called, or an operator; with the condition behind WHERE and the names behind its bracket."""

    name: str
    arguments: tuple[Syntax, ...]
    position: int
    operator: bool = False
    where: Syntax | None = None
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list as written."""

    items: tuple[Syntax, ...]
    position: int


Syntax = Constant | Reference | Invocation | Items


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


@lru_cache(maxsize=2048)
def parse(text: str) -> Syntax:
    """The tree of an expression; raises Mistake with the position of what cannot be read or is beyond the bounds."""
    refuse_beyond(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _mistake(text, error) from None
    return _Reader().read(tree, 1)


def _mistake(text: str, error: UnexpectedInput) -> Mistake:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return Mistake("D402", len(text))
    position = error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken):
        position = error.token.start_pos or 0
        found = str(error.token)
    else:
        assert isinstance(error, UnexpectedCharacters)
        found = text[position]
    around = text[max(0, position - 1) : position + 2]
    advice = next((hint for wrong, hint in ADVICE.items() if len(wrong) == 2 and wrong in around), "")
    return Mistake("D401", position, advice or ADVICE.get(found, ""), found=f"'{found[:40]}'")


class _Reader:
    """Turns the parser's tree into ours, counting depth and parts."""

    def __init__(self) -> None:
        self.parts = 0

    def read(self, tree: Tree[Token] | Token, depth: int) -> Syntax:
        assert isinstance(tree, Tree)
        position = tree.meta.start_pos
        self.parts += 1
        if depth > MAX_DEPTH:
            raise Mistake("D403", position, what="depth", limit=MAX_DEPTH)
        if self.parts > MAX_NODES:
            raise Mistake("D403", position, what="parts", limit=MAX_NODES)
        result: Syntax = getattr(self, f"_{tree.data}")(tree, position, depth)
        return result

    def _several(self, children: list[Tree[Token] | Token], depth: int) -> tuple[Syntax, ...]:
        return tuple(self.read(child, depth + 1) for child in children if isinstance(child, Tree))

    def _chain(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        """`a AND b AND c` as one call, so that a long list of conditions is no deep tree."""
        operator = _token(tree.children[1])
        parts: list[Tree[Token] | Token] = [tree.children[2]]
        left = tree.children[0]
        while (
            isinstance(left, Tree) and left.data == "chain" and _token(left.children[1]).type == operator.type
        ):
            parts.append(left.children[2])
            left = left.children[0]
        arguments = self._several([left, *reversed(parts)], depth)
        return Invocation(operator.type, arguments, operator.start_pos or 0, operator=True)

    def _negated(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        return Invocation("NOT", self._several(tree.children, depth), position, operator=True)

    def _operation(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        token = _token(tree.children[1])
        name = token.type if token.type in ("IN", "LIKE") else SPELLINGS.get(str(token), str(token))
        if name == "&":
            return self._joined(tree, depth)
        return Invocation(name, self._several(tree.children, depth), token.start_pos or 0, operator=True)

    def _joined(self, tree: Tree[Token], depth: int) -> Syntax:
        """`a & b & c` as one call."""
        parts: list[Tree[Token] | Token] = [tree.children[2]]
        left = tree.children[0]
        while isinstance(left, Tree) and left.data == "operation" and str(left.children[1]) == "&":
            parts.append(left.children[2])
            left = left.children[0]
        arguments = self._several([left, *reversed(parts)], depth)
        return Invocation("&", arguments, _token(tree.children[1]).start_pos or 0, operator=True)

    def _refused(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        left, negation, token, right = tree.children
        inner = Invocation(
            _token(token).type,
            self._several([left, right], depth + 1),
            _token(token).start_pos or 0,
            operator=True,
        )
        return Invocation("NOT", (inner,), _token(negation).start_pos or 0, operator=True)

    def _between(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        value, low, high = self._several(tree.children, depth + 1)
        at = next(_token(child).start_pos or 0 for child in tree.children if isinstance(child, Token))
        return Invocation("BETWEEN", (value, low, high), at, operator=True)

    def _not_between(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        return Invocation("NOT", (self._between(tree, position, depth + 1),), position, operator=True)

    def _is_empty(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        return Invocation("IS_EMPTY", self._several(tree.children, depth), position, operator=True)

    def _is_not_empty(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        inner = Invocation("IS_EMPTY", self._several(tree.children, depth + 1), position, operator=True)
        return Invocation("NOT", (inner,), position, operator=True)

    def _minus(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        (operand,) = self._several(tree.children, depth)
        if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
            return Constant(operand.value.copy_negate() if operand.value else operand.value, position)
        return Invocation("NEGATE", (operand,), position, operator=True)

    def _plus(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        return self._several(tree.children, depth)[0]

    def _number(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        whole, _, fraction = str(tree.children[0]).partition(".")
        if len(whole.lstrip("0")) > MAX_DIGITS or len(fraction) > MAX_DECIMALS:
            raise Mistake("D403", position, what="digits of a number", limit=f"{MAX_DIGITS} + {MAX_DECIMALS}")
        return Constant(Decimal(str(tree.children[0])), position)

    def _string(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        raw = str(tree.children[0])
        text = raw[1:-1].replace(raw[0] * 2, raw[0])
        unstorable = next(
            (index for index, sign in enumerate(raw) if sign == "\0" or 0xD800 <= ord(sign) <= 0xDFFF), None
        )
        if unstorable is not None:
            raise Mistake("D401", position + unstorable, found=f"U+{ord(raw[unstorable]):04X}")
        return Constant(text or None, position)

    def _constant(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        kind = _token(tree.children[0]).type
        return Constant({"TRUE": True, "FALSE": False, "EMPTY": None}[kind], position)

    def _path(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        return Reference(
            tuple(str(child) for child in tree.children if _token(child).type == "NAME"), position
        )

    def _invocation(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        words = [str(child) for child in tree.children if isinstance(child, Token) and child.type == "NAME"]
        parts = self._several(tree.children, depth)
        is_narrowed = any(isinstance(child, Token) and child.type == "WHERE" for child in tree.children)
        arguments, where = (parts[:-1], parts[-1]) if is_narrowed else (parts, None)
        name = str(tree.children[0])
        behind = tuple(words[1:] if _token(tree.children[0]).type == "NAME" else words)
        return Invocation(name, arguments, position, where=where, behind=behind)

    def _group(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        """Brackets around one part; they count neither as a part nor as depth."""
        self.parts -= 1
        (inner,) = (child for child in tree.children if isinstance(child, Tree))
        return self.read(inner, depth) if inner.data != "group" else self._unwrapped(inner, depth)

    def _unwrapped(self, tree: Tree[Token], depth: int) -> Syntax:
        while tree.data == "group":
            (tree,) = (child for child in tree.children if isinstance(child, Tree))
        return self.read(tree, depth)

    def _items(self, tree: Tree[Token], position: int, depth: int) -> Syntax:
        return Items(self._several(tree.children, depth), position)


def _token(child: Tree[Token] | Token) -> Token:
    assert isinstance(child, Token)
    return child


def arguments_written(text: str) -> tuple[str, ...]:
    """The arguments of an expression that is one function call, each as it was written; nothing for any other expression."""
    tree: Tree[Token] | Token = _parser().parse(text)
    while isinstance(tree, Tree) and tree.data == "group":
        (tree,) = (child for child in tree.children if isinstance(child, Tree))
    if not isinstance(tree, Tree) or tree.data != "invocation":
        return ()
    return tuple(
        text[child.meta.start_pos : child.meta.end_pos] for child in tree.children if isinstance(child, Tree)
    )
