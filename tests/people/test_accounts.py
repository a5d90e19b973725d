"""Accounts and the actors they become."""

import pytest

from dougong.diagnostics import Refusal
from dougong.people import accounts, sessions, tokens
from dougong.people.actor import SYSTEM, load_actor
from dougong.people.messages import MESSAGES
from dougong.storage.database import Database
from tests.people.entering import entered

PASSWORD = "x7#kQ9!pzL-42"


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_an_account_is_found_as_it_was_added(database: Database) -> None:
    with database.writing() as connection:
        user_id = accounts.add(
            connection,
            " Li.Wei ",
            name="李伟",
            password=PASSWORD,
            email="li.wei@example.com",
            roles=[("crm", "sales_rep")],
        )
    with database.reading() as connection:
        account = accounts.find(connection, "LI.WEI")
        assert account is not None
        assert account == accounts.get(connection, user_id)
        assert (account.login, account.name, account.roles) == ("li.wei", "李伟", (("crm", "sales_rep"),))
        assert not account.is_disabled
        assert PASSWORD not in repr(account)
        assert accounts.find(connection, "nobody") is None
        actor = load_actor(connection, user_id)
        assert actor.roles == {("crm", "sales_rep")}
        assert actor.scopes is None
        assert actor.has_scope("admin")


def test_all_problems_come_at_once_and_nothing_is_added(database: Database) -> None:
    with pytest.raises(Refusal) as refused, database.writing() as connection:
        accounts.add(connection, "李 伟", name="x\ny", password="short", language="fr", timezone="Mars/Base")
    assert codes(refused) == ["login_form", "name_form", "language", "timezone", "password_short"]
    assert {problem.path for problem in refused.value.problems} == {
        "login",
        "name",
        "language",
        "timezone",
        "password",
    }
    with database.reading() as connection:
        assert accounts.count(connection) == 0


@pytest.mark.parametrize("login", ["", "a", "-ab", "a b", "a" * 61, "a\0b", "ab'--", "../ab", "ab\n"])
def test_bad_logins(database: Database, login: str) -> None:
    with database.writing() as connection, pytest.raises(Refusal) as refused:
        accounts.add(connection, login, name="x") if login != "ab\n" else accounts.add(
            connection, "ab\nc", name="x"
        )
    assert codes(refused) == ["login_form"]


@pytest.mark.parametrize(
    "zone", ["", "../../etc/passwd", "/etc/passwd", "Asia", "\0", "A" * 500, "Asia/Shanghai\0"]
)
def test_bad_time_zones(database: Database, zone: str) -> None:
    with database.writing() as connection, pytest.raises(Refusal) as refused:
        accounts.add(connection, "li.wei", timezone=zone)
    assert codes(refused) == ["timezone"]


def test_a_login_is_taken_once_and_the_transaction_goes_on(database: Database) -> None:
    with database.writing() as connection:
        accounts.add(connection, "li.wei")
        with pytest.raises(Refusal) as refused:
            accounts.add(connection, "LI.WEI")
        assert codes(refused) == ["login_taken"]
        accounts.add(connection, "wang.fang")
    with database.reading() as connection:
        assert [each.login for each in accounts.list_accounts(connection)] == ["li.wei", "wang.fang"]
        assert [each.login for each in accounts.list_accounts(connection, q="WANG")] == ["wang.fang"]
        assert accounts.list_accounts(connection, q="%") == []


