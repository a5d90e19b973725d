"""A foreign record answers as one that does not exist, and whatever is refused has changed nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest

from dougong.web.routes import Route
from dougong.web.table import ROUTES
from tests.hostile.doors import standing
from tests.rights import WHOLE
from tests.rights.changing import creating, deleting, forms, many, merging, several, updating
from tests.rights.still import Clock, held_still
from tests.rights.twins import World, world
from tests.rights.visitor import Answer, Visitor
from tests.servers.databases import DIALECTS, Databases

MISSING = "99"
"""The id of nothing, as long as those of the foreign records that are asked for."""
BODIES: Mapping[str, Mapping[str, Any]] = {
    "PATCH": {"notes": "x"},
    "/comments": {"text": "x"},
    "/reveal": {"field": "phone"},
    "/merge": {"record": ["{id}", "2"], "survivor": "2", "version-{id}": "1", "version-2": "1"},
    "/edit": {"name": "x", "dg_version": "1"},
    "/move": {"to": "made"},
    "/live": {"name": "x"},
    "/approve": {"comment": "x"},
    "/reject": {"comment": "x"},
    "/views/{id}": {"name": "x"},
}
"""What is sent to doors of one record, by the end of their address or by their method."""
KINDS: Mapping[str, str] = {
    "/<app>/<entity>/<identifier>": "client",
    "/tasks/<identifier>": "task",
    "/inbox/<identifier>": "task",
    "/files/<identifier>": "file",
    "/views/<view>": "view",
    "/jobs/<identifier>": "job",
    "/profile/sessions/<identifier>": "session",
    "/profile/tokens/<identifier>": "token",
    "/profile/passkeys/<identifier>": "token",
    "/export/<token>": "export",
    "/import/<token>": "import",
}
"""Whose ids the addresses hold, by a part of their rule; the first that fits."""


@pytest.fixture(scope="module", params=DIALECTS)
def guild(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Clock]]:
    """A guild on each database, for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("guild")
    with held_still() as clock, world(databases, request.param, "one", folder) as made:
        yield made, clock


def foreign_ids(guild: World, clock: Clock) -> dict[str, tuple[str, str]]:
    """The id of something that is not Cleo's, and one of nothing, of each kind; both are as long."""
    hana = Visitor(guild, clock, "hana")
    ids = guild.ids
    import_ = hana.form("/guild/client/import", {"file": hana.upload(b"name\nx\n", "a.csv")}).location
    export = hana.form("/guild/client/export", {"format": "csv"}).location
    file, view, task = ids["files"]["foreign"], ids["views"]["private"], ids["tasks"]["foreign"]
    tokens = [each.rpartition("/")[2] for each in (import_, export)]
    assert all(tokens), "Hana could not begin an import and an export"
    return {
        "client": (ids["foreign"][5], MISSING),
        "order": (ids["others"][5], MISSING),
        "visit": (ids["elsewhere"][0], "9"),
        "ledger": (ids["ledgers"][0], "9"),
        "file": (file, "0" * len(file)),
        "view": (view, "9"),
        "task": (task, "9"),
        "job": ("1", "9"),
        "session": ("1", "9"),
        "token": ("1", "9"),
        "import": (tokens[0], "0" * len(tokens[0])),
        "export": (tokens[1], "0" * len(tokens[1])),
    }


def kind_of(route: Route) -> str:
    """Whose id the address of a route holds, or nothing."""
    return next((kind for part, kind in KINDS.items() if part in route.rule), "")


def ask(visitor: Visitor, route: Route, kind: str, identifier: str) -> Answer:
    """A request for one record of a kind."""
    entity = kind if kind in ("order", "visit", "ledger") else "client"
    places = {"app": "guild", "entity": entity, "inverse": "orders", "action": "submit", "entry": "7"}
    path = re.sub(r"<(?:path:)?(\w+)>", lambda part: places.get(part[1], identifier), route.rule)
    end = path.replace(identifier, "{id}")
    body = next((value for name, value in BODIES.items() if end.endswith(name) or route.method == name), {})
    filled = {
        name.replace("{id}", identifier): [each.replace("{id}", identifier) for each in value]
        if isinstance(value, list)
        else value
        for name, value in body.items()
    }
    if path.startswith("/api/v1"):
        return visitor.api(route.method, path.removeprefix("/api/v1"), filled if route.changes else None)
    return visitor.form(path, filled) if route.changes else visitor.page(path)


def without(answer: Answer, identifier: str) -> bytes:
    """An answer without the id that was asked for, in addresses or as a value, and what no two answers share."""
    whole = re.sub(rb"[0-9a-f]{32,}", b"(drawn)", answer.whole())
    asked = re.escape(identifier.encode())
    return re.sub(rb'(?:(?<=[/"])|(?<=record=))' + asked + rb'(?=[/"? &\n]|$)', b"(id)", whole)


