"""Two guilds made by the same steps: they differ only in values that Cleo, an artisan, may not see."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from dougong import assembly
from dougong.compiler.folders import compile_folders
from dougong.people import accounts, tokens
from dougong.storage.apply import apply
from dougong.storage.plan import plan
from dougong.web.logs import configure
from tests.servers.databases import Databases
from tests.web_server import PASSWORD, Api, Server, server_of

GUILD = Path(__file__).parents[1] / "apps" / "guild"
TWINS = ("one", "other")
PEOPLE: Mapping[str, tuple[bool, tuple[tuple[str, str], ...]]] = {
    "ada": (True, ()),
    "hana": (False, (("guild", "master"),)),
    "cleo": (False, (("guild", "artisan"),)),
    "otto": (False, (("guild", "artisan"),)),
    "dora": (False, (("guild", "draughtsman"),)),
    "nemo": (False, ()),
}
"""Everybody who looks at a guild, with whether they administer it and their roles."""


@dataclass(frozen=True, slots=True)
class Differing:
    """What stands in one guild and what stands in its twin, where Cleo may see neither."""

    one: Any
    other: Any

    def of(self, twin: str) -> Any:
        """The value of one of the two."""
        return self.one if twin == "one" else self.other


WORDS: Mapping[str, Differing] = {
    "badge": Differing("zephyr-17", "quokka-94"),
    "credit": Differing("125.50", "9876.00"),
    "rating": Differing(1, 5),
    "met_on": Differing("2024-02-29", "2011-07-13"),
    "mark": Differing("wyvern", "gryphon"),
    "foreign": Differing("Heliotrope", "Marmalade"),
    "remark": Differing("basilisk", "chimera"),
    "cost": Differing("3.10", "41.90"),
    "ledger": Differing("Obsidian", "Travertine"),
    "gossip": Differing("peregrine", "kestrel"),
    "phone": Differing("13811115678", "13822225678"),
    "comment": Differing("sarsaparilla", "elderflower"),
    "file": Differing("persimmon", "quince"),
}
"""Values of one guild and of the other, as long as each other wherever a whole value is as long as its mask."""


def words_of_both() -> list[str]:
    """Everything that may show nowhere, of both guilds."""
    return [str(value) for each in WORDS.values() for value in (each.one, each.other) if len(str(value)) > 3]


@dataclass(frozen=True, slots=True)
class World:
    """A server of one guild, with the ids of what stands in it."""

    server: Server
    ids: Mapping[str, Any]


@contextmanager
def world(databases: Databases, dialect: str, twin: str, folder: Path) -> Iterator[World]:
    """One of the two guilds on a database of its own."""
    configure("text", "error")
    url = databases.fresh(dialect)
    server = server_of(url, _installed(url), folder)
    try:
        yield World(server, Maker(server, twin).make())
    finally:
        server.database.dispose()
        databases.drop(url)


def _installed(url: str) -> dict[str, str]:
    database = assembly.open_database(url)
    [app] = compile_folders([GUILD])
    with database.reading() as connection:
        planned = plan(None, app, connection)
    apply(planned, database)
    issued: dict[str, str] = {}
    with database.writing() as connection:
        for login, (is_admin, roles) in PEOPLE.items():
            user = accounts.add(
                connection,
                login,
                name=login.title(),
                password=PASSWORD,
                is_admin=is_admin,
                roles=roles,
                language="en",
            )
            issued[login] = tokens.issue(connection, user, scopes=["admin"])
    database.dispose()
    return issued


class Maker:
    """Makes a guild through the API, as people would, step by step the same in both."""

    def __init__(self, server: Server, twin: str) -> None:
        self.server, self.twin = server, twin
        self.hana, self.otto, self.cleo = (server.api(login) for login in ("hana", "otto", "cleo"))
        self.people = {
            each["title"].lower(): each["id"]
            for each in self.hana("GET", "/guild/client/choose/owner").json["data"]
        }

    def word(self, name: str) -> Any:
        """The value that this guild has."""
        return WORDS[name].of(self.twin)

    def either(self, one: Any, other: Any) -> Any:
        """What this guild has of two."""
        return Differing(one, other).of(self.twin)

    def make(self) -> dict[str, Any]:
        """Everything; the ids are the same in both."""
        ids: dict[str, Any] = {"people": self.people}
        ids["ledgers"] = self._ledgers()
        ids["materials"] = self._materials(ids["ledgers"])
        ids["mine"], ids["foreign"] = self._clients(ids)
        ids["orders"], ids["others"] = self._orders(ids)
        ids["visits"], ids["elsewhere"] = self._visits(ids)
        self._words_about(ids)
        self._changed(ids)
        ids["binned"], ids["gone"] = self._deleted(ids)
        ids["files"] = self._files(ids)
        ids["views"] = self._views()
        ids["tasks"] = self._submitted(ids)
        return ids

    def _made(self, api: Api, path: str, **values: Any) -> str:
        return str(api.made(f"/guild/{path}", **values)["id"])

    def _ledgers(self) -> list[str]:
        return [
            self._made(self.hana, "ledger", name=f"{self.word('ledger')} {n}", sum=self.word("credit"))
            for n in range(3)
        ]

    def _materials(self, ledgers: list[str]) -> list[str]:
        made: list[str] = []
        for number, name in enumerate(("Oak", "Ash", "Elm", "Rod", "Nail")):
            values = {
                "code": f"M{number}",
                "name": name,
                "price": f"{number + 2}.50",
                "kind": "wood" if number < 3 else "iron",
            }
            inside = made[0] if number in (1, 2) else None
            made.append(self._made(self.hana, "material", **values, cost=self.word("cost"), inside=inside))
        self._changed_by(
            self.hana, "ledger", ledgers[0], material=made[self.either(0, 3)], sum=self.word("credit")
        )
        return made

    def _changed_by(self, api: Api, entity: str, record: str, **values: Any) -> None:
        answer = api("PATCH", f"/guild/{entity}/{record}", values)
        assert answer.status_code == 200, answer.text

    def _clients(self, ids: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Cleo's clients and those of Otto and Hana, in turn, so that neither stand together."""
        mine: list[str] = []
        foreign: list[str] = []
        for number in range(8):
            foreign.append(self._foreign_client(number, ids, mine))
            mine.append(self._own_client(number, ids, foreign))
        return mine, foreign

    def _own_client(self, number: int, ids: dict[str, Any], foreign: list[str]) -> str:
        return self._made(
            self.hana,
            "client",
            name=f"Client {number}",
            email=f"client{number}@example.com",
            phone=self.word("phone") if number % 2 else None,
            badge=f"{self.word('badge')}-{number}",
            grade="gold" if number % 3 == 0 else "silver",
            visited=number,
            rating=self.word("rating") if number % 2 else self.either(3, 2),
            credit=self.word("credit") if number % 2 else self.either("700.00", "20.00"),
            owner=self.people["cleo"],
            sponsor=foreign[-1] if number % 2 else None,
            account=ids["ledgers"][number % 3],
            favourite=ids["materials"][self.either(number % 5, (number + 2) % 5)],
            met_on=self.word("met_on"),
            marks=[self.word("mark")],
            tags=["calm"],
            notes=f"note {number}",
        )

    def _foreign_client(self, number: int, ids: dict[str, Any], mine: list[str]) -> str:
        sponsor = mine[self.either(0, -1)] if mine else None
        return self._made(
            self.hana,
            "client",
            name="Known by a task" if number == 3 else f"{self.word('foreign')} {number}",
            email=f"{self.word('foreign').lower()}{number}@example.com",
            phone=self.word("phone"),
            badge=f"{self.word('badge')}-foreign-{number}",
            grade=self.either("gold", "silver"),
            visited=self.either(900, 2),
            rating=self.word("rating"),
            credit=self.word("credit"),
            owner=self.people[self.either("otto", "hana")],
            sponsor=sponsor,
            account=ids["ledgers"][self.either(0, 1)],
            favourite=ids["materials"][self.either(0, 1)],
            met_on=self.word("met_on"),
            marks=[self.word("mark")],
            tags=[self.word("mark"), "calm"],
            notes=self.word("remark"),
        )

    def _orders(self, ids: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Orders that Cleo sees: hers, one of a client that she does not see, one of Otto for a client of hers; and others."""
        mine: list[str] = []
        others: list[str] = []
        for number in range(6):
            others.append(self._foreign_order(number, ids))
            client = ids["foreign"][0] if number == 3 else ids["mine"][number % 4]
            owner = self.people["otto" if number == 4 else "cleo"]
            mine.append(self._order(client, owner, f"ref {number}", number, ids))
        return mine, others

    def _order(self, client: str, owner: str, reference: str, number: int, ids: dict[str, Any]) -> str:
        lines = [
            {"material": material, "quantity": str(number + 1), "price": "4.00", "cost": self.word("cost")}
            for material in ids["materials"][: number % 3 + 1]
        ]
        return self._made(
            self.hana,
            "order",
            client=client,
            owner=owner,
            reference=reference,
            lines=lines,
            stage="made" if number % 2 else "asked",
            due_on=f"2026-0{number % 6 + 1}-15",
            contact="x@example.com",
            remark=self.word("remark"),
            parts=ids["materials"][number % 4 : number % 4 + 2],
        )

    def _foreign_order(self, number: int, ids: dict[str, Any]) -> str:
        lines = [
            {
                "material": ids["materials"][self.either(0, 2)],
                "quantity": self.either("4", "77"),
                "price": self.either("5.00", "8.00"),
                "cost": self.word("cost"),
            }
        ]
        return self._made(
            self.hana,
            "order",
            client=ids["foreign"][self.either(number, 7 - number)],
            owner=self.people["otto"],
            reference=f"{self.word('foreign')} {number}",
            lines=lines,
            stage=self.either("asked", "made"),
            due_on=self.either("2026-02-15", "2027-09-01"),
            contact=f"{self.word('foreign').lower()}@example.com",
            remark=self.word("remark"),
            parts=[ids["materials"][self.either(1, 4)]],
        )

    def _visits(self, ids: dict[str, Any]) -> tuple[list[str], list[str]]:
        mine: list[str] = []
        others: list[str] = []
        for number in range(4):
            others.append(
                self._made(
                    self.hana,
                    "visit",
                    subject=f"{self.word('foreign')} {number}",
                    about_client=ids["mine"][self.either(0, 1)],
                    owner=self.people["otto"],
                    crew=[self.people["hana"]],
                    at=self.either("2026-03-01T08:00:00Z", "2026-03-02T10:00:00Z"),
                    gossip=self.word("gossip"),
                )
            )
            about = (
                {"about_order": ids["orders"][number]} if number % 2 else {"about_client": ids["foreign"][1]}
            )
            mine.append(
                self._made(
                    self.hana,
                    "visit",
                    subject=f"Visit {number}",
                    **about,
                    owner=self.people["hana" if number == 2 else "cleo"],
                    crew=[self.people["cleo"], self.people["otto"]],
                    at=f"2026-03-0{number + 1}T09:00:00Z",
                    gossip=self.word("gossip"),
                )
            )
        return mine, others

    def _words_about(self, ids: dict[str, Any]) -> None:
        """Comments on what Cleo sees, and on what she does not."""
        for path, text in (
            (f"client/{ids['mine'][0]}", "a good one"),
            (f"client/{ids['foreign'][0]}", self.word("comment")),
            (f"order/{ids['others'][0]}", self.word("comment")),
            (f"ledger/{ids['ledgers'][0]}", self.word("comment")),
        ):
            assert self.hana("POST", f"/guild/{path}/comments", {"text": text}).status_code == 201

    def _changed(self, ids: dict[str, Any]) -> None:
        """A history: of fields that are hidden, of others in the same change, and of records of others."""
        for record in ids["mine"][:3]:
            self._changed_by(
                self.hana,
                "client",
                record,
                badge=f"{self.word('badge')}-new-{record}",
                credit=self.either("55.00", "7000.00"),
            )
            self._changed_by(self.hana, "client", record, notes="newer", rating=self.either(2, 4))
        self._changed_by(self.hana, "client", ids["foreign"][2], name=f"{self.word('foreign')} again")
        self._changed_by(self.hana, "order", ids["orders"][0], remark=f"{self.word('remark')} again")
        self._changed_by(self.hana, "material", ids["materials"][0], cost=self.either("1.00", "2.00"))

    def _deleted(self, ids: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Records in the bin: of Cleo's, and of others."""
        mine = self._made(self.hana, "client", name="Binned", owner=self.people["cleo"], badge="b-1")
        foreign = self._made(
            self.hana, "client", name=self.word("foreign"), owner=self.people["otto"], badge="b-2"
        )
        gone = self._made(self.hana, "client", name="Gone", owner=self.people["otto"], badge="b-3")
        for record in (mine, foreign, gone):
            assert self.hana("DELETE", f"/guild/client/{record}").status_code == 204
        assert self.hana("POST", "/guild/client/purge", {"records": [gone]}).status_code == 200
        return [mine], [foreign, gone]

    def _files(self, ids: dict[str, Any]) -> dict[str, str]:
        """Files in a field that Cleo sees and in one that she does not, of her client and of one of Otto's."""
        kept = {}
        for name, record, field, content in (
            ("plan", f"order/{ids['others'][1]}", "plan", b"a plan"),
            ("draft", f"order/{ids['others'][1]}", "draft", self.word("file").encode()),
            ("own", f"client/{ids['mine'][0]}", "paper", b"a contract"),
            ("dossier", f"client/{ids['mine'][0]}", "dossier", self.word("file").encode()),
            ("foreign", f"client/{ids['foreign'][0]}", "paper", self.word("file").encode()),
        ):
            title = f"{name}.txt" if name in ("own", "plan") else f"{self.word('file')}.txt"
            kept[name] = self._kept(record, field, title, content)
        kept["photo"] = self._kept(f"client/{ids['mine'][1]}", "photo", "photo.png", picture(40))
        kept["portrait"] = self._kept(
            f"client/{ids['foreign'][1]}", "photo", f"{self.word('file')}.png", picture(self.either(40, 90))
        )
        return kept

    def _kept(self, record: str, field: str, name: str, content: bytes) -> str:
        entity, _, identifier = record.partition("/")
        file = {"file": (io.BytesIO(content), name)}
        sent = self.hana("POST", f"/guild/{entity}/files?field={field}", data=file)
        assert sent.status_code == 201, sent.text
        self._changed_by(self.hana, entity, identifier, **{field: [{"id": sent.json["id"]}]})
        return str(sent.json["id"])

    def _views(self) -> dict[str, str]:
        """Views that Hana shares: by what everybody sees, and by what only she does."""
        kept = {}
        for name, values in (
            ("plain", {"name": "Gold ones", "filter": "grade = 'gold'", "shared": ["*"]}),
            (
                "hidden",
                {
                    "name": f"By {self.word('mark')}",
                    "filter": f"badge = '{self.word('badge')}'",
                    "shared": ["*"],
                },
            ),
            ("private", {"name": f"Hana's {self.word('mark')}", "filter": "visited > 1"}),
            ("sorted", {"name": "Sorted", "sort": "-credit", "columns": ["name", "credit"], "shared": ["*"]}),
        ):
            answer = self.hana("POST", "/guild/client/views", values)
            assert answer.status_code == 201, answer.text
            kept[name] = str(answer.json["id"])
        return kept

    def _submitted(self, ids: dict[str, Any]) -> dict[str, str]:
        """Approvals: one that waits for Cleo as a helper, one that she asked for, one that is none of her business."""
        asked = ids["others"][1]
        self._changed_by(
            self.hana, "order", asked, helper=self.people["cleo"], **self._shown_to_a_helper(ids)
        )
        self._changed_by(self.hana, "order", ids["orders"][2], helper=self.people["hana"])
        for api, record in (
            (self.hana, asked),
            (self.cleo, ids["orders"][2]),
            (self.hana, ids["others"][2]),
        ):
            answer = api("POST", f"/guild/order/{record}/actions/submit", {})
            assert answer.status_code == 200, answer.text
        [waiting] = self.cleo("GET", "/tasks").json["data"]
        foreign = [
            each["id"]
            for each in self.hana("GET", "/tasks").json["data"]
            if each["record"]["id"] == ids["others"][2]
        ]
        return {"waiting": waiting["id"], "foreign": foreign[0]}

    def _shown_to_a_helper(self, ids: dict[str, Any]) -> dict[str, Any]:
        """What a helper is shown of an order that she has to decide; the rest stays hidden from her."""
        return {
            "client": ids["foreign"][3],
            "stage": "asked",
            "due_on": "2026-05-01",
            "contact": "y@example.com",
            "lines": [
                {
                    "material": ids["materials"][0],
                    "quantity": "5",
                    "price": "4.00",
                    "cost": self.word("cost"),
                }
            ],
            "parts": [ids["materials"][0]],
        }


def picture(side: int) -> bytes:
    """A small PNG."""
    content = io.BytesIO()
    Image.new("RGB", (side, side), (side, 40, 90)).save(content, "PNG")
    return content.getvalue()
