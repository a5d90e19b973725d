"""The commands with their options, from the parser itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from dougong.cli.console import Console
from dougong.cli.program import Parser, build_parser
from dougong.reference.markdown import Language, code, codes, page, pick, table


def commands(language: Language) -> str:
    """One section a command."""
    title = pick(language, "Commands", "命令")
    lead = pick(
        language,
        "Exit status: 0 done, 1 refused or failed (the reason on standard error), 2 a usage error. Output is in the "
        "language of the terminal (`LC_ALL`, `LC_MESSAGES`, `LANG`): Chinese for a Chinese one, else English.",
        "退出状态：0 完成，1 被拒绝或失败（原因写在标准错误），2 用法错误。输出语言随终端（`LC_ALL`、`LC_MESSAGES`、`LANG`）："
        "中文环境用中文，其余用英文。",
    )
    sections = [_section(name, parser, language) for name, parser in parsers(language)]
    return page(f"# {title}", lead, *sections)


def parsers(language: Language) -> list[tuple[str, argparse.ArgumentParser]]:
    """Every command that can be run, with its parser; those that only group others are left out."""
    console = Console(sys.stdout, sys.stderr, language)
    standing, Parser.console = Parser.console, console
    try:
        return list(_leaves("dougong", build_parser(console)))
    finally:
        Parser.console = standing


def _leaves(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    groups = [each for each in actions(parser) if isinstance(each, argparse._SubParsersAction)]  # noqa: SLF001 — argparse has no public door
    for group in groups:
        for word, child in group.choices.items():
            yield from _leaves(f"{name} {word}", child)
    if not groups:
        yield name, parser


def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The arguments and options of a parser, in the order they were declared."""
    return [each for each in parser._actions if not isinstance(each, argparse._HelpAction)]  # noqa: SLF001


def _section(name: str, parser: argparse.ArgumentParser, language: Language) -> str:
    given = actions(parser)
    heads = (
        pick(language, "Option", "选项"),
        pick(language, "Default", "默认"),
        pick(language, "Meaning", "含义"),
    )
    rows = [(_spelling(each), _default(each), each.help or "") for each in given]
    usage = " ".join([name, *(_usage(each) for each in given)])
    parts = [
        f"## {code(name)}",
        parser.description or "",
        f"```\n{usage}\n```",
        table(heads, rows) if rows else "",
    ]
    return page(*parts).rstrip()


def _spelling(action: argparse.Action) -> str:
    value = _value(action)
    if not action.option_strings:
        return code(value)
    return codes(f"{each} {value}".strip() for each in action.option_strings)


def _usage(action: argparse.Action) -> str:
    value = _value(action)
    if action.option_strings:
        return f"[{f'{action.option_strings[-1]} {value}'.strip()}]"
    return {"+": f"{value} [{value} …]", "*": f"[{value} …]", "?": f"[{value}]"}.get(str(action.nargs), value)


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.metavar:
        return str(action.metavar)
    return "|".join(action.choices) if action.choices else action.dest.upper()


def _default(action: argparse.Action) -> str:
    plain = action.default not in (None, False, [], "") and action.default is not argparse.SUPPRESS
    return code(action.default) if plain and action.nargs != 0 else ""
