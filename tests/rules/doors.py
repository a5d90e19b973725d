"""Every door by which a record can be created or changed, each as a function of what it begins with and what is to become of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.change_many import Change, change_many
from dougong.records.create import create, create_many
from dougong.records.import_ import Options, run
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.update import update
from dougong.workflow.submit import submit
from tests.installed import Installed
from tests.rules.claims import workflow_of
from tests.web_server import Browser, Server

CLAIM = "desk.claim"
Values = Mapping[str, Any]
_NAMES = count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a door answered: the findings by field and code, or the record that stands there then."""

    refused: frozenset[tuple[str, str]] = frozenset()
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class House:
    """A server with the app on one engine, and the same database for the verbs."""

    server: Server
    desk: Installed
    folder: Path
    browser: Browser

    def begin(self, start: Values, **more: Any) -> int:
        """A record that an administrator's import could have left there: what it holds is confirmed."""
        with self.desk.writing("ada", door="job") as call:
            return create(call, CLAIM, {"name": self.name(), **start, **more}).id

    def name(self) -> str:
        """A name that no record has yet."""
        return f"claim {next(_NAMES)}"

    def values(self, identifier: int) -> Values:
        """What stands there now."""
        with self.desk.reading("ada") as call:
            return read(call, CLAIM, identifier).values

    def named(self, name: str) -> Values | None:
        """The record of that name."""
        with self.desk.reading("ada") as call:
            rows = list_records(call, CLAIM, Query(filter=f"name = '{name}'")).rows
        return self.values(rows[0].id) if rows else None


def _findings(problems: Any) -> frozenset[tuple[str, str]]:
    return frozenset((_field(each.path), each.code) for each in problems)


def _field(path: str) -> str:
    """The path without what a door puts before it: the position in a batch, the operation."""
    return re.sub(r"^(operations/)?\d+/(values/)?", "", path)


def _done(house: House, act: Callable[[], int]) -> Outcome:
    try:
        identifier = act()
    except Refusal as refusal:
        return Outcome(_findings(refusal.problems))
    return Outcome(values=house.values(identifier))


# ------------------------------------------------------------------ verbs that create
def creation(house: House, start: Values, change: Values) -> Outcome:
    def act() -> int:
        with house.desk.writing("ada", door="screen") as call:
            return create(call, CLAIM, {"name": house.name(), **start, **change}).id

    return _done(house, act)


def creation_of_many(house: House, start: Values, change: Values) -> Outcome:
    def act() -> int:
        records = [{"name": house.name()}, {"name": house.name(), **start, **change}]
        with house.desk.writing("ada") as call:
            return create_many(call, CLAIM, records)[1]

    return _done(house, act)


def batch_creation(house: House, start: Values, change: Values) -> Outcome:
    def act() -> int:
        given = {"name": house.name(), **start, **change}
        with house.desk.writing("ada") as call:
            [outcome] = batch(call, CLAIM, [Operation("create", values=given)])
        return outcome.id or 0

    return _done(house, act)


def api_creation(house: House, start: Values, change: Values) -> Outcome:
    answer = house.server.api("ada")("POST", "/desk/claim", {"name": house.name(), **start, **change})
    return _answered(house, answer, lambda: answer.json["id"])


def api_batch(house: House, start: Values, change: Values) -> Outcome:
    given = {"action": "create", "values": {"name": house.name(), **start, **change}}
    answer = house.server.api("ada")("POST", "/desk/claim/batch", {"operations": [given]})
    return _answered(house, answer, lambda: answer.json["results"][0]["id"])


def api_copy(house: House, start: Values, change: Values) -> Outcome:
    source = house.begin({})
    given = {"name": house.name(), **start, **change}
    answer = house.server.api("ada")("POST", f"/desk/claim/{source}/copy", {"values": given})
    return _answered(house, answer, lambda: answer.json["id"])


def _answered(house: House, answer: Any, identifier: Callable[[], Any]) -> Outcome:
    if answer.status_code < 300:
        return Outcome(values=house.values(int(identifier())))
    assert answer.status_code == 422, answer.text
    return Outcome(frozenset((_field(each["path"]), each["code"]) for each in answer.json["errors"]))


def form_creation(house: House, start: Values, change: Values) -> Outcome:
    name = house.name()
    sent = _form({"name": name, **start, **change})
    answer = house.browser.post("/desk/claim/new", sent, page="/desk/claim/new")
    return _shown(house, answer, name)


def _form(values: Values) -> dict[str, str]:
    """Values as a form sends them."""
    sent: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, list):
            sent[f"{name}-sent"] = "1"
            for index, row in enumerate(value):
                sent |= {f"{name}-{index}-{each}": str(row[each]) for each in row}
        else:
            sent[name] = "true" if value is True else str(value)
    return sent


def _shown(house: House, answer: Any, name: str) -> Outcome:
    """A form that comes back says what is wrong in words; which rule that was is asked of the verb."""
    if answer.status_code == 303:
        return Outcome(values=house.named(name))
    assert answer.status_code == 422, answer.text
    return Outcome(frozenset(_said(answer.text)))


