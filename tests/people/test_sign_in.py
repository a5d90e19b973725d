"""Signing in, and those who try to guess."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.people import accounts, devices, limits, passwords
from dougong.people.sign_in import Entered, Rules, Visitor, sign_in
from dougong.storage.database import Database
from dougong.storage.system import ATTEMPT, USER

PASSWORD = "x7#kQ9!pzL-42"


@pytest.fixture
def user_id(database: Database) -> int:
    with database.writing() as connection:
        return accounts.add(connection, "li.wei", password=PASSWORD)


def kind_of(database: Database, login: str, password: str, address: str) -> str:
    try:
        sign_in(database, login, password, Visitor(address=address))
    except Refusal as refusal:
        return refusal.kind
    return "in"


def take(database: Database, login: str, address: str, device: str = "") -> None:
    """Take one try at the door."""
    with database.writing() as connection:
        limits.take(connection, limits.of_password(login, address, device))


def tried(database: Database, kind: str, times: int) -> None:
    """As if there had been so many tries, without a pause yet."""
    with database.writing() as connection:
        changed = update(ATTEMPT).where(ATTEMPT.c.key.startswith(f"{kind}:"))
        connection.execute(changed.values(failures=times, blocked_until=None))


def elapse(database: Database) -> None:
    """Let the pauses pass, but not what was counted."""
    with database.writing() as connection:
        connection.execute(update(ATTEMPT).values(blocked_until=None))


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
        sign_in(database, login, password, Visitor(address="10.0.0.1"))
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
    with pytest.raises(Refusal) as refused:
        take(database, "li.wei", "6.6.6.6")
    assert int(dict(refused.value.problems[0].parameters)["seconds"]) >= 1


def test_the_wait_doubles_and_ends(database: Database, user_id: int) -> None:
    waits = []
    for number in range(limits.FREE_TRIES + 12):
        take(database, "li.wei", "6.6.6.6")
        with database.reading() as connection:
            until = connection.execute(
                select(ATTEMPT.c.blocked_until).where(ATTEMPT.c.key.startswith("pair:"))
            ).scalar_one()
        if number >= limits.FREE_TRIES:
            waits.append(round((until - datetime.now(UTC)).total_seconds()))
        elapse(database)
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == limits.LONGEST_PAUSE
    with database.writing() as connection:
        past = datetime.now(UTC) - timedelta(days=3)
        connection.execute(update(ATTEMPT).values(first_at=past, last_at=past, blocked_until=past))
    assert kind_of(database, "li.wei", PASSWORD, "6.6.6.6") == "in"
    with database.writing() as connection:
        connection.execute(update(ATTEMPT).values(last_at=past))
        assert limits.forget_old(connection) >= 1


def test_one_address_cannot_try_many_accounts(database: Database, user_id: int) -> None:
    take(database, "user", "6.6.6.6")
    tried(database, "address", limits.FREE_TRIES_OF_ADDRESS - 1)
    take(database, "someone", "6.6.6.6")
    assert kind_of(database, "li.wei", PASSWORD, "6.6.6.6") == "too_many"
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"


def test_a_household_of_ipv6_is_one_address(database: Database, user_id: int) -> None:
    take(database, "user", "2001:db8:1:2::1")
    tried(database, "address", limits.FREE_TRIES_OF_ADDRESS - 1)
    take(database, "someone", "2001:db8:1:2::2")
    assert kind_of(database, "li.wei", PASSWORD, "2001:db8:1:2:ffff::9") == "too_many"
    assert kind_of(database, "li.wei", PASSWORD, "2001:db8:1:3::9") == "in"


def test_people_behind_one_address_do_not_use_up_its_tries(database: Database, user_id: int) -> None:
    for number in range(limits.FREE_TRIES + 2):
        with database.writing() as connection:
            tries = limits.of_password(f"user{number % 2}", "10.0.0.1")
            limits.take(connection, tries)
            limits.give_back(connection, tries)
    with database.reading() as connection:
        assert set(connection.execute(select(ATTEMPT.c.failures)).scalars()) == {0}
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"


def test_a_widespread_attack_slows_strangers_but_not_known_addresses(
    database: Database, user_id: int
) -> None:
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"
    take(database, "li.wei", "6.6.0.6")
    tried(database, "account", limits.FREE_TRIES_OF_ACCOUNT + 5)
    take(database, "li.wei", "6.7.0.6")
    assert kind_of(database, "li.wei", PASSWORD, "9.9.9.9") == "too_many"
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "in"


def test_nobody_keeps_the_owner_out_of_a_browser_known_to_be_theirs(database: Database, user_id: int) -> None:
    first = sign_in(database, "li.wei", PASSWORD, Visitor("10.0.0.1"))
    assert isinstance(first, Entered)
    for number in range(limits.FREE_TRIES):
        assert kind_of(database, "li.wei", f"guess {number}", "10.0.0.1") == "unauthorised"
    for kind, free in (("account", limits.FREE_TRIES_OF_ACCOUNT), ("address", limits.FREE_TRIES_OF_ADDRESS)):
        tried(database, kind, free + 5)
    take(database, "someone", "10.0.0.1")
    assert kind_of(database, "li.wei", PASSWORD, "10.0.0.1") == "too_many"
    mine = Visitor("10.0.0.1", device=first.device)
    again = sign_in(database, "li.wei", PASSWORD, mine)
    assert isinstance(again, Entered)
    assert again.device == first.device


def test_a_known_browser_has_its_own_tries_and_is_known_for_its_people_only(
    database: Database, user_id: int
) -> None:
    with database.writing() as connection:
        accounts.add(connection, "wang.fang", password=PASSWORD)
    first = sign_in(database, "li.wei", PASSWORD, Visitor("10.0.0.1"))
    assert isinstance(first, Entered)
    mine = Visitor("10.0.0.1", device=first.device)
    for number in range(limits.FREE_TRIES):
        with pytest.raises(Refusal):
            sign_in(database, "li.wei", f"guess {number}", mine)
    with pytest.raises(Refusal) as refused:
        sign_in(database, "li.wei", PASSWORD, mine)
    assert refused.value.kind == "too_many"
    for number in range(limits.FREE_TRIES):
        with pytest.raises(Refusal):
            sign_in(database, "wang.fang", f"guess {number}", mine)
    with pytest.raises(Refusal):
        sign_in(database, "wang.fang", PASSWORD, mine)
    with database.writing() as connection:
        accounts.set_password(connection, user_id, "vine-9-lamp-tR4")
        assert not devices.is_known(connection, user_id, first.device)


def test_of_many_at_once_no_more_get_through_than_there_are_tries(database: Database, user_id: int) -> None:
    barrier, found = threading.Barrier(8), []

    def guess(number: int) -> None:
        barrier.wait()
        found.append(kind_of(database, "li.wei", f"guess {number}", "6.6.6.6"))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["too_many"] * (8 - limits.FREE_TRIES) + ["unauthorised"] * limits.FREE_TRIES
    with database.reading() as connection:
        counts = connection.execute(select(ATTEMPT.c.failures)).scalars().all()
    assert counts == [limits.FREE_TRIES] * 3


def test_a_hash_of_older_settings_is_made_anew(database: Database, user_id: int) -> None:
    def kept() -> str:
        with database.reading() as connection:
            return str(connection.execute(select(USER.c.password_hash)).scalar_one())

    before = kept()
    stronger = Rules(passwords=passwords.Rules(memory=20 * 1024, passes=2))
    with pytest.raises(Refusal):
        sign_in(database, "li.wei", "wrong", rules=stronger)
    assert kept() == before
    sign_in(database, "li.wei", PASSWORD, rules=stronger)
    assert "m=20480,t=2," in kept()
    after = kept()
    sign_in(database, "li.wei", PASSWORD, rules=stronger)
    assert kept() == after


def test_what_was_typed_is_not_kept(database: Database, user_id: int) -> None:
    kind_of(database, "my secret password", "x", "6.6.6.6")
    with database.reading() as connection:
        for row in connection.execute(select(ATTEMPT)):
            assert "secret" not in str(row)
            assert "6.6.6.6" not in str(row)


@pytest.mark.parametrize("meanwhile", ["another password", "disabled"])
def test_what_changes_while_a_password_is_compared_counts(
    database: Database, user_id: int, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    compare = passwords.matches

    def compared(kept: str | None, password: str, rules: passwords.Rules) -> bool:
        found = compare(kept, password, rules)
        with database.writing() as connection:
            if meanwhile == "disabled":
                accounts.disable(connection, user_id)
            else:
                accounts.set_password(connection, user_id, "another one 7#kQ9")
        return found

    monkeypatch.setattr(passwords, "matches", compared)
    assert kind_of(database, "li.wei", PASSWORD, "192.0.2.7") == "unauthorised"
    with database.reading() as connection:
        kept = connection.execute(select(USER.c.password_hash).where(USER.c.id == user_id)).scalar_one()
    assert compare(kept, PASSWORD if meanwhile == "disabled" else "another one 7#kQ9", Rules().passwords)
