"""Single records are lent for a time, with the fields of the grant that counts shares, and taken back again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.people import organisation, teams
from dougong.records.delete import delete
from dougong.records.history import history
from dougong.records.purge import purge
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.sharing import Wanted, share, shares, unshare
from dougong.records.update import update as change
from dougong.storage.system import NOTIFICATION, SHARE
from tests.installed import AT
from tests.policy.conftest import DEAL, Ledger

LATER = datetime.now(UTC) + timedelta(days=30)


def _seen(ledger: Ledger, login: str) -> list[int]:
    with ledger.reading(login) as call:
        return [each.id for each in list_records(call, DEAL, Query(sort="id")).rows]


def _shared(ledger: Ledger, deal: int, by: str = "eve", **wanted: Any) -> int:
    with ledger.writing(by) as call:
        return share(call, DEAL, deal, Wanted(**wanted)).id


def test_a_record_is_lent_to_read_and_taken_back(ledger: Ledger) -> None:
    fay = ledger.id_of("fay")
    deal = ledger.deal(owner=ledger.id_of("eve"), cost="5.00")
    ledger.deal(owner=ledger.id_of("eve"))
    assert _seen(ledger, "fay") == []
    given = _shared(ledger, deal, kind="person", subject=str(fay), until=LATER, note=" look ")
    assert _seen(ledger, "fay") == [deal]
    with ledger.reading("fay") as call:
        assert "cost" not in read(call, DEAL, deal).values
    with ledger.writing("fay") as call, pytest.raises(Refusal) as refused:
        change(call, DEAL, deal, {"name": "Other"})
    assert refused.value.kind == "forbidden"
    with ledger.reading("eve") as call:
        [told] = shares(call, DEAL, deal)
        assert (told.name, told.giver, told.level, told.note) == ("Fay", "Eve", "read", "look")
        assert [each.action for each in history(call, DEAL, deal).entries] == ["share", "create"]
        rows = call.connection.execute(select(NOTIFICATION.c.user_id, NOTIFICATION.c.kind)).all()
        assert [tuple(row) for row in rows] == [(fay, "share")]
    with ledger.writing("eve") as call:
        unshare(call, DEAL, deal, given)
    assert _seen(ledger, "fay") == []
    with ledger.writing("eve") as call, pytest.raises(Refusal) as refused:
        unshare(call, DEAL, deal, given)
    assert refused.value.kind == "missing"


def test_a_record_is_lent_to_edit_by_who_may_edit_it(ledger: Ledger) -> None:
    fay = str(ledger.id_of("fay"))
    deal = ledger.deal(owner=ledger.id_of("eve"), cost="5.00")
    _shared(ledger, deal, kind="person", subject=fay, level="edit")
    with ledger.writing("fay") as call:
        assert change(call, DEAL, deal, {"name": "By Fay"}).values["name"] == "By Fay"
    with ledger.writing("fay") as call, pytest.raises(Refusal):
        change(call, DEAL, deal, {"cost": "1.00"})
    _shared(ledger, deal, kind="person", subject=fay, level="read")
    with ledger.writing("fay") as call, pytest.raises(Refusal):
        change(call, DEAL, deal, {"name": "Again"})
    with ledger.writing("fay") as call, pytest.raises(Refusal) as refused:
        share(call, DEAL, deal, Wanted("person", str(ledger.id_of("bob")), "edit"))
    assert refused.value.kind == "forbidden"


def test_a_share_ends_by_itself(ledger: Ledger) -> None:
    deal = ledger.deal(owner=ledger.id_of("eve"))
    _shared(ledger, deal, kind="person", subject=str(ledger.id_of("fay")), until=LATER)
    assert _seen(ledger, "fay") == [deal]
    with ledger.database.writing() as connection:
        connection.execute(update(SHARE).values(until=datetime.now(UTC) - timedelta(seconds=2)))
    assert _seen(ledger, "fay") == []
    with ledger.reading("eve") as call:
        assert shares(call, DEAL, deal) == []


def test_a_record_is_lent_to_departments_teams_and_roles(ledger: Ledger) -> None:
    eve, fay = ledger.id_of("eve"), ledger.id_of("fay")
    with ledger.database.writing() as connection:
        above = organisation.add_department(connection, "Above")
        below = organisation.add_department(connection, "Below", parent_id=above)
        aside = organisation.add_department(connection, "Aside", parent_id=above)
        organisation.set_departments(connection, fay, below)
        team = teams.add_team(connection, "Team")
        teams.set_members(connection, team, [fay])
    deals = [ledger.deal(owner=eve) for _ in range(4)]
    _shared(ledger, deals[0], kind="department", subject=str(above))
    _shared(ledger, deals[1], kind="department", subject=str(aside))
    _shared(ledger, deals[2], kind="team", subject=str(team))
    _shared(ledger, deals[3], kind="role", subject="ledger.guest")
    assert _seen(ledger, "fay") == [deals[0], deals[2], deals[3]]
    with ledger.database.writing() as connection:
        teams.set_members(connection, team, [])
        organisation.set_departments(connection, fay, aside)
    assert _seen(ledger, "fay") == [deals[0], deals[1], deals[3]]


def test_shares_count_only_where_a_grant_says_so(ledger: Ledger) -> None:
    deal = ledger.deal(owner=ledger.id_of("eve"))
    _shared(ledger, deal, kind="person", subject=str(ledger.id_of("bob")))
    assert _seen(ledger, "bob") == []
    with ledger.writing("bob") as call, pytest.raises(Refusal) as refused:
        share(call, DEAL, deal, Wanted("role", "ledger.guest"))
    assert refused.value.kind == "forbidden"


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (Wanted("nobody", "1"), "kind"),
        (Wanted("person", "999999"), "subject"),
        (Wanted("person", "1 OR 1"), "subject"),
        (Wanted("person", "²"), "subject"),
        (Wanted("department", "999999"), "subject"),
        (Wanted("team", "x"), "subject"),
        (Wanted("role", "ledger.nothing"), "subject"),
        (Wanted("role", "ledger.guest", "all"), "level"),
        (Wanted("role", "ledger.guest", until=AT), "until"),
        (Wanted("role", "ledger.guest", note="x" * 501), "note"),
        (Wanted("role", "ledger.guest", note="\x00"), "note"),
    ],
)
def test_what_cannot_be_shared_is_refused(ledger: Ledger, wanted: Wanted, path: str) -> None:
    deal = ledger.deal(owner=ledger.id_of("eve"))
    with ledger.writing("eve") as call, pytest.raises(Refusal) as refused:
        share(call, DEAL, deal, wanted)
    assert [each.path for each in refused.value.problems] == [path]
    with ledger.reading("eve") as call:
        assert shares(call, DEAL, deal) == []


def test_a_foreign_record_cannot_be_shared_and_purging_ends_shares(ledger: Ledger) -> None:
    foreign = ledger.deal()
    own = ledger.deal(owner=ledger.id_of("eve"))
    for identifier in (foreign, 999_999):
        with ledger.writing("eve") as call, pytest.raises(Refusal) as refused:
            share(call, DEAL, identifier, Wanted("role", "ledger.guest"))
        assert refused.value.kind == "missing"
    _shared(ledger, own, kind="role", subject="ledger.guest")
    with ledger.writing() as call:
        delete(call, DEAL, own)
        assert call.connection.execute(select(SHARE.c.id)).all()
        purge(call, DEAL, [own])
        assert not call.connection.execute(select(SHARE.c.id)).all()
