"""The one place that knows every part: opens a database, compiles what stands in it, and puts a runtime together."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask
from sqlalchemy import Connection

from dougong import compiler
from dougong.definitions.load import load_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.jobs import Tasks, Worker, mail
from dougong.model.app import App
from dougong.people import audit, evidence, housekeeping, resets
from dougong.people.actor import SYSTEM
from dougong.people.link_mails import filler
from dougong.people.sealing import Keys
from dougong.records import file_upkeep, retention
from dougong.records.call import call_for
from dougong.records.dependents import dependents_of
from dougong.records.recompute import recompute_following
from dougong.records.renumber import new_serials, number_missing, owners_of
from dougong.records.view_renames import follow_renames, renames_of
from dougong.storage import ledger
from dougong.storage.database import Database
from dougong.storage.formulas import changed_values
from dougong.storage.install import install, is_current, is_installed
from dougong.storage.plan import Plan
from dougong.storage.release import Releases, release_of, releases_of
from dougong.storage.stores.base import Store
from dougong.storage.stores.folder import FolderStore
from dougong.storage.stores.s3 import Bucket, S3Store
from dougong.web import exporting, importing, sweeping, works
from dougong.web.application import create_app
from dougong.web.bridge import Bridge
from dougong.web.logs import configure
from dougong.web.runtime import Renderers, Runtime
from dougong.web.settings import Settings, read_settings
from dougong.workflow import notice_job, notices, submit, upkeep
from dougong_renderers.api.openapi import openapi
from dougong_renderers.diagrams.draw import KINDS as DIAGRAMS
from dougong_renderers.html.assets import STATIC
from dougong_renderers.html.render import HtmlRenderer
from dougong_renderers.tables import MEDIA_TYPES, WRITERS

THREADS = 8
"""Requests that one process works on at a time."""
WAITING = 32
"""So many of the largest bodies may be on their way to one process at a time."""


def open_database(url: str, create: bool = True, statement_seconds: float = 0) -> Database:
    """The database of an address with the platform's own tables in it, those of an older release brought up to date; `create` False
    refuses one without them."""
    database = Database(url, SQLITE_FUNCTIONS, statement_seconds=statement_seconds)
    submit.attach()
    if create:
        install(database)
        return database
    with database.reading() as connection:
        if not is_installed(connection):
            problem = Diagnostic(
                "P106", "there is no dougong in this database yet", hint="run: dougong apply APP"
            )
            raise Refusal("missing", [problem])
        current = is_current(connection)
    if not current:
        install(database)
    return database


def releases(database: Database) -> Releases:
    """The releases of a database in this process."""
    return releases_of(database)


def files_folder(settings: Settings, database: Database) -> Path:
    """Where uploaded files lie: as set, else beside the embedded database, else in the working folder."""
    if settings.files:
        return Path(settings.files)
    path = database.path
    return path.with_name(f"{path.stem}-files") if path is not None else Path("dougong-files")


def keys_of(settings: Settings, database: Database) -> Keys:
    """Where the key lies that seals secrets: as set, else beside the folder of files, so that copies of neither hold it."""
    if settings.key_file:
        return Keys(Path(settings.key_file))
    folder = files_folder(settings, database)
    return Keys(folder.with_name(f"{folder.name}.key"))


def file_store(settings: Settings, database: Database) -> Store:
    """Where the files of records are kept: in a bucket where one is set, else in the folder."""
    if not settings.file_store:
        return FolderStore(files_folder(settings, database), settings.file_quota)
    name, _, prefix = settings.file_store.removeprefix("s3://").partition("/")
    bucket = Bucket(
        name,
        f"{prefix}/" if prefix else "",
        settings.s3_endpoint,
        settings.s3_region,
        settings.s3_access_key,
        settings.s3_secret_key,
        settings.file_redirect,
    )
    return S3Store(bucket, settings.file_quota)


def open_runtime(settings: Settings, database: Database | None = None) -> Runtime:
    """The runtime of one process."""
    opened = database or open_database(settings.database, statement_seconds=settings.query_seconds)
    notices.open_post(bool(settings.smtp_url))
    return Runtime(
        database=opened,
        files_folder=files_folder(settings, opened),
        files=file_store(settings, opened),
        settings=settings,
        renderers=Renderers(HtmlRenderer(), openapi, STATIC, WRITERS, MEDIA_TYPES, DIAGRAMS),
        releases=releases(opened),
        afterwards=after_apply,
        keys=keys_of(settings, opened),
    )


def application() -> Flask:
    """The WSGI application of this process, from its environment; servers import it by name."""
    settings = read_settings()
    configure(settings.log_format, settings.log_level)
    return create_app(open_runtime(settings))


def served() -> Bridge:
    """The application as `dougong serve` gives it to the server, which imports it by name: slow clients keep no thread of it busy."""
    settings = read_settings()
    return Bridge(
        application(),
        threads=THREADS,
        patience=settings.patience,
        most=settings.max_body,
        waiting=WAITING * settings.max_body,
    )


def after_apply(connection: Connection, plan: Plan) -> None:
    """What a new version asks of the data that stand there already, in the transaction that applies it.

    Records get the numbers of new serial fields, formulas that are new or changed are computed for every record, approvals
    of entities that are gone end, and saved views follow renamed fields.
    """
    audit.noted(connection, "app.apply", f"app:{plan.app.id}", operations=len(plan.steps))
    if not plan.base:
        return
    upkeep.end_orphans(connection, plan.app)
    _follow_renames(connection, plan)
    recorded = _recorded(connection)
    known = recorded.get(plan.app.id)
    serials = new_serials(known, plan.app, plan.former)
    operations = [step.operation for step in plan.steps] if len(recorded) > 1 else []
    changed = {key for key, _ in changed_values(operations)}
    if serials or plan.recomputed or changed:
        release = release_of({**recorded, plan.app.id: plan.app})
        call = call_for(release, connection, SYSTEM, "cli")
        for key, field in serials:
            number_missing(call, key, field)
        behind = [each for key in changed for each in dependents_of(release).next_to(key)]
        recompute_following(call, [*plan.recomputed, *owners_of(release, serials), *behind])


def _follow_renames(connection: Connection, plan: Plan) -> None:
    """Saved views name fields as the new version does."""
    before = ledger.present(connection, plan.app.id)
    renames = renames_of(before.tables, plan.schema) if before is not None else {}
    if renames:
        release = release_of({**_recorded(connection), plan.app.id: plan.app})
        follow_renames(call_for(release, connection, SYSTEM, "cli"), renames)


def _recorded(connection: Connection) -> dict[str, App]:
    """The installed apps as the transaction sees them."""
    trees = [load_sources(each.sources, name) for name, each in ledger.definitions(connection).items()]
    return {each.id: each for each in compiler.compile_apps(trees) if isinstance(each, App)}


def worker(settings: Settings, database: Database) -> Worker:
    """The worker that runs everything this product does in the background."""
    return Worker(database, tasks_of(settings, database))


def tasks_of(settings: Settings, database: Database) -> Tasks:
    """Everything that this product does in the background."""
    chosen = mail_settings(settings) if settings.smtp_url else None
    folder, store = files_folder(settings, database), file_store(settings, database)
    imports = importing.task(releases(database), folder, store)
    exports = exporting.task(releases(database), folder, store, WRITERS)
    notices.open_post(bool(settings.smtp_url))
    told = notice_job.task(releases(database), settings.public_url)
    kept = retention.Retention(settings.bin_days, settings.bin_history)
    bin_ = retention.task(releases(database), store, kept)
    return Tasks(
        [
            mail.mail_task(lambda: chosen, filler(settings.public_url)),
            resets.task(settings.reset_minutes),
            imports,
            exports,
            sweeping.task(folder),
            told,
            works.task(releases(database), after_apply),
            housekeeping.task(),
            bin_,
            evidence.task(database, settings.audit_days),
            file_upkeep.task(database, store),
        ]
    )


def mail_settings(settings: Settings) -> mail.MailSettings:
    """How mail leaves, from its address: smtp:// begins plainly and turns to TLS, smtps:// is TLS from the start."""
    parts = urlsplit(settings.smtp_url)
    security = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "none"}.get(parts.scheme)
    if security is None or not parts.hostname:
        hint = "write smtp://user:password@host:587"
        raise Refusal("invalid", [Diagnostic("C140", "DOUGONG_SMTP_URL cannot be read", hint=hint)])
    return mail.MailSettings(
        host=parts.hostname,
        sender=settings.mail_from,
        port=parts.port or (465 if security == "tls" else 587),
        security=security,  # type: ignore[arg-type]  # one of the three words above
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
