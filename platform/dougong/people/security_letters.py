"""Letters about an account to its person: what was changed or used, when and from where, so that a stranger's doing is noticed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from dougong.diagnostics import Refusal
from dougong.jobs.mail import queue_mail
from dougong.people.origin import origin
from dougong.storage.system import USER

LETTERS: dict[str, tuple[str, str]] = {
    "password_changed": ("你的密码已修改", "Your password was changed"),
    "factor_added": ("你的账号添加了第二重验证", "A second factor was added to your account"),
    "factor_removed": ("你的账号移除了一项第二重验证", "A second factor was removed from your account"),
    "factors_reset": (
        "管理员重置了你的第二重验证，现在登录只需密码",
        "An administrator has reset your second factors; signing in asks for your password alone",
    ),
    "codes_renewed": ("你的恢复码已重新生成", "Your recovery codes were made anew"),
    "recovery_used": ("有人用恢复码登录了你的账号", "A recovery code was used to sign in to your account"),
    "new_browser": ("你的账号在新的浏览器中登录", "Your account was signed in to in a new browser"),
}
"""What is told, in zh and en."""
_BODY = (
    "{what}。\n\n时间：{at}\n地址：{address}\n\n如果不是你本人的操作，请立即修改密码、在“登录与安全”中退出其他设备，并告诉管理员。\n",
    "{what}.\n\nWhen: {at}\nFrom: {address}\n\nIf this was not you, change your password, end other sessions, tell your administrator.\n",
)


def tell(connection: Connection, user_id: int, letter: str) -> None:
    """Write to a person, if there is an address to write to, with the change that the letter is about."""
    columns = (USER.c.email, USER.c.language, USER.c.timezone)
    row = connection.execute(select(*columns).where(USER.c.id == user_id)).one()
    if not row.email:
        return
    index = 0 if row.language == "zh" else 1
    what = LETTERS[letter][index]
    at = datetime.now(UTC).astimezone(ZoneInfo(row.timezone)).strftime("%Y-%m-%d %H:%M (%Z)")
    address = origin().address or "-"
    with suppress(Refusal):  # an address that is none keeps nobody from changing a password
        queue_mail(connection, [row.email], what, _BODY[index].format(what=what, at=at, address=address))
