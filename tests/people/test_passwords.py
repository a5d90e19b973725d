"""How passwords are judged and kept."""

import hashlib
import time
from pathlib import Path

import pytest

from dougong.people import passwords

GOOD = [
    "x7#kQ9!pzL-4",
    "correct horse battery",
    "深圳南山海边看海的那只猫",
    "tR4-vine-9-lamp",
    " 12 monkeys' orchestra",
    "💡" * 3 + "lamp9xtree",
    "all small letters and spaces",
]
COMMON = [
    "123qweasdzxc", "leavemealone", "Sonyericsson",
    "password1", "P@ssw0rd", "12345678", "87654321", "qwertyuiop", "1qaz2wsx", "abcabcabc", "19900101", "woaini1314",
    "aaaaaaaa", "admin123!", "qwer1234", "iloveyou", "88888888", "abcd1234", "Welcome2026", "letmein!!", "ｐａｓｓｗｏｒｄ１",
]  # fmt: skip


@pytest.mark.parametrize("password", GOOD)
def test_a_good_password_is_taken(password: str) -> None:
    assert passwords.problems_of(password, "li.wei", "李伟") == []


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    short = passwords.Rules(shortest=8)
    assert [each.code for each in passwords.problems_of(password, rules=short)] == ["password_common"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("x7#kQ9!pzL4"[:-1], "password_short"),
        ("x7#kQ9!p" * 33, "password_long"),
        ("li.wei-x7#kQ9", "password_about_you"),
        ("Li.Wei-x7#kQ9", "password_about_you"),
    ],
)
def test_other_reasons(password: str, code: str) -> None:
    assert [each.code for each in passwords.problems_of(password, "li.wei@example.com", "李伟")] == [code]


def test_only_the_right_password_matches() -> None:
    kept = passwords.hash_of("x7#kQ9!pzL")
    assert kept.startswith("$argon2id$")
    assert "x7#kQ9" not in kept
    assert passwords.matches(kept, "x7#kQ9!pzL")
    for wrong in ("x7#kQ9!pzl", "", "x7#kQ9!pzL ", "\0", "\ud800", "x" * 100_000):
        assert not passwords.matches(kept, wrong)
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("", "x")
    assert not passwords.matches("not a hash", "x")
    assert kept != passwords.hash_of("x7#kQ9!pzL")


def test_the_same_password_from_another_keyboard() -> None:
    assert passwords.matches(passwords.hash_of("caf\u00e9-9lamp!"), "cafe\u0301-9lamp!")


def test_no_account_costs_the_same_time_as_a_wrong_password() -> None:
    passwords.warm_up()
    kept = passwords.hash_of("x7#kQ9!pzL")

    def cost(stored: str | None) -> float:
        begin = time.process_time()
        passwords.matches(stored, "something else")
        return time.process_time() - begin

    unknown, known = zip(*((cost(None), cost(kept)) for _ in range(7)), strict=True)
    assert 0.5 < min(unknown) / min(known) < 2


def test_the_shortest_is_a_setting() -> None:
    rules = passwords.Rules(shortest=15)
    assert [each.code for each in passwords.problems_of("x7#kQ9!pzL-4", rules=rules)] == ["password_short"]
    assert passwords.problems_of("x7#kQ9!pzL-4yT2", rules=rules) == []


LEAKED = [f"leaked phrase number {number}" for number in range(300)]


def breached(path: Path, end: str, counts: bool, lower: bool = False) -> passwords.Rules:
    """Rules with a list of leaked passwords as it is published."""
    sums = sorted(hashlib.sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in LEAKED)
    lines = [f"{each}:{index * 7}" if counts else each for index, each in enumerate(sums)]
    text = end.join(lines) + end
    path.write_text(text.lower() if lower else text, newline="")
    return passwords.Rules(breached=path)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("counts", [True, False])
def test_leaked_passwords_are_found_in_a_list(tmp_path: Path, end: str, counts: bool) -> None:
    rules = breached(tmp_path / "leaked.txt", end, counts, lower=not counts)
    for password in LEAKED:
        assert [each.code for each in passwords.problems_of(password, rules=rules)] == ["password_breached"]
    for number in range(300):
        assert passwords.problems_of(f"kept phrase number {number}", rules=rules) == []


def test_an_empty_list_holds_nothing_and_a_missing_one_is_no_list(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    assert passwords.problems_of(LEAKED[0], rules=passwords.Rules(breached=empty)) == []
    with pytest.raises(OSError, match="missing"):
        passwords.problems_of(LEAKED[0], rules=passwords.Rules(breached=tmp_path / "missing.txt"))
    empty.write_text("no sums at all\n\n\n")
    assert passwords.problems_of(LEAKED[0], rules=passwords.Rules(breached=empty)) == []
