"""How many expressions the generators are asked for, and lists of them for tests that take many at once."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("DOUGONG_AGREE_EXAMPLES", "150"))
SEEDED = "DOUGONG_AGREE_EXAMPLES" not in os.environ
"""Whether the same ones are drawn in every run; `make agree` and the nightly run draw new ones."""
PAIRS, NIGHTLY_PAIRS = 2_000, 20_000
"""How many pairs of an expression and a record are compared at least, by each back end."""


def each_drawn(examples: int = EXAMPLES) -> settings:
    """The settings of a test that is given one generated expression after the other."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        derandomize=SEEDED,
        database=None,
    )


def drawn(strategy: st.SearchStrategy[str], count: int, seeded: bool = SEEDED) -> list[str]:
    """So many generated expressions; `seeded` gives the same ones each time."""
    found: list[str] = []

    @settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
        derandomize=seeded,
        database=None,
    )
    @given(text=strategy)
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found
