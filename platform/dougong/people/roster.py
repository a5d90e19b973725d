"""The organisation as a table: one line a person, with departments as paths; what each line says, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong.diagnostics import Diagnostic, nearest
from dougong.people.messages import finding

MOST_LINES = 20_000
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "login": ("登录名", "login", "账号", "用户名"),
    "name": ("姓名", "name", "名字"),
    "email": ("邮箱", "e-mail", "email", "电子邮箱"),
    "phone": ("电话", "phone", "手机", "手机号"),
    "department": ("部门", "department", "departments"),
    "position": ("职位", "position", "职务"),
    "head": ("部门负责人", "head", "负责人"),
    "superior": ("直属上级", "superior", "上级"),
    "roles": ("角色", "roles", "role"),
    "kind": ("身份", "kind"),
    "company": ("外部单位", "company"),
    "state": ("状态", "state"),
}
"""What a column may be called; the first two are those that an export has in zh and en."""
_YES = frozenset({"1", "true", "yes", "y", "x", "是", "√", "✓"})
_NO = frozenset({"", "0", "false", "no", "n", "否"})
_KINDS = {
    "": "member",
    "member": "member",
    "内部成员": "member",
    "partner": "partner",
    "外部伙伴": "partner",
    "portal": "portal",
    "门户用户": "portal",
}
_STATES = {"": True, "active": True, "在用": True, "disabled": False, "已停用": False, "停用": False}
_SEVERAL = re.compile(r"[;；\n]")
_ROLES = re.compile(r"[;；,，、\n\s]+")


@dataclass(frozen=True, slots=True)
class RosterLine:
    """What a line says of one person: only of the columns that the file has. `number` is that of the line in the file.

    `departments` are paths from the top, the main one first, each with the name of a position or nothing.
    """

    number: int
    login: str
    values: Mapping[str, str]
    departments: tuple[tuple[tuple[str, ...], str], ...] | None = None
    is_head: bool | None = None
    superior: str | None = None
    roles: tuple[str, ...] | None = None
    kind: str | None = None
    company: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Something that is wrong with a line (0: with the file), in which column."""

    line: int
    column: str
    problem: Diagnostic


@dataclass(frozen=True, slots=True)
class Roster:
    """The lines of a file that could be read, the columns it has, and what is wrong with the others."""

    lines: tuple[RosterLine, ...]
    columns: frozenset[str]
    problems: tuple[LineProblem, ...] = ()


def read_roster(header: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> Roster:
    """Read a table of people; a column that nobody knows is refused rather than left out silently."""
    columns, problems = _columns(header)
    if problems:
        return Roster((), frozenset(columns.values()), tuple(problems))
    lines: list[RosterLine] = []
    seen: dict[str, int] = {}
    for number, cells in rows:
        if len(lines) >= MOST_LINES:
            problems.append(LineProblem(number, "", finding("roster_long", limit=MOST_LINES)))
            break
        said = {columns[place]: _text(cell) for place, cell in enumerate(cells) if place in columns}
        said = {name: said.get(name, "") for name in columns.values()}
        line, wrong = _line(number, said)
        if line.login and line.login in seen:
            wrong.append(finding("roster_twice", "login", login=line.login, line=seen[line.login]))
        seen.setdefault(line.login, number)
        problems += [LineProblem(number, each.path, each) for each in wrong]
        lines.append(line)
    return Roster(tuple(lines), frozenset(columns.values()), tuple(problems))


def _columns(header: Sequence[str]) -> tuple[dict[int, str], list[LineProblem]]:
    known = {word.casefold(): name for name, words in HEADINGS.items() for word in words}
    columns: dict[int, str] = {}
    problems: list[LineProblem] = []
    for place, heading in enumerate(header):
        word = heading.strip().casefold()
        if not word:
            continue
        name = known.get(word)
        if name is None:
            told = finding("roster_column", name=heading[:60], nearest=nearest(word, known))
            problems.append(LineProblem(0, heading[:60], told))
        elif name in columns.values():
            problems.append(LineProblem(0, heading[:60], finding("roster_column_twice", name=heading[:60])))
        else:
            columns[place] = name
    if "login" not in columns.values():
        problems.append(LineProblem(0, "login", finding("roster_no_login", example="login, 登录名")))
    return columns, problems


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _line(number: int, said: Mapping[str, str]) -> tuple[RosterLine, list[Diagnostic]]:
    problems: list[Diagnostic] = []

    def one_of(name: str, words: Mapping[str, Any]) -> Any:
        if name not in said:
            return None
        word = said[name].casefold()
        if word not in words:
            allowed = ", ".join(each for each in words if each)
            problems.append(finding("roster_word", name, value=said[name][:60], allowed=allowed))
        return words.get(word)

    heads = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
    departments = None
    if "department" in said:
        departments, wrong = _departments(said["department"], said.get("position", ""))
        problems += wrong
    elif "position" in said:
        problems.append(finding("roster_position_alone", "position"))
    roles = tuple(sorted(set(filter(None, _ROLES.split(said["roles"]))))) if "roles" in said else None
    line = RosterLine(
        number=number,
        login=said["login"].casefold(),
        values={name: said[name] for name in ("name", "email", "phone") if name in said},
        departments=departments,
        is_head=one_of("head", heads),
        superior=said["superior"].casefold() if "superior" in said else None,
        roles=roles,
        kind=one_of("kind", _KINDS),
        company=said.get("company"),
        is_active=one_of("state", _STATES),
    )
    if not line.login:
        problems.append(finding("roster_login_missing", "login"))
    return line, problems


def _departments(
    written: str, positions: str
) -> tuple[tuple[tuple[tuple[str, ...], str], ...], list[Diagnostic]]:
    """Paths with positions: `Company/Sales; Company/Service` and `Manager; ` belong together in their order."""
    problems: list[Diagnostic] = []
    paths = [each.strip() for each in _SEVERAL.split(written) if each.strip()]
    named = [each.strip() for each in _SEVERAL.split(positions)] if positions.strip() else []
    if len(named) > len(paths):
        problems.append(finding("roster_positions", "position", positions=len(named), departments=len(paths)))
    found: list[tuple[tuple[str, ...], str]] = []
    for place, path in enumerate(paths):
        names = tuple(each.strip() for each in path.split("/"))
        if not all(1 <= len(each) <= 100 and each.isprintable() for each in names) or len(names) > 20:
            problems.append(finding("roster_path", "department", value=path[:100]))
            continue
        if names in [each for each, _ in found]:
            problems.append(finding("departments_twice", "department"))
            continue
        found.append((names, named[place] if place < len(named) else ""))
    return tuple(found), problems
