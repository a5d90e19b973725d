"""A record under approval is kept from every door, and each says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.delete import delete
from dougong.records.update import update
from tests.workflow.scenario import KEY, Stage


@pytest.mark.parametrize("door", ["screen", "api", "import", "cli", "demo", "public"])
def test_every_door_but_the_workflow(stage: Stage, door: str, tmp_path: Path) -> None:
    stage.create(price=500)
    stage.submit()

    def refused(change: Any) -> None:
        with stage.call("root", door) as call, pytest.raises(Refusal) as caught:
            change(call)
        assert caught.value.kind == "conflict"
        assert caught.value.problems[0].code == "record_locked"
        assert "withdraw the approval first" in caught.value.problems[0].hint

    refused(lambda call: update(call, KEY, stage.record, {"subject": "x"}))
    refused(lambda call: delete(call, KEY, stage.record))
    with stage.call("root", door) as call:
        [outcome] = batch(call, KEY, [Operation("update", stage.record, {"subject": "x"})], atomic=False)
    assert (outcome.refused, outcome.problems[0].code) == ("conflict", "record_locked")
    stage.expect(state="running", record={"subject": "Travel"})
