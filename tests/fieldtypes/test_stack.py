"""Every registered type through the whole platform, on both databases: API, form, pages, history, filters, export, import, documents."""

from __future__ import annotations

import html
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from dougong import assembly
from dougong.compiler import check_sources
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.file import FILES, PICTURES
from dougong.fieldtypes.markup import plain
from dougong.fieldtypes.operators import Operator
from dougong.model.app import App
from dougong.model.field import Field
from dougong.people import accounts, organisation, tokens
from dougong.storage.apply import apply
from dougong.storage.plan import plan
from dougong.web.logs import configure
from dougong.web.settings import Settings
from tests.fieldtypes.page_forms import inputs_of
from tests.fieldtypes.samples import GIVEN_BY_OTHERS, REFERRING, field_id, sources
from tests.fieldtypes.test_conformance import EXTREMES
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import PASSWORD, Browser, Server

ALL = list(TYPES)
GIVEN = [name for name in ALL if name not in GIVEN_BY_OTHERS]
IMPORTED = [name for name in GIVEN if name not in {"table"} | FILES]
"""Types whose value stands in one cell."""
TIME_ZONE = "Asia/Shanghai"
UPLOADED = frozenset({"file", "images", "signature"})
"""Types whose value is uploaded first and belongs to one record."""
REFERENCE = Path(__file__).resolve().parents[2] / "reference"


@pytest.fixture(scope="module")
def app() -> App:
    made = check_sources(sources(), {})
    assert isinstance(made, App), "\n".join(str(each) for each in made)
    return made


