"""Giving records away, and the rights to copy and to change many: verbs of their own, implied by others unless a role says not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dougong.diagnostics import Refusal
from dougong.people import accounts
from dougong.policy.access import may
from dougong.records.batch import Operation, batch
from dougong.records.change_many import Change, change_many
from dougong.records.copy_ import copy_record, copy_values
from dougong.records.history import history
from dougong.records.read import read
from dougong.records.transfer import transfer
from dougong.records.undo import undo_batch
from dougong.records.update import update
from dougong.storage.stores.folder import FolderStore
from tests.policy.conftest import CLIENT, DEAL, Ledger


def _owner(ledger: Ledger, key: str, identifier: int) -> int:
    with ledger.reading() as call:
        return int(read(call, key, identifier).values["owner"])


def test_related_records_follow_as_far_as_they_had_the_same_owner(ledger: Ledger) -> None:
    ann, bob = ledger.id_of("ann"), ledger.id_of("bob")
    client = ledger.client(owner=ann)
    same = ledger.deal(client=client, owner=ann)
    other = ledger.deal(client=client, owner=bob)
    with ledger.writing("ole") as call:
        done = transfer(call, CLIENT, [client], ledger.id_of("eve"))
    assert (done.records, done.followed) == (2, 1)
    assert _owner(ledger, CLIENT, client) == _owner(ledger, DEAL, same) == ledger.id_of("eve")
    assert _owner(ledger, DEAL, other) == bob
    with ledger.writing("ole") as call:
        assert history(call, DEAL, same).entries[0].actor_id == ledger.id_of("ole")
        undo_batch(call, done.batch)
    assert _owner(ledger, DEAL, same) == ann
    with ledger.writing("ole") as call:
        alone = transfer(call, CLIENT, [client], bob, follow=False)
    assert (alone.records, alone.followed) == (1, 0)
    assert _owner(ledger, DEAL, same) == ann


def test_only_who_may_transfer_gives_away_and_all_or_nothing(ledger: Ledger) -> None:
    own, foreign = ledger.deal("bob"), ledger.deal()
    eve = ledger.id_of("eve")
    for ids, kind in (([own, foreign], "missing"), ([999_999], "missing"), ([10**30], "missing")):
        with ledger.writing("bob") as call, pytest.raises(Refusal) as refused:
            transfer(call, DEAL, ids, eve)
        assert refused.value.kind == kind
    assert _owner(ledger, DEAL, own) == ledger.id_of("bob")
    with ledger.writing("ann") as call, pytest.raises(Refusal) as refused:
        transfer(call, DEAL, [own], eve)
    assert refused.value.kind == "forbidden"
    with ledger.writing("bob") as call:
        assert transfer(call, DEAL, [own], eve).records == 1
    assert _owner(ledger, DEAL, own) == eve


def test_a_new_owner_is_somebody_who_can_sign_in(ledger: Ledger) -> None:
    own = ledger.deal("bob")
    with ledger.database.writing() as connection:
        accounts.disable(connection, ledger.id_of("hal"))
    for person in (0, -1, 999_999, 10**30, ledger.id_of("hal")):
        with ledger.writing("bob") as call, pytest.raises(Refusal) as refused:
            transfer(call, DEAL, [own], person)
        assert [each.path for each in refused.value.problems] == ["owner"]


def test_a_role_can_leave_out_what_others_imply(ledger: Ledger, tmp_path: Path) -> None:
    hal = ledger.people["hal"]
    assert [may(ledger.release, hal, DEAL, each) for each in ("batch", "copy", "print", "transfer")] == [
        False,
        False,
        False,
        True,
    ]
    one, two = ledger.deal(), ledger.deal()
    with ledger.writing("hal") as call:
        assert update(call, DEAL, one, {"name": "One"}).values["name"] == "One"
        batch(call, DEAL, [Operation("update", one, {"name": "Alone"})])
    for act in (
        lambda call: copy_values(call, DEAL, one),
        lambda call: copy_record(call, FolderStore(tmp_path), DEAL, one),
        lambda call: change_many(call, DEAL, [one, two], Change("name", value="Both")),
        lambda call: batch(call, DEAL, [Operation("update", each, {"name": "Both"}) for each in (one, two)]),
        lambda call: batch(call, DEAL, [Operation("delete", each) for each in (one, two)]),
        lambda call: transfer(call, DEAL, [one, two], hal.id),
    ):
        with ledger.writing("hal") as call, pytest.raises(Refusal) as refused:
            act(call)
        assert refused.value.kind == "forbidden"
    with ledger.reading() as call:
        assert [read(call, DEAL, each).values["name"] for each in (one, two)] == ["Alone", "Deal"]
    with ledger.writing("ole") as call:
        change_many(call, DEAL, [one, two], Change("name", value="Both"))
        assert copy_values(call, DEAL, one)["name"] == "Both"
