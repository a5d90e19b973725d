"""The platform's tables as the first version of their schema had them, to begin upgrades at."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, Connection, ForeignKey, Index, MetaData, Table, UniqueConstraint, insert

from dougong.storage.system import METADATA

FIRST = {
    "dg_app": "app number installed_at removed_at",
    "dg_attempt": "key failures first_at last_at blocked_until",
    "dg_audit": "id at actor_id door action subject details address request_id",
    "dg_file": "id key name type size sha256 entity record_id field created_at created_by deleted_at",
    "dg_history": "id at actor_id door app entity record_id action batch changes version",
    "dg_idempotency": "actor_id key request_hash status response created_at",
    "dg_import": "id at actor_id entity name file_key mode mapping match dry_run state batch total added updated"
    " unchanged failed failed_key error job_id finished_at undone_at undone_by",
    "dg_instance": "id app workflow version_number entity record_id state outcome locks initiator_id data"
    " started_at finished_at version",
    "dg_job": "id task arguments queue state priority due key lock attempts max_attempts owner lease_until"
    " cancel_requested done total note result error actor_id external_id created_at started_at finished_at",
    "dg_outbox": "id kind key payload state attempts created_at due sent_at error",
    "dg_sequence": "name value",
    "dg_state": "id generation schema_version created_at",
    "dg_user": "id login name email phone password_hash language timezone is_admin must_change_password"
    " created_at updated_at last_seen_at disabled_at",
    "dg_version": "app number version at actor_id note sources template tables operations hash previous_hash",
    "dg_comment": "id entity record_id at author_id text mentions answers edited_at deleted_at",
    "dg_department": "id name parent_id head_id position created_at removed_at",
    "dg_draft": "id user_id kind app key data base created_at updated_at version",
    "dg_notification": "id user_id at kind entity record_id data read_at",
    "dg_preference": "user_id key value updated_at",
    "dg_session": "id token_hash user_id csrf created_at last_seen_at expires_at revoked_at address agent data",
    "dg_step": "id instance_id at actor_id action node opinion details",
    "dg_task": "id instance_id node visit user_id kind state decision opinion decided_by created_at read_at due"
    " decided_at version",
    "dg_token": "id user_id name hint token_hash scopes created_at expires_at last_used_at revoked_at",
    "dg_user_role": "user_id app role",
    "dg_membership": "user_id department_id is_main",
}
"""Table → its columns. This is history: what is added later stays out, and needs a step of `UPGRADES` instead."""


def first_schema() -> MetaData:
    """The tables that the first version had, with the keys and indexes of its columns."""
    made = MetaData(naming_convention=METADATA.naming_convention)
    for name, words in FIRST.items():
        table, columns = METADATA.tables[name], words.split()
        copied = Table(
            name,
            made,
            *(_copy(table.c[each]) for each in columns),
            sqlite_autoincrement=table.dialect_options["sqlite"]["autoincrement"],
        )
        for key in table.constraints:
            if isinstance(key, UniqueConstraint) and {each.name for each in key.columns} <= set(columns):
                copied.append_constraint(UniqueConstraint(*(each.name for each in key.columns)))
        for index in table.indexes:
            if {each.name for each in index.columns} <= set(columns):
                _copy_index(index, copied)
    return made


def _copy(column: Column[object]) -> Column[object]:
    keys = [ForeignKey(each.target_fullname, ondelete=each.ondelete) for each in column.foreign_keys]
    return Column(
        column.name,
        column.type,
        *keys,
        primary_key=column.primary_key,
        nullable=column.nullable,
        autoincrement=column.autoincrement,
        server_default=column.server_default,
    )


def _copy_index(index: Index, table: Table) -> None:
    options = {
        f"{dialect}_where": index.dialect_options[dialect]["where"] for dialect in ("sqlite", "postgresql")
    }
    Index(index.name, *(table.c[each.name] for each in index.columns), unique=index.unique, **options)


def install_first(connection: Connection) -> None:
    """Make the tables of the first version in an empty database."""
    made = first_schema()
    made.create_all(connection, checkfirst=False)
    state = {"id": 1, "generation": 0, "schema_version": 1, "created_at": datetime.now(UTC)}
    connection.execute(insert(made.tables["dg_state"]), [state])
