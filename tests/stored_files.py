"""What a stored file holds, for tests."""

from __future__ import annotations

from dougong.records.files import Download


def whole(found: Download) -> bytes:
    """The content of a file that was given out."""
    assert found.content is not None
    with found.content as content:
        return content.read()
