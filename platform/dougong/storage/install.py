"""Setting up the platform's own tables, and bringing those of an older release up to date."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from dougong.storage.database import Database
from dougong.storage.problems import refusal
from dougong.storage.system import (
    AUDIT,
    CALENDAR_DAY,
    CHALLENGE,
    DELEGATION,
    DEVICE,
    FACTOR,
    HISTORY,
    IDENTITY,
    IMPORT,
    IMPORT_LINE,
    LINK,
    LINK_SECRET,
    MEMBERSHIP,
    METADATA,
    POSITION,
    RECOVERY_CODE,
    SAVED_VIEW,
    SEAL,
    SESSION,
    SHARE,
    STATE,
    TEAM,
    TEAM_MEMBER,
    TOKEN,
    USER,
)

Upgrade = Callable[[Connection], None]


def _add_columns(connection: Connection, *columns: Column[Any]) -> None:
    """Give tables of an older release columns, with the reference that a column makes."""
    for column in columns:
        words = str(CreateColumn(column).compile(dialect=connection.dialect))
        for key in column.foreign_keys:
            words += f" REFERENCES {key.column.table.name} ({key.column.name})"
        connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {words}"))


def _remember_where_imports_are(connection: Connection) -> None:
    """Imports note how far they are and which lines are not in, so that they can go on after a crash."""
    _add_columns(connection, IMPORT.c.options, IMPORT.c.position)
    IMPORT_LINE.create(connection)


def _keep_a_calendar(connection: Connection) -> None:
    """The company's calendar says which days are worked."""
    CALENDAR_DAY.create(connection)


def _keep_views(connection: Connection) -> None:
    """People keep views of lists."""
    SAVED_VIEW.create(connection)


def _keep_an_organisation(connection: Connection) -> None:
    """People have positions, superiors and teams, may come from outside, and decide for each other for a while."""
    for table in (POSITION, TEAM, TEAM_MEMBER, DELEGATION):
        table.create(connection)
    _add_columns(connection, USER.c.kind, USER.c.company, USER.c.superior_id, MEMBERSHIP.c.position_id)
    _add_columns(connection, STATE.c.organisation)
    connection.execute(update(STATE).values(organisation=secrets.token_hex(8)))
    wanted = ("ix_dg_user_superior_id", "ix_dg_user_company", "ix_dg_membership_position_id")
    for index in (*USER.indexes, *MEMBERSHIP.indexes):
        if index.name in wanted:
            index.create(connection)


def _keep_evidence(connection: Connection) -> None:
    """What was done says where it came from, and is sealed in a chain."""
    _add_columns(
        connection, HISTORY.c.origin, HISTORY.c.address, AUDIT.c.origin, AUDIT.c.agent, AUDIT.c.route
    )
    SEAL.create(connection)


def _lend_records(connection: Connection) -> None:
    """Single records can be shared."""
    SHARE.create(connection)


def _keep_links(connection: Connection) -> None:
    """Invitations, resets and sign-ins at providers open accounts."""
    for table in (IDENTITY, LINK, LINK_SECRET):
        table.create(connection)


def _keep_second_factors(connection: Connection) -> None:
    """Second factors, recovery codes, known browsers, sessions that tell how they began, and tokens limited to apps."""
    for table in (FACTOR, RECOVERY_CODE, CHALLENGE, DEVICE):
        table.create(connection)
    _add_columns(connection, SESSION.c.remembered, SESSION.c.method, SESSION.c.proved_at, TOKEN.c.apps)


UPGRADES: tuple[Upgrade, ...] = (
    _remember_where_imports_are,
    _keep_a_calendar,
    _keep_views,
    _keep_an_organisation,
    _keep_evidence,
    _lend_records,
    _keep_links,
    _keep_second_factors,
)
"""One step for every schema version after the first, in order; a released step is never changed."""

SCHEMA_VERSION = 1 + len(UPGRADES)

_INSTALL_LOCK = 0x646F75676F6E67  # the letters of the program's name


def install(database: Database) -> None:
    """Create the platform's tables or upgrade them, in one transaction; does nothing when they are up to date."""
    with database.writing() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _INSTALL_LOCK})
        if not is_installed(connection):
            _create(connection)
        else:
            _upgrade(connection)


def is_installed(connection: Connection) -> bool:
    """Whether the platform's tables exist."""
    return inspect(connection).has_table(STATE.name)


def is_current(connection: Connection) -> bool:
    """Whether the platform's tables are those of this release."""
    version: int = connection.execute(select(STATE.c.schema_version)).scalar_one()
    return version == SCHEMA_VERSION


def _create(connection: Connection) -> None:
    METADATA.create_all(connection, checkfirst=False)
    now = datetime.now(UTC)
    connection.execute(
        insert(STATE),
        [
            {
                "id": 1,
                "generation": 0,
                "schema_version": SCHEMA_VERSION,
                "created_at": now,
                "organisation": secrets.token_hex(8),
            }
        ],
    )


def _upgrade(connection: Connection) -> None:
    version = connection.execute(select(STATE.c.schema_version)).scalar_one()
    if version > SCHEMA_VERSION:
        raise refusal("unavailable", "P104", found=version, known=SCHEMA_VERSION)
    for step in UPGRADES[version - 1 :]:
        step(connection)
    if version < SCHEMA_VERSION:
        connection.execute(update(STATE).values(schema_version=SCHEMA_VERSION))
