"""Entries are sealed in a chain; whatever is altered, removed or inserted afterwards is named."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from dougong.people.audit import noted
from dougong.people.evidence import cut_before
from dougong.storage.database import Database
from dougong.storage.evidence import sealing
from dougong.storage.evidence.anchors import REDUCED, REMOVED
from dougong.storage.evidence.checking import Checked, check
from dougong.storage.evidence.form import block_hash
from dougong.storage.evidence.sealing import Head, head, seal
from dougong.storage.system import AUDIT, HISTORY, SEAL, STATE

AT = datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=UTC)


def write(database: Database, count: int, record: int = 7) -> list[int]:
    rows = [
        {
            "at": AT + timedelta(seconds=number),
            "actor_id": 1,
            "door": "api",
            "app": "crm",
            "entity": "crm.account",
            "record_id": record,
            "action": "update",
            "changes": {
                "name": [None, f"花 {number}"],
                "amount": ["1.50", 2.5],
                "b": [True, {"z": 1, "a": []}],
            },
            "version": number,
        }
        for number in range(count)
    ]
    with database.writing() as connection:
        found = connection.execute(insert(HISTORY).returning(HISTORY.c.id), rows).scalars()
        return sorted(found)


def checked(database: Database, *against: Head) -> Checked:
    with database.reading() as connection:
        return check(connection, against)


def findings(database: Database, *against: Head) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in checked(database, *against).problems]


@pytest.fixture
def sealed(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Twelve entries of history and one of the audit trail, in blocks of five."""
    monkeypatch.setattr(sealing, "BLOCK", 5)
    ids = write(database, 12)
    with database.writing() as connection:
        noted(connection, "account.add", "user:3", login="li.wei")
    assert seal(database) == 13
    return ids


def test_what_was_sealed_is_found_whole(database: Database, sealed: list[int]) -> None:
    found = checked(database)
    assert (found.blocks, found.entries, found.waiting, found.problems) == (4, 13, 0, ())
    assert found.head.number == 4
    assert len(found.head.hash) == 64
    assert seal(database) == 0
    write(database, 2)
    assert checked(database).waiting == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", AT - timedelta(microseconds=1)),
        ("actor_id", 2),
        ("door", "screen"),
        ("record_id", 8),
        ("changes", {"name": [None, "花 6 "]}),
        ("changes", None),
        ("version", 60),
        ("address", "6.6.6.6"),
    ],
)
def test_an_altered_entry_is_named(database: Database, sealed: list[int], column: str, value: object) -> None:
    with database.writing() as connection:
        connection.execute(update(HISTORY).where(HISTORY.c.id == sealed[6]).values({column: value}))
    [problem] = checked(database).problems
    assert (problem.code, problem.path) == ("V121", f"history/{sealed[6]}")
    assert "altered" in problem.message


def test_a_removed_entry_is_named(database: Database, sealed: list[int]) -> None:
    with database.writing() as connection:
        connection.execute(delete(HISTORY).where(HISTORY.c.id.in_([sealed[3], sealed[11]])))
        connection.execute(delete(AUDIT))
    problems = checked(database).problems
    assert {each.path for each in problems} == {
        f"history/{sealed[3]}",
        f"history/{sealed[11]}",
        "audit/1",
    }
    assert all("removed" in each.message for each in problems)


def test_an_entry_that_takes_the_place_of_another_is_named(database: Database, sealed: list[int]) -> None:
    with database.writing() as connection:
        row = connection.execute(select(HISTORY).where(HISTORY.c.id == sealed[4])).mappings().one()
        connection.execute(delete(HISTORY).where(HISTORY.c.id == sealed[4]))
    ids = write(database, 3)
    with database.writing() as connection:
        connection.execute(delete(HISTORY).where(HISTORY.c.id == ids[1]))
    seal(database)
    with database.writing() as connection:
        connection.execute(
            text("UPDATE dg_seal SET facts = facts WHERE number = 1")
        )  # nothing is changed by writing the same
        connection.execute(insert(HISTORY).values({**row, "record_id": 99}))
    assert findings(database) == [("V121", f"history/{sealed[4]}")]


def test_an_entry_inserted_where_an_id_was_left_out_is_named(
    database: Database, sealed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "GRACE", timedelta(0))
    ids = write(database, 3)
    with database.writing() as connection:
        row = connection.execute(select(HISTORY).where(HISTORY.c.id == ids[1])).mappings().one()
        connection.execute(delete(HISTORY).where(HISTORY.c.id == ids[1]))
    assert seal(database) == 2
    write(database, 1)
    assert seal(database) == 1
    with database.writing() as connection:
        connection.execute(insert(HISTORY).values(dict(row)))
    [problem] = checked(database).problems
    assert (problem.code, problem.path) == ("V121", f"history/{ids[1]}")
    assert "inserted" in problem.message


