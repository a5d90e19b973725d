"""The one place where rich text is made harmless: a small set of elements, and nothing that runs, loads or looks like us."""

import html
import re

import nh3

ELEMENTS = frozenset(
    {
        "p",
        "br",
        "strong",
        "em",
        "u",
        "s",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "a",
        "hr",
    }
)
_SAME = {"b": "strong", "i": "em", "strike": "s", "del": "s", "div": "p", "h1": "h2", "h4": "h3"}
_RENAMED = re.compile(r"<(/?)(b|i|strike|del|div|h1|h4)(?=[\s/>])", re.IGNORECASE)
_ELEMENT = re.compile(
    r"</?(?:p|br|strong|b|em|i|u|s|h[1-4]|ul|ol|li|blockquote|pre|code|a|hr|div)(?=[\s/>])", re.I
)
BREAK = "<br>|<hr>|</(?:p|h2|h3|li|blockquote|pre)>"
"""What ends a line, as a pattern that PostgreSQL reads the same."""
TAG = "<[^>]*>"
_BREAK = re.compile(BREAK)
_TAG = re.compile(TAG)
_LINES = re.compile(r"\n{3,}")


def sanitised(text: str) -> str:
    """Return the markup with nothing in it but the allowed elements and links to web pages, mail and telephones."""
    renamed = _RENAMED.sub(lambda found: f"<{found[1]}{_SAME[found[2].lower()]}", text)
    return nh3.clean(
        renamed,
        tags=set(ELEMENTS),
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()


def is_markup(text: str) -> bool:
    """Whether a text that was typed or imported holds elements, or is plain."""
    return _ELEMENT.search(text) is not None


def from_plain(text: str) -> str:
    """Return plain text as markup: an empty line begins a paragraph, a line break stays one."""
    paragraphs = (each.strip("\n") for each in re.split(r"\n[ \t]*\n", text))
    return "".join(
        f"<p>{html.escape(each, quote=False).replace(chr(10), '<br>')}</p>"
        for each in paragraphs
        if each.strip()
    )


def editable(text: str) -> str:
    """Return what may stand in an editor of what was sent and perhaps refused: as harmless as what is kept, before it is kept."""
    if is_markup(text):
        return sanitised(text)
    return from_plain(text) if "<" in text else text


def plain(markup: str) -> str:
    """Return what a reader of the markup sees as text, one line a block."""
    text = _TAG.sub("", _BREAK.sub(lambda found: found.group() + "\n", markup.replace("\n", " ")))
    lines = (" ".join(line.split()) for line in html.unescape(text).split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()
