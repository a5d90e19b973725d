"""What links fill and may hold is set in the designer; what stays the same leaves the file alone."""

from __future__ import annotations

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.web.linkage_edits import set_fill
from tests.linkage.trade import SOURCES

FILE = "entities/claim.yaml"
PATH = ["fields", "deal"]


def compiled(text: str) -> App:
    found = check_sources({**SOURCES, FILE: text}, {})
    assert isinstance(found, App), found
    return found


def filled(app: App) -> dict[str, str]:
    target = app.entities["claim"].fields["deal"].target
    assert target is not None
    return {own: value.text for own, value in target.fill}


def test_the_same_lines_change_nothing() -> None:
    lines = "customer = account\n\n person=contact"
    assert set_fill(SOURCES[FILE], PATH, lines, FILE) == SOURCES[FILE]


def test_lines_are_changed_added_and_removed() -> None:
    text = set_fill(SOURCES[FILE], PATH, "customer = account\nkind = UPPER(name)", FILE)
    assert filled(compiled(text)) == {"customer": "account", "kind": "UPPER(name)"}
    text = set_fill(text, PATH, "customer = contact.account", FILE)
    assert filled(compiled(text)) == {"customer": "contact.account"}
    assert filled(compiled(set_fill(text, PATH, "", FILE))) == {}
    text = set_fill(set_fill(text, PATH, "", FILE), PATH, "kind = name", FILE)
    assert filled(compiled(text)) == {"kind": "name"}


@pytest.mark.parametrize("line", ["customer", "= account", "Customer = account", "a b = c"])
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(Refusal) as refusal:
        set_fill(SOURCES[FILE], PATH, line, FILE)
    assert [each.code for each in refusal.value.problems] == ["W438"]
