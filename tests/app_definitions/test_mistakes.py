"""A copy of the CRM with a dozen mistakes in several files: all of them at once, each at its place, the same at every door."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from dougong import assembly
from dougong.compiler.folders import compile_folders
from dougong.definitions import bundled
from dougong.diagnostics import Refusal
from dougong.people import accounts, tokens
from dougong.storage import ledger
from dougong.web.application import create_app
from dougong.web.settings import Settings
from tests.app_definitions.conftest import install_apps
from tests.servers.databases import Databases


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text that is replaced once in a file, the code of the finding, and the text at which it must stand."""

    file: str
    right: str
    wrong: str
    code: str
    at: str


MISTAKES = (
    Mistake(
        "entities/account.yaml",
        "type: money, label: {en: Annual revenue",
        "type: mony, label: {en: Annual revenue",
        "D204",
        "mony",
    ),
    Mistake("entities/account.yaml", "to: competitor", "to: competitors_", "D301", "competitors_"),
    Mistake(
        "entities/contact.yaml",
        "required: true, max_length: 60}",
        "requird: true, max_length: 60}",
        "D201",
        "requird",
    ),
    Mistake(
        "entities/opportunity.yaml", '"SUM(lines.subtotal)"', '"SUM(lines.subtotals)"', "D404", "subtotals"
    ),
    Mistake(
        "entities/opportunity.yaml",
        "require: [lost_reason]",
        "require: [lost_reasons]",
        "D302",
        "lost_reasons",
    ),
    Mistake("entities/quote.yaml", '"ROUND(goods_total', '"RUOND(goods_total', "D405", "RUOND"),
    Mistake(
        "forms/opportunity.yaml",
        "[amount, weighted, close_on",
        "[amount, weigthed, close_on",
        "D302",
        "weigthed",
    ),
    Mistake("views/lead.yaml", "\"rating = 'hot'", "\"rating = 'boiling'", "D409", "'boiling'"),
    Mistake(
        "workflows/quote_approval.yaml",
        "by: [{role: sales_director}]",
        "by: [{role: sales_directer}]",
        "D303",
        "sales_directer",
    ),
    Mistake("reports/pipeline.yaml", "value: amount}", "value: amuont}", "D311", "amuont"),
    Mistake(
        "dashboards/sales.yaml",
        "report: win_rate_by_month",
        "report: win_rate_by_moon",
        "D308",
        "win_rate_by_moon",
    ),
    Mistake("roles/marketing.yaml", "hide: [lines]", "hide: [line]", "D302", "line]"),
    Mistake("app.yaml", "{entity: sales_order}", "{entity: sales_orders}", "D301", "sales_orders"),
)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    folder = tmp_path / "crm"
    shutil.copytree(bundled.folder("crm"), folder)
    for mistake in MISTAKES:
        path = folder / mistake.file
        text = path.read_text("utf-8")
        assert mistake.right in text, mistake
        path.write_text(text.replace(mistake.right, mistake.wrong, 1), "utf-8")
    return folder


def places(folder: Path) -> list[tuple[str, int]]:
    """File and line of every mistake."""
    found = []
    for mistake in MISTAKES:
        lines = (folder / mistake.file).read_text("utf-8").splitlines()
        [line] = [number for number, text in enumerate(lines, start=1) if mistake.wrong in text]
        found.append((f"crm/{mistake.file}", line))
    return sorted(found)


def test_all_of_them_are_found_at_their_lines_in_two_seconds(broken: Path) -> None:
    begun = time.process_time()
    with pytest.raises(Refusal) as refused:
        compile_folders([broken])
    assert time.process_time() - begun < 2
    problems = refused.value.problems
    assert sorted((each.place.file, each.place.line) for each in problems if each.place) == places(broken)
    for mistake in MISTAKES:
        [line] = [
            text for text in (broken / mistake.file).read_text("utf-8").splitlines() if mistake.wrong in text
        ]
        of_file = [each for each in problems if each.place and each.place.file == f"crm/{mistake.file}"]
        spots = [str(each.place) for each in of_file]
        assert any(each.code == mistake.code and points_at(each, line, mistake) for each in of_file), (
            mistake,
            spots,
        )


def points_at(problem: object, line: str, mistake: Mistake) -> bool:
    """Whether the column lies at the mistyped word, or at the expression that holds it and the message says the rest."""
    place = getattr(problem, "place", None)
    if place is None:
        return False
    rest = line[place.column - 1 :]
    return rest.startswith(mistake.at) or (rest[:1] in "\"'" and mistake.at.strip("]'") in rest)


def test_the_command_line_and_the_server_say_the_same_and_nothing_is_applied(
    broken: Path, databases: Databases, tmp_path: Path
) -> None:
    with databases.database("sqlite") as url:
        installed = install_apps(url)
        with installed.database.writing() as connection:
            user = accounts.add(connection, "root", name="Root", is_admin=True, language="en")
            token = tokens.issue(connection, user, scopes=["admin"])
        before = versions(installed)
        command = [sys.executable, "-m", "dougong", "check", str(broken), "--format", "json"]
        environment = {
            "PYTHONPATH": ":".join(path for path in sys.path if path),
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
        }
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 1
        said = json.loads(done.stdout or done.stderr)
        applied = subprocess.run(
            [sys.executable, "-m", "dougong", "apply", str(broken), "--yes", "--database", url],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert applied.returncode == 1
        runtime = assembly.open_runtime(Settings(database=url, files=str(tmp_path / "files")))
        sources = {
            path.relative_to(broken).as_posix(): path.read_text("utf-8")
            for path in broken.rglob("*")
            if path.is_file()
        }
        answer = (
            create_app(runtime)
            .test_client()
            .post(
                "/api/v1/crm/plan",
                json={"sources": sources},
                headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
            )
        )
        assert answer.status_code == 422, answer.text
        on_the_line = [shown(each) for each in findings(said)]
        document = answer.get_json()
        over_http = [shown(each) for each in document["errors"]]
        assert len(over_http) == len(MISTAKES)
        assert sorted(over_http) == sorted(on_the_line)
        assert versions(installed) == before
        installed.database.dispose()


def findings(said: object) -> list[dict[str, object]]:
    if isinstance(said, list):
        return said
    assert isinstance(said, dict)
    found = next(value for value in said.values() if isinstance(value, list))
    assert isinstance(found, list)
    return found


def shown(finding: dict[str, object]) -> tuple[object, ...]:
    return tuple(finding.get(name) for name in ("code", "path", "message", "file", "line", "column"))


def versions(installed: object) -> dict[str, int]:
    with installed.database.reading() as connection:  # type: ignore[attr-defined]
        return ledger.installed(connection)
