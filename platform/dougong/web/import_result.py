"""What an import did, as data for the screens and the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.records.import_ import Result
from dougong.web.problems import message_of

SHOWN_PROBLEMS = 20


def result_document(result: Result, language: str) -> dict[str, Any]:
    """The figures, why records were refused, the first failures, and in a trial the first differences."""
    counts = result.counts
    return {
        "id": result.id,
        "batch": result.batch,
        "total": counts.total,
        "added": counts.added,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "failed": counts.failed,
        "partial": result.partial,
        "dry_run": result.dry_run,
        "ignored": list(result.ignored),
        "reasons": [asdict(reason) for reason in result.reasons[:SHOWN_PROBLEMS]],
        "skipped": [asdict(reason) for reason in result.skipped[:SHOWN_PROBLEMS]],
        "differences": [asdict(difference) for difference in result.differences],
        "failures": [
            {"line": failure.line, "errors": [_error(each, language) for each in failure.problems]}
            for failure in result.failures[:SHOWN_PROBLEMS]
        ],
    }


def _error(problem: Diagnostic, language: str) -> dict[str, str]:
    return {"path": problem.path, "code": problem.code, "message": message_of(problem, language)}