def test_disabling_ends_sessions_and_tokens_at_once(database: Database) -> None:
    with database.writing() as connection:
        accounts.add(connection, "root.admin", password=PASSWORD, is_admin=True)
        user_id = accounts.add(connection, "li.wei", password=PASSWORD)
        token = tokens.issue(connection, user_id, scopes=["write"])
    begun = entered(database, "li.wei", PASSWORD)
    with database.reading() as connection:
        assert sessions.resume(connection, begun.secret) is not None
        assert tokens.authenticate(connection, token) is not None
    with database.writing() as connection:
        accounts.disable(connection, user_id)
    with database.reading() as connection:
        assert sessions.resume(connection, begun.secret) is None
        assert tokens.authenticate(connection, token) is None
        with pytest.raises(Refusal):
            load_actor(connection, user_id)
        assert accounts.get(connection, user_id).is_disabled
    with pytest.raises(Refusal) as refused:
        entered(database, "li.wei", PASSWORD)
    assert refused.value.kind == "unauthorised"
    assert codes(refused) == ["wrong_password"]
    with database.writing() as connection:
        accounts.enable(connection, user_id)
    with database.reading() as connection:
        assert sessions.resume(connection, begun.secret) is None
        assert tokens.authenticate(connection, token) is None
    assert entered(database, "li.wei", PASSWORD).secret != begun.secret


def test_the_last_administrator_stays(database: Database) -> None:
    with database.writing() as connection:
        first = accounts.add(connection, "root.one", is_admin=True)
        with pytest.raises(Refusal) as refused:
            accounts.disable(connection, first)
        assert codes(refused) == ["last_admin"]
        with pytest.raises(Refusal):
            accounts.change(connection, first, is_admin=False)
        second = accounts.add(connection, "root.two", is_admin=True)
        accounts.disable(connection, first)
        assert accounts.admins(connection) == (second,)


def test_a_new_password_ends_the_other_sessions(database: Database) -> None:
    with database.writing() as connection:
        user_id = accounts.add(connection, "li.wei", password=PASSWORD)
    here, there = entered(database, "li.wei", PASSWORD), entered(database, "li.wei", PASSWORD)
    with database.writing() as connection:
        accounts.set_password(connection, user_id, "vine-9-lamp-tR4", keep_session=here.id)
        with pytest.raises(Refusal) as refused:
            accounts.set_password(connection, user_id, "password1234")
        assert codes(refused) == ["password_common"]
    with database.reading() as connection:
        assert sessions.resume(connection, here.secret) is not None
        assert sessions.resume(connection, there.secret) is None
    with pytest.raises(Refusal):
        entered(database, "li.wei", PASSWORD)
    entered(database, "li.wei", "vine-9-lamp-tR4")


def test_changes_and_roles(database: Database) -> None:
    with database.writing() as connection:
        user_id = accounts.add(connection, "li.wei", roles=[("crm", "sales_rep")])
        accounts.change(connection, user_id, name=" 李伟 ", language="en", timezone="Europe/Berlin")
        accounts.set_roles(connection, user_id, [("crm", "finance"), ("hr", "staff"), ("crm", "finance")])
        account = accounts.get(connection, user_id)
        assert (account.name, account.language, account.timezone) == ("李伟", "en", "Europe/Berlin")
        assert account.roles == (("crm", "finance"), ("hr", "staff"))
        assert accounts.users_with_role(connection, "crm", "finance") == (user_id,)
        assert accounts.users_with_role(connection, "crm", "sales_rep") == ()
        with pytest.raises(Refusal):
            accounts.set_roles(connection, user_id, [("crm", "' OR 1=1")])
        with pytest.raises(Refusal):
            accounts.change(connection, user_id, name="")
        with pytest.raises(TypeError):
            accounts.change(connection, user_id, password_hash="x")
        with pytest.raises(Refusal):
            accounts.get(connection, 999)
    assert accounts.parse_role("crm.sales_rep") == ("crm", "sales_rep")
    for wrong in ("crm", "crm.", ".x", "crm.a.b", "Crm.x"):
        with pytest.raises(Refusal):
            accounts.parse_role(wrong)


def test_the_platform_acts_without_an_account(database: Database) -> None:
    assert SYSTEM.is_admin
    with database.reading() as connection, pytest.raises(Refusal):
        load_actor(connection, SYSTEM.id)


def test_every_message_stands_in_both_languages() -> None:
    for chinese, english in MESSAGES.values():
        assert chinese
        assert english
        assert chinese != english
