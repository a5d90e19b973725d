"""Mail: written into the outbox with the change that causes it, sent by a job, with a Message-ID that never changes.

A worker may die between sending and noting it, so a mail can arrive twice; as it carries the same Message-ID, mail programs show
it once.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from dougong.diagnostics import Diagnostic, Refusal
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.email import EmailType
from dougong.jobs import queue
from dougong.jobs.running import Job, reason_of
from dougong.jobs.tasks import Task
from dougong.model.field import Field
from dougong.model.text import Text
from dougong.storage.system import OUTBOX

TASK = "mail.send"
WAITING, SENT, FAILED, DROPPED = "waiting", "sent", "failed", "dropped"
MOST_RECIPIENTS = 100
LONGEST_SUBJECT = 500
LONGEST_BODY = 1_000_000
BLANK = "%LINK%"
"""Stands in a mail where something is written only when it is sent, as the outbox must not hold it."""
Fill = Callable[[Connection, Mapping[str, Any]], str | None]
"""From what a mail says of its blank to what is written there; nothing when the mail is not wanted any more."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_ADDRESS = Field(id="address", type="email", label=Text.of("Address"))


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves. `sender` is an address; `domain` names the Message-IDs and must not change."""

    host: str
    sender: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    login: str = ""
    password: str = ""
    sender_name: str = "dougong"
    timeout: float = 30

    def __repr__(self) -> str:
        return f"MailSettings(host={self.host!r}, port={self.port}, security={self.security!r})"

    @property
    def domain(self) -> str:
        """The domain of the sender."""
        return self.sender.rpartition("@")[2]


def queue_mail(
    connection: Connection,
    to: Sequence[str],
    subject: str,
    text: str,
    *,
    html: str | None = None,
    key: str | None = None,
    reply_to: str = "",
    fill: Mapping[str, Any] | None = None,
) -> int:
    """Put a mail into the outbox in the caller's transaction and return its id there; refused for what is no mail.

    With a `key`, the second mail with the same key is not written; the id of the first comes back. With `fill`, what stands blank
    in it is written when it is sent, each time anew.
    """
    recipients = _recipients(to, "to")
    if reply_to:
        _recipients([reply_to], "reply_to")
    if len(text) > LONGEST_BODY or len(html or "") > LONGEST_BODY:
        raise _refusal("mail_too_long", f"a mail has at most {LONGEST_BODY} characters", "text")
    payload = {
        "to": recipients,
        "subject": _CONTROL.sub(" ", _sound(subject)).strip()[:LONGEST_SUBJECT],
        "text": _sound(text),
        "html": None if html is None else _sound(html),
        "reply_to": reply_to,
        **({} if fill is None else {"fill": dict(fill)}),
    }
    now = datetime.now(UTC)
    if key is not None:
        known: int | None = connection.execute(
            select(OUTBOX.c.id).where(OUTBOX.c.key == key)
        ).scalar_one_or_none()
        if known is not None:
            return known
    row = {"kind": "mail", "key": key, "payload": payload, "created_at": now, "due": now}
    mail_id: int = connection.execute(insert(OUTBOX).values(row).returning(OUTBOX.c.id)).scalar_one()
    queue.enqueue(connection, TASK, {"outbox": mail_id}, key=f"mail:{mail_id}", max_attempts=8)
    return mail_id


def mail_task(settings: Callable[[], MailSettings | None], fill: Fill | None = None) -> Task:
    """Return the task that sends mail; `settings` is asked each time and gives None while mail is not set up, `fill` writes
    what stands blank in a mail."""

    def send(job: Job, arguments: Mapping[str, Any]) -> None:
        current = settings()
        if current is None:
            raise Refusal(
                "unavailable", [Diagnostic("mail_not_set_up", "mail is not set up", hint="set the SMTP host")]
            )
        with job.database.reading() as connection:
            row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == arguments["outbox"])).one_or_none()
        if row is None or row.state != WAITING:
            return
        payload = _filled(job, row, fill)
        if payload is not None:
            _deliver(job, row, payload, current)

    return Task(TASK, send)


def _filled(job: Job, row: Row[*tuple[Any, ...]], fill: Fill | None) -> Mapping[str, Any] | None:
    """What to send; nothing, and the mail is dropped, when nobody wants it any more."""
    wanted = row.payload.get("fill")
    if wanted is None:
        payload: Mapping[str, Any] = row.payload
        return payload
    with job.writing() as connection:
        written = fill(connection, wanted) if fill is not None else None
        if written is None:
            _note(connection, row.id, DROPPED, row.attempts, None)
            job.complete(connection, {"state": DROPPED})
            return None
    texts = {name: row.payload[name] for name in ("text", "html") if row.payload.get(name)}
    return {**row.payload, **{name: value.replace(BLANK, written) for name, value in texts.items()}}


def _deliver(
    job: Job, row: Row[*tuple[Any, ...]], payload: Mapping[str, Any], settings: MailSettings
) -> None:
    """Send one mail and note what became of it; a passing trouble is raised, so that the job is tried again."""
    try:
        refused = send_now(message_of(row.id, row.created_at, payload, settings), settings)
    except (smtplib.SMTPException, OSError) as error:
        permanent = is_permanent(error)
        with job.writing() as connection:
            _note(
                connection,
                row.id,
                FAILED if permanent else WAITING,
                row.attempts + 1,
                reason_of(error)[:1000],
            )
            if permanent:
                job.complete(connection, {"state": FAILED})
        if permanent:
            return
        raise
    with job.writing() as connection:
        _note(connection, row.id, SENT, row.attempts + 1, "; ".join(sorted(refused)) or None)
        job.complete(connection, {"state": SENT, "refused": sorted(refused)})


def message_of(
    mail_id: int, written_at: datetime, payload: Mapping[str, Any], settings: MailSettings
) -> EmailMessage:
    """Return the message; the same mail always gives the same Message-ID and date."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<dougong.{mail_id}.{int(written_at.timestamp() * 1_000_000)}@{settings.domain}>"
    message["Date"] = format_datetime(written_at)
    message["From"] = formataddr((settings.sender_name, settings.sender))
    message["To"] = ", ".join(payload["to"])
    message["Subject"] = payload["subject"]
    message["Auto-Submitted"] = "auto-generated"
    if payload.get("reply_to"):
        message["Reply-To"] = payload["reply_to"]
    message.set_content(payload["text"])
    if payload.get("html"):
        message.add_alternative(payload["html"], subtype="html")
    return message


