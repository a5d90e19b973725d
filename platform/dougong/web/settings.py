"""Everything that can be set from outside: one registry of environment variables, read once into a frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.text import LANGUAGES
from dougong.people.oidc_providers import Provider, providers_of
from dougong.people.passwords import Rules as PasswordRules
from dougong.people.sessions import Lifetimes
from dougong.people.sign_in import Rules as SignInRules
from dougong.records.purge import HISTORIES
from dougong.web.catalogue import finding

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?")
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9._-]{1,60}){0,5}/?")
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its environment variable, its default as written, how it is read, and what it is for in zh and en."""

    name: str
    environment: str
    default: str
    read: Callable[[str], Any]
    zh: str
    en: str
    secret: bool = False


def _flag(text: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in known:
        raise ValueError("true or false is expected")
    return known[text.lower()]


def _tristate(text: str) -> bool | None:
    return None if text.lower() == "auto" else _flag(text)


def _size(text: str) -> int:
    value = int(text)
    if value < 1024:
        raise ValueError("a number of bytes of at least 1024 is expected")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 10:
        raise ValueError("a number from 0 to 10 is expected")
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3600:
        raise ValueError("a number of seconds from 0 to 3600 is expected")
    return value


def _pause(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 600:
        raise ValueError("a number of seconds from 0.1 to 600 is expected")
    return value


def _connections(text: str) -> int:
    value = int(text)
    if not 16 <= value <= 65_536:
        raise ValueError("a number from 16 to 65536 is expected")
    return value


def _days(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 36_500:
        raise ValueError("a number of days from 0 to 36500 is expected")
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most} is expected")
        return value

    return read


def _who(text: str) -> tuple[str, ...]:
    """Whom something is asked of: `all`, `admins`, roles as app.role."""
    names = _names(text)
    if not all(name in ("all", "admins") or _ROLE.fullmatch(name) for name in names):
        raise ValueError("all, admins or roles such as crm.director are expected, separated by commas")
    return names


def _existing_file(text: str) -> str:
    if text and not os.access(text, os.R_OK):
        raise ValueError("a file that can be read is expected")
    return text


def _moment(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 3600:
        raise ValueError("a number of seconds from 0 to 3600 is expected")
    return value


def _room(text: str) -> int:
    value = int(text)
    if not 0 <= value < 1 << 60:
        raise ValueError("a number of bytes is expected, or 0")
    return value


def _bucket(text: str) -> str:
    if text and not _BUCKET.fullmatch(text):
        raise ValueError("s3://bucket or s3://bucket/folder is expected")
    return text.rstrip("/")


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _hosts(text: str) -> tuple[str, ...]:
    """Names of hosts, which go into a header: nothing but a host and its port is taken."""
    names = _names(text)
    if not all(_HOST.fullmatch(name) for name in names):
        raise ValueError("names of hosts such as maps.example.com are expected")
    return names


def _inner_hosts(text: str) -> frozenset[str]:
    return frozenset(_hosts(text))


def _between(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not lowest <= value <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest} is expected")
        return value

    return read


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)} is expected")
        return text

    return read


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except Exception as error:
        raise ValueError(
            "a name of the IANA time zone database is expected, such as Asia/Shanghai"
        ) from error
    return text


def _url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("an address that begins with http:// or https:// is expected")
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """An account that a demonstration offers; `titles` say what the person does, per language."""

    login: str
    password: str
    name: str
    titles: dict[str, str]


def _demo_accounts(text: str) -> tuple[DemoLogin, ...]:
    try:
        return msgspec.json.decode(text or "[]", type=tuple[DemoLogin, ...])
    except msgspec.DecodeError as error:
        raise ValueError("a JSON list of login, password, name and titles is expected") from error


REGISTRY: tuple[Setting, ...] = (
    Setting(
        "database",
        "DOUGONG_DATABASE",
        "sqlite:///dougong.db",
        str,
        "数据库地址（SQLAlchemy URL）",
        "Database address (SQLAlchemy URL)",
        secret=True,
    ),
    Setting(
        "files",
        "DOUGONG_FILES",
        "",
        str,
        "上传文件的文件夹；默认在数据库旁",
        "Folder of uploaded files; by default beside the database",
    ),
    Setting(
        "file_store",
        "DOUGONG_FILE_STORE",
        "",
        _bucket,
        "记录附件所在的 S3 存储桶，如 s3://bucket/folder；默认使用文件夹",
        "S3 bucket in which the files of records are kept, such as s3://bucket/folder; by default the folder",
    ),
    Setting(
        "file_redirect",
        "DOUGONG_FILE_REDIRECT",
        "0",
        _moment,
        "下载附件时转到存储桶签名地址的有效秒数；0 表示由服务器转发",
        "Seconds for which the signed address is good that downloads are sent to; 0 streams them through the server",
    ),
    Setting(
        "file_quota",
        "DOUGONG_FILE_QUOTA",
        "0",
        _room,
        "每个应用的附件总量上限（字节）；0 表示不限",
        "Bytes that the files of one app may have together; 0 is no limit",
    ),
    Setting(
        "s3_endpoint",
        "DOUGONG_S3_ENDPOINT",
        "",
        _url,
        "S3 兼容存储的地址；留空为 Amazon S3",
        "Address of the S3-compatible store; empty is Amazon S3",
    ),
    Setting("s3_region", "DOUGONG_S3_REGION", "us-east-1", str, "存储区域", "Region of the store"),
    Setting(
        "s3_access_key",
        "DOUGONG_S3_ACCESS_KEY",
        "",
        str,
        "访问密钥编号；留空则按 AWS 惯例查找",
        "Id of the access key; where it is empty, keys are looked for as AWS does",
        secret=True,
    ),
    Setting(
        "s3_secret_key", "DOUGONG_S3_SECRET_KEY", "", str, "访问密钥", "The access key itself", secret=True
    ),
    Setting(
        "hosts",
        "DOUGONG_HOSTS",
        "",
        _names,
        "允许的主机名，逗号分隔；* 表示全部",
        "Host names that may be asked for, separated by commas; * is any",
    ),
    Setting(
        "frames",
        "DOUGONG_FRAMES",
        "",
        _hosts,
        "可嵌入页面的主机名，逗号分隔；页面只能在框中打开这些主机",
        "Hosts whose pages may be embedded, separated by commas; frames of no other host are let in",
    ),
    Setting(
        "public_url",
        "DOUGONG_PUBLIC_URL",
        "",
        _url,
        "邮件中链接使用的对外地址",
        "Public address, used for links in mails",
    ),
    Setting(
        "secure_cookies",
        "DOUGONG_SECURE_COOKIES",
        "auto",
        _tristate,
        "仅通过 HTTPS 发送 Cookie；auto 取决于对外地址",
        "Cookies over HTTPS only; auto follows the public address",
    ),
    Setting(
        "proxies", "DOUGONG_PROXIES", "0", _count, "前置可信代理的层数", "Number of trusted proxies in front"
    ),
    Setting(
        "max_body",
        "DOUGONG_MAX_BODY",
        str(64 * MEBIBYTE),
        _size,
        "请求体上限（字节），含上传文件",
        "Largest request body in bytes, uploads included",
    ),
    Setting(
        "max_json",
        "DOUGONG_MAX_JSON",
        str(32 * MEBIBYTE),
        _size,
        "JSON 请求体上限（字节）",
        "Largest JSON body in bytes",
    ),
    Setting("language", "DOUGONG_LANGUAGE", "zh", _one_of(*LANGUAGES), "默认语言", "Default language"),
    Setting(
        "timezone", "DOUGONG_TIMEZONE", "Asia/Shanghai", _timezone, "公司所在时区", "Time zone of the company"
    ),
    Setting(
        "smtp_url",
        "DOUGONG_SMTP_URL",
        "",
        str,
        "发信服务器，如 smtp://user:password@host:587",
        "Mail server, such as smtp://user:password@host:587",
        secret=True,
    ),
    Setting("mail_from", "DOUGONG_MAIL_FROM", "dougong@localhost", str, "发件人地址", "Sender of mails"),
    Setting(
        "log_format", "DOUGONG_LOG_FORMAT", "json", _one_of("json", "text"), "日志格式", "Form of the log"
    ),
    Setting(
        "log_level",
        "DOUGONG_LOG_LEVEL",
        "info",
        _one_of("debug", "info", "warning", "error"),
        "日志级别",
        "Level of the log",
    ),
    Setting(
        "metrics_token",
        "DOUGONG_METRICS_TOKEN",
        "",
        str,
        "读取 /metrics 所需的令牌；未设置时只允许本机",
        "Token for /metrics; without one only this machine may read it",
        secret=True,
    ),
    Setting(
        "setup_token",
        "DOUGONG_SETUP_TOKEN",
        "",
        str,
        "创建首个管理员所需的一次性令牌；serve 会自动生成",
        "One-time token for making the first administrator; serve makes one itself",
        secret=True,
    ),
    Setting(
        "demo_accounts",
        "DOUGONG_DEMO_ACCOUNTS",
        "",
        _demo_accounts,
        "登录页展示的演示账号（JSON）；由 demo 设置",
        "Demo accounts offered on the sign-in page (JSON); set by demo",
        secret=True,
    ),
    Setting(
        "patience",
        "DOUGONG_PATIENCE",
        "30",
        _pause,
        "服务器等待客户端的最长停顿秒数（发送请求或接收应答）",
        "Seconds for which a client may pause while it sends a request or takes an answer",
    ),
    Setting(
        "connections",
        "DOUGONG_CONNECTIONS",
        "4096",
        _connections,
        "每个进程同时处理的连接数",
        "Connections that one process looks after at a time",
    ),
    Setting(
        "max_answer",
        "DOUGONG_MAX_ANSWER",
        str(64 * MEBIBYTE),
        _size,
        "API 单次应答上限（字节）；导出文件不限",
        "Largest answer of the API in bytes; exports have no limit",
    ),
    Setting(
        "query_seconds",
        "DOUGONG_QUERY_SECONDS",
        "30",
        _seconds,
        "一条数据库语句最多执行的秒数，超时即中止；0 表示不限",
        "Seconds that one statement of a request may keep the database busy before it is refused; 0 is no limit",
    ),
    Setting(
        "bin_days",
        "DOUGONG_BIN_DAYS",
        "90",
        _days,
        "回收站保留天数，过期后彻底删除；0 表示永久保留",
        "Days for which the recycle bin keeps records before they are deleted for good; 0 keeps them",
    ),
    Setting(
        "removed_days",
        "DOUGONG_REMOVED_DAYS",
        "365",
        _days,
        "已移除的字段、数据表和转换前的原值至少保留的天数；此后可用 dougong purge --removed 清除",
        "Days for which removed fields, tables and former values are kept at least; then dougong purge --removed may take them",
    ),
    Setting(
        "bin_history",
        "DOUGONG_BIN_HISTORY",
        "events",
        _one_of(*HISTORIES),
        "彻底删除后历史的去留：values 全部保留，events 仅保留事件，none 不保留",
        "What stays of the history of records deleted for good: values (all), events (without values) or none",
    ),
    Setting(
        "session_idle_hours",
        "DOUGONG_SESSION_IDLE_HOURS",
        "12",
        _whole(1, 720),
        "登录后无操作多少小时自动退出",
        "Hours without use after which a session ends",
    ),
    Setting(
        "session_hours",
        "DOUGONG_SESSION_HOURS",
        "24",
        _whole(1, 8760),
        "一次登录最长有效小时数",
        "Hours after which a session ends in any case",
    ),
    Setting(
        "remember_idle_days",
        "DOUGONG_REMEMBER_IDLE_DAYS",
        "7",
        _whole(1, 365),
        "选择“保持登录”后，无操作多少天自动退出",
        "Days without use after which a session ends where somebody chose to stay signed in",
    ),
    Setting(
        "remember_days",
        "DOUGONG_REMEMBER_DAYS",
        "30",
        _whole(1, 365),
        "选择“保持登录”后，一次登录最长有效天数",
        "Days after which such a session ends in any case",
    ),
    Setting(
        "second_factor",
        "DOUGONG_SECOND_FACTOR",
        "",
        _who,
        "谁必须使用第二重验证：all、admins 或角色（如 crm.director），逗号分隔",
        "Who must use a second factor: all, admins or roles such as crm.director, separated by commas",
    ),
    Setting(
        "password_length",
        "DOUGONG_PASSWORD_LENGTH",
        "12",
        _whole(8, 64),
        "密码的最少字符数",
        "Fewest characters of a password",
    ),
    Setting(
        "password_memory",
        "DOUGONG_PASSWORD_MEMORY",
        str(19 * 1024),
        _whole(8 * 1024, 4 * 1024 * 1024),
        "计算密码哈希（argon2id）所用内存（KiB）；更改后在下次登录时重新计算",
        "Memory in KiB for hashing a password (argon2id); after a change each is hashed anew at the next sign-in",
    ),
    Setting(
        "password_passes",
        "DOUGONG_PASSWORD_PASSES",
        "3",
        _whole(1, 100),
        "计算密码哈希的遍数",
        "Passes over that memory",
    ),
    Setting(
        "breached_passwords",
        "DOUGONG_BREACHED_PASSWORDS",
        "",
        _existing_file,
        "已泄露密码名单：SHA-1 值按序每行一个的文件，可带次数（SUM:COUNT）",
        "List of leaked passwords: a file of SHA-1 sums in their order, one a line, with or without a count (SUM:COUNT)",
    ),
    Setting(
        "token_days",
        "DOUGONG_TOKEN_DAYS",
        "365",
        _whole(1, 3650),
        "令牌的最长有效天数",
        "Most days for which a token may be valid",
    ),
    Setting(
        "key_file",
        "DOUGONG_KEY_FILE",
        "",
        str,
        "加密所存密钥（如验证器密钥）的密钥文件；默认在文件夹旁，首次使用时生成，请另行备份",
        "File of the key that seals stored secrets (authenticators); by default beside the files folder; back it up by itself",
    ),
    Setting(
        "audit_days",
        "DOUGONG_AUDIT_DAYS",
        "0",
        _days,
        "审计记录保留天数，过期后删除并在封存链中留下锚点；0 表示永久保留",
        "Days for which the audit trail is kept; what goes leaves its anchor in the sealed chain; 0 keeps it",
    ),
    Setting(
        "invitation_days",
        "DOUGONG_INVITATION_DAYS",
        "7",
        _between(1, 90),
        "邀请链接的有效天数",
        "Days for which an invitation is good",
    ),
    Setting(
        "reset_minutes",
        "DOUGONG_RESET_MINUTES",
        "60",
        _between(5, 1440),
        "重设密码和确认邮箱的链接的有效分钟数",
        "Minutes for which a link for a new password or a new e-mail address is good",
    ),
    Setting(
        "sign_on",
        "DOUGONG_SIGN_ON",
        "",
        providers_of,
        "单点登录（OpenID Connect）平台的 JSON 列表，或存放该列表的文件路径",
        "Providers of single sign-on (OpenID Connect) as a JSON list, or the path of a file that holds it",
    ),
    Setting(
        "outgoing_hosts",
        "DOUGONG_OUTGOING_HOSTS",
        "",
        _inner_hosts,
        "允许本服务器访问的内网主机（name 或 name:port），逗号分隔；公网主机无需列出",
        "Hosts of the own network that this server may ask (name or name:port), separated by commas; public ones need no mention",
    ),
    Setting(
        "worker",
        "DOUGONG_WORKER",
        "true",
        _flag,
        "服务器是否自带后台任务进程",
        "Whether the server runs background work itself",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    database: str = field(default="sqlite:///dougong.db", repr=False)
    files: str = ""
    file_store: str = ""
    file_redirect: int = 0
    file_quota: int = 0
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: str = field(default="", repr=False)
    s3_secret_key: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    public_url: str = ""
    secure_cookies: bool | None = None
    proxies: int = 0
    max_body: int = 64 * MEBIBYTE
    max_json: int = 32 * MEBIBYTE
    language: str = "zh"
    timezone: str = "Asia/Shanghai"
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "dougong@localhost"
    log_format: str = "json"
    log_level: str = "info"
    metrics_token: str = field(default="", repr=False)
    setup_token: str = field(default="", repr=False)
    demo_accounts: tuple[DemoLogin, ...] = field(default=(), repr=False)
    patience: float = 30
    connections: int = 4096
    max_answer: int = 64 * MEBIBYTE
    query_seconds: float = 30
    bin_days: int = 90
    removed_days: int = 365
    bin_history: str = "events"
    session_idle_hours: int = 12
    session_hours: int = 24
    remember_idle_days: int = 7
    remember_days: int = 30
    second_factor: tuple[str, ...] = ()
    password_length: int = 12
    password_memory: int = 19 * 1024
    password_passes: int = 3
    breached_passwords: str = ""
    token_days: int = 365
    key_file: str = ""
    audit_days: int = 0
    invitation_days: int = 7
    reset_minutes: int = 60
    sign_on: tuple[Provider, ...] = field(default=(), repr=False)
    outgoing_hosts: frozenset[str] = frozenset()
    worker: bool = True

    @property
    def lifetimes(self) -> Lifetimes:
        """How long sessions last."""
        return Lifetimes(
            timedelta(hours=self.session_idle_hours),
            timedelta(hours=self.session_hours),
            timedelta(days=self.remember_idle_days),
            timedelta(days=self.remember_days),
        )

    @property
    def password_rules(self) -> PasswordRules:
        """How passwords are judged and kept."""
        breached = Path(self.breached_passwords) if self.breached_passwords else None
        return PasswordRules(self.password_length, self.password_memory, self.password_passes, breached)

    @property
    def sign_in_rules(self) -> SignInRules:
        """What holds for signing in."""
        return SignInRules(self.password_rules, self.lifetimes, bool(self.smtp_url))

    @property
    def sends_links(self) -> bool:
        """Whether mails with links can be sent: there is a mail server, and an address for them to lead to."""
        return bool(self.smtp_url and self.public_url)

    @property
    def secure(self) -> bool:
        """Whether cookies travel over HTTPS only."""
        if self.secure_cookies is not None:
            return self.secure_cookies
        return self.public_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings from the environment, with what the command line gives put over them; a wrong value is a `Refusal`."""
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    for setting in REGISTRY:
        text = source.get(setting.environment, "") or setting.default
        try:
            values[setting.name] = setting.read(text)
        except ValueError as error:
            problems.append(finding("W101", setting.environment, name=setting.environment, reason=error))
    if values.get("sign_on") and not values.get("public_url"):
        problems.append(
            finding("W102", "DOUGONG_PUBLIC_URL", name="DOUGONG_PUBLIC_URL", other="DOUGONG_SIGN_ON")
        )
    if problems:
        raise Refusal("invalid", problems)
    known = {each.name for each in fields(Settings)}
    values.update({name: value for name, value in given.items() if name in known and value is not None})
    return Settings(**values)
