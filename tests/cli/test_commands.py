"""The command line: what it does, what it says, and the status it ends with."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dougong.cli import main
from tests.web_server import LIBRARY

Capture = pytest.CaptureFixture[str]
HERE = ZoneInfo("Asia/Shanghai")
"""Where the company is unless a setting says otherwise."""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands speak English unless a test says otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh database that the commands find by the environment."""
    monkeypatch.setenv("DOUGONG_DATABASE", database_url)
    return database_url


def as_json(capsys: Capture, *arguments: str, status: int = 0) -> Any:
    """What a command answers a program."""
    capsys.readouterr()
    assert main([*arguments, "--format", "json"]) == status
    return json.loads(capsys.readouterr().out)


def test_from_a_folder_to_a_running_app(database: str, capsys: Capture, tmp_path: Path) -> None:
    library = str(LIBRARY)
    assert main(["plan", library, "--detailed-exitcode"]) == 2
    assert main(["apply", library]) == 1, "without a terminal nothing is applied unasked"
    applied = as_json(capsys, "apply", library, "--yes")
    assert applied["applied"][0]["number"] == 1
    assert main(["plan", library, "--detailed-exitcode"]) == 0
    again = as_json(capsys, "apply", library, "--yes")
    assert again["applied"] == [{"app": "library", "number": 1, "changed": False}]
    assert as_json(capsys, "verify") == {"clean": True, "errors": []}
    assert main(["rollback", "library"]) == 1
    assert main(["rollback", "librari"]) == 1
    assert "did you mean 'library'?" in capsys.readouterr().err


def test_loss_needs_consent_and_rollback_brings_it_back(
    database: str, capsys: Capture, tmp_path: Path
) -> None:
    app = tmp_path / "library"
    shutil.copytree(LIBRARY, app)
    assert main(["apply", str(app), "--yes"]) == 0
    books = tmp_path / "books.csv"
    books.write_text("title,notes\nWalden,precious\n", "utf-8")
    assert main(["import", "library.book", str(books)]) == 0
    for path, words in (("entities/book.yaml", "  notes:"), ("forms/book.yaml", "")):
        text = (app / path).read_text("utf-8")
        kept = [line for line in text.splitlines(keepends=True) if not (words and line.startswith(words))]
        (app / path).write_text("".join(kept).replace("[notes, cover]", "[cover]"), "utf-8")
    assert main(["apply", str(app), "--yes"]) == 1
    assert main(["apply", str(app), "--yes", "--allow-loss"]) == 0
    assert main(["rollback", "library"]) == 0
    out = tmp_path / "out.csv"
    assert main(["export", "library.book", "--to", str(out)]) == 0
    assert "precious" in out.read_text("utf-8")


def test_findings_are_the_same_for_people_and_programs(capsys: Capture, tmp_path: Path) -> None:
    app = tmp_path / "library"
    shutil.copytree(LIBRARY, app)
    book = app / "entities/book.yaml"
    book.write_text(
        book.read_text("utf-8")
        .replace("type: money", "type: mony", 1)
        .replace("required: true", "required: yes"),
        "utf-8",
    )
    assert main(["check", str(app)]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if "error D" in line]
    assert any(line.startswith("library/entities/book.yaml:6:") for line in lines)
    assert any("did you mean 'money'?" in line for line in lines)
    found = as_json(capsys, "check", str(app), status=1)["errors"]
    assert len(found) == len(lines)
    assert {"file", "line", "column", "code", "path", "message"} <= set(found[0])
    assert main(["check", str(tmp_path / "nothing")]) == 1
    assert main(["check", str(LIBRARY)]) == 0


