"""New versions of a definition: what other records are computed from is followed, to the last of the chain."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlalchemy import update

from dougong.assembly import after_apply
from dougong.people.actor import SYSTEM
from dougong.records.call import call_for
from dougong.records.read import read
from dougong.records.recompute import recompute_following
from dougong.storage.apply import apply
from dougong.storage.plan import plan
from dougong.storage.release import releases_of
from tests.graph.conftest import Ledger
from tests.graph.ledger import SOURCES
from tests.graph.world import wrong
from tests.installed import compiled


def test_a_new_formula_goes_on_to_what_is_computed_from_it(book: Ledger) -> None:
    region = book.make("region", name="North", rate="0.5")
    account = book.make("account", name="Acme", region=region, level=1)
    order = book.make("order", number="1", account=account)
    invoice = book.make("invoice", number="1", order=order)
    new = SOURCES["entities/account.yaml"].replace("region.name & '/' & name", "name & '@' & region.name")
    app = compiled({**SOURCES, "entities/account.yaml": new})
    with book.database.reading() as connection:
        made = plan(releases_of(book.database).recorded(connection, "ledger"), app, connection)
    assert made.recomputed == ("ledger.account",)
    apply(made, book.database, afterwards=after_apply)
    release = releases_of(book.database).current()
    with book.reading() as call:
        call = replace(call, release=release)
        found = read(call, "ledger.invoice", invoice)
    assert (found.values["place"], found.version) == ("Acme@North", 1)


def test_what_is_wrong_is_put_right_from_its_source_on(book: Ledger) -> None:
    region = book.make("region", name="North", rate="0.5")
    account = book.make("account", name="Acme", region=region, level=1)
    order = book.make("order", number="1", account=account)
    book.make("invoice", number="1", order=order)
    with book.database.writing() as connection:
        connection.execute(update(book.release.table("ledger.account")).values(address="?"))
        call = call_for(book.release, connection, SYSTEM, "cli")
        changed = recompute_following(call, ["ledger.account"])
        assert +Counter(changed) == {"ledger.account": 1}
        connection.execute(update(book.release.table("ledger.region")).values(name="South"))
        changed = recompute_following(call, ["ledger.region", "ledger.account"])
        assert +Counter(changed) == {"ledger.account": 1, "ledger.invoice": 1}
        assert wrong(call) == []
