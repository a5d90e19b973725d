"""Reads the parts of a description with their places, and collects everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dougong.definitions.nodes import Document
from dougong.diagnostics import Diagnostic, Place, nearest

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Reader:
    """One document, and the findings about it. A wrong value is reported and answered with a harmless one."""

    document: Document
    problems: list[Diagnostic] = field(default_factory=list)

    def report(self, code: str, path: Path, message: str, hint: str = "") -> None:
        """Note a finding at the place of a value."""
        self._note(code, path, self.document.place(path), message, hint)

    def _note(self, code: str, path: Path, place: Place, message: str, hint: str) -> None:
        self.problems.append(Diagnostic(code, message, "/".join(map(str, path)), place, hint))

    def place(self, path: Path) -> Place:
        """Where the value at a path was written."""
        return self.document.place(path)

    def unknown(self, path: Path, name: object, known: Iterable[str], what: str) -> None:
        """Note that a name stands for nothing, at the key or the value that it is."""
        place = self.document.key_place(path) if path[-1] == name else self.document.place(path)
        self._note("M102", path, place, f"there is no {what} '{name}'", nearest(str(name), known))

    def in_order(self) -> list[Diagnostic]:
        """The findings from top to bottom."""
        return sorted(
            self.problems, key=lambda each: (each.place.line, each.place.column) if each.place else (0, 0)
        )

    def mapping(self, value: object, path: Path, known: Sequence[str] | None = None) -> Mapping[str, object]:
        """The value as a mapping, of which all keys are known."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.report("M101", path, "a mapping is expected here")
            return {}
        for name in value:
            if known is not None and name not in known:
                self.unknown((*path, name), name, known, "key")
        return value

    def items(self, value: object, path: Path) -> Sequence[object]:
        """The value as a list that is not empty."""
        if isinstance(value, list) and value:
            return value
        self.report("M101", path, "a list is expected here")
        return [None]

    def text(self, value: object, path: Path, default: str = "") -> str:
        """The value as a text."""
        if value is None:
            return default
        if isinstance(value, str):
            return value
        self.report("M101", path, "a text is expected here")
        return default

    def number(self, value: object, path: Path, default: float = 0.0, least: float | None = None) -> float:
        """The value as a number that is not below the least."""
        if value is None:
            return default
        if (
            isinstance(value, int | Decimal)
            and not isinstance(value, bool)
            and (least is None or value >= least)
        ):
            return float(value)
        self.report(
            "M101", path, "a number is expected here" + (f", at least {least:g}" if least is not None else "")
        )
        return default

    def whole(self, value: object, path: Path, default: int = 0, least: int = 0) -> int:
        """The value as a whole number that is not below the least."""
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.report("M101", path, f"a whole number is expected here, at least {least}")
        return max(default, least)

    def pair(self, value: object, path: Path) -> tuple[Decimal, Decimal]:
        """The value as a list of two numbers, the smaller one first."""
        if isinstance(value, list) and len(value) == 2 and all(_is_number(each) for each in value):
            low, high = Decimal(value[0]), Decimal(value[1])
            if low <= high:
                return low, high
        self.report("M101", path, "two numbers are expected here, the smaller one first")
        return Decimal(0), Decimal(0)


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
