"""Handing over in the background, and taking it back."""

from __future__ import annotations

from dougong.people import accounts
from dougong.records import handover
from dougong.records.batches import batch_name
from dougong.records.call import Call
from dougong.records.handover import MOST_SKIPPED, Wish
from dougong.screens.texts import counted, text
from dougong.web.working import Ended, Working, order

HAND_OVER, TAKE_BACK = "handover", "handover_undo"


def order_handover(call: Call, user_id: int, wish: Wish) -> int:
    """Have it done; what cannot be is refused at once."""
    handover.check_wish(call, user_id, wish)
    title = text("handover_of", call.language, name=accounts.get(call.connection, user_id).name)
    given = {
        "person": user_id,
        "to": wish.to,
        "fields": list(wish.fields),
        "parts": list(wish.parts),
        "disables": wish.disables,
        "batch": batch_name("batch"),
    }
    return order(call, HAND_OVER, title, f"/people/{user_id}", given, lock=f"{HAND_OVER}:{user_id}")


def order_taking_back(call: Call, user_id: int) -> int:
    """Have the last handover of somebody taken back."""
    if handover.last_handover(call, user_id) is None:
        handover.take_back(call, user_id)
    title = text("handover_back_of", call.language, name=accounts.get(call.connection, user_id).name)
    return order(
        call, TAKE_BACK, title, f"/people/{user_id}", {"person": user_id}, lock=f"{HAND_OVER}:{user_id}"
    )


def hand_over(working: Working) -> None:
    """Hand over, some records at a time."""
    given, language = working.given, working.language
    wish = Wish(given["to"], tuple(given["fields"]), tuple(given["parts"]), given["disables"])
    done = handover.hand_over(
        working.writing,
        given["person"],
        wish,
        given["batch"],
        lambda count, total: working.job.progress(count, total),
    )
    said = counted("handover_done", done.records, language)
    if done.skipped:
        said += text("sentence_gap", language) + counted("handover_skipped", len(done.skipped), language)
    skipped = [
        {"entity": key, "id": str(identifier), "reason": reason}
        for key, identifier, reason in done.skipped[:MOST_SKIPPED]
    ]
    document = {
        "records": done.records,
        "skipped": len(done.skipped),
        "problems": skipped,
        "batch": done.batch,
    }
    with working.writing() as call:
        working.end(call.connection, Ended(said, f"/people/{given['person']}", document))


def take_back(working: Working) -> None:
    """Take it back."""
    person = working.given["person"]
    with working.writing() as call:
        count = handover.take_back(call, person)
        said = counted("handover_taken_back", count, working.language)
        working.end(call.connection, Ended(said, f"/people/{person}", {"records": count}))
