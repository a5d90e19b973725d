"""Many records changed at once in the background: what one field of each becomes, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from dougong.records.call import Call, without_asking
from dougong.records.change_many import Change, change_many, check_change
from dougong.screens.addresses import entity_path
from dougong.screens.texts import counted, text
from dougong.web.working import Ended, Working, order

CHANGE_MANY = "change_many"
MANY = 1_000
"""Records from which on they are not changed while a request waits."""


def order_change(call: Call, key: str, identifiers: Sequence[int], change: Change) -> int:
    """Have the records changed; what could be made to none of them is refused at once."""
    check_change(call, key, change)
    title = text("change_title", call.language, label=call.release.entity(key).plural.get(call.language))
    given = {"entity": key, "records": list(identifiers), "change": asdict(change)}
    return order(call, CHANGE_MANY, title, entity_path(key), given)


def change_all(working: Working) -> None:
    """Change them; nobody is there to confirm what a rule warns of, so it is noted as in an import."""
    key, records = working.given["entity"], working.given["records"]
    with working.writing() as call:
        batch = change_many(without_asking(call), key, records, Change(**working.given["change"]))
        message = counted("changed_count", len(records), call.language)
        working.end(call.connection, Ended(message, entity_path(key), {"changed": len(records)}, batch))
