"""Runs a scenario: a readable file that lists what people do with an approval and what must follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from dougong.assembly import after_apply
from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.model.app import App
from dougong.people import accounts, organisation
from dougong.people.actor import load_actor
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.read import read
from dougong.records.update import update
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import releases_of
from dougong.storage.system import INSTANCE, STEP, TASK
from dougong.workflow import act, state
from dougong.workflow.path import ways_of
from dougong.workflow.submit import attach, submit
from tests.workflow.desk import SOURCES

FOLDER = Path(__file__).parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
KEY = "desk.claim"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PEOPLE: dict[str, tuple[str, ...]] = {
    "ann": ("staff",),
    "abe": ("staff",),
    "bob": ("staff",),
    "eva": ("staff",),
    "fay": ("staff", "finance"),
    "fin": ("finance",),
    "zoe": (),
}
"""Ann, Abe and Bob are in sales, which Bob heads; sales belongs to the company, which Eva heads. Fay and Fin do finance."""


def load(path: Path) -> dict[str, Any]:
    """The scenario in a file."""
    return parsed(path.read_text(encoding="utf-8"))


def parsed(text: str) -> dict[str, Any]:
    """A YAML 1.2 document, in which `on` is a word."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


def sources() -> dict[str, str]:
    """The desk app with the workflow of every scenario in it, each under the scenario's own name."""
    found = dict(SOURCES)
    for path in FILES:
        flow = load(path).get("flow")
        if flow is not None:
            document = {"label": {"en": path.stem, "zh": path.stem}, "entity": "claim", **flow}
            found[f"workflows/{path.stem}.yaml"] = json.dumps(document)
    return found


def open_database(url: str) -> Database:
    """A database whose SQLite knows the functions of expressions."""
    return Database(url, SQLITE_FUNCTIONS)


def publish(database: Database, texts: Mapping[str, str]) -> None:
    """Apply the sources as the next version of the desk app."""
    app = check_sources(texts, {})
    assert isinstance(app, App), "\n".join(str(each) for each in app)
    with database.reading() as connection:
        before = releases_of(database).recorded(connection, "desk")
        made = plan(before, app, connection)
    apply(made, database, allow_loss=True, afterwards=after_apply)


def prepare(url: str) -> None:
    """Install the desk app and its people in an empty database."""
    database = open_database(url)
    install(database)
    publish(database, sources())
    with database.writing() as connection:
        accounts.add(connection, "root", name="Root", is_admin=True, language="en")
        ids = {
            login: accounts.add(
                connection, login, name=login.title(), language="en", roles=[("desk", role) for role in roles]
            )
            for login, roles in PEOPLE.items()
        }
        company = organisation.add_department(connection, "Company", head_id=ids["eva"])
        sales = organisation.add_department(connection, "Sales", parent_id=company, head_id=ids["bob"])
        for login in ("ann", "abe", "bob"):
            organisation.set_departments(connection, ids[login], sales)
        for login in ("eva", "fay", "fin"):
            organisation.set_departments(connection, ids[login], company)
    database.dispose()


