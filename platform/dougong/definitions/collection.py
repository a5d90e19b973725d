"""Keeps Python's cyclic garbage collector from looking again and again through the many small objects that a large app is read into."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_paused = 0
_was_on = True


def settle() -> None:
    """Take everything that lives now out of what the collector looks through: a large release stays, and requests should not pay for it.

    What was settled before is looked through once more, so that a release that was replaced goes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Leave cycles alone for the length of a block: half of the time to read 500 entities would go into looking for them.

    Blocks may overlap in several threads; what has no cycles is freed as always.
    """
    global _paused, _was_on
    with _lock:
        if _paused == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _paused += 1
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if _paused == 0 and _was_on:
                gc.enable()
