"""Every bundled app: clean, complete in both languages, installed once and then in step, and usable from the first record."""

from collections.abc import Iterator
from typing import Any

import pytest

from dougong.compiler import compile_apps
from dougong.definitions import bundled
from dougong.definitions.load import load_app
from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.update import update
from dougong.storage.drift import verify
from dougong.storage.plan import plan
from tests.app_definitions.conftest import APPS, Installed, compiled

TEXTS = {"label", "plural", "help", "message", "inverse_label"}


@pytest.mark.parametrize("app_id", APPS)
def test_it_compiles_without_a_single_finding(app_id: str) -> None:
    outcome = compile_apps([load_app(bundled.folder(app_id))], {})
    assert [str(each) for each in outcome if not isinstance(each, App)] == []


@pytest.mark.parametrize("app_id", APPS)
def test_every_text_is_there_in_both_languages(app_id: str) -> None:
    missing = [
        f"{path}: {where}: {text}"
        for path, document in load_app(bundled.folder(app_id)).documents.items()
        if path != "data/demo"
        for where, text in texts_in(document.data, "")
        if not (isinstance(text, dict) and set(text) == {"zh", "en"} and all(text.values()))
    ]
    assert missing == []


def texts_in(data: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(data, list):
        for place, item in enumerate(data):
            yield from texts_in(item, f"{where}/{place}")
    if isinstance(data, dict):
        for name, value in data.items():
            is_text = name in TEXTS and (
                isinstance(value, str) or (isinstance(value, dict) and {"zh", "en"} & set(value))
            )
            if is_text:
                yield f"{where}/{name}", value
            else:
                yield from texts_in(value, f"{where}/{name}")


@pytest.mark.parametrize("app_id", APPS)
def test_every_entity_field_view_and_report_has_a_label_of_its_own(app_id: str) -> None:
    app = compiled(app_id)
    for entity in app.entities.values():
        labels = [field.label for field in entity.fields.values()]
        for label in labels if entity.parent else [entity.label, entity.plural, *labels]:
            assert {language for language, _ in label.texts} >= {"zh", "en"}, (entity.id, label)
    shown = [(each.id, each.label) for each in app.reports.values()]
    shown += [(each.id, each.label) for each in app.dashboards.values()]
    shown += [(each.id, each.label) for each in app.workflows.values()]
    for name, label in shown:
        assert {language for language, _ in label.texts} >= {"zh", "en"}, name


@pytest.mark.parametrize("app_id", APPS)
def test_every_written_field_stands_on_the_form_and_columns_fit_the_page(app_id: str) -> None:
    app = compiled(app_id)
    for entity in app.entities.values():
        if entity.parent:
            continue
        placed = [field.field for section in app.forms[entity.id].sections for field in section.fields]
        assert sorted(placed) == sorted(entity.fields), entity.id
        assert app.views[entity.id], entity.id
        for view in app.views[entity.id]:
            assert len(view.columns) <= 9, (entity.id, view.id)


def test_applied_once_there_is_nothing_left_to_do(empty: Installed) -> None:
    for app_id in APPS:
        with empty.database.reading() as connection:
            again = plan(empty.release.recorded[app_id], compiled(app_id), connection)
            assert not again.steps
            assert not again.changes
    with empty.database.reading() as connection:
        assert verify(connection) == []


def test_records_of_every_entity_are_made_listed_changed_and_deleted(empty: Installed) -> None:
    for app_id in APPS:
        app = empty.release.app(app_id)
        for entity in app.entities.values():
            if entity.parent:
                continue
            with empty.database.writing() as connection:
                call = empty.call(connection)
                exercise(call, app, entity)


def exercise(call: Call, app: App, entity: Entity) -> None:
    person = someone(call)
    identifier = made(call, app, entity, person)
    record = read(call, entity.key, identifier)
    assert record.title
    assert identifier in [each.id for each in list_records(call, entity.key, Query(limit=1000)).rows]
    assert update(call, entity.key, identifier, {}).version == record.version
    name = next(
        each.id
        for each in entity.fields.values()
        if each.type in ("text", "long_text") or each.type == "money"
    )
    if entity.fields[name].is_computed:
        name = next(
            each.id for each in entity.fields.values() if not each.is_computed and each.type != "serial"
        )
    value = "changed" if entity.fields[name].type in ("text", "long_text") else example(entity, name)
    if entity.fields[name].type != "choice" and not entity.fields[name].target:
        update(call, entity.key, identifier, {name: value})
    delete(call, entity.key, identifier)
    assert identifier not in [each.id for each in list_records(call, entity.key, Query(limit=1000)).rows]


def someone(call: Call) -> int:
    from dougong.people import accounts

    found = accounts.find(call.connection, "somebody")
    return found.id if found else accounts.add(call.connection, "somebody", name="Somebody", is_admin=True)


def made(call: Call, app: App, entity: Entity, person: int) -> int:
    """A record with an example in every field that has one; required links get records of their own."""
    values = {field.id: given(call, app, entity, field, person) for field in entity.fields.values()}
    if entity.id == "follow_up":
        values["account"] = made(call, app, app.entities["account"], person)
    values |= FITTING.get(entity.id, {})
    return create(call, entity.key, {name: value for name, value in values.items() if value is not None}).id


WITHOUT_EXAMPLE = frozenset(
    {"serial", "file", "images", "stage", "links", "choice", "boolean", "department", "departments"}
)
"""Types whose values are not for the giver to say, or that name what is not there."""


def given(call: Call, app: App, entity: Entity, field: Field, person: int) -> Any:
    if field.is_computed or field.type in WITHOUT_EXAMPLE:
        return None
    if field.unique:
        return f"{field.id} {len(list_records(call, entity.key, Query(limit=1000)).rows)}"
    if field.type == "member":
        return str(person) if field.required else None
    if field.target is not None:
        return made(call, app, app.entities[field.target.entity], person) if field.required else None
    if field.type == "table":
        return [line(call, app, app.entities[f"{entity.id}/{field.id}"], person)] if field.required else None
    return example(entity, field.id)


FITTING: dict[str, dict[str, Any]] = {
    "opportunity": {"close_on": "2027-01-31"},
    "leave_request": {"from_on": "2026-12-01", "to_on": "2026-12-01"},
    "leave_type": {"most_days": "5"},
    "quote": {"quoted_on": "2026-11-20", "valid_until": "2026-12-20"},
    "account": {"credit_code": "91320500MA12345678"},
    "sales_target": {"quarter": 2, "year": 2026},
    "price_list": {"valid_from": "2026-01-01", "valid_to": "2026-12-31"},
    "campaign": {"starts_on": "2026-12-01", "ends_on": "2026-12-02"},
    "visit": {"satisfaction": 5},
    "ticket": {"satisfaction": 4},
}
"""Values where an example of the type does not meet the bounds or rules of the entity."""


def line(call: Call, app: App, rows: Entity, person: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in rows.fields.values():
        if field.target is not None and field.required:
            values[field.id] = made(call, app, app.entities[field.target.entity], person)
    return {**values, "quantity": "2", "price": "12.50"}


def example(entity: Entity, name: str) -> Any:
    field = entity.fields[name]
    return TYPES[field.type].example(field)
