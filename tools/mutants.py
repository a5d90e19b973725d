"""Breaks each back end of the expressions in ways a person could, one at a time, and tells whether the test suite notices.

`python tools/mutants.py [BACK_END…] [--about WORD] [--into README]` works on a copy of the repository: it makes one change of
`mutants.yaml`, runs the tests that the file names for that back end, and takes the change back. A mutant is killed when a test fails;
one that survives is a test that is missing, and makes the exit status 1. `--into` puts the table between the marks of a README.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_name("mutants.yaml")
CLIENT = Path("renderers/dougong_renderers/html/client")
COPIED = ("platform", "renderers", "tests", "app_definitions", "tools", "pyproject.toml", "hatch_build.py")
LEFT_OUT = ("node_modules", "__pycache__", "*_cache", ".hypothesis")
MARKS = ("<!-- mutants -->\n", "<!-- end of mutants -->\n")
PASSED, FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: in `path` the text `old` becomes `new`."""

    back_end: str
    what: str
    path: Path
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant; `notice` is the first test that failed."""

    mutant: Mutant
    killed: bool
    notice: str
    seconds: float


def mutants(table: Mapping[str, Any], back_ends: Sequence[str], about: str) -> Iterator[Mutant]:
    """Those that were asked for; each must fit the source exactly once."""
    for back_end, entries in table["mutants"].items():
        for entry in entries:
            if (back_ends and back_end not in back_ends) or about not in entry["what"]:
                continue
            path = Path(table["files"][entry["file"]])
            found = (ROOT / path).read_text(encoding="utf-8").count(entry["old"])
            if found != 1:
                raise SystemExit(f"{back_end}, {entry['what']}: stands {found} times in {path}, not once")
            yield Mutant(back_end, entry["what"], path, entry["old"], entry["new"])


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of what tests need; packages of Node are shared with it."""
    with tempfile.TemporaryDirectory(prefix="dougong-mutants-") as name:
        folder = Path(name)
        for each in COPIED:
            if (ROOT / each).is_dir():
                shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns(*LEFT_OUT))
            else:
                shutil.copy2(ROOT / each, folder / each)
        (folder / CLIENT / "node_modules").symlink_to(ROOT / CLIENT / "node_modules")
        yield folder


@contextmanager
def server() -> Iterator[Mapping[str, str]]:
    """The environment of the test runs, which share one PostgreSQL that ends with this process."""
    sys.path.insert(0, str(ROOT))
    from tests.servers import postgresql

    given = os.environ.get("DOUGONG_TEST_POSTGRESQL")
    if given is None:
        folder, _ = postgresql.launch(os.getpid())
        postgresql.await_launch(folder)
        given = f"postgresql://{postgresql.SUPERUSER}@/postgres?host={folder}"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    yield {**kept, "DOUGONG_TEST_POSTGRESQL": given, "PYTHONDONTWRITEBYTECODE": "1"}


def run(folder: Path, tests: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """The status of pytest, and the first failure it tells."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "--no-header",
        "--tb=no",
        "-p",
        "no:cacheprovider",
        *tests,
    ]
    done = subprocess.run(
        command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False
    )
    told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, told[0] if told else (done.stdout + done.stderr)[-2000:]


def tried(mutant: Mutant, folder: Path, tests: Sequence[str], environment: Mapping[str, str]) -> Outcome:
    """Make the change in the copy, run the tests, and take it back."""
    path = folder / mutant.path
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    began = time.monotonic()
    try:
        status, notice = run(folder, tests, environment)
    finally:
        path.write_text(whole, encoding="utf-8")
    if status not in (PASSED, FAILED):
        raise SystemExit(f"{mutant.back_end}, {mutant.what}: the tests cannot be run\n{notice}")
    return Outcome(mutant, status == FAILED, _test_of(notice), time.monotonic() - began)


def _test_of(notice: str) -> str:
    """The name of a test out of pytest's line for it, without what it was given and why it failed."""
    words = notice.split(" ")
    return words[1].rpartition("::")[2].partition("[")[0] if notice.startswith(("FAILED", "ERROR")) else ""


def told(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The table as Markdown."""
    yield f"{sum(each.killed for each in outcomes)} of {len(outcomes)} killed.\n\n"
    yield "| back end | the mistake | where | noticed by |\n| --- | --- | --- | --- |\n"
    for each in outcomes:
        what = each.mutant.what.replace("<", "&lt;").replace(">", "&gt;")
        noticed = f"`{each.notice}`" if each.killed else "**survived**"
        yield f"| {each.mutant.back_end} | {what} | `{each.mutant.path.name}` | {noticed} |\n"


def write_into(readme: Path, outcomes: Sequence[Outcome]) -> None:
    """Replace what stands between the marks."""
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    readme.write_text(f"{before}{MARKS[0]}{''.join(told(outcomes))}{MARKS[1]}{after}", encoding="utf-8")


def main() -> int:
    """Try what was asked for; 1 if a mutant survived."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("back_ends", nargs="*")
    parser.add_argument("--about", default="", help="only mutants whose description has this in it")
    parser.add_argument("--into", type=Path, help="a README with marks for the table")
    given = parser.parse_args()
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    wanted = list(mutants(table, given.back_ends, given.about))
    outcomes = []
    with copied() as folder, server() as environment:
        for back_end in dict.fromkeys(each.back_end for each in wanted):
            status, notice = run(folder, table["suites"][back_end], environment)
            if status != PASSED:
                raise SystemExit(f"{back_end}: the tests fail without any mutant\n{notice}")
        for mutant in wanted:
            outcome = tried(mutant, folder, table["suites"][mutant.back_end], environment)
            outcomes.append(outcome)
            word = f"killed by {outcome.notice}" if outcome.killed else "SURVIVED"
            print(f"{mutant.back_end}: {mutant.what}: {word} ({outcome.seconds:.0f} s)", flush=True)
    killed = sum(each.killed for each in outcomes)
    print(f"{killed} of {len(outcomes)} mutants killed")
    if given.into is not None:
        write_into(given.into, outcomes)
    return 0 if killed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