@pytest.fixture(scope="module", params=DIALECTS)
def samples(
    request: pytest.FixtureRequest, databases: Databases, app: App, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with the samples app, one for all tests of this module on each database."""
    configure("text", "error")
    url = databases.fresh(request.param)
    database = assembly.open_database(url)
    with database.reading() as connection:
        planned = plan(None, app, connection)
    apply(planned, database)
    with database.writing() as connection:
        ada = accounts.add(
            connection, "ada", name="Ada", password=PASSWORD, is_admin=True, roles=[], language="en"
        )
        zoe = accounts.add(
            connection, "zoe", name="佐伊", password=PASSWORD, is_admin=True, roles=[], language="zh"
        )
        sales = organisation.add_department(connection, "Sales", head_id=ada)
        organisation.add_department(connection, "Stores", head_id=zoe)
        organisation.set_departments(connection, ada, sales)
        issued = {
            "ada": tokens.issue(connection, ada, scopes=["admin"]),
            "zoe": tokens.issue(connection, zoe, scopes=["admin"]),
        }
    database.dispose()
    chosen = Settings(database=url, files=str(tmp_path_factory.mktemp("files")))
    server = Server(assembly.open_runtime(chosen), issued)
    for name in ("North", "South"):
        server.api("ada").made("/samples/target", name=name)
    yield server
    server.database.dispose()
    databases.drop(url)


@pytest.fixture(scope="module")
def browsers(samples: Server) -> dict[str, Browser]:
    """Ada, who reads English, and Zoe, who reads Chinese, signed in."""
    return {name: samples.browser(name) for name in samples.tokens}


@pytest.fixture(scope="module")
def openapi(samples: Server) -> dict[str, Any]:
    document: dict[str, Any] = samples.api("ada")("GET", "/openapi.json").json["components"]["schemas"]
    return document


def made_field(app: App, name: str) -> Field:
    return app.entities["thing"].fields[field_id(name)]


def sample(server: Server, app: App, name: str) -> Any:
    """A value of a type as the API takes it; ids and files that exist."""
    if name in REFERRING:
        return REFERRING[name][0]
    if name == "table":
        return [{"what": "first"}, {"what": "second"}]
    if name in FILES:
        return [{"id": uploaded(server, name)}]
    made = made_field(app, name)
    return json.loads(json.dumps(TYPES[name].to_json(TYPES[name].example(made), made)))


def uploaded(server: Server, name: str) -> str:
    browser, content = server.browser("ada"), io.BytesIO(b"%PDF-1")
    if name in PICTURES:
        content = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(content, "PNG")
        content.seek(0)
    data = {"file": (content, _file_name(name)), "csrf_token": browser.token()}
    answer = browser.client.post(f"/samples/thing/files/{field_id(name)}", data=data)
    assert answer.status_code == 201, answer.text
    stored: dict[str, Any] = answer.json or {}
    return str(stored["id"])


def _file_name(name: str) -> str:
    return "合照.png" if name in PICTURES else "合同.pdf"


def comparable(name: str, value: Any) -> Any:
    """A value without what the platform adds: sizes of files, ids of rows."""
    if name in FILES:
        return [each["id"] for each in value or ()]
    if name == "table":
        return [{key: cell for key, cell in row.items() if key != "id"} for row in value or ()]
    return value


@pytest.mark.parametrize("name", GIVEN)
def test_a_value_goes_in_and_comes_out_again(samples: Server, app: App, name: str) -> None:
    api, value = samples.api("ada"), sample(samples, app, name)
    made = api.made("/samples/thing", name="one", **{field_id(name): value})
    read = api("GET", f"/samples/thing/{made['id']}").json
    assert comparable(name, read[field_id(name)]) == comparable(name, value)
    listed = api("GET", f"/samples/thing?filter=id = {made['id']}").json["data"][0]
    if name != "table":
        assert comparable(name, listed[field_id(name)]) == comparable(name, value)
    schema = TYPES[name].json_schema(made_field(app, name))
    assert list(Draft202012Validator(schema).iter_errors(read[field_id(name)])) == []


@pytest.mark.parametrize("name", GIVEN)
def test_history_tells_before_and_after(
    samples: Server, browsers: dict[str, Browser], app: App, name: str
) -> None:
    api, value = samples.api("ada"), sample(samples, app, name)
    made = api.made("/samples/thing", name="one", **{field_id(name): value})
    answer = api("PATCH", f"/samples/thing/{made['id']}", {field_id(name): None})
    assert answer.status_code == 200, answer.text
    assert not answer.json[field_id(name)]
    entries = api("GET", f"/samples/thing/{made['id']}/history").json["data"]
    newest = entries[0]
    if name == "table":
        assert [each["kind"] for each in newest["rows"][field_id(name)]] == ["removed", "removed"]
        return
    change = newest["changes"][field_id(name)]
    before, after = change["before"], change["after"]
    assert comparable(name, before) == comparable(name, value)
    assert not after
    page = browsers["ada"].get(f"/samples/thing/{made['id']}").text
    timeline = page[page.index('class="tl"') :]
    assert made_field(app, name).label.get("en") in timeline


@pytest.mark.parametrize("name", GIVEN)
def test_a_form_shows_a_value_and_sends_the_same_back(
    samples: Server, browsers: dict[str, Browser], app: App, name: str
) -> None:
    api, browser = samples.api("ada"), browsers["ada"]
    given = {field_id("boolean"): False, field_id(name): sample(samples, app, name)}
    made = api.made("/samples/thing", name="one", **given)  # a switch knows no third position
    before = api("GET", f"/samples/thing/{made['id']}").json
    address = f"/samples/thing/{made['id']}/edit"
    sent = inputs_of(browser.get(address).text)
    assert any(key == field_id(name) or key.startswith(f"{field_id(name)}-") for key in sent), name
    answer = browser.client.post(address, data={**sent, "name": ["two"]})
    assert answer.status_code == 303, answer.text
    after = api("GET", f"/samples/thing/{made['id']}").json
    assert after["name"] == "two"
    own = [field_id(each) for each in ALL if each != "embed"]  # which follows the name
    assert {key: after[key] for key in own} == {key: before[key] for key in own}


@pytest.mark.parametrize("name", [name for name in GIVEN if name not in UPLOADED])
def test_a_form_writes_what_is_entered(
    samples: Server, browsers: dict[str, Browser], app: App, name: str
) -> None:
    """What a form shows of one record, entered in the form of a new one, makes the same value."""
    api, browser = samples.api("ada"), browsers["ada"]
    made = api.made("/samples/thing", name="one", **{field_id(name): sample(samples, app, name)})
    shown = inputs_of(browser.get(f"/samples/thing/{made['id']}/edit").text)
    own = {
        key: value
        for key, value in shown.items()
        if key.startswith(field_id(name)) and not key.endswith("-id")
    }
    blank = inputs_of(browser.get("/samples/thing/new").text)
    answer = browser.client.post("/samples/thing/new", data={**blank, **own, "name": ["entered"]})
    assert answer.status_code == 303, answer.text
    entered = api(
        "GET", f"/samples/thing/{answer.headers['Location'].rpartition('/')[2].partition('?')[0]}"
    ).json
    assert comparable(name, entered[field_id(name)]) == comparable(name, made[field_id(name)])


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize(("person", "language"), [("ada", "en"), ("zoe", "zh")])
def test_pages_show_a_value_in_both_languages(
    samples: Server, browsers: dict[str, Browser], app: App, name: str, person: str, language: str
) -> None:
    value = sample(samples, app, name)
    made = samples.api("ada").made("/samples/thing", name="one", **{field_id(name): value})
    page = browsers[person].get(f"/samples/thing/{made['id']}").text
    label = made_field(app, name).label.get(language)
    assert label in html.unescape(page)
    for word in _words(samples, app, name, value, language):
        assert word in _visible(page), word


def _words(server: Server, app: App, name: str, value: Any, language: str) -> list[str]:
    if name in REFERRING:
        return list(REFERRING[name][1])
    if name == "table":
        return ["first", "second"]
    if name in FILES:
        return [_file_name(name)]
    kind, made = TYPES[name], made_field(app, name)
    if name == "money":  # with the sign of its currency, as the reader's language has it
        return [str(value)]
    if name == "datetime":  # in the time zone of the reader, which is not the test's
        return [str(value)[:4]]
    shown = kind.to_text(kind.coerce(value, made), made, language)
    return re.findall(r"[^\s{}\":,，、]+", shown)


def _visible(page: str) -> str:
    """The text of a page, with what only a screen reader is told."""
    labels = " ".join(re.findall(r'(?:aria-label|alt)="([^"]*)"', page))
    return html.unescape(re.sub(r"<[^>]+>", "", page) + labels)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_can_be_imported_again(samples: Server, app: App, form: str) -> None:
    api = samples.api("ada")
    values = {field_id(name): sample(samples, app, name) for name in IMPORTED}
    made = api.made("/samples/thing", name=f"exported {form}", **values)
    columns = ",".join(["name", *values])
    exported = api(
        "GET",
        "/samples/thing/export",
        query_string={"format": form, "filter": f"id = {made['id']}", "fields": columns},
    )
    assert exported.status_code == 200, exported.text
    answer = api(
        "POST", "/samples/thing/import", data={"file": (io.BytesIO(exported.data), f"things.{form}")}
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json["added"], answer.json.get("failed", 0)) == (1, 0), answer.text
    found = api("GET", "/samples/thing", query_string={"filter": f"name = 'exported {form}'"}).json["data"]
    again = next(each for each in found if each["id"] != made["id"])
    for name in values:
        assert again[name] == made[name], name


@pytest.mark.parametrize("name", ALL)
def test_the_openapi_document_describes_it(openapi: dict[str, Any], name: str) -> None:
    found = [each["properties"] for each in openapi.values() if field_id(name) in each.get("properties", {})]
    assert found
    assert all(each[field_id(name)] for each in found), found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ALL)
def test_the_reference_tells_of_it_with_an_example(name: str, language: str) -> None:
    page = (REFERENCE / language / "fields.md").read_text("utf-8")
    start = page.index(f'<a id="{name}"></a>')
    section = page[start : page.find('<a id="', start + 1)]
    assert TYPES[name].documentation.get(language)[:20] in section
    assert f"type: {name}" in section
    assert "```" in section


@pytest.mark.parametrize("name", [name for name in ALL if name != "stage"])
def test_the_palette_of_the_designer_offers_it(browsers: dict[str, Browser], name: str) -> None:
    page = browsers["ada"].get("/design/samples/thing").text
    if name != "table":
        assert TYPES[name].label.get("en") in html.unescape(page)


# -- filters against an oracle -----------------------------------------------------------------------------------------

Oracle = Callable[[Any, list[Any]], bool]


def _folded(value: Any) -> str:
    return str(value).casefold()


def _chord(one: dict[str, str], two: dict[str, str]) -> float:
    """The distance of two places in kilometres, by the straight line between them."""
    ends = []
    for each in (one, two):
        lat, lng = math.radians(float(each["lat"])), math.radians(float(each["lng"]))
        ends.append((math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat)))
    return 2 * 6371.0088 * math.asin(min(1.0, math.dist(*ends) / 2))


def _within(kilometres: int) -> Oracle:
    return lambda v, given: v is not None and _chord(v, given[0]) <= kilometres


ORACLES: dict[str, Oracle] = {
    "is": lambda v, given: v == given[0],
    "is_not": lambda v, given: v != given[0],
    "contains": lambda v, given: v is not None and _folded(given[0]) in _folded(v),
    "lacks": lambda v, given: v is None or _folded(given[0]) not in _folded(v),
    "starts": lambda v, given: v is not None and _folded(v).startswith(_folded(given[0])),
    "less": lambda v, given: v is not None and v < given[0],
    "at_most": lambda v, given: v is not None and v <= given[0],
    "more": lambda v, given: v is not None and v > given[0],
    "at_least": lambda v, given: v is not None and v >= given[0],
    "between": lambda v, given: v is not None and given[0] <= v <= given[1],
    "before": lambda v, given: v is not None and v < given[0],
    "after": lambda v, given: v is not None and v > given[0],
    "on": lambda v, given: v is not None and v == given[0],
    "one_of": lambda v, given: v in given,
    "none_of": lambda v, given: v not in given,
    "has": lambda v, given: given[0] in (v or ()),
    "has_not": lambda v, given: given[0] not in (v or ()),
    "has_any": lambda v, given: any(each in (v or ()) for each in given),
    "has_all": lambda v, given: all(each in (v or ()) for each in given),
    "yes": lambda v, given: v is True,
    "no": lambda v, given: v is not True,
    "is_me": lambda v, given: v == 1,
    "has_me": lambda v, given: 1 in (v or ()),
    "is_mine": lambda v, given: v == 1,
    "in_region": lambda v, given: bool(v) and _lies_in(v.get("code", ""), given[0].get("code", "")),
    **{f"within_{kilometres}": _within(kilometres) for kilometres in (1, 5, 20, 100)},
    "empty": lambda v, given: not v and v not in (0, False, ""),
    "filled": lambda v, given: not (not v and v not in (0, False, "")),
}
"""What each condition means in Python; a condition that a type brings along must be added here."""
LONGEST_OPERAND = 100


def _lies_in(code: str, region: str) -> bool:
    """Codes have two digits for the province, two for the city and two for the district."""
    steps = [region[place : place + 2] for place in (0, 2, 4) if region[place : place + 2] != "00"]
    return bool(code and region) and [code[place : place + 2] for place in (0, 2, 4)][: len(steps)] == steps


def _candidates(app: App, name: str) -> list[Any]:
    """Some values of a type in memory, as the conditions compare them."""
    if name in REFERRING:
        return list(REFERRING[name][2])
    if name in ("choice", "stage"):
        return [each.id for each in made_field(app, name).options] or ["first", "second"]
    if name == "choices":
        return [("a",), ("a", "b"), ("b",)]
    if name in {"table", "serial"} | FILES:
        return []
    kind, made = TYPES[name], made_field(app, name)
    found = [kind.example(made)]
    for value in EXTREMES.get(name, []):
        if len(str(value)) <= LONGEST_OPERAND and not list(kind.validate(value, made)) and value not in found:
            found.append(value)
    if name == "rich_text":  # a rule alone has no words to ask for
        found = [each for each in found if plain(each)]
    return found[:5]


@pytest.fixture(scope="module")
def filtered(samples: Server, app: App) -> dict[str, dict[int, Any]]:
    """For each type, records with different values and one without: id → value in memory."""
    api, kept = samples.api("ada"), {}
    for name in GIVEN:
        rows: dict[int, Any] = {}
        made = made_field(app, name)
        for value in [*_candidates(app, name), None]:
            wire = json.loads(json.dumps(TYPES[name].to_json(value, made)))
            rows[api.made("/samples/thing", name=f"of {name}", **{field_id(name): wire})["id"]] = value
        kept[name] = rows
    return kept


@pytest.mark.parametrize(
    ("name", "operator"),
    [pytest.param(n, each, id=f"{n}-{each.id}") for n in GIVEN for each in TYPES[n].operators],
)
def test_a_condition_finds_what_python_finds(
    samples: Server, app: App, filtered: dict[str, dict[int, Any]], name: str, operator: Operator
) -> None:
    api, kind, made, rows = samples.api("ada"), TYPES[name], made_field(app, name), filtered[name]
    known = [value for value in rows.values() if value is not None]
    for operands in _operands(known, operator.arity):
        literals = [word for value in operands for word in kind.literals(value, made)]
        if operator.arity > 0:
            literals = literals[: operator.arity]
        condition = operator.condition(field_id(name), literals)
        answer = api(
            "GET",
            "/samples/thing",
            query_string={"filter": f"name = 'of {name}' AND ({condition})", "limit": 100},
        )
        assert answer.status_code == 200, (condition, answer.text)
        found = {each["id"] for each in answer.json["data"]}
        told = [_operand(name, item) for value in operands for item in _items(value)]
        expected = {
            each for each, value in rows.items() if ORACLES[operator.id](_compared(name, value), told)
        }
        assert found == expected, condition


def _operands(known: list[Any], arity: int) -> list[list[Any]]:
    if arity == 0:
        return [[]]
    if arity == 1:
        return [[value] for value in known]
    if arity == 2:
        low, high = min(known), max(known)
        return [[low, high], [high, low], [known[0], known[0]]]
    return [[known[0]], known[:2], known]


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _operand(name: str, value: Any) -> Any:
    """A moment is compared by its day, which a literal has in UTC; rich text by what is read."""
    if name == "rich_text":
        return plain(value)
    return value.date() if name == "datetime" else value


def _compared(name: str, value: Any) -> Any:
    """A moment of a record has its day in the time zone of the person who asks."""
    if name == "rich_text":
        return value and plain(value)
    return value.astimezone(ZoneInfo(TIME_ZONE)).date() if name == "datetime" and value is not None else value
