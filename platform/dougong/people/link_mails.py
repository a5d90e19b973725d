"""The mails of links, in their reader's language, as text and as HTML; the address goes in when a mail is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from sqlalchemy import Connection

from dougong.jobs.mail import BLANK, queue_mail
from dougong.people import links

_WORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "invitation": (
        ("{by}邀请您使用斗拱", "{by} invites you to dougong"),
        (
            "{name}，您好：\n\n{by}为您开通了账号“{login}”。请打开下面的链接，设置密码后即可登录。",
            "Hello {name},\n\n{by} has opened the account “{login}” for you. Open the link below and choose a password.",
        ),
        ("设置密码", "Choose a password"),
        (
            "链接在 {days} 天内有效，只能使用一次。如果您不认识邀请人，请忽略这封邮件。",
            "The link is good for {days} days, and once. If you do not know who invites you, leave this mail alone.",
        ),
    ),
    "reset": (
        ("重设斗拱密码", "Reset your dougong password"),
        (
            "{name}，您好：\n\n有人要求重设账号“{login}”的密码。如果是您，请打开下面的链接。",
            "Hello {name},\n\nsomebody asked for a new password for the account “{login}”. If that was you, open the link below.",
        ),
        ("重设密码", "Choose a new password"),
        (
            "链接在 {minutes} 分钟内有效，只能使用一次。如果不是您，请忽略这封邮件，密码不会改变。",
            "The link is good for {minutes} minutes, and once. If it was not you, leave this mail alone; your password stays as it is.",
        ),
    ),
    "email": (
        ("确认新的邮箱地址", "Confirm your new e-mail address"),
        (
            "{name}，您好：\n\n账号“{login}”的邮箱将改为此地址。请打开下面的链接确认。",
            "Hello {name},\n\nthis is to become the e-mail address of the account “{login}”. Open the link below to confirm it.",
        ),
        ("确认地址", "Confirm the address"),
        (
            "链接在 {minutes} 分钟内有效，只能使用一次。如果不是您，请忽略这封邮件。",
            "The link is good for {minutes} minutes, and once. If it was not you, leave this mail alone.",
        ),
    ),
    "password_changed": (
        ("斗拱密码已修改", "Your dougong password was changed"),
        (
            "{name}，您好：\n\n账号“{login}”的密码刚刚通过邮件链接重设，所有登录都已退出。",
            "Hello {name},\n\nthe password of the account “{login}” was just reset by a link in a mail; all sessions have ended.",
        ),
        ("", ""),
        ("如果不是您，请立即联系管理员。", "If that was not you, tell an administrator at once."),
    ),
    "email_changed": (
        ("斗拱邮箱地址已修改", "Your dougong e-mail address was changed"),
        (
            "{name}，您好：\n\n账号“{login}”的邮箱已改为 {email}，今后的邮件将发往新地址。",
            "Hello {name},\n\nthe e-mail address of the account “{login}” is now {email}; mails go there from now on.",
        ),
        ("", ""),
        ("如果不是您，请立即联系管理员。", "If that was not you, tell an administrator at once."),
    ),
}
"""kind → subject, text, what the link is called, what stands below it; each in zh and en."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a mail."""

    email: str
    name: str
    login: str
    language: str


def send(connection: Connection, kind: str, to: Reader, link_id: int | None = None, **words: object) -> int:
    """Put a mail into the outbox; with a link, whose address stands blank there. Return its id in the outbox."""
    chosen = 0 if to.language == "zh" else 1
    known = {"name": to.name, "login": to.login, **words}
    subject, text, called, below = (each[chosen].format(**known) for each in _WORDS[kind])
    parts = [text, *([BLANK] if link_id is not None else []), below]
    return queue_mail(
        connection,
        [to.email],
        subject,
        "\n\n".join(parts) + "\n",
        html=_html(to.language, subject, text, called if link_id is not None else "", below),
        fill=None if link_id is None else {"link": link_id},
    )


def _html(language: str, subject: str, text: str, called: str, below: str) -> str:
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in text.split("\n\n"))
    button = (
        f'<p><a href="{BLANK}" rel="noreferrer" style="display:inline-block;padding:10px 18px;background:#1f5f99;'
        f'color:#ffffff;text-decoration:none;border-radius:6px">{escape(called)}</a></p>'
        f'<p style="font-size:13px;color:#555555;word-break:break-all">{BLANK}</p>'
        if called
        else ""
    )
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="font-family:sans-serif;font-size:15px;line-height:1.6;color:#222222;max-width:34em;margin:24px auto">'
        f'{paragraphs}{button}<p style="color:#555555">{escape(below)}</p></body></html>'
    )


def filler(public_url: str) -> Callable[[Connection, Mapping[str, Any]], str | None]:
    """What writes the address of a link into its mail when it is sent; nothing, and no mail, when the link is over by then."""

    def fill(connection: Connection, wanted: Mapping[str, Any]) -> str | None:
        secret = links.issue(connection, wanted["link"])
        return None if secret is None else f"{public_url}/link/{secret}"

    return fill
