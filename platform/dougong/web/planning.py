"""A plan and an applied version as data: the same keys over HTTP and on the command line."""

from __future__ import annotations

from typing import Any

from dougong.storage.ledger import Version
from dougong.storage.plan import Plan, Step
from dougong.web.problems import diagnostic_document


def plan_document(plan: Plan, language: str) -> dict[str, Any]:
    """What applying would do."""
    return {
        "app": plan.app.id,
        "version": plan.app.version,
        "from": plan.base or None,
        "state": plan.state,
        "empty": plan.is_empty,
        "loss": plan.is_loss,
        "widens": [each.describe(language) for each in plan.widened],
        "changes": plan.describe(language),
        "rights": [each.document(language) for each in plan.effects],
        "operations": [each.operation.describe(language) for each in plan.steps],
        "estimate": {
            "seconds": round(plan.estimate.seconds, 1),
            "locked": list(plan.estimate.tables),
            "indexes": list(plan.estimate.indexes),
        },
        "steps": [_step_document(each, language) for each in plan.steps],
        "obstacles": [diagnostic_document(each, language) for each in plan.obstacles()],
        "losses": [diagnostic_document(each, language) for each in plan.losses()],
    }


def _step_document(step: Step, language: str) -> dict[str, Any]:
    """One operation with its counts, examples, and the ways in which rows that stand against it could be mended."""
    impact = step.impact
    return {
        "text": step.operation.describe(language),
        "rows": impact.touched,
        "lost": impact.lost,
        "aside": impact.aside,
        "failing": impact.failing,
        "unmet": impact.unmet,
        "first": [str(each) for each in impact.first],
        "samples": step.samples(language),
        "field": step.field or None,
        "offers": list(step.offers),
    }


def version_document(version: Version) -> dict[str, Any]:
    """A version that was applied."""
    return {
        "app": version.app,
        "number": version.number,
        "version": version.version,
        "at": version.at.isoformat(),
        "note": version.note,
        "changed": True,
    }
