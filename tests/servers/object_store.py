"""A throw-away object store that speaks S3: OpenStack Swift with its s3api, all of it in one process of its own."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ACCESS, SECRET, BUCKET = "test:tester", "testing-secret", "dougong-test"
_KINDS = ("account", "container", "object")


class NoObjectStore(Exception):
    """Swift is not installed in this environment."""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A running store: where it listens, and the process that can be stopped to see what happens then."""

    endpoint: str
    process: subprocess.Popen[str]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The store as it is when its machine hangs: connections are taken, nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """Start the store on a free port; it ends with the block, or with the process that began it."""
    if find_spec("swift") is None:
        raise NoObjectStore("the package 'swift' is not installed")
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, __file__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )
        try:
            yield ObjectStore(_endpoint(process, log), process)
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(30)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _endpoint(process: subprocess.Popen[str], log: Any) -> str:
    assert process.stdout is not None
    begun = time.monotonic()
    while time.monotonic() - begun < 120:
        if select.select([process.stdout], [], [], 1)[0]:
            line = process.stdout.readline()
            if line:
                return str(json.loads(line)["endpoint"])
            break
    log.seek(0)
    raise RuntimeError(f"the object store did not start: {log.read()[-2000:]}")


# ------------------------------------------------------------------ the process of the store itself


class Memory:
    """What a memcached would keep for one process; `swift.cache` of every request."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def get(self, key: str, raise_on_error: bool = False) -> Any:
        return self._kept.get(key)

    def set(self, key: str, value: Any, **more: Any) -> None:
        self._kept[key] = value

    def incr(self, key: str, delta: int = 1, time: int = 0) -> int:
        self._kept[key] = int(self._kept.get(key, 0)) + delta
        return int(self._kept[key])

    def delete(self, key: str, server_key: str | None = None) -> None:
        self._kept.pop(key, None)


def remembering(global_conf: Any, **local: Any) -> Any:
    """The filter that gives every request a memory."""
    memory = Memory()

    def make(application: Any) -> Any:
        def answer(environment: dict[str, Any], start: Any) -> Any:
            environment["swift.cache"] = memory
            return application(environment, start)

        return answer

    return make


def _serve(folder: Path) -> None:
    import eventlet

    eventlet.monkey_patch()
    from eventlet import listen, wsgi
    from swift.common import utils
    from swift.common.wsgi import loadapp

    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n[storage-policy:0]\nname = one\ndefault = yes\n"
    )
    utils.set_swift_dir(str(folder))
    (folder / "disks" / "one").mkdir(parents=True)
    sockets = {kind: listen(("127.0.0.1", 0)) for kind in (*_KINDS, "proxy")}
    ports = {kind: each.getsockname()[1] for kind, each in sockets.items()}
    for kind in _KINDS:
        _make_ring(folder, kind, ports[kind])
        (folder / f"{kind}.conf").write_text(_backend(folder, kind))
    (folder / "proxy.conf").write_text(_proxy(folder))
    pool = eventlet.GreenPool(1000)
    threads = []
    for kind, socket in sockets.items():
        application = loadapp(str(folder / f"{kind}.conf"), global_conf={"log_name": kind})
        threads.append(
            eventlet.spawn(
                wsgi.server, socket, application, custom_pool=pool, log_output=False, keepalive=True
            )
        )
    print(json.dumps({"endpoint": f"http://127.0.0.1:{ports['proxy']}"}), flush=True)
    eventlet.spawn(_end_with_parent)
    for each in threads:
        each.wait()


def _end_with_parent() -> None:
    """Standard input ends when the test run does, however that ends."""
    from eventlet.green import os as green

    while os.getppid() != 1:
        import eventlet

        eventlet.sleep(1)
    green._exit(0)


def _make_ring(folder: Path, kind: str, port: int) -> None:
    from swift.common.ring import RingBuilder

    builder = RingBuilder(1, 1, 0)
    builder.add_dev(
        {
            "id": 0,
            "region": 1,
            "zone": 1,
            "ip": "127.0.0.1",
            "port": port,
            "device": "one",
            "weight": 1.0,
            "replication_ip": "127.0.0.1",
            "replication_port": port,
            "meta": "",
        }
    )
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def _backend(folder: Path, kind: str) -> str:
    return (
        f"[DEFAULT]\ndevices = {folder / 'disks'}\nmount_check = false\nswift_dir = {folder}\nlog_level = ERROR\n"
        f"fallocate_reserve = 0\n[app:main]\nuse = egg:swift#{kind}\n"
    )


def _proxy(folder: Path) -> str:
    account, _, user = ACCESS.partition(":")
    return (
        f"[DEFAULT]\nswift_dir = {folder}\nlog_level = ERROR\n"
        "[pipeline:main]\npipeline = catch_errors gatekeeper memory listing_formats s3api tempauth copy slo dlo proxy-server\n"
        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
        "[filter:memory]\npaste.filter_factory = tests_object_store:remembering\n"
        "[filter:s3api]\nuse = egg:swift#s3api\ns3_acl = false\nlocation = us-east-1\n"
        f"[filter:tempauth]\nuse = egg:swift#tempauth\nuser_{account}_{user} = {SECRET} .admin\n"
        + "".join(
            f"[filter:{name}]\nuse = egg:swift#{name}\n"
            for name in ("catch_errors", "gatekeeper", "listing_formats", "copy", "slo", "dlo")
        )
    )


if __name__ == "__main__":
    sys.modules["tests_object_store"] = sys.modules["__main__"]
    _serve(Path(sys.argv[1]))