def send_now(message: EmailMessage, settings: MailSettings) -> dict[str, tuple[int, bytes]]:
    """Hand a message to the SMTP server; return the recipients it refused, raise when it refused them all."""
    context = ssl.create_default_context()
    with _connected(settings, context) as server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.login:
            server.login(settings.login, settings.password)
        return server.send_message(message)


def _connected(settings: MailSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
    return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)


def is_permanent(error: Exception) -> bool:
    """Say whether trying again can change nothing: the server said 5xx about the mail itself."""
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _note(connection: Connection, mail_id: int, state: str, attempts: int, error: str | None) -> None:
    sent_at = datetime.now(UTC) if state == SENT else None
    values = {"state": state, "attempts": attempts, "error": error, "sent_at": sent_at}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == mail_id).values(values))


def address_of(text: str, path: str) -> str:
    """A mail address in its usual form, empty for none; refused for what is none."""
    try:
        return str(EmailType().coerce(text, _ADDRESS) or "")
    except Invalid as error:
        raise Refusal("invalid", [error.problem.diagnostic(path)]) from error


def _recipients(addresses: Sequence[str], path: str) -> list[str]:
    good = [each for each in dict.fromkeys(address_of(address, path) for address in addresses) if each]
    if not 1 <= len(good) <= MOST_RECIPIENTS:
        raise _refusal("mail_recipients", f"a mail has 1 to {MOST_RECIPIENTS} recipients", path)
    return good


def _sound(text: str) -> str:
    """Text that every database and mail server takes: no NUL, no half characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _refusal(code: str, message: str, path: str) -> Refusal:
    return Refusal("invalid", [Diagnostic(code, message, path)])
