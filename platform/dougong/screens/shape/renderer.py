"""What a renderer of pages promises to the web, and what it is told about the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dougong.screens.shape.parts import Notice
from dougong.screens.shape.shell import Shell

if TYPE_CHECKING:
    from dougong.screens.shape import FormScreen, Screen


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """What is true of a request and not of a screen. `theme`: light | dark | auto; `density`: comfortable |
    compact.

    `shell` is None before sign-in. `csrf` is sent by every form as `csrf_token` and by htmx as the header
    `X-CSRF-Token`. `messages` are shown once (what the last action did). `fragment` is the id of the
    element that htmx will replace ("" = a whole page): then only the content of the page is rendered,
    without the frame. `frames` are the hosts whose pages may be embedded.
    """

    language: str = "zh"
    theme: str = "auto"
    density: str = "comfortable"
    csrf: str = ""
    path: str = "/"
    shell: Shell | None = None
    messages: tuple[Notice, ...] = ()
    fragment: str = ""
    request_id: str = ""
    frames: frozenset[str] = frozenset()


Submitted = str | tuple[str, ...] | tuple[Mapping[str, "Submitted"], ...]
"""What a person entered in a field, untouched: a text, several texts (choices, links, files' ids), or the
rows of a sub-table, each with its own fields plus `id` ("" = a new row).
"""


class Renderer(Protocol):
    """Turns screens into pages and reads the forms that come back."""

    def render(self, screen: Screen, info: RequestInfo) -> str:
        """The page, or, with `info.fragment`, the part of it that is asked for."""
        ...

    def submitted(self, form: FormScreen, data: Mapping[str, list[str]]) -> Mapping[str, Submitted]:
        """What was entered for each writable field of a form; fields that were not sent are missing."""
        ...
