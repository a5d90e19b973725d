"""The tables of the platform itself (`dg_*`): one module-level MetaData that every part uses and nobody else adds to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from dougong.storage.types import Characters, Day, Instant, JsonValue

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Number = BigInteger().with_variant(Integer, "sqlite")


def _identity() -> Column[int]:
    """A primary key that the database counts and never gives twice."""
    return Column("id", _Number, primary_key=True, autoincrement=True)


def _text(name: str, *, key: bool = False, required: bool = True, default: str | None = None) -> Column[str]:
    server_default = None if default is None else text(f"'{default}'")
    return Column(
        name, Characters, primary_key=key, nullable=not (required or key), server_default=server_default
    )


def _at(name: str, *, required: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=not required)


def _json(name: str, *, required: bool = False) -> Column[Any]:
    return Column(name, JsonValue, nullable=not required)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


def _count(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text(str(default)))


def _reference(
    name: str, target: str, *, required: bool = True, key: bool = False, on_delete: str | None = None
) -> Column[int]:
    return Column(
        name, _Number, ForeignKey(target, ondelete=on_delete), primary_key=key, nullable=not (required or key)
    )


def _record() -> tuple[Column[str], Column[int]]:
    """The record that a row speaks of: the key of its entity (`crm.quote`) and its id."""
    return _text("entity"), Column("record_id", BigInteger, nullable=False)


def _table(name: str, *items: Any) -> Table:
    return Table(name, METADATA, *items, sqlite_autoincrement=any(_is_identity(item) for item in items))


def _is_identity(item: Any) -> bool:
    return isinstance(item, Column) and item.primary_key and item.name == "id" and item.autoincrement is True


# ------------------------------------------------------------------ state, apps and their versions
STATE = _table(
    "dg_state",
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("generation"),
    Column("schema_version", Integer, nullable=False),
    _at("created_at", required=True),
    _text("organisation", default=""),
)
"""`organisation` is a mark that every change of departments, memberships, teams, heads or superiors renews."""
APP = _table(
    "dg_app",
    _text("app", key=True),
    Column("number", Integer, nullable=False),
    _at("installed_at", required=True),
    _at("removed_at"),
)
VERSION = _table(
    "dg_version",
    _text("app", key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("version"),
    _at("at", required=True),
    Column("actor_id", BigInteger),
    _text("note", default=""),
    _json("sources", required=True),
    _json("template"),
    _json("tables", required=True),
    _json("operations", required=True),
    _text("hash"),
    _text("previous_hash"),
)

# ------------------------------------------------------------------ people and their organisation
USER = _table(
    "dg_user",
    _identity(),
    _text("login"),
    _text("name"),
    _text("email", default=""),
    _text("phone", default=""),
    _text("password_hash", required=False),
    _text("language", default="zh"),
    _text("timezone", default="Asia/Shanghai"),
    _flag("is_admin"),
    _flag("must_change_password"),
    _at("created_at", required=True),
    _at("updated_at", required=True),
    _at("last_seen_at"),
    _at("disabled_at"),
    _text("kind", default="member"),
    _text("company", required=False),
    _reference("superior_id", "dg_user.id", required=False),
    UniqueConstraint("login"),
    Index(None, "superior_id"),
    Index(
        "ix_dg_user_company",
        "company",
        sqlite_where=text("company IS NOT NULL"),
        postgresql_where=text("company IS NOT NULL"),
    ),
)
"""`kind` is member, partner or portal; the last two belong to an external organisation: the record `company` (`app.entity:id`)."""
POSITION = _table(
    "dg_position",
    _identity(),
    _text("name"),
    _count("position"),
    _at("created_at", required=True),
    _at("removed_at"),
)
"""What people are in their departments (manager, engineer …), in the order in which they are listed."""
DEPARTMENT = _table(
    "dg_department",
    _identity(),
    _text("name"),
    _reference("parent_id", "dg_department.id", required=False),
    _reference("head_id", "dg_user.id", required=False),
    _count("position"),
    _at("created_at", required=True),
    _at("removed_at"),
    Index(None, "parent_id"),
    Index(None, "head_id"),
)
MEMBERSHIP = _table(
    "dg_membership",
    _reference("user_id", "dg_user.id", key=True),
    _reference("department_id", "dg_department.id", key=True),
    _flag("is_main"),
    _reference("position_id", "dg_position.id", required=False),
    Index(None, "department_id"),
    Index(None, "position_id"),
    Index(
        "ux_dg_membership_main",
        "user_id",
        unique=True,
        sqlite_where=text("is_main"),
        postgresql_where=text("is_main"),
    ),
)
TEAM = _table(
    "dg_team",
    _identity(),
    _text("name"),
    _reference("lead_id", "dg_user.id", required=False),
    _at("created_at", required=True),
    _at("removed_at"),
    Index(None, "lead_id"),
)
TEAM_MEMBER = _table(
    "dg_team_member",
    _reference("team_id", "dg_team.id", key=True),
    _reference("user_id", "dg_user.id", key=True),
    Index(None, "user_id"),
)
DELEGATION = _table(
    "dg_delegation",
    _identity(),
    _reference("user_id", "dg_user.id"),
    _reference("delegate_id", "dg_user.id"),
    _at("starts_at", required=True),
    _at("ends_at", required=True),
    _text("scope", default=""),
    _text("reason", default=""),
    _at("created_at", required=True),
    Column("created_by", BigInteger),
    _at("ended_at"),
    Index(None, "user_id", "ends_at"),
    Index(None, "delegate_id", "ends_at"),
)
"""Who decides for whom, from when to when; `scope` limits it to an app, or to a workflow of one (`app.workflow`)."""
USER_ROLE = _table(
    "dg_user_role",
    _reference("user_id", "dg_user.id", key=True),
    _text("app", key=True),
    _text("role", key=True),
    Index(None, "app", "role"),
)
SESSION = _table(
    "dg_session",
    _identity(),
    _text("token_hash"),
    _reference("user_id", "dg_user.id"),
    _text("csrf"),
    _at("created_at", required=True),
    _at("last_seen_at", required=True),
    _at("expires_at", required=True),
    _at("revoked_at"),
    _text("address", default=""),
    _text("agent", default=""),
    _json("data"),
    _flag("remembered"),
    _text("method", default="password"),
    _at("proved_at"),
    UniqueConstraint("token_hash"),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)
"""`method` says by what the person proved who they are, `proved_at` when they last did."""
TOKEN = _table(
    "dg_token",
    _identity(),
    _reference("user_id", "dg_user.id"),
    _text("name", default=""),
    _text("hint", default=""),
    _text("token_hash"),
    _json("scopes", required=True),
    _at("created_at", required=True),
    _at("expires_at"),
    _at("last_used_at"),
    _at("revoked_at"),
    _json("apps"),
    UniqueConstraint("token_hash"),
    Index(None, "user_id"),
)
"""`apps` are those that a token is limited to; without any it is not."""
IDENTITY = _table(
    "dg_identity",
    _text("issuer", key=True),
    _text("subject", key=True),
    _reference("user_id", "dg_user.id"),
    _text("name", default=""),
    _at("created_at", required=True),
    _at("last_used_at"),
    Index(None, "user_id"),
)
LINK = _table(
    "dg_link",
    _identity(),
    _text("purpose"),
    _reference("user_id", "dg_user.id"),
    _text("email"),
    _text("stamp"),
    _at("created_at", required=True),
    Column("created_by", BigInteger),
    _at("expires_at", required=True),
    _at("used_at"),
    _at("revoked_at"),
    Index(None, "user_id", "purpose"),
    Index(None, "expires_at"),
)
LINK_SECRET = _table(
    "dg_link_secret",
    _text("token_hash", key=True),
    _reference("link_id", "dg_link.id"),
    Index(None, "link_id"),
)
ATTEMPT = _table(
    "dg_attempt",
    _text("key", key=True),
    _count("failures"),
    _at("first_at", required=True),
    _at("last_at", required=True),
    _at("blocked_until"),
    Index(None, "last_at"),
)
FACTOR = _table(
    "dg_factor",
    _identity(),
    _reference("user_id", "dg_user.id"),
    _text("kind"),
    _text("name", default=""),
    _text("secret", required=False),
    _text("credential_id", required=False),
    _text("public_key", required=False),
    _text("handle", required=False),
    _json("transports"),
    _count("sign_count"),
    _count("last_step"),
    _at("created_at", required=True),
    _at("confirmed_at"),
    _at("last_used_at"),
    UniqueConstraint("credential_id"),
    Index(None, "user_id"),
    Index(
        "ux_dg_factor_totp",
        "user_id",
        unique=True,
        sqlite_where=text("kind = 'totp'"),
        postgresql_where=text("kind = 'totp'"),
    ),
)
"""What people prove besides, or instead of, their password: `totp` with a sealed secret, `passkey` with a public key."""
RECOVERY_CODE = _table(
    "dg_recovery_code",
    _reference("user_id", "dg_user.id", key=True),
    _text("selector", key=True),
    _text("code_hash"),
    _at("created_at", required=True),
    _at("used_at"),
)
CHALLENGE = _table(
    "dg_challenge",
    _identity(),
    _text("token_hash"),
    _text("kind"),
    _reference("user_id", "dg_user.id", required=False),
    _json("data"),
    _at("created_at", required=True),
    _at("expires_at", required=True),
    UniqueConstraint("token_hash"),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)
"""What was begun and waits for one more proof: a second factor, the signature of a passkey."""
DEVICE = _table(
    "dg_device",
    _identity(),
    _text("token_hash"),
    _reference("user_id", "dg_user.id"),
    _at("created_at", required=True),
    _at("last_used_at", required=True),
    UniqueConstraint("token_hash", "user_id"),
    Index(None, "user_id"),
)
"""Browsers in which a person has signed in: whoever guesses elsewhere does not slow these down."""

# ------------------------------------------------------------------ what happened
HISTORY = _table(
    "dg_history",
    _identity(),
    _at("at", required=True),
    Column("actor_id", BigInteger),
    _text("door"),
    _text("app"),
    *_record(),
    _text("action"),
    _text("batch", required=False),
    _json("changes"),
    Column("version", BigInteger),
    _text("origin", required=False),
    _text("address", required=False),
    Index(None, "entity", "record_id", "id"),
    Index(None, "batch", sqlite_where=text("batch IS NOT NULL"), postgresql_where=text("batch IS NOT NULL")),
    Index(None, "at"),
)
AUDIT = _table(
    "dg_audit",
    _identity(),
    _at("at", required=True),
    Column("actor_id", BigInteger),
    _text("door", default=""),
    _text("action"),
    _text("subject", default=""),
    _json("details"),
    _text("address", default=""),
    _text("request_id", default=""),
    _text("origin", default=""),
    _text("agent", default=""),
    _text("route", default=""),
    Index(None, "at"),
    Index(None, "actor_id", "at"),
    Index(None, "action", "at"),
)
SEAL = _table(
    "dg_seal",
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _at("at", required=True),
    _text("source"),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    _json("facts", required=True),
    _text("digests"),
    _text("previous_hash"),
    _text("hash"),
    Index(None, "source", "number"),
)
"""The chain of blocks that the entries of the history, the audit trail and the workflows' log are sealed in."""
COMMENT = _table(
    "dg_comment",
    _identity(),
    *_record(),
    _at("at", required=True),
    _reference("author_id", "dg_user.id", required=False),
    _text("text"),
    _json("mentions"),
    _reference("answers", "dg_comment.id", required=False),
    _at("edited_at"),
    _at("deleted_at"),
    Index(None, "entity", "record_id", "id"),
)
SHARE = _table(
    "dg_share",
    _identity(),
    *_record(),
    _text("kind"),
    _count("subject_id"),
    _text("role", default=""),
    _text("level"),
    _at("until"),
    _at("created_at", required=True),
    _reference("created_by", "dg_user.id", required=False),
    _text("note", default=""),
    UniqueConstraint("entity", "record_id", "kind", "subject_id", "role"),
    Index(None, "kind", "subject_id", "entity"),
    Index(None, "role", "entity"),
    Index(None, "created_by"),
)
"""Single records lent to a person, a department with those below it, a team or a role (`app.role`), to read or to edit."""
NOTIFICATION = _table(
    "dg_notification",
    _identity(),
    _reference("user_id", "dg_user.id"),
    _at("at", required=True),
    _text("kind"),
    _text("entity", required=False),
    Column("record_id", BigInteger),
    _json("data"),
    _at("read_at"),
    Index(None, "user_id", "read_at", "id"),
)
FILE = _table(
    "dg_file",
    _identity(),
    _text("key"),
    _text("name"),
    _text("type"),
    Column("size", BigInteger, nullable=False),
    _text("sha256"),
    _text("entity", required=False),
    Column("record_id", BigInteger),
    _text("field", required=False),
    _at("created_at", required=True),
    Column("created_by", BigInteger),
    _at("deleted_at"),
    UniqueConstraint("key"),
    Index(None, "entity", "record_id"),
    Index(None, "created_by", "created_at"),
)

