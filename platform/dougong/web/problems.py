"""Refusals and failures as RFC 9457 problem details: one shape on every path, never a stack, a path or a statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from dougong.definitions import catalogue as definitions
from dougong.diagnostics import Diagnostic, Refusal, Severity
from dougong.people import messages as people
from dougong.web import catalogue

STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "malformed": 400,
        "unauthorised": 401,
        "forbidden": 403,
        "missing": 404,
        "method": 405,
        "unacceptable": 406,
        "conflict": 409,
        "stale": 412,
        "too_large": 413,
        "unsupported": 415,
        "range": 416,
        "misdirected": 421,
        "invalid": 422,
        "too_many": 429,
        "broken": 500,
        "unavailable": 503,
        "full": 507,
    }
)
TITLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "malformed": ("请求有误", "The request is malformed"),
        "unauthorised": ("需要登录", "Sign in first"),
        "forbidden": ("没有权限", "Not allowed"),
        "missing": ("找不到", "Not found"),
        "method": ("方法不被接受", "Method not allowed"),
        "unacceptable": ("无法提供此格式", "Not acceptable"),
        "conflict": ("与现有数据冲突", "In conflict with what is there"),
        "stale": ("数据已被修改", "Changed in the meantime"),
        "too_large": ("内容过大", "Too large"),
        "unsupported": ("不支持的内容类型", "Unsupported content type"),
        "range": ("没有这一段内容", "There is no such part of it"),
        "misdirected": ("主机名未被允许", "Host not allowed"),
        "invalid": ("数据未通过检查", "The data did not pass the checks"),
        "too_many": ("请求过多", "Too many requests"),
        "broken": ("服务器出错", "Something went wrong"),
        "unavailable": ("服务暂时不可用", "Not available for the moment"),
        "full": ("存储空间不足", "No space left"),
    }
)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal; a kind nobody knows is a failure of ours."""
    return STATUSES.get(refusal.kind, 500)


def title_of(kind: str, language: str) -> str:
    """What a kind of refusal is called in a language."""
    return TITLES.get(kind, TITLES["broken"])[0 if language == "zh" else 1]


def message_of(diagnostic: Diagnostic, language: str) -> str:
    """The message of a finding in a language, where its catalogue knows it in more than one."""
    return _said(diagnostic, language)[0]


def hint_of(diagnostic: Diagnostic, language: str) -> str:
    """The hint of a finding in a language."""
    return _said(diagnostic, language)[1]


def _said(diagnostic: Diagnostic, language: str) -> tuple[str, str]:
    words = dict(diagnostic.parameters)
    if diagnostic.code in catalogue.MESSAGES:
        return catalogue.say(diagnostic, language), diagnostic.hint
    if diagnostic.code in definitions.CATALOGUE:
        return definitions.say(diagnostic, language)
    if diagnostic.code in people.MESSAGES:
        return people.say(diagnostic.code, language, diagnostic.parameters), diagnostic.hint
    if language == "zh" and "zh" in words:
        return words["zh"], words.get("zh_hint", diagnostic.hint)
    return diagnostic.message, diagnostic.hint


def diagnostic_document(diagnostic: Diagnostic, language: str) -> dict[str, Any]:
    """One finding as data: the same keys over HTTP and on the command line."""
    document: dict[str, Any] = {
        "path": diagnostic.path,
        "code": diagnostic.code,
        "message": message_of(diagnostic, language),
    }
    hint = hint_of(diagnostic, language)
    if hint:
        document["hint"] = hint
    if diagnostic.severity != "error":
        document["severity"] = str(diagnostic.severity)
    if diagnostic.severity == Severity.WARNING and (key := dict(diagnostic.parameters).get("confirm")):
        document["confirm"] = key
    if diagnostic.place is not None:
        place = diagnostic.place
        document |= {"file": place.file, "line": place.line, "column": place.column}
    return document


def problem_document(
    kind: str, problems: Iterable[Diagnostic], language: str, request_id: str, code: str = ""
) -> dict[str, Any]:
    """The body of an `application/problem+json` answer."""
    errors = [diagnostic_document(problem, language) for problem in problems]
    title = title_of(kind, language)
    first = errors[0] if errors else None
    return {
        "type": f"urn:dougong:problem:{kind}",
        "title": title,
        "status": STATUSES.get(kind, 500),
        "code": code or (first["code"] if first else kind),
        "detail": first["message"] if first else title,
        "errors": errors,
        "request_id": request_id,
    }
