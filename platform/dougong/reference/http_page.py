"""Every entry point of the server, from the table it is built from."""

from __future__ import annotations

from collections.abc import Iterable

from dougong.reference import route_words
from dougong.reference.markdown import Language, code, codes, page, pick, table
from dougong.web.problems import STATUSES, TITLES
from dougong.web.routes import Route
from dougong.web.table import API, OPEN, PAGES

PREFIX = "/api/v1"
ACCESS = {
    "public": ("everybody", "所有人"),
    "signed_in": ("signed in", "已登录"),
    "admin": ("administrators", "管理员"),
}


def http(language: Language) -> str:
    """API, screens, and what refusals look like."""
    title = pick(language, "HTTP", "HTTP 接口")
    lead = pick(
        language,
        "JSON in UTF-8. Programs send `Authorization: Bearer TOKEN` (`dougong token add`). Decimals are strings with their scale "
        '(`"12.50"`), dates `2026-03-01`, instants RFC 3339 with an offset, ids strings, an empty value is `null`. Lists take '
        "`filter` (an expression), `q`, `sort`, `fields`, `expand`, `limit`, `cursor` or `offset`, and `count`. An unknown "
        "parameter is refused. Refusals are problem documents (RFC 9457). `GET /api/v1/openapi.json` describes the installed "
        "apps as the caller may use them.",
        'UTF-8 编码的 JSON。程序发送 `Authorization: Bearer 令牌`（`dougong token add`）。小数是带精度的字符串（`"12.50"`），日期为 '
        "`2026-03-01`，时刻为带时差的 RFC 3339，编号是字符串，空值为 `null`。列表接受 `filter`（表达式）、`q`、`sort`、`fields`、`expand`、"
        "`limit`、`cursor` 或 `offset`，以及 `count`。未知参数会被拒绝。拒绝以问题文档（RFC 9457）返回。"
        "`GET /api/v1/openapi.json` 描述调用者可用的已安装应用。",
    )
    sections = (
        f"## {pick(language, 'API, under ', '接口，位于 ')}{code(PREFIX)}\n\n{_api(language)}",
        f"## {pick(language, 'Server', '服务器')}\n\n{_others(OPEN, language)}",
        f"## {pick(language, 'Screens', '页面')}\n\n{_others(PAGES, language)}",
        f"## {pick(language, 'Refusals', '拒绝')}\n\n{_refusals(language)}",
    )
    return page(f"# {title}", lead, *sections)


def meaning(route: Route, language: Language) -> str:
    """What an entry point is for."""
    if route in API:
        return pick(language, *route_words.API[f"{route.method} {route.rule.removeprefix(PREFIX)}"])
    words = route_words.SERVER if route in OPEN else route_words.PAGES
    return pick(language, *words[route.endpoint])


def _api(language: Language) -> str:
    heads = (
        pick(language, "Address", "地址"),
        pick(language, "Meaning", "含义"),
        pick(language, "Parameters", "参数"),
        pick(language, "Scope", "范围"),
    )
    rows = [
        (
            code(f"{each.method} {each.rule.removeprefix(PREFIX)}"),
            meaning(each, language),
            codes(sorted(each.parameters or ())),
            code(each.scope),
        )
        for each in API
    ]
    return table(heads, rows)


def _others(routes: Iterable[Route], language: Language) -> str:
    heads = (
        pick(language, "Address", "地址"),
        pick(language, "Meaning", "含义"),
        pick(language, "For", "适用"),
    )
    rows = [
        (code(each.endpoint), meaning(each, language), pick(language, *ACCESS[each.access]))
        for each in routes
    ]
    return table(heads, rows)


def _refusals(language: Language) -> str:
    heads = (
        pick(language, "Status", "状态"),
        pick(language, "Kind", "种类"),
        pick(language, "Title", "标题"),
    )
    rows = [
        (str(status), code(kind), pick(language, *reversed(TITLES[kind])))
        for kind, status in STATUSES.items()
    ]
    return table(heads, rows)