def test_people_and_tokens(database: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    assert main(["apply", str(LIBRARY), "--yes"]) == 0
    made = as_json(capsys, "user", "add", "ada", "--admin", "--name", "Ada")
    assert len(made["password"]) > 15
    monkeypatch.setattr("sys.stdin", io.StringIO("quiet-harbour-42\n"))
    assert main(["user", "add", "cleo", "--role", "library.clerk", "--password-stdin"]) == 0
    assert "quiet-harbour" not in capsys.readouterr().out
    assert main(["user", "add", "otto", "--role", "library.clark"]) == 1
    assert "library.clerk" in capsys.readouterr().err
    assert main(["user", "add", "ada"]) == 1
    listed = as_json(capsys, "user", "list")
    assert [(each["login"], each["admin"], each["roles"]) for each in listed] == [
        ("ada", True, []),
        ("cleo", False, ["library.clerk"]),
    ]
    capsys.readouterr()
    last = in_days(365)
    assert main(["token", "add", "cleo", "--scope", "read", "--expires", last]) == 0
    token = capsys.readouterr().out
    assert token.startswith("dg_")
    assert token.count("\n") == 1
    [held] = as_json(capsys, "token", "list", "cleo")
    assert held["scopes"] == ["read"]
    assert datetime.fromisoformat(held["expires_at"]).astimezone(HERE).date().isoformat() == last
    for wrong in ("soon", "2020-01-31", "2099-01-31", "9999-12-31", in_days(367)):
        assert main(["token", "add", "cleo", "--expires", wrong]) == 1, wrong
    assert main(["token", "add", "cleo", "--scope", "everything"]) == 1
    assert main(["token", "revoke", str(held["id"])]) == 0
    assert main(["token", "revoke", str(held["id"])]) == 1
    assert main(["user", "disable", "cleo"]) == 0
    assert main(["user", "disable", "ada"]) == 1, "the last administrator stays"
    assert main(["user", "disable", "nobody"]) == 1


def in_days(days: int) -> str:
    return (datetime.now(HERE) + timedelta(days=days)).date().isoformat()


def test_tokens_live_as_long_as_the_settings_allow(
    database: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["apply", str(LIBRARY), "--yes"]) == 0
    assert main(["user", "add", "cleo"]) == 0
    monkeypatch.setenv("DOUGONG_TOKEN_DAYS", "30")
    capsys.readouterr()
    assert main(["token", "add", "cleo", "--expires", in_days(32)]) == 1
    assert "at most 30 days" in capsys.readouterr().err
    for wanted in (["--expires", in_days(30)], []):
        assert main(["token", "add", "cleo", *wanted]) == 0
    for held in as_json(capsys, "token", "list", "cleo"):
        assert datetime.fromisoformat(held["expires_at"]) < datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setenv("DOUGONG_TOKEN_DAYS", "3650")
    assert main(["token", "add", "cleo", "--expires", in_days(3000)]) == 0


def test_why_somebody_may_or_may_not(database: str, capsys: Capture, tmp_path: Path) -> None:
    main(["apply", str(LIBRARY), "--yes"])
    main(["user", "add", "cleo", "--role", "library.clerk"])
    books = tmp_path / "books.csv"
    books.write_text("title\nWalden\n", "utf-8")
    assert main(["import", "library.book", str(books)]) == 0
    assert as_json(capsys, "explain", "cleo", "read", "library.book")["allowed"] is True
    assert as_json(capsys, "explain", "cleo", "delete", "library.book")["allowed"] is False
    hidden = as_json(capsys, "explain", "cleo", "read", "library.book.cost")
    assert hidden["allowed"] is False
    assert "roles/clerk.yaml" in " ".join(hidden["reasons"])
    assert as_json(capsys, "explain", "cleo", "update", "library.book/1")["allowed"] is False
    for subject in (
        "library.book/99",
        "library.book.nothing",
        "library.nothing",
        "nothing",
        "library.book/x",
    ):
        assert main(["explain", "cleo", "read", subject]) == 1, subject


def test_records_in_and_out(database: str, capsys: Capture, tmp_path: Path) -> None:
    main(["apply", str(LIBRARY), "--yes"])
    books = tmp_path / "books.csv"
    books.write_text("Name of it,ISBN,Price\nWalden,1,12.5\nEmma,2,abc\n", "utf-8")
    mapping = tmp_path / "map.json"
    mapping.write_text('{"Name of it": "title"}', "utf-8")
    tried = as_json(
        capsys, "import", "library.book", str(books), "--map", str(mapping), "--dry-run", status=1
    )
    assert (tried["added"], tried["failed"], tried["dry_run"]) == (1, 1, True)
    done = as_json(
        capsys, "import", "library.book", str(books), "--map", str(mapping), "--match", "isbn", status=1
    )
    assert (done["added"], done["failed"]) == (1, 1)
    assert "Emma" in Path(done["failed_file"]).read_text("utf-8-sig")
    again = as_json(
        capsys, "import", "library.book", str(books), "--map", str(mapping), "--match", "isbn", status=1
    )
    assert again["unchanged"] == 1
    for kind in ("csv", "xlsx", "jsonl"):
        target = tmp_path / f"out.{kind}"
        assert as_json(capsys, "export", "library.book", "--to", str(target)) == {
            "count": 1,
            "file": str(target),
        }
        assert target.stat().st_size > 10
    assert main(["export", "library.book", "--to", str(tmp_path / "out.pdf")]) == 1
    assert main(["export", "library.book", "--to", str(tmp_path / "none/out.csv")]) == 1
    assert main(["export", "library.book", "--to", str(tmp_path / "o.csv"), "--filter", "nothing = 1"]) == 1
    assert main(["import", "library.bok", str(books)]) == 1
    assert main(["import", "library.book", str(tmp_path / "none.csv")]) == 1
    assert main(["import", "--undo", str(done["id"])]) == 0
    assert as_json(capsys, "export", "library.book", "--to", str(tmp_path / "o.csv"))["count"] == 0


def test_usage(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (
        [],
        ["nothing"],
        ["plan"],
        ["serve", "--port", "0"],
        ["apply", "--bogus", "x"],
        ["export", "a.b"],
    ):
        assert main(arguments) == 2, arguments
    assert "usage error" in capsys.readouterr().err
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("dougong ")
    assert main(["verify", "--database", "mysql://x/y"]) == 1
    assert main(["verify", "--database", f"sqlite:///{tmp_path}/none/x.db"]) == 1
    assert main(["verify"]) == 1
    monkeypatch.setenv("DOUGONG_TIMEZONE", "Mars/Olympus")
    assert main(["user", "list"]) == 1
    assert "DOUGONG_TIMEZONE" in capsys.readouterr().err


def test_chinese(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "用法：" in shown
    assert "应用定义" in shown
    assert "show this" not in shown
    assert main(["nothing"]) == 2
    assert "用法错误" in capsys.readouterr().err


def test_schemas_and_settings(capsys: Capture, tmp_path: Path) -> None:
    assert main(["schema", "--to", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "entity.json").read_text("utf-8"))["type"] == "object"
    capsys.readouterr()
    assert main(["schema"]) == 0
    assert "entity" in json.loads(capsys.readouterr().out)
    names = [each["variable"] for each in as_json(capsys, "settings")]
    assert "DOUGONG_DATABASE" in names
    assert len(names) == len(set(names))


def test_every_word_is_there_in_both_languages() -> None:
    from dougong.cli.words import WORDS
    from dougong.screens.texts import TEXTS
    from dougong.web.catalogue import MESSAGES
    from dougong.web.problems import STATUSES, TITLES
    from dougong.web.settings import REGISTRY

    for table in (WORDS, TEXTS, MESSAGES, TITLES):
        for key, (chinese, english) in table.items():
            assert chinese, key
            assert english, key
            assert english.isascii() or any(letter in english for letter in "“”…·–"), key
            assert set(_fields(chinese)) == set(_fields(english)), key
    assert set(TITLES) == set(STATUSES)
    assert all(each.zh and each.en for each in REGISTRY)


def _fields(text: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
