"""Changing things: everything that Cleo may do and much that she may not, with hidden values and foreign records in the way."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape

from dougong.web.table import ROUTES
from tests.hostile.doors import forms_of
from tests.rights.reading import records
from tests.rights.twins import WORDS, picture
from tests.rights.visitor import Visitor
from tests.web_server import PASSWORD

PLACES: Mapping[str, str] = {"app": "guild", "entity": "client", "field": "number"}
"""What stands in the addresses of doors for administrators; any other part is the number 1."""
CLASHING = (
    ("number", "G-0001"),
    ("email", "heliotrope0@example.com"),
    ("email", "marmalade0@example.com"),
    ("name", "Heliotrope 0"),
)


def creating(visitor: Visitor) -> None:
    """New records: with hidden fields, values that others have, links to what is not seen, figures over it."""
    ids = visitor.ids
    for values in (
        {"name": "New"},
        *(
            {"name": "New", each: "1"}
            for each in ("badge", "credit", "dossier", "nothing", "standing", "reach")
        ),
        *({"name": "New", name: value, "visited": 1} for name, value in CLASHING),
        {"name": "New", "sponsor": ids["foreign"][0]},
        {"name": "New", "sponsor": "999"},
        {"name": "New", "sponsor": ids["binned"][0]},
        {"name": "New", "sponsor": ids["gone"][0]},
        {"name": "New", "account": ids["ledgers"][0]},
        {"name": "New", "account": "999"},
        {"name": "New", "favourite": ids["materials"][0]},
        {"name": "New", "owner": ids["people"]["otto"]},
        {"name": "New", "photo": [{"id": ids["files"]["portrait"]}]},
        {"name": "New", "paper": [{"id": ids["files"]["dossier"]}]},
        {"name": "New", "paper": [{"id": "nothing"}]},
        {"name": "New", "grade": "gold"},
        {"name": "New", "tags": ["calm", "gryphon"]},
    ):
        visitor.api("POST", "/guild/client", values)
    for values in (
        {"client": ids["mine"][0], "reference": "created"},
        {"client": ids["mine"][0], "reference": "ref 0"},
        {"client": ids["foreign"][0], "reference": "created"},
        {"client": ids["foreign"][0], "reference": "Heliotrope 0"},
        {"client": "999", "reference": "created"},
        {"client": ids["binned"][0]},
        {"client": ids["mine"][1], "lines": [{"material": ids["materials"][0], "quantity": "2"}]},
        {
            "client": ids["mine"][1],
            "lines": [{"material": ids["materials"][0], "quantity": "2", "cost": "1"}],
        },
        {"client": ids["mine"][1], "lines": [{"material": "999", "quantity": "2"}]},
        {"client": ids["mine"][1], "remark": "x"},
        {"client": ids["mine"][1], "parts": [ids["materials"][0], "999"]},
    ):
        visitor.api("POST", "/guild/order", values)
    visitor.api("POST", "/guild/material", {"code": "M0", "name": "x"})
    visitor.api("POST", "/guild/ledger", {"name": WORDS["ledger"].one})
    visitor.api("POST", "/guild/visit", {"subject": "x", "about_client": ids["foreign"][0]})
    visitor.api("POST", "/guild/visit", {"subject": "x", "about_client": ids["mine"][0], "gossip": "y"})


def asking_twice(visitor: Visitor) -> None:
    """The same request twice by one key, its answer kept."""
    for _ in range(2):
        visitor.api_with("POST", "/guild/client", {"Idempotency-Key": "once"}, {"name": "Once"})
        visitor.api_with("POST", "/guild/client", {"Idempotency-Key": "never"}, {"name": "x", "badge": "1"})


def updating(visitor: Visitor) -> None:
    """Changes of seen, unseen and missing records, guarded and not."""
    for entity, identifiers in records(visitor).items():
        for identifier in identifiers:
            path = f"/guild/{entity}/{identifier}"
            visitor.api("PATCH", path, {})
            visitor.api("PATCH", path, {"notes": "changed", "subject": "changed", "reference": "changed"})
            visitor.api(
                "PATCH", path, {"notes": "again"} if entity == "client" else {"contact": "z@example.com"}
            )
            visitor.api("PATCH", path, {"badge": "x"})
            visitor.api("PATCH", path, {"owner": visitor.ids["people"]["otto"]})
            visitor.api_with("PATCH", path, {"If-Match": '"1"'}, {"notes": "guarded"})
            visitor.api_with("PATCH", path, {"If-Match": '"999"'}, {"notes": "guarded"})
            visitor.api("POST", f"{path}/comments", {"text": "said"})
            visitor.api("POST", f"{path}/copy")
            visitor.api("POST", f"{path}/copy", {"values": {"name": "Copied"}})
            visitor.api("POST", f"{path}/actions/submit", {})
            visitor.api("POST", f"{path}/actions/withdraw", {})
            visitor.api("POST", f"{path}/actions/nothing", {})


def several(visitor: Visitor) -> None:
    """Batches: with hidden fields, foreign records and references among them, as a whole and each for itself."""
    ids = visitor.ids
    for operations in (
        [{"action": "update", "id": ids["mine"][3], "values": {"notes": "batch"}}],
        [
            {"action": "update", "id": ids["mine"][3], "values": {"notes": "batch 2"}},
            {"action": "update", "id": ids["foreign"][3], "values": {"notes": "batch 2"}},
        ],
        [
            {"action": "update", "id": ids["mine"][3], "values": {"notes": "batch 3"}},
            {"action": "update", "id": "999", "values": {"notes": "batch 3"}},
        ],
        [{"action": "create", "values": {"name": "In a batch", "sponsor": ids["foreign"][0]}}],
        [{"action": "delete", "id": ids["foreign"][4]}],
        [{"action": "restore", "id": ids["gone"][0]}],
    ):
        for atomic in (True, False):
            visitor.api("POST", "/guild/client/batch", {"operations": operations, "atomic": atomic})


def uploading(visitor: Visitor) -> None:
    """Files, put into fields that are seen and into those that are not."""
    for field in ("paper", "dossier", "photo", "name", "nothing"):
        visitor.api_file("/guild/client/files", "a.png", picture(8), field=field)
        visitor.form(f"/guild/client/files/{field}", {"file": (io.BytesIO(picture(8)), "a.png")})
    visitor.api_file("/guild/ledger/files", "a.png", picture(8), field="name")


def importing(visitor: Visitor) -> None:
    """Imports, tried out and done, matched by what others have and by what is hidden."""
    ids = visitor.ids
    rows = (
        "name,email,sponsor,notes",
        "Imported,i@example.com,Client 1,a",
        "Heliotrope 0,h@example.com,Marmalade 1,b",
    )
    lines = "\n".join((*rows, f"{ids['mine'][0]},,Heliotrope 1,c", ""))
    for text in (lines, "name,badge\nA,zephyr-17-0\nB,quokka-94-0\n", "number,name\nG-0001,C\nG-0002,D\n"):
        for match in ("", "name", "badge", "number", "email"):
            visitor.api_file("/guild/client/import", "a.csv", text.encode(), dry_run="true", match=match)
    visitor.api_file("/guild/client/import", "a.csv", lines.encode(), match="email")
    visitor.api_file(
        "/guild/order/import",
        "a.csv",
        b"client,reference\nClient 0,imported\nHeliotrope 0,x\nMarmalade 0,x\n",
        dry_run="true",
    )
    visitor.api_file("/guild/ledger/import", "a.csv", b"name\nx\n")
    visitor.page("/guild/client/import")
    sent = {"file": (io.BytesIO(lines.encode()), "a.csv")}
    path = visitor.form("/guild/client/import", sent).location
    steps(visitor, path)


def steps(visitor: Visitor, path: str) -> None:
    """An import on its pages, from the table to taking it back."""
    visitor.page(path)
    visitor.form(f"{path}/read", {"encoding": "utf-8", "delimiter": ","})
    visitor.form(f"{path}/try", {"mode": "upsert", "match": "email"})
    visitor.work()
    visitor.page(path)
    visitor.form(f"{path}/options")
    visitor.form(f"{path}/run", {"mode": "upsert", "match": "email"})
    visitor.form(f"{path}/cancel")
    visitor.form(f"{path}/run", {"mode": "upsert", "match": "email"})
    visitor.work()
    visitor.page(path)
    visitor.page(f"{path}/failed", format="csv")
    visitor.form(f"{path}/continue")
    visitor.form(f"{path}/undo")
    visitor.page("/jobs")
    visitor.page("/guild/client/import/nothing")


def exporting(visitor: Visitor) -> None:
    """Exports on their pages: of everything, of chosen rows, of hidden columns."""
    ids = visitor.ids
    fields = ["name", "badge", "credit", "sponsor", "reach"]
    for query in ({}, {"view": "all"}, {"view": "rich"}, {"filter": "credit > 500"}, {"q": "Heliotrope"}):
        visitor.page("/guild/client/export/new", **query)
        path = visitor.form("/guild/client/export", {"format": "csv", "field": fields}, **query).location
        if not path:
            continue
        visitor.page(path)
        visitor.work()
        visitor.page(path)
        visitor.page(f"{path}/file")
    chosen = [ids["mine"][0], ids["foreign"][0], "999"]
    address = visitor.form("/guild/client/export/chosen", {"id": chosen}).location
    if address:
        visitor.page(address)
    path = visitor.form("/guild/order/export", {"format": "xlsx", "rows": "true"}).location
    visitor.form(f"{path}/cancel")
    visitor.form("/guild/ledger/export", {"format": "csv"})
    visitor.page("/guild/client/export/nothing/file")


def forms(visitor: Visitor) -> None:
    """Forms: as they are opened, filled in, looked over while they are filled in, and sent."""
    ids = visitor.ids
    for entity in ("client", "order", "material", "visit", "ledger"):
        visitor.page(f"/guild/{entity}/new")
        visitor.page(f"/guild/{entity}/new", copy=records(visitor)[entity][0])
        visitor.form(f"/guild/{entity}/new", {})
    for field, record in (("client", "mine"), ("client", "foreign"), ("badge", "mine"), ("remark", "mine")):
        visitor.page("/guild/order/new", **{field: ids[record][0]})
    for client in (ids["mine"][0], ids["foreign"][0], "999"):
        data = {"client": client, "reference": "form", "dg_chosen": "client", "lines-0-quantity": "3"}
        data |= {"lines-0-material": ids["materials"][1], "remark": "x"}
        visitor.form("/guild/order/live", data)
        visitor.form(f"/guild/order/{ids['orders'][0]}/live", data)
        visitor.form(f"/guild/order/{ids['others'][0]}/live", data)
        visitor.form("/guild/order/choose/client", data, q="Client")
        visitor.form("/guild/order/new", {**data, "reference": f"form {client}"})
    visitor.form(
        "/guild/client/live", {"name": "x", "favourite": ids["materials"][0], "dg_chosen": "favourite"}
    )
    for entity, identifiers in records(visitor).items():
        for identifier in identifiers:
            path = f"/guild/{entity}/{identifier}"
            version = {"dg_version": visitor.sent(visitor.page(f"{path}/edit"), "dg_version")}
            visitor.form(
                f"{path}/edit", {"name": "Edited", "reference": "edited", "badge": "x", "dg_version": "1"}
            )
            visitor.form(
                f"{path}/edit",
                {"name": "Edited", "reference": f"edited {identifier}", "badge": "x", **version},
            )
            visitor.form(f"{path}/move", {"stage": "made", "grade": "gold", "to": "made"})
            visitor.form(f"{path}/reveal", {"field": "phone"})
            visitor.form(f"{path}/submit", {"dg_comment": "please"})
            visitor.form(f"{path}/withdraw", {})
            visitor.form(f"{path}/comments", {"text": "hello"})
            visitor.form(f"{path}/live", {"notes": "x"})


def many(visitor: Visitor) -> None:
    """One field of many records, chosen by hand and by a list, shown before and done."""
    ids = visitor.ids
    for chosen in (ids["mine"][:2], [*ids["mine"][:2], *ids["foreign"][:2]], ids["foreign"][:1], ["999"]):
        for field in ("notes", "badge", "owner", "visited"):
            visitor.form("/guild/client/change", {"id": chosen, "dg_field": field, "dg_way": "value"})
        for expression in (
            "visited + 1",
            "credit",
            "LEN(badge)",
            "COUNT(sponsored)",
            "SUM(ALL(client), visited)",
        ):
            data = {"id": chosen, "dg_field": "visited", "dg_way": "expression", "dg_expression": expression}
            visitor.form("/guild/client/change/save", data)
        visitor.form(
            "/guild/client/change/save",
            {"id": chosen, "dg_field": "notes", "dg_way": "value", "notes": "many"},
        )
    data = {"id": ids["mine"][:2], "dg_field": "notes", "dg_way": "value", "notes": "taken back"}
    done = visitor.form("/guild/client/change/save", data)
    for _, batch in re.findall(r"(dg_undo)=([^;]*)", str(done.headers)):
        visitor.form("/undo", {"batch": batch, "next": "/"})
    for query in ({}, {"filter": "credit > 500"}, {"view": "rich"}, {"q": "Heliotrope"}):
        visitor.page("/guild/client/change", **query)
        visitor.page("/guild/client/change", **query, dg_field="badge", dg_way="value")
    visitor.page("/guild/ledger/change")


def merging(visitor: Visitor) -> None:
    """Records put together, with those that are seen and those that are not."""
    ids = visitor.ids
    for losers in ([ids["foreign"][0]], ["999"], [ids["mine"][7], ids["foreign"][5]]):
        body = {"survivor": ids["mine"][6], "records": losers}
        visitor.api("POST", "/guild/client/merge", body)
        visitor.form("/guild/client/merge", {"id": [ids["mine"][6], *losers]})
        visitor.page(f"/guild/client/{ids['mine'][6]}/merge", other=losers[0])
        every = [ids["mine"][6], *losers]
        data = {"record": every, "survivor": ids["mine"][6], **{f"version-{each}": "1" for each in every}}
        visitor.form(f"/guild/client/{ids['mine'][6]}/merge", data)
    visitor.form("/guild/client/merge", {"id": ids["mine"][6:8]})
    merged = visitor.api(
        "POST", "/guild/client/merge", {"survivor": ids["mine"][6], "records": [ids["mine"][7]]}
    )
    visitor.api("GET", f"/guild/client/{ids['mine'][7]}")
    visitor.page(f"/guild/client/{ids['mine'][7]}")
    batch = (merged.document or {}).get("batch", "none")
    visitor.api("POST", "/undo", {"batch": batch, "dry_run": True})
    visitor.api("POST", "/undo", {"batch": batch})
    visitor.form("/undo", {"batch": batch, "next": "/"})
    visitor.api("POST", "/undo", {"batch": "merge-nothing"})
    pair = ids["mine"][6:8]
    pages = [visitor.page(f"/guild/client/{each}/edit") for each in pair]
    data = {"record": pair, "survivor": pair[0]}
    data |= {
        f"version-{each}": visitor.sent(page, "dg_version") for each, page in zip(pair, pages, strict=True)
    }
    visitor.form(f"/guild/client/{pair[0]}/merge", data)
    for entry in (visitor.api("GET", f"/guild/client/{pair[0]}/history", limit="2").document or {}).get(
        "data", ()
    ):
        visitor.form("/undo", {"batch": entry.get("batch") or "none", "next": "/"})
    visitor.api("POST", "/undo", {"import": "1"})


def lending(visitor: Visitor) -> None:
    """Records shared and given away: own ones, those of others, and those that are not there."""
    ids, otto = visitor.ids, visitor.ids["people"]["otto"]
    made = visitor.api("POST", "/guild/visit", {"subject": "Lent"})
    own = (made.document or {}).get("id", "1")
    wanted = {"kind": "person", "subject": otto, "until": "2099-01-01T00:00:00Z", "note": "look"}
    for path in (
        f"visit/{own}",
        "visit/1",
        "visit/999",
        f"client/{ids['foreign'][0]}",
        f"client/{ids['mine'][0]}",
    ):
        visitor.api("POST", f"/guild/{path}/shares", wanted)
        visitor.api("GET", f"/guild/{path}/shares")
        visitor.page(f"/guild/{path}/share")
        visitor.form(f"/guild/{path}/share", {"group": "role:guild.artisan", "level": "edit"})
        visitor.form(f"/guild/{path}/share", {"person": "", "group": "", "level": "read"})
        for share in range(1, 4):
            visitor.api("DELETE", f"/guild/{path}/shares/{share}")
            visitor.form(f"/guild/{path}/share/{share}/end", {})
        visitor.api("POST", f"/guild/{path}/shares", {**wanted, "level": "edit"})
        visitor.form(f"/guild/{path}/share/4/end", {})
        visitor.page(f"/guild/{path}/transfer")
    for given in ([ids["mine"][0]], [own, "999"], [own, "1"]):
        for entity in ("client", "visit"):
            visitor.api("POST", f"/guild/{entity}/transfer", {"records": given, "owner": otto})
    visitor.form(f"/guild/visit/{own}/transfer", {"owner": "999999", "follow": "true"})
    visitor.form(f"/guild/visit/{own}/transfer", {"owner": ids["people"]["cleo"], "follow": "true"})
    visitor.api("POST", "/guild/visit/transfer", {"records": [own], "owner": otto})


def histories(visitor: Visitor) -> None:
    """Changes taken back, one by one: those that are seen and those that are not."""
    ids = visitor.ids
    for record in (ids["mine"][0], ids["foreign"][2], "999"):
        path = f"/guild/client/{record}/history"
        visitor.api("GET", path)
        for entry in range(1, 70, 6):
            visitor.api("POST", f"{path}/{entry}/undo", {"dry_run": True})
            visitor.form(f"{path}/{entry}/undo", {})
            visitor.page(f"{path}/{entry}/revert")
            visitor.page(f"{path}/{entry}/revert?whole=true")
            visitor.form(f"{path}/{entry}/revert", {"whole": "true"})
        for event in (visitor.api("GET", path, limit="3").document or {}).get("data", ()):
            visitor.api("POST", f"{path}/{event['id']}/undo", {"dry_run": True})
            visitor.api("POST", f"{path}/{event['id']}/undo", {})
        for event in (visitor.api("GET", path, limit="1").document or {}).get("data", ()):
            visitor.page(f"{path}/{event['id']}/revert")
            visitor.form(f"{path}/{event['id']}/revert", {})
            visitor.form(f"/guild/client/{record}/history/{event['id']}/undo", {})


def deleting(visitor: Visitor) -> None:
    """Records put into the bin, brought back and deleted for good, by all the doors there are."""
    ids = visitor.ids
    for name in ("for the bin", "for good"):
        made = visitor.api("POST", "/guild/client", {"name": name}).document["id"]
        visitor.form("/guild/client/delete", {"id": [made]})
        visitor.form(
            "/guild/client/bin/restore" if name == "for the bin" else "/guild/client/bin/purge",
            {"id": [made]},
        )
    for entity, identifiers in records(visitor).items():
        for identifier in identifiers:
            path = f"/guild/{entity}/{identifier}"
            visitor.api("DELETE", path)
            visitor.page(path)
            visitor.api("POST", f"{path}/restore")
            visitor.form(f"{path}/delete", {})
            visitor.form(f"{path}/restore", {})
        visitor.page(f"/guild/{entity}/bin")
    chosen = [ids["mine"][5], ids["foreign"][0]]
    for data in (
        {"id": chosen},
        {"id": [ids["mine"][5], "999"]},
        {"id": [ids["foreign"][0]]},
        {"id": chosen[:1]},
    ):
        visitor.form("/guild/client/delete", data)
        visitor.form("/guild/client/bin/restore", data)
        visitor.form("/guild/client/bin/purge", data)
        visitor.form("/guild/client/delete", data)
        visitor.api("POST", "/guild/client/purge", {"records": data["id"]})
    visitor.form("/guild/client/bin/restore", {"id": ids["gone"]})
    visitor.api("POST", "/guild/client/purge", {"records": ids["gone"][:1]})


def keeping_views(visitor: Visitor) -> None:
    """Views: kept by hidden fields and by seen ones, changed, copied, moved and dropped; those of others too."""
    for values in (
        {"name": "Mine", "filter": "visited > 1"},
        {"name": "Hidden", "filter": "credit > 500"},
        {"name": "Ordered", "sort": "-badge"},
        {"name": "Columns", "columns": ["name", "rating"]},
        {"name": "Grouped", "kind": "kanban", "group": "rating"},
        {"name": "By wyvern"},
    ):
        visitor.api("POST", "/guild/client/views", values)
        visitor.form("/guild/client/views", {key: str(value) for key, value in values.items()})
    mine = visitor.form(
        "/guild/client/views", {"name": "By form", "filter": "visited > 1", "kind": "grid"}
    ).location
    for view in (*visitor.ids["views"].values(), "5", "999", mine.rpartition("=")[2]):
        visitor.api("PATCH", f"/guild/client/views/{view}", {"name": "Other"})
        for door, data in (
            ("", {"name": "Named"}),
            ("/update", {"filter": "visited > 2", "version": "1"}),
            ("/update", {"filter": "visited > 3", "version": "3"}),
            ("/duplicate", {}),
            ("/move", {"to": "1"}),
            ("/delete", {}),
        ):
            visitor.form(f"/guild/client/views/{view}{door}", data)
        visitor.form("/guild/client/views/begin", {"view": view})
        visitor.api("DELETE", f"/guild/client/views/{view}")
    kept = visitor.api("POST", "/guild/client/views", {"name": "Kept a moment", "filter": "visited > 1"})
    visitor.api("DELETE", f"/guild/client/views/{(kept.document or {}).get('id', '0')}")
    visitor.form("/guild/client/columns", {"column": ["name", "badge"], "columns": "name,badge"})


def deciding(visitor: Visitor) -> None:
    """Approvals: one that is asked of her, one that is not, and none."""
    tasks = visitor.ids["tasks"]
    visitor.page("/inbox")
    for kind in ("todo", "started", "done"):
        visitor.page("/inbox", kind=kind)
    for task in (tasks["foreign"], "999"):
        for decision in ("approve", "reject"):
            visitor.api("POST", f"/tasks/{task}/{decision}", {"comment": "no"})
            visitor.form(f"/inbox/{task}/{decision}", {"dg_comment": "no"})
    visitor.page(f"/inbox/{tasks['waiting']}")
    visitor.api("POST", f"/tasks/{tasks['waiting']}/reject", {})
    visitor.form(f"/inbox/{tasks['waiting']}/reject", {})
    visitor.form(f"/inbox/{tasks['waiting']}/approve", {"dg_comment": "fine"})
    visitor.api("GET", "/tasks", kind="done")


def lists_on_pages(visitor: Visitor) -> None:
    """Lists, boards and pages of an app as somebody sees them."""
    visitor.page("/")
    visitor.page("/apps")
    visitor.page("/guild")
    visitor.page("/nothing")
    for entity in ("client", "order", "material", "visit", "ledger"):
        visitor.page(f"/guild/{entity}")
        for query in (
            {"filter": "badge = 'zephyr-17'"},
            {"filter": "credit > 500"},
            {"filter": "client.name = 'Heliotrope 0'"},
            {"sort": "-credit"},
            {"sort": "cost"},
            {"columns": "name,badge,credit,number,cost,margin"},
            {"size": "25", "page": "2"},
            {"kind": "kanban"},
            {"add_field": "badge", "add_operator": "contains", "add_value": "zephyr"},
            {"add_field": "grade", "add_operator": "is", "add_value": "gold"},
        ):
            visitor.page(f"/guild/{entity}", **query)
    for view in ("all", "rich", "ranked", "board", *visitor.ids["views"].values()):
        visitor.page("/guild/client", view=view)
    for view in ("all", "board", "thin", "sponsored"):
        visitor.page("/guild/order", view=view)


def designing(visitor: Visitor) -> None:
    """The designer: pages, a draft, trials of expressions on records, the plan and its publication."""
    ids = visitor.ids
    visitor.page("/design/guild")
    for kind in ("er", "workflow", "roles", "nothing"):
        visitor.page(f"/design/guild/diagrams/{kind}")
    for entity in ("client", "order", "ledger"):
        for door in ("", "/conditions", "/rules", "/rules/preview"):
            visitor.page(f"/design/guild/{entity}{door}")
        for text in (
            "badge",
            "credit * 2",
            "name",
            "COUNT(orders)",
            "SUM(orders.cost)",
            "sponsor.name",
            "worth",
        ):
            for record in ("", ids["mine"][0], ids["foreign"][0], "999"):
                body = {"text": text, "purpose": "formula", "record": record, "caret": len(text)}
                visitor.script(f"/design/guild/{entity}/check", body)
    for page in ("/conditions", "/rules"):
        found = visitor.page(f"/design/guild/client{page}").text
        for opened in sorted(set(re.findall(rf'(?<=href=")/design/guild/client{page}\?[^"#]*', found)))[:6]:
            for action, method, fields in forms_of(visitor.page(unescape(opened)).text):
                if method == "POST" and action.startswith(f"/design/guild/client{page}"):
                    visitor.form(action, fields)
                    visitor.form(f"/design/guild/client{page}/check", fields)
    visitor.form(
        "/design/guild/client/rules/check", {"rule": "new", "when": "badge = 'zephyr-17'", "take": "1"}
    )
    visitor.form("/design/guild/client/conditions/check", {"place": "views/client/rich/filter", "take": "1"})
    visitor.form("/design/guild/client/rules", {"operation": "remove", "rule": "0"})
    visitor.form(
        "/design/guild/client/conditions", {"operation": "change", "place": "views/client/rich/filter"}
    )
    visitor.form("/design/guild/client", {"operation": "add_field", "type": "text", "to": "basics"})
    drafting(visitor)


def drafting(visitor: Visitor) -> None:
    """A draft written by program: what publishing it would change, and that it is not published by everybody."""
    read = visitor.api("GET", "/guild/definitions/entities/client.yaml")
    visitor.api("GET", "/guild/definitions")
    content = (read.document or {}).get("text", "fields: {}")
    tighter = content.replace(
        "name: {type: text, required: true, max_length: 80",
        "name: {type: text, required: true, max_length: 7",
    )
    visitor.api("PUT", "/guild/definitions/entities/client.yaml", {"text": tighter})
    visitor.api("POST", "/guild/plan", {})
    visitor.page("/design/guild/publish")
    visitor.form("/design/guild/publish", {"look": "1"})
    visitor.form("/design/guild/publish", {"plan": "stale"})
    visitor.api("DELETE", "/guild/definitions")
    visitor.api("POST", "/guild/apply", {"plan": "stale"})


TOKEN_ENDS = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"


def own_pages(visitor: Visitor) -> None:
    """One's own pages, those of administrators, work in the background, and the ends of sessions."""
    for path in (
        *("/profile", "/people", "/calendar", "/versions", "/templates", "/templates/guild/package", "/jobs"),
        *("/divisions", "/guild/client/renumber/number", "/set-up", "/sign-in"),
        *("/forgotten", "/link/x", "/link", "/sign-in/with/corp", "/sign-in/with/corp/back"),
        *("/sign-out/with/corp", "/profile/sign-on/corp"),
    ):
        visitor.page(path)
    for path in (
        *(
            "/calendar/days",
            "/calendar/china",
            "/calendar/remove",
            "/versions/guild/rollback",
            "/templates/upload",
        ),
        *(
            "/templates/guild/install",
            "/guild/client/renumber/number",
            "/guild/client/renumber/number/preview",
        ),
        *("/preferences", "/preferences/language", "/profile/tokens/1/revoke", "/profile/tokens/999/revoke"),
        *("/view-as/end", "/forgotten", "/link", "/profile/sign-on/corp/unlink", "/profile/email"),
        *("/profile/sessions/999/end", "/jobs/1/cancel", "/jobs/999/cancel"),
    ):
        visitor.form(path, {})
    visitor.api("POST", "/guild/client/renumber/number", {}, dry_run="true")
    for path in ("/jobs/1/cancel", "/jobs/999/cancel"):
        visitor.api("POST", path, {})
    for method in ("GET", "PUT", "DELETE"):
        visitor.api(method, "/calendar", {} if method == "PUT" else None)
    visitor.api("POST", "/calendar/china", {"year": 2026})
    for data in ({"name": "a program", "scope": "read", "expires": TOKEN_ENDS}, {"name": "another"}):
        visitor.form("/profile/tokens", data)
    page = visitor.page("/profile/tokens").text
    for found in re.findall(r"/profile/(?:tokens/[1-9][0-9]*/revoke)", page)[-1:]:
        visitor.form(found, {})
    visitor.form("/preferences/language", {"language": "zh", "next": "/"})
    visitor.page("/guild/client")
    visitor.form("/preferences/language", {"language": "en", "next": "/"})


