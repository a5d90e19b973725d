"""The organisation as a file, brought in: read at once, tried and done at once where it is short, else in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from werkzeug.datastructures import FileStorage

from dougong.diagnostics import Diagnostic
from dougong.people.roster import LineProblem, Roster, read_roster
from dougong.people.roster_plan import RosterOutcome, bring_roster, try_roster
from dougong.records.call import Call
from dougong.records.files import clean_name
from dougong.records.reading import open_table
from dougong.screens.texts import text
from dougong.storage.system import DRAFT
from dougong.web.catalogue import refuse
from dougong.web.problems import diagnostic_document
from dougong.web.working import Ended, Working, order

KIND = "organisation"
PATH = "/organisation/import"
SHORT = 300
"""How many lines are tried and brought in while somebody waits."""
MOST_PROBLEMS = 200
_KEY = "roster"


def table_of(file: FileStorage | None, language: str) -> dict[str, Any]:
    """What a CSV or XLSX file holds, as it is kept until it is brought in."""
    if file is None or not file.filename:
        raise refuse("invalid", "W312", "file", name="file")
    name = clean_name(file.filename) or "people.csv"
    with tempfile.TemporaryDirectory(prefix="dougong-people-") as folder:
        path = Path(folder) / "upload"
        file.save(path)
        return table_in(path, name, language)


def table_in(path: Path, name: str, language: str) -> dict[str, Any]:
    """The same of a file on disk."""
    with open_table(path, name, language) as reading:
        lines = [[each.number, [_plain(cell) for cell in each.cells]] for each in reading.lines]
        return {"name": name, "header": list(reading.header), "lines": lines}


def _plain(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell)


def roster_of(table: Mapping[str, Any]) -> Roster:
    """What a kept table says."""
    return read_roster(table["header"], [(number, cells) for number, cells in table["lines"]])


def is_long(table: Mapping[str, Any]) -> bool:
    """Whether nobody should wait for it."""
    return len(table["lines"]) > SHORT


# -- kept until it is brought in --------------------------------------------------------------------------------------


def keep(call: Call, table: Mapping[str, Any]) -> None:
    """Keep a table in place of the one that its owner looked at before."""
    forget(call)
    row = {"user_id": call.actor.id, "kind": KIND, "app": "", "key": _KEY, "data": dict(table)}
    call.connection.execute(insert(DRAFT).values(**row, created_at=call.at, updated_at=call.at))


def kept(call: Call) -> dict[str, Any] | None:
    """The table that somebody has uploaded and not brought in yet; `outcome` is in it once it was tried."""
    found = call.connection.execute(select(DRAFT.c.data).where(*_mine(call))).scalar_one_or_none()
    return dict(found) if found is not None else None


def forget(call: Call) -> None:
    """Throw it away."""
    call.connection.execute(delete(DRAFT).where(*_mine(call)))


def note_outcome(call: Call, table: Mapping[str, Any], outcome: Mapping[str, Any]) -> None:
    """Keep what a trial has found."""
    data = {**table, "outcome": dict(outcome)}
    call.connection.execute(update(DRAFT).where(*_mine(call)).values(data=data, updated_at=call.at))


def _mine(call: Call) -> tuple[Any, ...]:
    return (DRAFT.c.user_id == call.actor.id, DRAFT.c.kind == KIND, DRAFT.c.app == "", DRAFT.c.key == _KEY)


# -- tried and done ------------------------------------------------------------------------------------------------------


def tried(call: Call, table: Mapping[str, Any]) -> dict[str, Any]:
    """What it would do."""
    return outcome_document(try_roster(call, roster_of(table)), call.language)


def done(call: Call, table: Mapping[str, Any]) -> dict[str, Any]:
    """Bring it in, all of it or nothing."""
    return outcome_document(bring_roster(call, roster_of(table)), call.language)


def order_roster(call: Call, table: Mapping[str, Any], is_trial: bool) -> int:
    """Have it tried or brought in in the background."""
    title = text("roster_trial" if is_trial else "roster_title", call.language)
    given = {"table": dict(table), "trial": is_trial}
    return order(call, KIND, title, PATH, given, lock=KIND)


def bring(working: Working) -> None:
    """Try it or bring it in, as the one who ordered it."""
    table, language = working.given["table"], working.language
    with working.writing() as call:
        if working.given["trial"]:
            outcome = tried(call, table)
            if kept(call) is not None:
                note_outcome(call, table, outcome)
            said = text("roster_tried", language)
            working.end(call.connection, Ended(said, PATH, outcome))
        else:
            outcome = done(call, table)
            forget(call)
            said = text("roster_done", language, **numbers_of(outcome))
            working.end(call.connection, Ended(said, "/people", outcome))


def numbers_of(outcome: Mapping[str, Any]) -> dict[str, str]:
    """The counts of an outcome, as they are shown."""
    return {name: f"{outcome[name]:,}" for name in ("added", "changed", "unchanged", "disabled")}


def outcome_document(outcome: RosterOutcome, language: str) -> dict[str, Any]:
    """What a table does, as data: counts, the first names, and the first problems."""
    return {
        "added": len(outcome.added),
        "changed": len(outcome.changed),
        "unchanged": outcome.unchanged,
        "disabled": len(outcome.disabled),
        "enabled": len(outcome.enabled),
        "departments": outcome.departments[:MOST_PROBLEMS],
        "positions": outcome.positions[:MOST_PROBLEMS],
        "heads": [{"department": path, "head": login} for path, login in outcome.heads[:MOST_PROBLEMS]],
        "people": [
            *({"login": login, "change": "added", "fields": []} for login in outcome.added[:50]),
            *(
                {"login": login, "change": "changed", "fields": list(names)}
                for login, names in list(outcome.changed.items())[:50]
            ),
            *({"login": login, "change": "disabled", "fields": []} for login in outcome.disabled[:50]),
        ],
        "failed": len({each.line for each in outcome.problems}),
        "problems": [_problem(each, language) for each in outcome.problems[:MOST_PROBLEMS]],
    }


def _problem(each: LineProblem, language: str) -> dict[str, Any]:
    problem: Diagnostic = each.problem
    return {**diagnostic_document(problem, language), "line": each.line, "column": each.column}
