"""Fails when a template or a script of the pages opens a door that the Content-Security-Policy would have to close.

    python tools/lint/pages.py FOLDER…

Each rule is a pattern of one line, the endings of files that it is about, and the files that own what it finds.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HTML = "renderers/dougong_renderers/html/"
CLIENT = f"{HTML}client/src/"
GENERATED = ("node_modules", "dist")


@dataclass(frozen=True, slots=True)
class Rule:
    """What must not stand in files with these endings, but in those of the owners."""

    name: str
    pattern: re.Pattern[str]
    endings: tuple[str, ...]
    owners: tuple[str, ...] = ()


TEMPLATES, SCRIPTS = (".html",), (".ts", ".mjs")
RULES = (
    Rule(
        "a template escapes everything", re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\("), TEMPLATES
    ),
    Rule(
        "a script is a file of its own",
        re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.I),
        TEMPLATES,
    ),
    Rule(
        "what happens is written in a script, not in an attribute",
        re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.I),
        TEMPLATES,
    ),
    Rule(
        "how it looks is written in a style sheet",
        re.compile(r"<style\b|\sstyle\s*=\s*[\"'{]", re.I),
        TEMPLATES,
    ),
    Rule(
        "htmx evaluates nothing",
        re.compile(r"hx-on|hx-vars|hx-vals=['\"]js:|hx-headers=['\"]js:|hx-ext", re.I),
        TEMPLATES,
    ),
    Rule(
        "an attribute stands in quotation marks",
        re.compile(r"\s(?:href|src|action|value|title|alt|id|name)=\{\{"),
        TEMPLATES,
    ),
    Rule("an address is no script", re.compile(r"javascript:|vbscript:", re.I), (*TEMPLATES, *SCRIPTS)),
    Rule(
        "nothing is fetched from elsewhere",
        re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.I),
        TEMPLATES,
    ),
    Rule(
        "another page knows nothing of this one",
        re.compile(r"<a\b(?=[^>]*_blank)(?![^>]*noopener)"),
        TEMPLATES,
    ),
    Rule(
        "elements are made, not parsed",
        re.compile(
            r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)|insertAdjacentHTML|document\.write|createContextualFragment|parseFromString|srcdoc|setHTMLUnsafe"
        ),
        SCRIPTS,
        (f"{CLIENT}rich.ts", f"{CLIENT}waiting.ts"),
    ),
    Rule(
        "no text becomes code",
        re.compile(r"\beval\(|new Function\(|set(?:Timeout|Interval)\(\s*[\"'`]|importScripts\("),
        SCRIPTS,
    ),
    Rule(
        "pages do not talk to frames",
        re.compile(r"\.postMessage\(|addEventListener\(\s*[\"']message"),
        SCRIPTS,
    ),
    Rule(
        "nothing of anybody stays in the browser",
        re.compile(r"localStorage|indexedDB|document\.cookie"),
        SCRIPTS,
    ),
    Rule("chance in a browser is no secret", re.compile(r"Math\.random\("), SCRIPTS),
)


def check_text(file: str, text: str) -> Iterator[str]:
    """Every finding in one file, as `file:line: rule`."""
    for number, line in enumerate(text.splitlines(), 1):
        for rule in RULES:
            if file.endswith(rule.endings) and file not in rule.owners and rule.pattern.search(line):
                yield f"{file}:{number}: {rule.name}"


def check_folders(root: Path, folders: list[str]) -> list[str]:
    """Every finding below the folders, which are given relative to `root`."""
    endings = {ending for rule in RULES for ending in rule.endings}
    return [
        finding
        for folder in folders
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in endings
        and path.is_file()
        and not set(GENERATED) & set(path.relative_to(root).parts)
        for finding in check_text(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ]


def main() -> int:
    """Prints what was found; 1 when anything was."""
    findings = check_folders(Path(__file__).resolve().parents[2], sys.argv[1:])
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
