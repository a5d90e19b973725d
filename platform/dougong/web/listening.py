"""What the system does for the sockets that a process listens with: it ends connections whose other side has fallen silent."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import ExitStack, suppress
from pathlib import Path

OPEN_FILES = Path("/proc/self/fd")


def leave_silent_clients(patience: float) -> int:
    """End connections that take nothing for so many seconds or are not there any more; the answer is for how many listening sockets.

    What a listening socket is told holds for each connection that it accepts from then on. Only Linux tells which files a
    process has open; elsewhere nothing is done.
    """
    if not OPEN_FILES.is_dir() or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return 0
    told = 0
    for name in os.listdir(OPEN_FILES):  # noqa: PTH208  # the names are numbers, not files to look into
        with suppress(OSError), ExitStack() as stack:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            each = stack.enter_context(socket.socket(fileno=os.dup(int(name))))
            if each.family in (socket.AF_INET, socket.AF_INET6) and each.getsockopt(
                socket.SOL_SOCKET, socket.SO_ACCEPTCONN
            ):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(patience * 1000))
                told += 1
    return told