LEAVE = {
    "starts_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
    "ends_at": (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0).isoformat(),
}
"""A time away that is the same for both visitors."""


def delegating(visitor: Visitor) -> None:
    """Letting somebody else decide for a while: one's own, somebody else's, and ending it."""
    people = visitor.page("/profile/delegations/people", q="dora").text
    found = re.findall(r'"id":"([0-9]+)"', people)
    visitor.page("/profile/delegations")
    for delegate in (*found[:1], "999999"):
        visitor.api("POST", "/delegations", {"delegate": delegate, **LEAVE})
        visitor.api("POST", "/delegations", {"delegate": delegate, "user": "1", **LEAVE})
    visitor.api("GET", "/delegations", user="all")
    own = re.findall(r'"id":"([0-9]+)","user"', visitor.api("GET", "/delegations").text)
    for each in (*own[:1], "999"):
        visitor.api("DELETE", f"/delegations/{each}")
    for delegate in (*found[:1], ""):
        entered = {"delegate": delegate, "scope": "", "reason": "away"}
        visitor.form("/profile/delegations", {**entered, **LEAVE})
    page = visitor.page("/profile/delegations").text
    for path in (*re.findall(r"/profile/delegations/[0-9]+/end", page)[:1], "/profile/delegations/999/end"):
        visitor.form(path, {})


