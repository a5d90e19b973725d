"""A disk that is really full: a small file system in memory, mounted for one process and what it starts, nobody else seeing it."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

_MOUNT = 'mount -t tmpfs -o size="$1",mode=0777 tmpfs "$2" && shift 2 && exec "$@"'


def command(size: str, folder: Path, *given: str) -> list[str]:
    """A command with a file system of a size at a folder; root needs no name space of users for it."""
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    return [*apart, "sh", "-c", _MOUNT, "sh", size, str(folder), *given]


@cache
def reason_against(folder: Path) -> str:
    """Why this machine lets nobody mount one here; empty where it does."""
    if shutil.which("unshare") is None:
        return "there is no unshare on this machine"
    tried = subprocess.run(command("1m", folder, "true"), capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else ""


def fill(folder: Path, free: int) -> Path:
    """Take all of a file system but for some bytes; removing the file gives them back."""
    ballast = folder / "ballast"
    state = os.statvfs(folder)
    blocks = max(state.f_bavail - -(-free // state.f_frsize), 0)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(blocks * state.f_frsize, 1))
    return ballast
