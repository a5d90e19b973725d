"""Signing in, and those who try to guess."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.people import accounts, limits, passwords
from dougong.people.sign_in import sign_in
from dougong.storage.database import Database
from dougong.storage.system import ATTEMPT

PASSWORD = "x7#kQ9!pzL"


@pytest.fixture
def user_id(database: Database) -> int:
    with database.writing() as connection:
        return accounts.add(connection, "li.wei", password=PASSWORD)


def kind_of(database: Database, login: str, password: str, address: str) -> str:
    try:
        sign_in(database, login, password, address=address)
    except Refusal as refusal:
        return refusal.kind
    return "in"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("li.wei", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("li.wei", ""),
        ("li\0wei", PASSWORD),
        ("\ud800", "\ud800"),
        ("x" * 9999, "y" * 9999),
    ],
)
def test_wrong_logins_get_one_answer(database: Database, user_id: int, login: str, password: str) -> None:
    with pytest.raises(Refusal) as refused:
        sign_in(database, login, password, address="10.0.0.1")
    assert refused.value.kind == "unauthorised"
    assert [each.message for each in refused.value.problems] == ["the login or the password is not right"]


def test_an_account_without_a_password_cannot_sign_in(database: Database) -> None:
    with database.writing() as connection:
        accounts.add(connection, "robot")
    for password in ("", "None", "nobody has this password"):
        assert kind_of(database, "robot", password, "a") == "unauthorised"


def test_an_unknown_login_costs_the_same_time(database: Database, user_id: int) -> None:
    passwords.warm_up()

    def cost(login: str, address: str) -> float:
        begin = time.process_time()
        kind_of(database, login, "something else", address)
        return time.process_time() - begin

    pairs = ((cost("nobody", f"10.0.0.{number}"), cost("li.wei", f"10.0.1.{number}")) for number in range(5))
    unknown, known = zip(*pairs, strict=True)
    assert 0.5 < min(unknown) / min(known) < 2


def test_a_guesser_has_to_wait_and_the_owner_elsewhere_does_not(database: Database, user_id: int) -> None:
    for number in range(limits.FREE_TRIES):
        assert kind_of(database, "li.wei", f"guess {number}", "6.6.6.6") == "unauthorised"
    assert kind_of(database, "li.wei", PASSWORD, "6.6.6.6") == "too_many"
    assert kind_of(database, "LI.WEI ", "x", "6.6.6.6") == "too_many"
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"
    with database.reading() as connection, pytest.raises(Refusal) as refused:
        limits.check(connection, "li.wei", "6.6.6.6")
    assert int(dict(refused.value.problems[0].parameters)["seconds"]) >= 1


def test_the_wait_doubles_and_ends(database: Database, user_id: int) -> None:
    waits = []
    for number in range(limits.FREE_TRIES + 12):
        with database.writing() as connection:
            limits.record_failure(connection, "li.wei", "6.6.6.6")
            until = connection.execute(
                select(ATTEMPT.c.blocked_until).where(ATTEMPT.c.key.startswith("pair:"))
            ).scalar_one()
        if number >= limits.FREE_TRIES:
            waits.append(round((until - datetime.now(UTC)).total_seconds()))
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == limits.LONGEST_PAUSE
    with database.writing() as connection:
        past = datetime.now(UTC) - timedelta(hours=1)
        connection.execute(update(ATTEMPT).values(first_at=past, last_at=past, blocked_until=past))
    assert kind_of(database, "li.wei", PASSWORD, "6.6.6.6") == "in"
    with database.writing() as connection:
        assert limits.forget_old(connection) >= 1


def test_one_address_cannot_try_many_accounts(database: Database, user_id: int) -> None:
    with database.writing() as connection:
        for number in range(limits.FREE_TRIES_OF_ADDRESS):
            limits.record_failure(connection, f"user{number}", "6.6.6.6")
    assert kind_of(database, "li.wei", PASSWORD, "6.6.6.6") == "too_many"
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"


def test_a_widespread_attack_slows_strangers_but_not_known_addresses(
    database: Database, user_id: int
) -> None:
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"
    with database.writing() as connection:
        for number in range(limits.FREE_TRIES_OF_ACCOUNT + 5):
            limits.record_failure(connection, "li.wei", f"6.6.{number}.6")
    assert kind_of(database, "li.wei", PASSWORD, "9.9.9.9") == "too_many"
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"


def test_attempts_at_the_same_time_are_all_counted(database: Database, user_id: int) -> None:
    barrier = threading.Barrier(4)

    def fail() -> None:
        barrier.wait()
        for _ in range(5):
            with database.writing() as connection:
                limits.record_failure(connection, "li.wei", "6.6.6.6")

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        counts = connection.execute(select(ATTEMPT.c.failures)).scalars().all()
    assert counts == [20, 20, 20]


def test_what_was_typed_is_not_kept(database: Database, user_id: int) -> None:
    kind_of(database, "my secret password", "x", "6.6.6.6")
    with database.reading() as connection:
        for row in connection.execute(select(ATTEMPT)):
            assert "secret" not in str(row)
            assert "6.6.6.6" not in str(row)
