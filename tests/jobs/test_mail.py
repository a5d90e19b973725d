"""Mail through a real SMTP server."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select, update

from dougong.diagnostics import Refusal
from dougong.jobs import Tasks, mail, queue
from dougong.jobs.worker import run_due
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.system import JOB, OUTBOX
from tests.jobs.smtp import Sink, sink


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as it:
        yield it


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    install(database)
    yield database
    database.dispose()


def settings(server: Sink) -> mail.MailSettings:
    return mail.MailSettings(
        "127.0.0.1", "crm@example.com", server.port, "none", sender_name="客户关系", timeout=5
    )


def send(
    database: Database, server: Sink, to: list[str], subject: str = "Hello", text: str = "Body", **more: Any
) -> int:
    with database.writing() as connection:
        mail_id = mail.queue_mail(connection, to, subject, text, **more)
    run(database, server)
    return mail_id


def run(database: Database, server: Sink) -> None:
    run_due(database, Tasks([mail.mail_task(lambda: settings(server))]))


def outbox(database: Database, mail_id: int) -> Any:
    with database.reading() as connection:
        return connection.execute(select(OUTBOX).where(OUTBOX.c.id == mail_id)).one()


def make_due(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(JOB).values(due=JOB.c.created_at))


def test_a_mail_arrives_as_it_was_written(database: Database, server: Sink) -> None:
    text = "报价已批准。\n.leading dot\nFrom nobody\n" + "长" * 300
    mail_id = send(
        database, server, ["li.wei@example.com", "李@例子.公司"], "报价 Q-1 已批准", text, html="<p>报价</p>"
    )
    assert outbox(database, mail_id).state == mail.SENT
    [message] = server.messages
    assert server.recipients == [["li.wei@example.com", "李@例子.公司"]]
    assert message["Subject"] == "报价 Q-1 已批准"
    assert message["From"] == "客户关系 <crm@example.com>"
    plain, html = (part for part in message.iter_parts() if isinstance(part, EmailMessage))
    assert plain.get_content().replace("\r\n", "\n").strip() == text
    assert "<p>报价</p>" in html.get_content()


def test_nothing_is_sent_when_the_change_is_rolled_back(database: Database, server: Sink) -> None:
    def failing() -> None:
        with database.writing() as connection:
            mail.queue_mail(connection, ["a@example.com"], "x", "y")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    run(database, server)
    assert server.messages == []


def test_a_mail_that_is_sent_twice_has_the_same_message_id(database: Database, server: Sink) -> None:
    mail_id = send(database, server, ["a@example.com"])
    with database.writing() as connection:  # as if the worker had died before it noted the sending
        connection.execute(update(OUTBOX).values(state=mail.WAITING))
        queue.enqueue(connection, mail.TASK, {"outbox": mail_id})
    run(database, server)
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    other = send(database, server, ["a@example.com"])
    assert other != mail_id
    assert server.messages[2]["Message-ID"] != first["Message-ID"]


def test_what_is_sent_is_not_sent_again(database: Database, server: Sink) -> None:
    mail_id = send(database, server, ["a@example.com"])
    with database.writing() as connection:
        queue.enqueue(connection, mail.TASK, {"outbox": mail_id})
        queue.enqueue(connection, mail.TASK, {"outbox": 999})
    run(database, server)
    assert len(server.messages) == 1


def test_the_same_key_is_one_mail(database: Database, server: Sink) -> None:
    assert send(database, server, ["a@example.com"], key="k") == send(
        database, server, ["a@example.com"], key="k"
    )
    assert len(server.messages) == 1


def test_passing_trouble_is_tried_again(database: Database, server: Sink) -> None:
    server.data = 451
    mail_id = send(database, server, ["a@example.com"])
    row = outbox(database, mail_id)
    assert (row.state, row.attempts) == (mail.WAITING, 1)
    assert "451" in row.error
    server.data = 250
    make_due(database)
    run(database, server)
    row = outbox(database, mail_id)
    assert (row.state, row.attempts, row.error) == (mail.SENT, 2, None)
    assert row.sent_at is not None


def test_a_server_that_is_not_there_is_passing_trouble(database: Database, server: Sink) -> None:
    nowhere = mail.MailSettings("127.0.0.1", "crm@example.com", 1, "none", timeout=1)
    with database.writing() as connection:
        mail_id = mail.queue_mail(connection, ["a@example.com"], "x", "y")
    run_due(database, Tasks([mail.mail_task(lambda: nowhere)]))
    assert outbox(database, mail_id).state == mail.WAITING
    make_due(database)
    run(database, server)
    assert outbox(database, mail_id).state == mail.SENT


def test_a_mail_that_nobody_takes_is_given_up(database: Database, server: Sink) -> None:
    server.rcpt = 550
    mail_id = send(database, server, ["a@example.com"])
    row = outbox(database, mail_id)
    assert (row.state, row.attempts) == (mail.FAILED, 1)
    assert "550" in row.error
    with database.reading() as connection:
        [job] = queue.list_jobs(connection)
    assert (job.state, job.result) == (queue.DONE, {"state": mail.FAILED})


def test_one_refused_recipient_does_not_keep_the_others_waiting(database: Database, server: Sink) -> None:
    server.refused = {"b@example.com"}
    mail_id = send(database, server, ["a@example.com", "b@example.com"])
    row = outbox(database, mail_id)
    assert (row.state, row.error) == (mail.SENT, "b@example.com")
    assert server.recipients == [["a@example.com"]]


def test_mail_waits_until_it_is_set_up(database: Database, server: Sink) -> None:
    with database.writing() as connection:
        mail_id = mail.queue_mail(connection, ["a@example.com"], "x", "y")
    run_due(database, Tasks([mail.mail_task(lambda: None)]))
    assert outbox(database, mail_id).state == mail.WAITING
    with database.writing() as connection:
        [job] = queue.list_jobs(connection, queue.FAILED)
        assert "mail is not set up" in (job.error or "")
        assert queue.retry(connection, job.id)
    run(database, server)
    assert outbox(database, mail_id).state == mail.SENT


HEADERS = "x\r\nBcc: evil@example.com\r\n\r\nbody"


def test_no_header_can_be_smuggled_in(database: Database, server: Sink) -> None:
    send(database, server, ["a@example.com"], HEADERS, "text \0 \ud800\r\n.\r\nQUIT")
    [message] = server.messages
    assert message["Bcc"] is None
    assert server.recipients == [["a@example.com"]]
    assert "QUIT" in message.get_content()


WRONG = [[], [""], ["a"], ["a@example.com\r\nBcc: b@example.com"], ["a@b.c,d@e.f"], ["a@b.co", "@"]]


@pytest.mark.parametrize("to", [*WRONG, [f"a{number}@b.co" for number in range(101)]])
def test_wrong_recipients_are_refused(database: Database, to: list[str]) -> None:
    with database.writing() as connection:
        with pytest.raises(Refusal):
            mail.queue_mail(connection, to, "x", "y")
        assert connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one() == 0


def test_too_much_text_is_refused_and_secrets_are_not_shown(database: Database) -> None:
    with database.writing() as connection, pytest.raises(Refusal):
        mail.queue_mail(connection, ["a@b.co"], "x", "y" * (mail.LONGEST_BODY + 1))
    assert "secret" not in repr(mail.MailSettings("h", "a@b.co", login="secret", password="secret"))
    assert timedelta(seconds=5) == mail.mail_task(lambda: None).first_pause
