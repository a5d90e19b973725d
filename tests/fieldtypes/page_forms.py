"""Reads the inputs of a form out of a page, as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser

Pairs = list[tuple[str, str]]


class FormReader(HTMLParser):
    """Collects name and value of every input of the form with `data-form`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pairs: Pairs = []
        self._inside = self._template = 0
        self._area: str | None = None
        self._text = ""
        self._select: str | None = None
        self._many = False
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and "data-form" in given:
            self._inside = 1
        if tag == "template":
            self._template += 1
        if not self._inside or self._template:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.pairs.append((name, value))
        elif tag == "textarea" and name:
            self._area, self._text = name, ""
        elif tag == "select" and name:
            self._select, self._many, self._options = name, "multiple" in given, []
        elif tag == "option" and self._select:
            self._options.append((value, "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template -= 1
        elif tag == "form":
            self._inside = 0
        elif tag == "textarea" and self._area is not None:
            self.pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            if not self._many:
                chosen = chosen[-1:] or [value for value, _ in self._options[:1]]
            self.pairs += [(self._select, value) for value in chosen]
            self._select = None


def inputs_of(page: str) -> dict[str, list[str]]:
    """What the form of a page would send, by name."""
    reader = FormReader()
    reader.feed(page)
    found: dict[str, list[str]] = {}
    for name, value in reader.pairs:
        found.setdefault(name, []).append(value)
    return found
