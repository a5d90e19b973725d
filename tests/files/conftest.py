"""The stores of files: a folder, and a bucket of a real object store that the tests start."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dougong.storage.stores.base import Store
from dougong.storage.stores.folder import FolderStore
from dougong.storage.stores.s3 import Bucket, S3Store
from tests.fixtures_web import prepared, server, sqlite_server
from tests.servers.object_store import ACCESS, BUCKET, SECRET, ObjectStore, object_store

__all__ = ["prepared", "server", "sqlite_server"]


@dataclass(frozen=True, slots=True)
class Bench:
    """A running object store, and buckets in it of which no test knows another's."""

    running: ObjectStore

    def bucket(self, redirect_seconds: int = 0, prefix: str = "", endpoint: str = "") -> Bucket:
        return Bucket(
            BUCKET,
            prefix or f"{secrets.token_hex(6)}/",
            endpoint or self.running.endpoint,
            access_key=ACCESS,
            secret_key=SECRET,
            redirect_seconds=redirect_seconds,
        )


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("object-store")) as found:
        import boto3
        from botocore.config import Config

        client = boto3.client(
            "s3",
            endpoint_url=found.endpoint,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )
        client.create_bucket(Bucket=BUCKET)
        yield found


@pytest.fixture
def bench(running: ObjectStore) -> Bench:
    return Bench(running)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each kind of store, empty."""
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    return S3Store(request.getfixturevalue("bench").bucket())
