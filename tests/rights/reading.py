"""Looking at things by program: every list, figure, picker, history and file, asked for what may not be seen in every way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.rights.twins import WORDS
from tests.rights.visitor import Visitor

SEEN: Mapping[str, tuple[str, ...]] = {
    "client": ("number", "name", "email", "phone", "grade", "owner", "sponsor", "account", "tags", "visited"),
    "order": ("number", "client", "reference", "stage", "status", "due_on", "amount", "parts", "helper"),
    "material": ("code", "name", "price", "inside"),
    "visit": ("subject", "about_client", "about_order", "owner", "crew", "at"),
    "ledger": (),
}
HIDDEN: Mapping[str, tuple[str, ...]] = {
    "client": (
        *("badge", "rating", "credit", "standing", "worth", "reach", "favourite", "dossier"),
        *("met_on", "marks"),
    ),
    "order": ("cost", "margin", "remark"),
    "material": ("cost",),
    "visit": ("gossip",),
    "ledger": ("name", "sum", "material"),
}
ROADS: Mapping[str, tuple[str, ...]] = {
    "client": (
        *("sponsor.name", "sponsor.grade", "sponsor.badge", "sponsor.sponsor.name", "account.name"),
        *("favourite.name", "account.material.name", "sponsor.owner"),
    ),
    "order": (
        *("client.name", "client.badge", "client.credit", "client.sponsor.name", "client.favourite.code"),
        *("client.account.sum", "client.reach", "client.phone", "client.worth"),
    ),
    "material": ("inside.cost", "inside.name"),
    "visit": ("about_client.name", "about_client.badge", "about_order.remark", "about_order.client.name"),
    "ledger": ("material.name",),
}
FIGURES: Mapping[str, tuple[str, ...]] = {
    "client": (
        *("SUM(orders.amount) > 20", "SUM(orders.cost) > 20", "COUNT(sponsored) > 0", "COUNT(orders) > 1"),
        *("SUM(sponsored.visited) > 5", "COUNT(visits) > 0", "SUM(orders.lines.cost) > 10"),
        *(
            "MAX(orders.due_on) > DATE('2026-08-01')",
            "COUNT(ALL(ledger)) > 2",
            "SUM(ALL(client), visited) > 500",
        ),
        *("COUNT(ALL(order), amount > 100) > 0", "EXISTS(sponsored)", "COUNT(account.accounted) > 3"),
    ),
    "order": (
        *(
            "SUM(lines.cost) > 9",
            "SUM(lines.material.cost) > 9",
            "SUM(lines.subtotal) > 9",
            "COUNT(parts) > 1",
        ),
        *("SUM(client.orders.amount) > 100", "COUNT(client.sponsored) > 0", "COUNT(visits) > 0"),
        *("SUM(parts.cost) > 5", "COUNT(client.visits) > 1"),
    ),
    "material": (
        *("COUNT(fans) > 1", "COUNT(booked) > 0", "COUNT(built_into) > 1", "SUM(contains.cost) > 5"),
        *("SUM(built_into.amount) > 50", "SUM(built_into.cost) > 50", "COUNT(contains) > 1"),
    ),
    "visit": ("COUNT(about_client.visits) > 1", "SUM(about_client.orders.amount) > 10"),
    "ledger": ("COUNT(accounted) > 1",),
}
INVERSES: Mapping[str, tuple[str, ...]] = {
    "client": ("orders", "sponsored", "visits"),
    "order": ("visits",),
    "material": ("fans", "booked", "built_into", "contains"),
    "ledger": ("accounted",),
    "visit": (),
}


def records(visitor: Visitor) -> Mapping[str, list[str]]:
    """Ids of each entity: seen ones, unseen ones and one that does not exist."""
    ids = visitor.ids
    return {
        "client": [*ids["mine"][:2], *ids["foreign"][:2], *ids["binned"], *ids["gone"], "999"],
        "order": [ids["orders"][0], ids["orders"][3], *ids["others"][:2], "999"],
        "material": [*ids["materials"][:2], "999"],
        "visit": [*ids["visits"][:2], ids["elsewhere"][0], "999"],
        "ledger": [*ids["ledgers"][:1], "999"],
    }


def conditions(entity: str) -> Iterator[str]:
    """Filters that would tell a value: of hidden fields, behind links, over lists, and of both guilds."""
    for name in (*HIDDEN[entity], *ROADS[entity]):
        yield f"{name} IS EMPTY"
        yield f"{name} IS NOT EMPTY"
    for word in ("badge", "foreign", "remark", "mark", "cost", "ledger"):
        for value in (WORDS[word].one, WORDS[word].other):
            for name in (*HIDDEN[entity][:1], *ROADS[entity][:2]):
                yield f"{name} = '{value}'"
    yield from FIGURES[entity]
    yield "id > 0"
    yield "IF(id > 0, TRUE, FALSE)"


def lists(visitor: Visitor) -> None:
    """Lists by filter, order, word, page, field and view."""
    for entity in SEEN:
        path = f"/guild/{entity}"
        visitor.api("GET", path, count="exact", limit="1000")
        for condition in visitor.some(conditions(entity)):
            visitor.api("GET", path, filter=condition, count="exact", fields="id")
        for name in visitor.some(
            (*HIDDEN[entity], *ROADS[entity], *SEEN[entity], "id", "updated_at", "nothing")
        ):
            visitor.api("GET", path, sort=name, limit="3", count="exact")
            visitor.api("GET", path, sort=f"-{name}", limit="100", fields="id")
            visitor.api("GET", path, fields=f"id,{name}", limit="100")
            visitor.api("GET", path, expand=name, limit="2")
        visitor.api("GET", path, deleted="true", count="exact")
        visitor.api("GET", path, offset="3", count="exact", limit="2")


def two_hops(visitor: Visitor) -> None:
    """Records with what they link to, and with what stands behind that."""
    for entity, names in (
        ("client", ("sponsor,account", "sponsor,account,favourite", "sponsor.sponsor", "favourite.inside")),
        ("order", ("client,parts", "client,parts,helper,owner", "client.account", "lines.material")),
        ("visit", ("about_client,about_order", "about_client,about_order,crew", "about_order.client")),
    ):
        for roads in names:
            visitor.api("GET", f"/guild/{entity}", expand=roads, limit="100")
            for record in records(visitor)[entity]:
                visitor.api("GET", f"/guild/{entity}/{record}", expand=roads)


def pages(visitor: Visitor) -> None:
    """Lists walked through by cursors, in every order that is offered and in some that are not."""
    for entity, orders in (
        ("client", ("", "name", "-credit", "sponsor", "sponsor.name", "-grade")),
        ("order", ("", "client", "amount", "margin")),
    ):
        for order in orders:
            cursor = ""
            for _ in range(6):
                answer = visitor.api("GET", f"/guild/{entity}", sort=order, limit="2", cursor=cursor)
                found = (answer.document or {}).get("page") or {}
                cursor = found.get("next") or ""
                if not cursor:
                    break
    visitor.api("GET", "/guild/client", cursor="eyJ4IjoxfQ")


def words(visitor: Visitor) -> None:
    """Searches for words of both guilds, by program, in pickers and over all apps."""
    for each in visitor.some(WORDS.values()):
        for word in (str(each.one), str(each.other)):
            for entity in SEEN:
                visitor.api("GET", f"/guild/{entity}", q=word, count="exact")
            visitor.page("/search", q=word)
            visitor.page("/guild/client", q=word)
            visitor.api("GET", "/guild/order/choose/client", q=word)
            visitor.api("GET", "/guild/client/choose/sponsor", q=word[:4])
            visitor.page("/guild/order/choose/client", q=word[:4])
    for word in ("Client", "G-00", "note", "O-2026", "Oak", "calm", "x"):
        for entity in SEEN:
            visitor.api("GET", f"/guild/{entity}", q=word, count="exact")
        visitor.page("/search", q=word)


def choosing(visitor: Visitor) -> None:
    """Pickers: of links, people and labels, of fields that are seen and of those that are not."""
    for entity in SEEN:
        for name in visitor.some((*SEEN[entity], *HIDDEN[entity], "nothing")):
            visitor.api("GET", f"/guild/{entity}/choose/{name}")
            visitor.page(f"/guild/{entity}/choose/{name}")
            visitor.page(f"/guild/{entity}/choose/{name}", q="a")
            visitor.form(f"/guild/{entity}/choose/{name}", {"name": "x"}, q="")
        visitor.page(f"/guild/{entity}/choose/parent", below="")
    for name in ("lines.material", "lines.cost", "about"):
        visitor.api("GET", f"/guild/order/choose/{name}")
        visitor.page(f"/guild/order/choose/{name}", q="M")
    ids = visitor.ids
    for name, target in (
        ("client", ids["mine"][0]),
        ("client", ids["foreign"][0]),
        ("client", "999"),
        ("remark", "1"),
        ("lines.material", ids["materials"][0]),
    ):
        visitor.page(f"/guild/order/live/{name}", id=target)
    visitor.page("/guild/client/live/account", id=ids["ledgers"][0])
    visitor.page("/guild/client/live/favourite", id=ids["materials"][0])


def figures(visitor: Visitor) -> None:
    """Groups and measures, by every field and over every road."""
    for entity in SEEN:
        path = f"/guild/{entity}/aggregate"
        names = (*SEEN[entity], *HIDDEN[entity], *ROADS[entity])
        visitor.api("GET", path, measures="n: COUNT()")
        for name in visitor.some(names):
            visitor.api("GET", path, group=name, measures="n: COUNT()")
            visitor.api("GET", path, measures=f"n: COUNTUNIQUE({name})")
            visitor.api("GET", path, measures=f"n: SUM({name})")
            visitor.api("GET", path, measures=f"n: MAX({name})")
            visitor.api("GET", path, measures="n: COUNT()", filter=f"{name} IS NOT EMPTY")
        for condition in FIGURES[entity]:
            visitor.api("GET", path, measures="n: COUNT()", filter=condition)
        visitor.api("GET", path, group="owner", measures="n: COUNT()", having="n > 1", sort="-n")
    visitor.api(
        "GET", "/guild/order/aggregate", group="month:due_on,client", measures="s: SUM(amount)", q="ref"
    )
    visitor.api("GET", "/guild/order/aggregate", group="stage", measures="s: SUM(margin)", having="s > 1")


def reports(visitor: Visitor) -> None:
    """Reports and dashboards as they are, narrowed, and by a view."""
    for name in ("orders_by_stage", "margins", "ratings", "clients", "ledgers", "nothing"):
        for narrowed in ("", "cost > 5", "credit > 500", "client.badge = 'zephyr-17'", "id > 0"):
            visitor.api("GET", f"/guild/reports/{name}", filter=narrowed)
            visitor.page(f"/guild/reports/{name}", filter=narrowed)
        visitor.page(f"/guild/reports/{name}", add_field="credit", add_operator="gt", add_value="1")
    for view in visitor.ids["views"].values():
        visitor.api("GET", "/guild/reports/clients", view=view)
    for name in ("desk", "nothing"):
        visitor.api("GET", f"/guild/dashboards/{name}")
        visitor.page(f"/guild/dashboards/{name}")


def details(visitor: Visitor) -> None:
    """One record with everything that hangs on it, through each of its addresses."""
    for entity, identifiers in records(visitor).items():
        for identifier in identifiers:
            path = f"/guild/{entity}/{identifier}"
            answer = visitor.api("GET", path)
            etag = dict(answer.headers).get("ETag", '"1"')
            visitor.api_with("GET", path, {"If-None-Match": etag})
            for door in ("history", "comments", "attachments", "duplicates"):
                visitor.api("GET", f"{path}/{door}")
            for inverse in (*INVERSES[entity], "nothing"):
                visitor.api("GET", f"{path}/related/{inverse}", count="exact")
                visitor.api("GET", f"{path}/related/{inverse}", sort="-id", q="ref", limit="1")
            for field in ("phone", "badge", "name"):
                visitor.api("POST", f"{path}/reveal", {"field": field})
            visitor.api("GET", f"{path}/history", limit="1")
            visitor.page(path)
            visitor.page(f"{path}/history")
            visitor.page(f"{path}/edit")
            visitor.page(f"{path}/merge")
    for condition in ("badge = 'zephyr-17'", "credit > 500", "visited > 0"):
        visitor.api("GET", f"/guild/client/{visitor.ids['mine'][0]}/related/sponsored", filter=condition)


def explaining(visitor: Visitor) -> None:
    """Why one may or may not: of kinds of records, of single ones, and of fields that are hidden, seen and unknown."""
    for entity, identifiers in records(visitor).items():
        key = f"guild.{entity}"
        for action in visitor.some(("read", "update", "delete", "create", "export", "reveal", "share")):
            visitor.api("GET", "/why", entity=key, action=action)
            visitor.page("/why", entity=key, action=action)
        for field in (*SEEN.get(entity, ()), *HIDDEN.get(entity, ()), "nothing"):
            visitor.api("GET", "/why", entity=key, field=field)
        for identifier in (*identifiers, "999999"):
            for action in ("read", "update"):
                visitor.api("GET", "/why", entity=key, action=action, record=str(identifier))
            visitor.page("/why", entity=key, record=str(identifier))
            visitor.api("GET", f"/guild/{entity}/{identifier}/access")
            visitor.page(f"/guild/{entity}/{identifier}/access")
    visitor.api("GET", "/why", entity="guild.client", person="ada")
    visitor.page("/why")
    visitor.form("/view-as/end", {})


def files(visitor: Visitor) -> None:
    """Files and pictures by their own addresses."""
    for identifier in (*visitor.ids["files"].values(), "nothing"):
        for door in ("", "/small"):
            visitor.api("GET", f"/files/{identifier}{door}")
            visitor.page(f"/files/{identifier}{door}")
        visitor.api_with("GET", f"/files/{identifier}", {"Range": "bytes=0-3"})
        visitor.page(f"/inbox/{visitor.ids['tasks']['waiting']}/files/{identifier}")


def typing(visitor: Visitor) -> None:
    """Expressions that are typed: what is wrong with them, what follows, what they give for a record."""
    for entity in SEEN:
        for text in (
            *(*HIDDEN[entity], *ROADS[entity], "", "b", "cr", "client.", "sponsor.b", "SUM(", "orders.c"),
            *("COUNT(sponsored)", "SUM(orders.cost)", "ALL(ledger)", "credit > 1", "badgr"),
        ):
            visitor.api(
                "POST", f"/guild/{entity}/check", {"text": text, "purpose": "filter", "caret": len(text)}
            )


def descriptions(visitor: Visitor) -> None:
    """What the platform says of itself: apps, fields, the description of the API, views, tasks, work."""
    visitor.api("GET", "/openapi.json")
    visitor.api("GET", "/apps")
    for app in ("guild", "nothing"):
        visitor.api("GET", f"/{app}")
        visitor.api("GET", f"/{app}/definitions")
        visitor.api("GET", f"/{app}/definitions/entities/client.yaml")
        visitor.api("POST", f"/{app}/plan", {})
    for entity in SEEN:
        visitor.api("GET", f"/guild/{entity}/views")
        visitor.page(f"/guild/{entity}/views")
    for view in (*visitor.ids["views"].values(), "all", "rich", "ranked", "999"):
        visitor.api("GET", f"/guild/client/views/{view}")
        visitor.api("GET", "/guild/client", view=view, count="exact")
        visitor.api("GET", "/guild/client/aggregate", view=view, measures="n: COUNT()")
        visitor.page(f"/guild/client/views/{view}")
    for kind in ("todo", "started", "done", "copied"):
        visitor.api("GET", "/tasks", kind=kind)
    for task in (visitor.ids["tasks"]["waiting"], visitor.ids["tasks"]["foreign"], "999"):
        visitor.api("GET", f"/tasks/{task}")
        visitor.page(f"/inbox/{task}")
    for job in ("1", "999"):
        visitor.api("GET", f"/jobs/{job}")
        visitor.page(f"/jobs/{job}")


def exports(visitor: Visitor) -> None:
    """Exports in every form, of everything and of what is hidden."""
    for entity in SEEN:
        for ending in ("csv", "xlsx", "jsonl"):
            visitor.api("GET", f"/guild/{entity}/export", format=ending)
        for name in HIDDEN[entity]:
            visitor.api("GET", f"/guild/{entity}/export", format="csv", fields=f"id,{name}")
            visitor.api("GET", f"/guild/{entity}/export", format="csv", filter=f"{name} IS NOT EMPTY")
            visitor.api("GET", f"/guild/{entity}/export", format="csv", sort=f"-{name}")
        visitor.page(f"/guild/{entity}/export", format="csv")
        visitor.page(f"/guild/{entity}/export", format="xlsx", q="Client")
        visitor.page(f"/guild/{entity}/export/new")
    for view in ("all", "rich", "ranked", *visitor.ids["views"].values()):
        visitor.api("GET", "/guild/client/export", format="csv", view=view)
        visitor.page("/guild/client/export", format="csv", view=view)
