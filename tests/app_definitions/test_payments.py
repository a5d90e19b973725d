"""Payments of the CRM: more than the contract says is paid only by whoever is sure, and what finance has confirmed stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts
from dougong.people.actor import load_actor
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.read import read
from dougong.records.update import update
from tests.app_definitions.conftest import Installed


def refused(act: Any) -> Diagnostic:
    with pytest.raises(Refusal) as refusal:
        act()
    [found] = refusal.value.problems
    return found


def test_what_a_contract_is_paid(empty: Installed) -> None:
    with empty.database.writing() as connection:
        root = accounts.add(connection, "root", name="Root", is_admin=True, roles=[], language="en")
        call = empty.call(connection, load_actor(connection, root), "zh")
        account = create(call, "crm.account", {"name": "Hengyuan"}).id
        contract = create(call, "crm.contract", {"name": "Line 3", "account": account, "amount": "1000"}).id
        first = create(call, "crm.payment", {"contract": contract, "amount": "700"}).id
        assert read(call, "crm.payment", first).values["account"] == account
        more = {"contract": contract, "amount": "300.01"}
        warned = refused(lambda: create(call, "crm.payment", more))
        assert (warned.path, warned.message) == ("amount", "累计回款将超出合同金额 0.01。")
        create(call, "crm.payment", {**more, "amount": "300"})
        warned = refused(lambda: update(call, "crm.payment", first, {"amount": "800"}))
        sure = replace(call, confirmed=frozenset({dict(warned.parameters)["confirm"]}), language="en")
        assert update(sure, "crm.payment", first, {"amount": "800"}).values["amount"] == 800
        update(call, "crm.payment", first, {"is_confirmed": True})
        kept = refused(lambda: delete(sure, "crm.payment", first))
        assert kept.message == "A payment that finance has confirmed is not deleted."
        update(call, "crm.payment", first, {"is_confirmed": False})
        delete(call, "crm.payment", first)
