"""Where what is being done comes from: the account, its session or token, and the request; known to all that is done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Who is at the other end, and by what way: `means` is `session:12` or `token:7`, `route` the method and the entry point."""

    actor_id: int | None = None
    door: str = ""
    address: str = ""
    agent: str = ""
    means: str = ""
    route: str = ""
    request_id: str = ""


NOWHERE = Origin()
"""What the platform does by itself."""
_CURRENT: ContextVar[Origin] = ContextVar("dougong_origin", default=NOWHERE)


def origin() -> Origin:
    """Where what is being done here and now comes from."""
    return _CURRENT.get()


def come_from(where: Origin) -> None:
    """Say where everything comes from that is done from now on in this thread."""
    _CURRENT.set(where)


@contextmanager
def coming_from(where: Origin) -> Iterator[None]:
    """Say it for a while."""
    before = _CURRENT.set(where)
    try:
        yield
    finally:
        _CURRENT.reset(before)
