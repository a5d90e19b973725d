"""The first administrator: by the printed token, for a day, once, whoever else tries at the same time."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from dougong.diagnostics import Refusal
from dougong.people import accounts, setup
from dougong.storage.database import Database

PASSWORD = "quiet-harbour-42"


def test_of_the_token_only_a_hash_is_kept() -> None:
    token, kept = setup.new_token()
    assert token not in kept
    assert setup.token_fits(kept, token)
    assert setup.token_fits(kept, f" {token}\n")
    assert setup.new_token()[0] != token


@pytest.mark.parametrize("sent", ["", "x", "sha256", "é", "x" * 10_000])
def test_other_tokens_do_not_fit(sent: str) -> None:
    kept = setup.new_token()[1]
    assert not setup.token_fits(kept, sent)
    assert not setup.token_fits(kept, kept)
    assert not setup.token_fits("", sent)


def test_a_token_ends_after_a_day() -> None:
    token, kept = setup.new_token()
    mark, hashed, _ = kept.split(":")
    assert not setup.token_fits(f"{mark}:{hashed}:1000", token)
    assert not setup.token_fits(f"{mark}:{hashed}:", token)
    assert not setup.token_fits(f"{mark}:{hashed}", token)


def test_a_token_that_was_given_is_compared_as_it_is() -> None:
    assert setup.token_fits("given by whoever runs it", "given by whoever runs it")
    assert not setup.token_fits("given by whoever runs it", "another")


def test_of_several_at_once_one_becomes_administrator(database: Database) -> None:
    together, outcomes = Barrier(4), []

    def one(number: int) -> None:
        together.wait(30)
        try:
            with database.writing() as connection:
                setup.make_administrator(
                    connection, f"first-{number}", name="", password=PASSWORD, language="en", timezone="UTC"
                )
            outcomes.append("made")
        except Refusal as refusal:
            outcomes.append(refusal.problems[0].code)

    threads = [Thread(target=one, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(outcomes) == ["has_administrator"] * 3 + ["made"]
    with database.reading() as connection:
        assert len(accounts.admins(connection)) == accounts.count(connection) == 1


def test_people_without_an_administrator_can_still_get_one(database: Database) -> None:
    with database.writing() as connection:
        accounts.add(connection, "somebody", password=PASSWORD)
        assert setup.needs_administrator(connection)
        setup.make_administrator(
            connection, "ada", name="Ada", password=PASSWORD, language="en", timezone="UTC"
        )
        assert not setup.needs_administrator(connection)
