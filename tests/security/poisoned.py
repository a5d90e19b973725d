"""The library with a script payload wherever a definition or a person may write a text."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from dougong.definitions.load import load_app
from dougong.people import accounts, organisation
from dougong.storage.system import SESSION, USER
from tests.fieldtypes import samples
from tests.hostile.test_every_door import House, furnished
from tests.security.payloads import PAYLOADS
from tests.servers.databases import Databases
from tests.web_server import LIBRARY, prepare, server_of

WORDS = frozenset(
    {"label", "plural", "help", "message", "inverse_label", "placeholder", "block", "warn", "description"}
)
"""Keys of definitions whose values people read."""
ONE_LINE = tuple(each for each in PAYLOADS if "\n" not in each)


def poisoned(document: Any, texts: Iterator[str], must: bool = False) -> Any:
    """The same definition with a payload for every text that people read."""
    if isinstance(document, dict):
        return {key: poisoned(value, texts, must or key in WORDS) for key, value in document.items()}
    if isinstance(document, list):
        return [poisoned(each, texts, must) for each in document]
    return next(texts) if must and isinstance(document, str) else document


def write_app(folder: Path) -> None:
    """The library as files, every label a payload, with an entity that has a field of every type."""
    texts = (each for each in itertools.cycle(PAYLOADS) if "{" not in each)
    tree = load_app(LIBRARY)
    documents: dict[Path, Any] = {Path(f"{path}.json"): found.data for path, found in tree.documents.items()}
    for name, source in samples.sources().items():
        if name.startswith("entities/"):
            documents[Path(name)] = json.loads(source)
    documents[Path("app.json")]["menu"] += [{"entity": "thing"}]
    documents[Path("views/thing.json")] = {
        "views": {
            "all": {"label": "all", "sort": ["id"]},
            "board": {
                "label": "board",
                "type": "kanban",
                "group": "f_stage",
                "columns": ["f_text", "f_choice"],
            },
        }
    }
    documents[Path("roles/head.json")]["grants"]["thing"] = {"read": True, "create": True, "export": True}
    for path, document in documents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(poisoned(document, texts), default=float), encoding="ascii")


@dataclass(slots=True)
class PoisonedHouse:
    """A house full of payloads, with what a browser must know to come in."""

    house: House
    refused: list[tuple[str, str]]
    """Field and payload of what the server did not take."""

    @property
    def session(self) -> str:
        """The secret of the session of who administers it."""
        cookie = self.house.browser.client.get_cookie("dg_session")
        assert cookie is not None
        return str(cookie.value)


@contextmanager
def poisoned_house(databases: Databases, dialect: str, folder: Path) -> Iterator[PoisonedHouse]:
    """A server of the poisoned library, its records, people, files, comments, views, imports and jobs."""
    write_app(folder / "library")
    url = databases.fresh(dialect)
    server = server_of(url, prepare(url, folder / "library"), folder)
    try:
        house = furnished(server)
        yield PoisonedHouse(house, fill(house, folder / "library"))
    finally:
        server.database.dispose()
        databases.drop(url)


def fill(house: House, folder: Path) -> list[tuple[str, str]]:
    """Write payloads wherever a person may write; what was refused."""
    api, refused = house.server.api("ada"), []
    texts = itertools.cycle(ONE_LINE)
    with house.server.database.writing() as connection:  # so that she has something to decide
        ada = connection.execute(USER.select().where(USER.c.login == "ada")).one().id
        accounts.set_roles(connection, ada, [("library", "head")])
    for number in range(1, 9):
        for path, values in (
            (f"/library/book/{number}", {"title": next(texts)[:120], "notes": next(texts)}),
            (f"/library/reader/{number}", {"name": next(texts)[:60], "home": {"detail": next(texts)[:100]}}),
            (f"/library/loan/{number}", {"reason": next(texts)}),
        ):
            answer = api("PATCH", path, values)
            if answer.status_code != 200:
                refused.append((path, answer.text))
        for entity in ("book", "loan", "reader", "order"):
            api("POST", f"/library/{entity}/{number}/comments", {"text": next(texts)})
    for _ in range(3):
        line = {"book": 1, "quantity": 20, "price": "9.90"}
        order = api.made("/library/order", name=next(texts), lines=[line])
        sent = api("POST", f"/library/order/{order['id']}/actions/submit", {"comment": next(texts)})
        assert sent.status_code < 300, sent.text
        house.known.places["identifier"].append(str(order["id"]))  # type: ignore[attr-defined]
    refused += things(api) + files(api)
    name_people(house, texts)
    for entity in ("book", "loan", "thing"):
        kept = {"name": next(texts)[:60], "filter": "id > 0", "shared": ["*"]}
        assert api("POST", f"/library/{entity}/views", kept).status_code == 201
    ends = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    token = {"name": next(texts)[:60], "scope": "read", "expires": ends}
    assert house.browser.post("/profile/tokens", token, page="/profile").status_code == 200
    house.known.places["identifier"].append(waiting(house, folder, next(texts)))  # type: ignore[attr-defined]
    house.known.places["token"].append(imported(house, texts))  # type: ignore[attr-defined]
    house.known.places["entity"].append("thing")  # type: ignore[attr-defined]
    return refused


def things(api: Any) -> list[tuple[str, str]]:
    """A record for each payload, in every field that takes a text."""
    operations = [
        {
            "action": "create",
            "values": {
                "name": " ".join(each.split("\n")),
                "f_text": " ".join(each.split("\n")),
                "f_long_text": each,
                "f_rich_text": f"<p>before {each} after</p>",
                "f_json": {each: [each]},
                "f_address": {"detail": each},
                "f_choice": "ab"[number % 2],
            },
        }
        for number, each in enumerate(PAYLOADS)
    ]
    made = api("POST", "/library/thing/batch", {"operations": operations, "atomic": False})
    results = made.json["results"]
    refused = [
        ("thing", f"{PAYLOADS[number]} {each}") for number, each in enumerate(results) if "errors" in each
    ]
    for name, values in {
        "f_tags": [each[:40] for each in ONE_LINE if not set(each[:40]) & set(",;|")][:20],
        "f_url": PAYLOADS[:5],
        "f_email": PAYLOADS[5:8],
        "f_phone": PAYLOADS[8:11],
    }.items():
        for each in values if name != "f_tags" else [values]:
            answer = api("PATCH", "/library/thing/1", {name: each})
            if answer.status_code != 200:
                refused.append((name, f"{each} {answer.text}"))
    return refused


def files(api: Any) -> list[tuple[str, str]]:
    """Files whose names and contents are payloads."""
    kept, refused = [], []
    for number, each in enumerate([each for each in PAYLOADS if '"' not in each][::10]):
        ending = (".html", ".svg", ".txt", ".xml", ".js", "")[number % 6]
        content = f"<svg xmlns='http://www.w3.org/2000/svg'>{each}</svg>".encode()
        data = {"file": (io.BytesIO(content), each.replace("/", "-") + ending)}
        answer = api("POST", "/library/thing/files?field=f_file", None, data=data)
        if answer.status_code == 201:
            kept.append(answer.json["id"])
        else:
            refused.append(("file", f"{each} {answer.text}"))
    answer = api("PATCH", "/library/thing/2", {"f_file": kept})
    assert answer.status_code == 200, answer.text
    return refused


def name_people(house: House, texts: Iterator[str]) -> None:
    """People, departments and the devices of sessions are called by payloads, however they came to be called so."""
    with house.server.database.writing() as connection:
        for user in connection.execute(USER.select()).all():
            connection.execute(update(USER).where(USER.c.id == user.id).values(name=next(texts)))
        for number in range(3):
            organisation.add_department(connection, f"{number}{next(texts)}"[:80])
        connection.execute(update(SESSION).values(agent=next(texts), address=next(texts)[:40]))


def imported(house: House, texts: Iterator[str]) -> str:
    """The token of an import whose file name, header and cells are payloads."""
    cells = ",".join(['"' + next(texts).replace('"', '""') + '"' for _ in range(12)])
    content = f"title,{cells}\nWalden,{cells}\n".encode()
    name = next(texts).replace("/", "-")
    file = {"csrf_token": house.browser.token(), "file": (io.BytesIO(content), f"{name}.csv")}
    answer = house.browser.client.post("/library/book/import", data=file, headers={"Accept": "text/html"})
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["Location"]).rpartition("/")[2]


def waiting(house: House, folder: Path, note: str) -> str:
    """The id of work in the background that nobody does."""
    api = house.server.api("ada")
    files = {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*.json")}
    files["views/thing.json"] = files["views/thing.json"].replace('"id"', '"-id"')
    body = {"sources": files, "note": note, "background": True}
    answer = api("POST", "/library/apply", body)
    assert answer.status_code == 202, answer.text
    return str(answer.json["id"])
