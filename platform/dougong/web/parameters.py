"""Query parameters, read strictly: a name nobody knows, a name given twice or a value out of range is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from werkzeug.datastructures import MultiDict

from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.web.catalogue import finding, refuse

MAX_LENGTH = 10_000


def strict(arguments: MultiDict[str, str], allowed: Collection[str]) -> Mapping[str, str]:
    """The parameters of a request as one value each; all that is wrong with them is refused together (400)."""
    problems: list[Diagnostic] = []
    for name, values in arguments.lists():
        if name not in allowed:
            hint = nearest(name, allowed) or (
                f"allowed are: {', '.join(sorted(allowed))}" if allowed else "none is allowed"
            )
            problems.append(finding("W201", _shown(name), hint, name=_shown(name)))
        elif len(values) > 1:
            problems.append(finding("W202", name, name=name, count=len(values)))
        elif len(values[0]) > MAX_LENGTH:
            problems.append(finding("W203", name, name=name, limit=MAX_LENGTH))
        elif not is_plain(values[0]):
            problems.append(finding("W204", name, name=name))
    if problems:
        raise Refusal("malformed", problems)
    return {name: values[0] for name, values in arguments.lists()}


def is_plain(text: str) -> bool:
    """Whether a text can be stored and sent everywhere: no NUL, no lone surrogate, no undecodable byte."""
    return (
        "\x00" not in text
        and "\ufffd" not in text
        and not any("\ud800" <= letter <= "\udfff" for letter in text)
    )


def is_part(text: str) -> bool:
    """Whether a text can be a part of an address that leads somewhere: plain, and on one line."""
    return is_plain(text) and not any(letter < " " or letter == "\x7f" for letter in text)


def whole_number(parameters: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number within bounds; anything else is refused with the bounds."""
    text = parameters.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and lowest <= int(text) <= highest):
        raise refuse("malformed", "W205", name, name=name, lowest=lowest, highest=highest)
    return int(text)


def one_of(parameters: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words; the first is the default."""
    text = parameters.get(name, "") or allowed[0]
    if text not in allowed:
        raise refuse("malformed", "W206", name, nearest(text, allowed), name=name, allowed=", ".join(allowed))
    return text


def names(parameters: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A list of names separated by commas; an empty part is refused."""
    text = parameters.get(name, "")
    if not text:
        return ()
    parts = tuple(part.strip() for part in text.split(","))
    if not all(parts):
        raise refuse("malformed", "W207", name, name=name)
    return parts


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:60])
