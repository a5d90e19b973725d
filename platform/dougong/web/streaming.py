"""Files that are sent while they are being written: the first piece leaves as soon as it is there, whoever reads slowly holds up nobody.

What is written goes into a temporary file. A transaction therefore lasts as long as the writing takes, not as long as the sending.
"""

from __future__ import annotations

import contextvars
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any

FIRST = 256 * 1024
"""What is smaller is sent whole, with its length; and as long as there is less, what goes wrong is still told by a status."""
_PIECE = 64 * 1024


class _Abandoned(Exception):
    """Nobody reads any more."""


class _Growing(io.RawIOBase):
    """A temporary file that one thread writes while another reads it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `dispose`
        self._changed = Condition()
        self._size = 0
        self._ended = False
        self._abandoned = False
        self._error: BaseException | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if self._abandoned:
            raise _Abandoned
        rest, written = memoryview(data), 0
        while written < len(rest):  # a disk that is nearly full takes a part
            written += os.write(self._file.fileno(), rest[written:])
        with self._changed:
            self._size += written
            self._changed.notify_all()
        return written

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more will be written, because of an error where one is given."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def begun(self, enough: int) -> int | None:
        """Wait until there is enough to begin with, or everything: its size; raises what ended the writing."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._size >= enough)
            if self._error is not None:
                raise self._error
            return self._size if self._ended else None

    def pieces(self) -> Iterator[bytes]:
        """What is written, as it comes; raises what ended the writing."""
        place = 0
        while self._goes_on(place):
            piece = os.pread(self._file.fileno(), _PIECE, place)
            place += len(piece)
            yield piece

    def _goes_on(self, place: int) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._size > place)
            if self._size == place and self._error is not None:
                raise self._error
            return self._size > place

    def abandon(self) -> None:
        """Nobody reads any more: who still writes is told."""
        self._abandoned = True

    def dispose(self) -> None:
        """Remove the file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Stream:
    """A file on its way: its size where all of it is there already, its pieces, and what ends both the writing and the file."""

    size: int | None
    pieces: Iterator[bytes]
    close: Callable[[], None]


def sent_while_written(write: Callable[[io.RawIOBase], object]) -> Stream:
    """Have a file written in a thread of its own; the stream must be closed.

    What goes wrong before the first piece is raised here; later it ends the pieces.
    """
    growing = _Growing()
    surroundings = contextvars.copy_context()

    def work() -> None:
        try:
            surroundings.run(write, growing)
        except _Abandoned:
            growing.end()
        except BaseException as error:  # noqa: BLE001  # raised where the pieces are asked for
            growing.end(error)
        else:
            growing.end()

    thread = Thread(target=work, name="export", daemon=True)
    thread.start()

    def close() -> None:
        growing.abandon()
        thread.join()
        growing.dispose()

    try:
        size = growing.begun(FIRST)
    except BaseException:
        close()
        raise
    return Stream(size, growing.pieces(), close)
