"""Mails about approvals: written in the reader's language, sent through a real SMTP server, and only while they are true."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from dougong.jobs import Tasks, mail
from dougong.jobs.worker import run_due
from dougong.people import accounts
from dougong.storage.release import releases_of
from dougong.storage.system import JOB, OUTBOX
from dougong.workflow import notice_job, notices
from tests.jobs.smtp import Sink, sink
from tests.workflow.scenario import Stage


@pytest.fixture
def post() -> Iterator[Sink]:
    """A mail server, and a process in which mail is set up."""
    notices.open_post(True)
    with sink() as server:
        yield server
    notices.open_post(False)


def deliver(stage: Stage, server: Sink, address: str = "https://crm.example.com/") -> None:
    settings = mail.MailSettings("127.0.0.1", "crm@example.com", server.port, "none", timeout=5)
    tasks = Tasks([mail.mail_task(lambda: settings), notice_job.task(releases_of(stage.database), address)])
    for _ in range(4):
        run_due(stage.database, tasks)


def give_address(stage: Stage, login: str, language: str = "en") -> None:
    with stage.database.writing() as connection:
        accounts.change(connection, stage.people[login], email=f"{login}@example.com", language=language)


def body(server: Sink, place: int = 0) -> str:
    return str(server.messages[place].get_content())


def test_the_next_decider_is_told_in_their_language(stage: Stage, post: Sink) -> None:
    give_address(stage, "bob", "zh")
    stage.create(price=500)
    stage.submit()
    deliver(stage, post)
    assert post.recipients == [["bob@example.com"]]
    assert post.messages[0]["Subject"] == "待您审批：Travel"
    with stage.call("bob", writing=False) as call:
        task = stage.task_of(call, "bob")
    assert f"https://crm.example.com/inbox/{task}" in body(post)
    assert "Ann提交的“Travel”（报销审批）" in body(post)
    assert "“直属上级”" in body(post)


@pytest.mark.parametrize(
    ("decision", "subject"), [("approve", "Approved: Travel"), ("reject", "Rejected: Travel")]
)
def test_the_initiator_is_told_the_outcome(stage: Stage, post: Sink, decision: str, subject: str) -> None:
    give_address(stage, "ann")
    stage.create(price=500)
    stage.submit()
    getattr(stage, decision)("bob", "seen")
    deliver(stage, post)
    assert [each["Subject"] for each in post.messages] == [subject]
    assert f"https://crm.example.com/desk/claim/{stage.record}" in body(post)


def test_nobody_is_told_what_they_did_themselves(stage: Stage, post: Sink) -> None:
    give_address(stage, "ann")
    stage.workflow = "same_as_initiator_asked"
    stage.create()
    stage.submit()
    stage.approve("ann")
    deliver(stage, post)
    assert post.messages == []


def test_a_notice_that_is_out_of_date_is_not_sent(stage: Stage, post: Sink) -> None:
    give_address(stage, "bob")
    stage.create(price=500)
    stage.submit()
    stage.withdraw()
    deliver(stage, post)
    assert post.messages == []


def test_a_disabled_person_is_not_told(stage: Stage, post: Sink) -> None:
    give_address(stage, "bob")
    stage.create(price=500)
    stage.submit()
    stage.disable("bob")
    deliver(stage, post)
    assert post.messages == []


def test_without_a_public_address_there_is_no_link(stage: Stage, post: Sink) -> None:
    give_address(stage, "bob")
    stage.create(price=500)
    stage.submit()
    deliver(stage, post, address="")
    assert "http" not in body(post)


def test_it_is_sent_once(stage: Stage, post: Sink) -> None:
    give_address(stage, "bob")
    stage.create(price=500)
    stage.submit()
    deliver(stage, post)
    deliver(stage, post)
    assert len(post.messages) == 1


def test_without_mail_nothing_is_queued(stage: Stage) -> None:
    notices.open_post(False)
    give_address(stage, "bob")
    stage.create(price=500)
    stage.submit()
    with stage.database.reading() as connection:
        for table in (JOB, OUTBOX):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