def test_what_is_foreign_answers_as_what_is_missing(guild: tuple[World, Clock]) -> None:
    """At every door with the id of something, with every method."""
    made, clock = guild
    ids = foreign_ids(made, clock)
    visitor = Visitor(made, clock, "cleo")
    before = standing(made.server)
    asked, wrong = 0, list[tuple[Any, ...]]()
    for route in ROUTES:
        found = kind_of(route)
        if not found or route.access == "admin":
            continue
        for kind in ("client", "order", "visit", "ledger") if found == "client" else (found,):
            answers = [ask(visitor, route, kind, each) for each in ids[kind]]
            mine, its = (without(*each).split(b"\n") for each in zip(answers, ids[kind], strict=True))
            apart = [_parting(*pair) for pair in zip_longest(mine, its, fillvalue=b"") if pair[0] != pair[1]]
            if apart or answers[0].status < 400:
                wrong.append((route.endpoint, kind, answers[0].status, apart[:2]))
            asked += 1
    assert not wrong
    assert asked > 100
    assert changed(before, standing(made.server)) == set()


def _parting(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Two lines from a little before they part."""
    parting = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    begin = max(0, parting - 60)
    return one[begin : begin + 120], other[begin : begin + 120]


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The tables whose rows differ."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def test_it_takes_no_longer_to_refuse_what_is_foreign(guild: tuple[World, Clock]) -> None:
    made, clock = guild
    visitor = Visitor(made, clock, "cleo")

    def cost(identifier: str) -> float:
        begun = process_time()
        visitor.api("GET", f"/guild/client/{identifier}")
        return process_time() - begun

    for identifier in (made.ids["foreign"][5], MISSING) * 3:
        cost(identifier)
    pairs = [(cost(made.ids["foreign"][5]), cost(MISSING)) for _ in range(41)]
    foreign, missing = (median(each) for each in zip(*pairs, strict=True))
    assert foreign < 2 * missing + 0.002


def test_a_bulk_operation_with_one_forbidden_item_changes_nothing(guild: tuple[World, Clock]) -> None:
    made, clock = guild
    ids, visitor = made.ids, Visitor(made, clock, "cleo")
    before = standing(made.server)
    update = {"action": "update", "values": {"notes": "x"}}
    for other in (ids["foreign"][0], MISSING):
        both = [ids["mine"][0], other]
        operations = [{**update, "id": each} for each in both]
        deletions = [{"action": "delete", "id": each} for each in both]
        answers = [
            visitor.api("POST", "/guild/client/batch", {"operations": operations}),
            visitor.api("POST", "/guild/client/batch", {"operations": deletions}),
            visitor.api("POST", "/guild/client/merge", {"survivor": both[0], "records": [both[1]]}),
            visitor.api("POST", "/guild/client/purge", {"records": [*ids["binned"], other]}),
            visitor.form("/guild/client/delete", {"id": both}),
            visitor.form("/guild/client/bin/restore", {"id": [*ids["binned"], other]}),
            visitor.form("/guild/client/bin/purge", {"id": [*ids["binned"], other]}),
            visitor.form(
                "/guild/client/change/save",
                {"id": both, "dg_field": "notes", "dg_way": "value", "notes": "x"},
            ),
        ]
        for answer in answers:
            assert answer.status >= 400, answer.request
    hidden = [{**update, "id": ids["mine"][0]}, {**update, "id": ids["mine"][1], "values": {"badge": "x"}}]
    assert visitor.api("POST", "/guild/client/batch", {"operations": hidden}).status >= 400
    assert changed(before, standing(made.server)) == set()


class Watchful(Visitor):
    """A visitor who looks at the whole database before and after every request that may change something."""

    def _send(self, client: Any, method: str, *rest: Any) -> Answer:
        before = standing(self.world.server) if method != "GET" else {}
        answer = super()._send(client, method, *rest)
        if method != "GET" and answer.status >= 400:
            moved = changed(before, standing(self.world.server))
            assert not moved, f"{answer.status} of {answer.request}, and yet {moved} changed"
        return answer


@pytest.mark.parametrize("dialect", DIALECTS if WHOLE else DIALECTS[:1])
def test_what_is_refused_has_changed_nothing(databases: Databases, tmp_path: Path, dialect: str) -> None:
    with held_still() as clock, world(databases, dialect, "one", tmp_path) as made:
        visitor = Watchful(made, clock, "cleo")
        for area in (several, merging, many, creating, *((updating, forms, deleting) if WHOLE else ())):
            area(visitor)
        refused = [each for each in visitor.answers if each.status >= 400]
        assert len(refused) > (300 if WHOLE else 50)
