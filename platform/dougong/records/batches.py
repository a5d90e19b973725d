"""Names for what belongs together: every change that one act of a person made, so that it can be told and taken back as one."""

from __future__ import annotations

import secrets
from dataclasses import replace

from dougong.records.call import Call

KINDS: tuple[str, ...] = ("batch", "delete", "import", "merge", "renumber", "transfer", "undo")


def in_batch(call: Call, kind: str) -> Call:
    """The call with a name for what it does together; one that has a name keeps it."""
    return call if call.batch is not None else replace(call, batch=batch_name(kind))


def batch_name(kind: str) -> str:
    """A new name; nobody can guess it."""
    return f"{kind}-{secrets.token_hex(8)}"


def kind_of(batch: str | None) -> str:
    """What kind of act a batch was, or nothing."""
    kind = (batch or "").partition("-")[0]
    return kind if kind in KINDS else ""
