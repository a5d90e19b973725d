"""Every scenario on both databases: who is asked, what follows, what the log says, what is refused and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.scenario import FILES, Stage, load


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_scenario(stage: Stage, path: Path) -> None:
    scenario = load(path)
    assert set(scenario) <= {"title", "flow", "steps"}
    assert scenario["title"]
    if "flow" in scenario:
        stage.workflow = path.stem
    stage.run(scenario["steps"])


def test_there_are_many() -> None:
    assert len(FILES) >= 40
    titles = [load(path)["title"] for path in FILES]
    assert len(set(titles)) == len(titles)