def reverting(visitor: Visitor) -> None:
    """The page that takes one change back, of seen, unseen and missing records."""
    for entity, identifiers in records(visitor).items():
        for identifier in identifiers[:4]:
            path = f"/guild/{entity}/{identifier}"
            events = (visitor.api("GET", f"{path}/history", limit="2").document or {}).get("data", ())
            for entry in (*(each["id"] for each in events), "1", "999"):
                visitor.page(f"{path}/history/{entry}/revert")
                visitor.form(f"{path}/history/{entry}/revert", {"conflicts": "refuse"})


def standing_in(visitor: Visitor) -> None:
    """Whom somebody lets stand in for them, and the doors of other ways to come in."""
    otto = visitor.ids["people"]["otto"]
    visitor.api("GET", "/delegations")
    visitor.api("GET", "/delegations", user=otto)
    body = {"delegate": otto, "starts_at": "2026-03-05T00:00:00Z", "ends_at": "2026-03-09T00:00:00Z"}
    made = visitor.api("POST", "/delegations", body)
    for each in ((made.document or {}).get("id", "1"), "999"):
        visitor.api("DELETE", f"/delegations/{each}")
    visitor.page("/profile/delegations")
    visitor.page("/profile/delegations/people", q="o")
    data = {"delegate": otto, "starts_at": "2026-03-05T00:00", "ends_at": "2026-03-09T00:00", "scope": "all"}
    visitor.form("/profile/delegations", {**data, "starts_on": "2026-03-05", "ends_on": "2026-03-09"})
    found = re.findall(r"/profile/delegations/[0-9]+/end", visitor.page("/profile/delegations").text)
    for each in (*found, "/profile/delegations/999/end"):
        visitor.form(each, {})
    for path in (
        *("/forgotten", "/link", "/link/nothing", "/sign-in/with/nobody", "/sign-in/with/nobody/back"),
        *("/sign-out/with/nobody", "/profile/sign-on/nobody"),
    ):
        visitor.page(path)
    for path in ("/forgotten", "/link", "/profile/sign-on/nobody/unlink"):
        visitor.form(path, {"who": "cleo", "name": "x"})