# ------------------------------------------------------------------ background work
JOB = _table(
    "dg_job",
    _identity(),
    _text("task"),
    _json("arguments", required=True),
    _text("queue", default="default"),
    _text("state", default="waiting"),
    Column("priority", SmallInteger, nullable=False, server_default=text("0")),
    _at("due", required=True),
    _text("key", required=False),
    _text("lock", required=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("max_attempts", Integer, nullable=False, server_default=text("5")),
    _text("owner", required=False),
    _at("lease_until"),
    _flag("cancel_requested"),
    _count("done"),
    Column("total", BigInteger),
    _text("note", default=""),
    _json("result"),
    _text("error", required=False),
    Column("actor_id", BigInteger),
    _text("external_id", required=False),
    _at("created_at", required=True),
    _at("started_at"),
    _at("finished_at"),
    Index(None, "state", "due"),
    Index(None, "lock", "state"),
    Index(
        "ux_dg_job_key",
        "key",
        unique=True,
        sqlite_where=text("key IS NOT NULL AND state = 'waiting'"),
        postgresql_where=text("key IS NOT NULL AND state = 'waiting'"),
    ),
)
OUTBOX = _table(
    "dg_outbox",
    _identity(),
    _text("kind"),
    _text("key", required=False),
    _json("payload", required=True),
    _text("state", default="waiting"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _at("created_at", required=True),
    _at("due", required=True),
    _at("sent_at"),
    _text("error", required=False),
    UniqueConstraint("key"),
    Index(None, "state", "due"),
)
SEQUENCE = _table("dg_sequence", _text("name", key=True), _count("value"))
IDEMPOTENCY = _table(
    "dg_idempotency",
    Column("actor_id", BigInteger, primary_key=True, autoincrement=False),
    _text("key", key=True),
    _text("request_hash"),
    Column("status", Integer),
    _json("response"),
    _at("created_at", required=True),
    Index(None, "created_at"),
)

# ------------------------------------------------------------------ workflows
INSTANCE = _table(
    "dg_instance",
    _identity(),
    _text("app"),
    _text("workflow"),
    Column("version_number", Integer, nullable=False),
    *_record(),
    _text("state", default="running"),
    _text("outcome", default=""),
    _flag("locks"),
    Column("initiator_id", BigInteger),
    _json("data"),
    _at("started_at", required=True),
    _at("finished_at"),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Index(None, "entity", "record_id", "id"),
    Index(None, "initiator_id", "state"),
    Index(None, "app", "workflow", "state"),
    Index(
        "ux_dg_instance_running",
        "entity",
        "record_id",
        "workflow",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)
TASK = _table(
    "dg_task",
    _identity(),
    _reference("instance_id", "dg_instance.id"),
    _text("node"),
    Column("visit", Integer, nullable=False, server_default=text("1")),
    _reference("user_id", "dg_user.id"),
    _text("kind", default="approve"),
    _text("state", default="open"),
    _text("decision", default=""),
    _text("opinion", default=""),
    Column("decided_by", BigInteger),
    _at("created_at", required=True),
    _at("read_at"),
    _at("due"),
    _at("decided_at"),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Index(None, "user_id", "state", "id"),
    Index(None, "instance_id", "node", "visit"),
)
STEP = _table(
    "dg_step",
    _identity(),
    _reference("instance_id", "dg_instance.id"),
    _at("at", required=True),
    Column("actor_id", BigInteger),
    _text("action"),
    _text("node", default=""),
    _text("opinion", default=""),
    _json("details"),
    Index(None, "instance_id", "id"),
    Index(None, "actor_id", "id"),
)

# ------------------------------------------------------------------ imports, drafts, preferences
IMPORT = _table(
    "dg_import",
    _identity(),
    _at("at", required=True),
    Column("actor_id", BigInteger),
    _text("entity"),
    _text("name"),
    _text("file_key", required=False),
    _text("mode"),
    _json("mapping"),
    _json("match"),
    _json("options"),
    _flag("dry_run"),
    _text("state", default="waiting"),
    _text("batch", required=False),
    _count("position"),
    _count("total"),
    _count("added"),
    _count("updated"),
    _count("unchanged"),
    _count("failed"),
    _text("failed_key", required=False),
    _text("error", required=False),
    Column("job_id", BigInteger),
    _at("finished_at"),
    _at("undone_at"),
    Column("undone_by", BigInteger),
    Index(None, "entity", "id"),
    Index(None, "actor_id", "id"),
    Index(None, "batch"),
)
IMPORT_LINE = _table(
    "dg_import_line",
    _reference("import_id", "dg_import.id", key=True),
    Column("line", BigInteger, primary_key=True),
    Column("last", BigInteger, nullable=False),
    _text("state"),
    _json("problems"),
)
"""The lines of a file that are not in: those that failed with their reasons, and those that wait for others of the file."""
DRAFT = _table(
    "dg_draft",
    _identity(),
    _reference("user_id", "dg_user.id", required=False),
    _text("kind"),
    _text("app"),
    _text("key"),
    _json("data"),
    _text("base", default=""),
    _at("created_at", required=True),
    _at("updated_at", required=True),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    UniqueConstraint("user_id", "kind", "app", "key"),
    Index(None, "kind", "app"),
)
CALENDAR_DAY = _table(
    "dg_calendar_day",
    Column("day", Day, primary_key=True, autoincrement=False),
    _flag("worked"),
    _text("name", default=""),
)
"""The days on which the company works though it is a weekend, or rests though it is none."""
PREFERENCE = _table(
    "dg_preference",
    _reference("user_id", "dg_user.id", key=True),
    _text("key", key=True),
    _json("value"),
    _at("updated_at", required=True),
)
SAVED_VIEW = _table(
    "dg_view",
    _identity(),
    _reference("user_id", "dg_user.id"),
    _text("entity"),
    _text("name"),
    _json("settings", required=True),
    _text("shared", default=""),
    _count("position"),
    _at("created_at", required=True),
    _at("updated_at", required=True),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Index(None, "user_id"),
    Index(None, "entity", "user_id"),
)
"""Views that people keep of lists; `shared` names the roles that have them too, or everybody (`*`)."""
