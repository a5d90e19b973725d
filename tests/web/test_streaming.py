"""Files that are sent while they are written: early, whole, and without holding up or being held up."""

from __future__ import annotations

import io
from pathlib import Path
from threading import Event

import pytest

from dougong.web.streaming import FIRST, sent_while_written
from tests.web_server import Server

LONG = 60
"""Seconds after which a test gives up."""


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_the_first_piece_leaves_before_the_last_is_written() -> None:
    goes_on = Event()

    def write(target: io.RawIOBase) -> None:
        target.write(b"a" * FIRST)
        assert goes_on.wait(LONG)
        target.write(b"b" * FIRST)

    stream = sent_while_written(write)
    try:
        assert stream.size is None
        assert next(stream.pieces).startswith(b"a")
        goes_on.set()
        rest = b"".join(stream.pieces)
        assert rest.endswith(b"b" * FIRST)
        assert rest.count(b"b") == FIRST
    finally:
        stream.close()


def test_a_small_file_has_a_length() -> None:
    stream = sent_while_written(lambda target: target.write(b"few"))
    assert (stream.size, b"".join(stream.pieces)) == (3, b"few")
    stream.close()


def test_what_goes_wrong_early_is_raised_at_once_and_late_ends_the_pieces() -> None:
    def early(target: io.RawIOBase) -> None:
        target.write(b"x")
        raise ValueError("early")

    def late(target: io.RawIOBase) -> None:
        target.write(b"x" * FIRST)
        assert asked.wait(LONG)
        raise ValueError("late")

    asked = Event()
    with pytest.raises(ValueError, match="early"):
        sent_while_written(early)
    stream = sent_while_written(late)
    asked.set()
    with pytest.raises(ValueError, match="late"):
        b"".join(stream.pieces)
    stream.close()


def test_who_stops_reading_ends_the_writing() -> None:
    written, open_before = [], open_files()

    def write(target: io.RawIOBase) -> None:
        while True:
            target.write(b"x" * FIRST)
            written.append(FIRST)

    stream = sent_while_written(write)
    next(stream.pieces)
    stream.close()
    count = len(written)
    assert open_files() == open_before
    assert len(written) == count


def test_an_export_of_many_records_is_the_same_in_pieces(server: Server) -> None:
    api = server.api("ada")
    operations = [
        {"action": "create", "values": {"title": f"{number}", "notes": "长" * 200}} for number in range(900)
    ]
    assert api("POST", "/library/book/batch", {"atomic": True, "operations": operations}).status_code == 200
    answer = api("GET", "/library/book/export?format=jsonl")
    assert len(answer.data) > FIRST
    assert answer.content_length is None
    assert len({line for line in answer.text.splitlines() if "长" in line}) == 900
    few = api("GET", "/library/book/export?format=jsonl&filter=price > 2")
    assert few.content_length == len(few.data)
    assert api("GET", "/library/book/export?format=csv&filter=nothing > 2").status_code == 422
    assert api("HEAD", "/library/book/export?format=csv").status_code == 200
