"""The hourly sweep."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from dougong.jobs import Tasks, queue
from dougong.jobs.worker import run_due
from dougong.people import accounts, challenges, devices, housekeeping, limits, sessions
from dougong.storage.database import Database
from dougong.storage.system import ATTEMPT, CHALLENGE, JOB, SESSION


def test_what_has_ended_long_ago_is_swept_away(database: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    tasks = Tasks([housekeeping.task()])
    with database.writing() as connection:
        user_id = accounts.add(connection, "li.wei")
        for _ in range(2):
            sessions.begin(connection, user_id)
        limits.take(connection, limits.of_password("li.wei", "6.6.6.6"))
        connection.execute(update(ATTEMPT).values(last_at=long_ago))
        limits.take(connection, limits.of_password("wang.fang", "7.7.7.7"))
        challenges.begin(connection, "test", user_id, {})
        connection.execute(update(CHALLENGE).values(expires_at=long_ago))
        challenges.begin(connection, "test", user_id, {})
        devices.remember(connection, user_id, "")
        first = sessions.list_sessions(connection, user_id)[0]
        connection.execute(update(SESSION).where(SESSION.c.id == first.id).values(expires_at=long_ago))
        old = queue.enqueue(connection, "x")
        connection.execute(update(JOB).where(JOB.c.id == old).values(state=queue.DONE, finished_at=long_ago))
        sweep = queue.enqueue(connection, "people.housekeeping", {})
    assert run_due(database, tasks) == 1
    with database.reading() as connection:
        done = queue.get(connection, sweep)
        assert done is not None
        assert done.result == {
            "sessions": 1,
            "challenges": 1,
            "browsers": 0,
            "attempts": 3,
            "links": 0,
            "jobs": 1,
        }
        assert len(sessions.list_sessions(connection, user_id)) == 1
        [following] = queue.list_jobs(connection, queue.WAITING)
        assert following.task == "people.housekeeping"
        assert timedelta(0) < following.due - datetime.now(UTC) <= timedelta(hours=1)
