"""How much was compared between the back ends, told at the end of a run; the processes of a parallel run tell the one that shows it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

BACK_ENDS = {"python": "Python", "sqlite": "SQLite", "postgresql": "PostgreSQL", "browser": "the browser"}
COMPARED: Counter[str] = Counter()
"""Of this process: pairs of a generated expression and a record, and cases of the tables, each by back end."""


def count(what: str, back_end: str, number: int) -> None:
    """Note that so many `pairs` or `cases` of a back end were compared."""
    assert back_end in BACK_ENDS, back_end
    COMPARED[f"{what} {back_end}"] += number


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what a process of a parallel run has compared."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["compared"] = dict(COMPARED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what a process of a parallel run has compared."""
    COMPARED.update(getattr(node, "workeroutput", {}).get("compared", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for generated expressions, one for the tables."""
    titles = {"pairs": "pairs of a generated expression and a record", "cases": "cases of the tables"}
    for what, title in titles.items():
        told = [f"{COMPARED[f'{what} {each}']:,} by {name}" for each, name in BACK_ENDS.items()]
        if any(COMPARED[f"{what} {each}"] for each in BACK_ENDS):
            terminalreporter.write_line(f"compared without a difference: {title}: {', '.join(told)}")