@dataclass
class Stage:
    """Where a scenario plays: a database with the desk app, the record it is about, and a clock that moves with every step."""

    database: Database
    workflow: str = "claim_approval"
    record: int = 0
    at: datetime = AT
    people: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        attach()
        with self.database.reading() as connection:
            self.people = {each.login: each.id for each in accounts.list_accounts(connection)}

    @property
    def names(self) -> dict[int, str]:
        return {identifier: login for login, identifier in self.people.items()}

    @contextmanager
    def call(self, login: str, door: str = "api", writing: bool = True) -> Iterator[Call]:
        """A call of a person, in a transaction of its own."""
        with self.database.writing() if writing else self.database.reading() as connection:
            release = releases_of(self.database).pinned(connection)
            actor = load_actor(connection, self.people[login])
            yield Call(release, connection, actor, door, self.at, "en", "Asia/Shanghai")

    # -- what people do -------------------------------------------------------------------------------------------------

    def create(self, by: str = "ann", price: Any = None, **values: Any) -> None:
        if price is not None:
            values["lines"] = [{"what": "thing", "price": str(price)}]
        with self.call(by) as call:
            self.record = create(call, KEY, {"subject": "Travel", **self.resolved(values)}).id

    def update(self, by: str, **values: Any) -> None:
        with self.call(by) as call:
            update(call, KEY, self.record, self.resolved(values))

    def delete(self, by: str) -> None:
        with self.call(by) as call:
            delete(call, KEY, self.record)

    def submit(self, by: str = "ann", opinion: str = "", workflow: str | None = None) -> None:
        with self.call(by) as call:
            submit(call, KEY, self.record, self.workflow if workflow is None else workflow, opinion)

    def approve(
        self, by: str, opinion: str = "", changes: Any = None, version: int | None = None, task: str = ""
    ) -> None:
        with self.call(by) as call:
            act.approve(call, self.task_of(call, task or by), opinion, changes or {}, version)

    def reject(self, by: str, opinion: str = "", task: str = "", version: int | None = None) -> None:
        with self.call(by) as call:
            act.reject(call, self.task_of(call, task or by), opinion, version)

    def withdraw(self, by: str = "ann", opinion: str = "", workflow: str = "") -> None:
        with self.call(by) as call:
            act.withdraw_record(call, KEY, self.record, workflow, opinion)

    # -- what happens around them ---------------------------------------------------------------------------------------

    def disable(self, by: str) -> None:
        with self.database.writing() as connection:
            accounts.disable(connection, self.people[by])

    def roles(self, by: str, roles: list[str]) -> None:
        with self.database.writing() as connection:
            accounts.set_roles(connection, self.people[by], [("desk", role) for role in roles])

    def head(self, department: str, by: str | None) -> None:
        with self.database.writing() as connection:
            [found] = [each for each in organisation.departments(connection) if each.name == department]
            organisation.set_head(connection, found.id, self.people[by] if by else None)

    def publish(self, flow: dict[str, Any] | None = None, fields: dict[str, Any] | None = None) -> None:
        texts = sources()
        if flow is not None:
            document = {"label": self.workflow, "entity": "claim", **flow}
            texts[f"workflows/{self.workflow}.yaml"] = json.dumps(document)
        if fields is not None:
            entity = parsed(texts["entities/claim.yaml"])
            for name, setting in fields.items():
                if setting is None:
                    del entity["fields"][name]
                else:
                    entity["fields"][name] = setting
            texts["entities/claim.yaml"] = json.dumps(entity)
        publish(self.database, texts)

    def remove_entity(self) -> None:
        texts = {path: text for path, text in SOURCES.items() if path == "app.yaml"}
        publish(self.database, texts | {"entities/note.yaml": "label: Note\nfields: {name: {type: text}}\n"})

    # -- what is seen ---------------------------------------------------------------------------------------------------

    def resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        people = ("owner", "helper")
        return {
            name: self.people[value] if name in people and value else value for name, value in values.items()
        }

    def task_of(self, call: Call, login: str) -> int:
        """The newest task of a person about the record, open or not."""
        query = select(TASK.c.id).join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
        query = query.where(INSTANCE.c.record_id == self.record, TASK.c.user_id == self.people[login])
        found = call.connection.execute(query.order_by(TASK.c.id.desc()).limit(1)).scalar_one_or_none()
        return found if found is not None else 999_999

    def instance(self, connection: Any) -> Any:
        query = select(INSTANCE).where(INSTANCE.c.record_id == self.record, INSTANCE.c.entity == KEY)
        return connection.execute(query.order_by(INSTANCE.c.id.desc()).limit(1)).one_or_none()

    def expect(self, **wanted: Any) -> None:
        """Compare what is asked about with what is there."""
        with self.call("root", writing=False) as call:
            found = self.seen(call, wanted)
        assert found == wanted

    def seen(self, call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
        row = self.instance(call.connection)
        found: dict[str, Any] = {}
        for name in wanted:
            if name == "state":
                found[name] = "none" if row is None else row.outcome or row.state
            elif name == "tasks":
                found[name] = self.open_tasks(call.connection)
            elif name == "record":
                values = read(call, KEY, self.record).values
                found[name] = {each: self.plain(values[each]) for each in wanted[name]}
            elif name == "log":
                found[name] = self.log(call.connection, row.id)
            elif name == "path":
                found[name] = [self.step(each) for each in ways_of(call, KEY, self.record)[0].steps]
            elif name == "version":
                found[name] = row.version_number
            else:
                raise AssertionError(f"a scenario cannot expect '{name}'")
        return found

    def plain(self, value: Any) -> Any:
        return value if value is None or isinstance(value, bool) else str(value)

    def step(self, step: Any) -> str:
        people = " ".join(
            self.names[each.id] + (f"={each.decision}" if each.decision else "") for each in step.people
        )
        return " ".join(part for part in (step.node, step.state, people, step.reason) if part)

    def open_tasks(self, connection: Any) -> dict[str, list[str]]:
        query = select(TASK.c.user_id, TASK.c.node).join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
        query = query.where(INSTANCE.c.record_id == self.record, TASK.c.state == "open").order_by(TASK.c.id)
        found: dict[str, list[str]] = {}
        for user, node in connection.execute(query):
            found.setdefault(node, []).append(self.names[user])
        return found

    def log(self, connection: Any, instance: int) -> list[str]:
        lines = []
        for row in connection.execute(select(STEP).where(STEP.c.instance_id == instance).order_by(STEP.c.id)):
            details = row.details or {}
            people = " ".join(self.names[each] for each in details.get("people", ()))
            words = [self.names.get(row.actor_id, "system"), row.action, row.node, people]
            words += [
                details.get("reason", ""),
                details.get("outcome", ""),
                f"«{row.opinion}»" if row.opinion else "",
            ]
            lines.append(" ".join(word for word in words if word))
        return lines

    # -- running --------------------------------------------------------------------------------------------------------

    def run(self, steps: list[dict[str, Any]]) -> None:
        """Play the steps in order; after each of them the rows must agree with one another."""
        for number, step in enumerate(steps, 1):
            try:
                self.play(dict(step))
                self.check()
            except Exception as error:
                error.add_note(f"in step {number}: {step}")
                raise

    def play(self, step: dict[str, Any]) -> None:
        refused = step.pop("refused", None)
        [(verb, given)] = step.items()
        self.at += timedelta(minutes=5)
        options = {"by": given} if isinstance(given, str) else dict(given or {})
        if refused is None:
            getattr(self, verb)(**options)
            return
        before = self.everything()
        with pytest.raises(Refusal) as caught:
            getattr(self, verb)(**options)
        problem = caught.value.problems[0]
        assert (caught.value.kind, problem.code) == (refused["kind"], refused["code"])
        assert refused.get("says", "") in problem.message
        assert self.everything() == before, "a refused action has changed nothing"

    def everything(self) -> list[Any]:
        with self.database.reading() as connection:
            return [
                list(connection.execute(select(table).order_by(table.c.id)).all())
                for table in (INSTANCE, TASK, STEP)
            ]

    def check(self) -> None:
        """Every token waits for exactly the open tasks it asked for, and what is over waits for nobody."""
        with self.database.reading() as connection:
            for row in connection.execute(select(INSTANCE)).all():
                tasks = connection.execute(select(TASK).where(TASK.c.instance_id == row.id)).all()
                open_ones = {(each.node, each.visit, each.user_id) for each in tasks if each.state == "open"}
                if row.outcome:
                    assert row.state == "finished"
                    assert not open_ones
                    continue
                read_back = state.from_json(row.data)
                waiting = {(each.node, each.visit, who) for each in read_back.tokens for who in each.waiting}
                assert waiting == open_ones
                assert waiting, "what runs waits for somebody"