_WORDS: Mapping[str, tuple[str, str]] = {
    "City must be filled in": ("city", "required"),
    "Reason must be filled in here": ("reason", "rule_require"),
    "Amount cannot be changed here": ("amount", "rule_readonly"),
    "Reason cannot be": ("reason", "rule_options"),
    "Too much": ("amount", "rule"),
    "Needed must be filled in here": ("needed", "rule_require"),
    "Kept cannot be changed here": ("kept", "rule_readonly"),
    "Picked cannot be": ("picked", "rule_options"),
    "Blocked here": ("kept", "rule"),
    "Warned here": ("kept", "rule_warning"),
    "That is a lot": ("amount", "rule_warning"),
    "Too many": ("lines/0/quantity", "rule"),
}


def _said(page: str) -> list[tuple[str, str]]:
    found = re.search(r'id="(problems|warnings)".*?</ul>', page, re.DOTALL)
    assert found is not None, page
    return [meaning for words, meaning in _WORDS.items() if words in found[0]]


def file_creation(house: House, start: Values, change: Values) -> Outcome:
    """An import that adds the record."""
    return _imported(house, {"name": house.name(), **start, **change}, "add")


def _imported(house: House, values: Values, mode: str) -> Outcome:
    flat = {name: value for name, value in values.items() if not isinstance(value, list)}
    rows = [row for value in values.values() if isinstance(value, list) for row in value] or [{}]
    columns = [*flat, *(f"Lines.{name}" for name in rows[0])]
    lines = [
        ",".join(columns),
        *(",".join(str(each) for each in (*flat.values(), *row.values())) for row in rows),
    ]
    path = house.folder / "in.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    desk = house.desk
    options = Options(mode=mode, match=() if mode == "add" else ("name",))
    result = run(desk.database, desk.release, desk.people["ada"], CLAIM, path, options, language="en")
    if result.counts.failed:
        return Outcome(_findings(problem for failure in result.failures for problem in failure.problems))
    return Outcome(values=house.named(values["name"]))


# ------------------------------------------------------------------ verbs that change
def change(house: House, start: Values, change: Values) -> Outcome:
    identifier = house.begin(start)

    def act() -> int:
        with house.desk.writing("ada", door="screen") as call:
            return update(call, CLAIM, identifier, change).id

    return _done(house, act)


def batch_change(house: House, start: Values, change: Values) -> Outcome:
    identifier = house.begin(start)

    def act() -> int:
        with house.desk.writing("ada") as call:
            batch(call, CLAIM, [Operation("update", identifier, change)])
        return identifier

    return _done(house, act)


def change_of_many(house: House, start: Values, change: Values) -> Outcome:
    identifier = house.begin(start)
    [(name, value)] = change.items()

    def act() -> int:
        with house.desk.writing("ada", door="screen") as call:
            change_many(call, CLAIM, [identifier], Change(name, value=value))
        return identifier

    return _done(house, act)


def api_change(house: House, start: Values, change: Values) -> Outcome:
    identifier = house.begin(start)
    answer = house.server.api("ada")("PATCH", f"/desk/claim/{identifier}", dict(change))
    return _answered(house, answer, lambda: identifier)


def form_change(house: House, start: Values, change: Values) -> Outcome:
    name = house.name()
    identifier = house.begin(start, name=name)
    page = f"/desk/claim/{identifier}/edit"
    sent = _form({"name": name, "dg_version": "1", **start, **change})
    return _shown(house, house.browser.post(page, sent, page=page), name)


def file_change(house: House, start: Values, change: Values) -> Outcome:
    """An import that changes the record."""
    name = house.name()
    house.begin(start, name=name)
    return _imported(house, {"name": name, **change}, "update")


def approval(house: House, start: Values, change: Values) -> Outcome:
    """A workflow that sets the values."""
    identifier = house.begin(start)

    def act() -> int:
        with house.desk.writing("ada", door="screen") as call:
            submit(call, CLAIM, identifier, workflow_of(change))
        return identifier

    return _done(house, act)


CREATING = (
    creation,
    creation_of_many,
    batch_creation,
    api_creation,
    api_batch,
    api_copy,
    form_creation,
    file_creation,
)
CHANGING = (change, batch_change, change_of_many, api_change, form_change, file_change, approval)
NAMES: Mapping[Callable[[House, Values, Values], Outcome], frozenset[str]] = {
    **{
        door: frozenset({"screen"}) for door in (creation, form_creation, change, change_of_many, form_change)
    },
    **{
        door: frozenset({"api"})
        for door in (creation_of_many, batch_creation, api_creation, api_batch, api_copy)
    },
    **{door: frozenset({"api"}) for door in (batch_change, api_change)},
    **{door: frozenset({"import"}) for door in (file_creation, file_change)},
    approval: frozenset({"workflow"}),
}
"""What rules call the doors."""
UNATTENDED = frozenset({file_creation, file_change, approval})
"""Doors at which nobody can be asked to confirm a warning."""
