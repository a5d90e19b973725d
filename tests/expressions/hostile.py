"""Expressions that somebody writes who means harm, with the code each is refused with; the benchmark times the same ones."""

from __future__ import annotations

from collections.abc import Mapping

HOSTILE: Mapping[str, tuple[str, str]] = {
    "a megabyte of letters": ("a" * 1_000_000, "D403"),
    "a megabyte of text": ("'" + "x" * 1_000_000 + "'", "D403"),
    "ten thousand brackets": ("(" * 5_000 + "1" + ")" * 4_999, "D403"),
    "open brackets": ("(" * 10_000, "D403"),
    "full-width brackets": ("（" * 10_000, "D403"),
    "square brackets": ("[" * 5_000 + "]" * 5_000, "D403"),
    "negations": ("NOT " * 2_499 + "TRUE", "D403"),
    "signs": ("-" * 9_999 + "1", "D403"),
    "a long sum": ("+".join(["1"] * 5_000), "D403"),
    "a long text": ("&".join(["'x'"] * 2_000) + "&1", "D403"),
    "a long list": ("1 IN (" + "1," * 4_990 + "1)", "D403"),
    "a list of texts": ("'a' IN (" + "'a'," * 2_490 + "'a')", "D403"),
    "many unknown names": (" AND ".join(f"q{number} > 1" for number in range(600)), "D404"),
    "a deep path": ("q." * 4_999 + "q", "D403"),
    "branches in branches": ("IF(TRUE, " * 700 + "1" + ", 2)" * 700, "D403"),
    "sums of sums": ("SUM(" * 1_600 + "1" + ")" * 1_600, "D403"),
    "a tower of powers": ("POWER(9," * 900 + "9" + ")" * 900, "D403"),
    "texts of texts": ("REPT(" * 700 + "'x'" + ", 1000)" * 700, "D403"),
    "a chain of comparisons": ("1" + "=1" * 2_500, "D401"),
    "quotation marks": ("'" * 9_999, "D401"),
    "nothing in a text": ("'\0' = 'x'", "D401"),
    "half a sign": ("'\ud800' = 'x'", "D401"),
    "a digit too many": ("9" * 31, "D403"),
    "a class": ("ME().__class__.__mro__", "D414"),
    "a name of Python": ("__class__", "D404"),
    "a call of Python": ("__import__('os').system('x')", "D401"),
    "a statement": ("1; DROP TABLE dg_user", "D401"),
    "a template": ("{{ 7 * 7 }}", "D401"),
    "a bomb of repetitions": ("REGEXMATCH('a', '(((a{1000}){1000}){1000})')", "D419"),
    "a reference back": ("REGEXMATCH('a', '(a)\\1')", "D419"),
    "a pattern of stars": ("'a' LIKE '" + "%_" * 2_000 + "'", "D419"),
}