def closed_doors(visitor: Visitor) -> None:
    """Every door that is for administrators only, with whatever stands in its address."""
    for route in ROUTES:
        if route.access != "admin":
            continue
        path = re.sub(r"<(?:path:)?(\w+)>", lambda part: PLACES.get(part[1], "1"), route.rule)
        if path.startswith("/api/v1"):
            visitor.api(route.method, path.removeprefix("/api/v1"), {} if route.changes else None)
        elif route.changes:
            visitor.form(path, {})
        else:
            visitor.page(path)


def leaving(visitor: Visitor) -> None:
    """The doors that end a visit."""
    new = "quieter-harbour-43"
    visitor.form("/profile/password", {"old": "wrong", "new": "x", "again": "x"})
    visitor.form("/profile/password", {"old": PASSWORD, "new": new, "again": new})
    visitor.form("/sign-out", {})
    visitor.form("/sign-in", {"login": "cleo", "password": "wrong"})
    visitor.form("/sign-in", {"login": "cleo", "password": new, "next": "/"})
    visitor.form_token = visitor.browser.token()
    elsewhere = {"login": visitor.login, "password": new, "next": "/"}
    visitor.world.server.client().post("/sign-in", data=elsewhere)
    session = re.findall(r"/profile/sessions/[0-9]+/end", visitor.page("/profile").text)
    for found in session[:1]:
        visitor.form(found, {})
    visitor.form("/sign-out", {})
    visitor.form("/sign-in", {"login": "nobody", "password": "wrong"})
    visitor.form("/set-up", {"token": "x"})
    visitor.page("/guild/client")