def test_an_altered_block_is_named_even_when_its_own_hash_fits(database: Database, sealed: list[int]) -> None:
    with database.writing() as connection:
        row = connection.execute(select(SEAL).where(SEAL.c.number == 2)).one()._asdict()
        row["count"] = 4
        connection.execute(update(SEAL).where(SEAL.c.number == 2).values(count=4, hash=block_hash(row)))
    assert findings(database) == [("V120", "3")]


def test_a_removed_block_is_named(database: Database, sealed: list[int]) -> None:
    with database.writing() as connection:
        connection.execute(delete(SEAL).where(SEAL.c.number == 2))
    assert findings(database) == [("V120", "2")]


def test_a_chain_that_was_made_anew_differs_from_a_head_kept_elsewhere(
    database: Database, sealed: list[int]
) -> None:
    with database.reading() as connection:
        kept = head(connection)
    assert findings(database, kept) == []
    with database.writing() as connection:
        connection.execute(update(HISTORY).where(HISTORY.c.id == sealed[0]).values(actor_id=9))
        connection.execute(delete(SEAL))
    assert seal(database) == 13
    assert findings(database) == []
    assert findings(database, kept) == [("V120", "4")]
    with database.writing() as connection:
        connection.execute(delete(SEAL).where(SEAL.c.number == 4))
    assert findings(database, Head(4, kept.hash, None)) == [("V120", "4")]


def test_what_a_purge_gave_up_is_no_finding_but_only_that(database: Database, sealed: list[int]) -> None:
    with database.writing() as connection:
        connection.execute(update(HISTORY).where(HISTORY.c.id == sealed[0]).values(changes=None))
        connection.execute(delete(HISTORY).where(HISTORY.c.id == sealed[1]))
        noted(connection, REDUCED, "entity:crm.account", entity="crm.account", records=[7])
        noted(
            connection, REMOVED, "entity:crm.account", entity="crm.account", entries=[[sealed[1], sealed[1]]]
        )
    assert findings(database) == []
    with database.writing() as connection:
        connection.execute(update(HISTORY).where(HISTORY.c.id == sealed[0]).values(changes=None, actor_id=5))
    assert findings(database) == [("V121", f"history/{sealed[0]}")]


def test_a_cut_leaves_its_anchor(database: Database, sealed: list[int]) -> None:
    assert cut_before(database, datetime.now(UTC) + timedelta(days=1)) == 1
    with database.reading() as connection:
        left = connection.execute(select(AUDIT.c.action)).scalars().all()
    assert left == ["audit.cut"]
    assert findings(database) == []
    seal(database)
    assert cut_before(database, datetime.now(UTC) + timedelta(days=1)) == 0
    assert findings(database) == []


def test_what_is_not_sealed_yet_is_not_cut(database: Database) -> None:
    with database.writing() as connection:
        noted(connection, "account.add", "user:3", login="li.wei")
    assert cut_before(database, datetime.now(UTC) + timedelta(days=1)) == 0


def test_an_entry_that_is_committed_late_is_sealed_by_a_later_block(postgresql_url: str) -> None:
    from dougong.storage.install import install

    database = Database(postgresql_url)
    install(database)
    try:
        begun, may_end = threading.Event(), threading.Event()

        def slow() -> None:
            with database.writing() as connection:
                noted(connection, "account.add", "user:1")
                begun.set()
                assert may_end.wait(30)

        thread = threading.Thread(target=slow)
        thread.start()
        assert begun.wait(30)
        with database.writing() as connection:
            noted(connection, "account.add", "user:2")
        assert seal(database) == 1
        may_end.set()
        thread.join(30)
        assert findings(database) == []
        assert seal(database) == 1
        found = checked(database)
        assert (found.entries, found.waiting, found.problems) == (2, 0, ())
        with database.writing() as connection:
            connection.execute(update(AUDIT).where(AUDIT.c.subject == "user:1").values(subject="user:9"))
        assert findings(database) == [("V121", "audit/1")]
    finally:
        database.dispose()


def test_two_that_seal_at_once_make_one_chain(database: Database) -> None:
    write(database, 40)
    with database.writing() as connection:
        connection.execute(update(STATE).values(schema_version=STATE.c.schema_version))
    threads = [threading.Thread(target=seal, args=(database,)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    seal(database)
    found = checked(database)
    assert (found.entries, found.waiting, found.problems) == (40, 0, ())
