"""Files in a bucket of an S3-compatible store."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast

from dougong.storage.problems import refusal
from dougong.storage.stores.base import NAME, Absent, checked

_BLOCK = 1 << 20
_IN_MEMORY = 4 << 20
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 3, 10, 2
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is and by what keys it opens; an empty `endpoint` is Amazon's own. Empty keys are looked for where AWS keeps them."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    redirect_seconds: int = 0
    """For how long an address is good that browsers are sent to; 0 streams files through the server."""


class S3Store:
    """Every file as one object. An object appears whole or not at all; what is read is complete before anything is passed on."""

    def __init__(self, bucket: Bucket, quota: int = 0) -> None:
        self._bucket = bucket
        self.quota = quota

    @cached_property
    def _client(self) -> Any:
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise refusal("unavailable", "P170/driver") from error
        about = self._bucket
        return boto3.session.Session().client(
            "s3",
            endpoint_url=about.endpoint or None,
            region_name=about.region,
            aws_access_key_id=about.access_key or None,
            aws_secret_access_key=about.secret_key or None,
            config=Config(
                signature_version="s3v4",
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
                s3={"addressing_style": "path" if about.endpoint else "auto"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _key(self, name: str) -> str:
        return f"{self._bucket.prefix}{checked(name)}"

    def _where(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": self._key(name)}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Whatever goes wrong between here and the store is said as one thing; what its answer held stays out of it."""
        try:
            yield
        except _errors() as error:
            if _code(error) in _MISSING:
                raise Absent from None
            raise refusal("unavailable", "P170/unreachable", reason=_reason(error)) from error

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A temporary folder of this machine."""
        with tempfile.TemporaryDirectory(prefix="dougong-files-") as made:
            yield Path(made)

    def put(self, name: str, source: Path) -> None:
        """Send the file with its checksum, so that the store itself refuses what arrived otherwise."""
        digest = hashlib.sha256()
        with source.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
            file.seek(0)
            checksum = base64.b64encode(digest.digest()).decode()
            with self._asking():
                self._client.put_object(
                    **self._where(name),
                    Body=file,
                    ChecksumSHA256=checksum,
                    ContentType="application/octet-stream",
                )

    def opened(self, name: str) -> BinaryIO:
        """The content, fetched whole before anybody sees a part of it."""
        target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
        try:
            with self._asking():
                answer = self._client.get_object(**self._where(name))
                for block in answer["Body"].iter_chunks(_BLOCK):
                    target.write(block)
            if target.tell() != answer["ContentLength"]:
                raise refusal("unavailable", "P170/unreachable", reason="incomplete answer")
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return cast(BinaryIO, target)

    def size(self, name: str) -> int | None:
        """As the store says."""
        try:
            with self._asking():
                return int(self._client.head_object(**self._where(name))["ContentLength"])
        except Absent:
            return None

    def delete(self, name: str) -> None:
        """Take the object away."""
        try:
            with self._asking():
                self._client.delete_object(**self._where(name))
        except Absent:
            return

    def names(self, before: datetime | None = None) -> Iterator[str]:
        """Page by page."""
        prefix, token = self._bucket.prefix, ""
        while True:
            more = {"ContinuationToken": token} if token else {}
            with self._asking():
                page = self._client.list_objects_v2(Bucket=self._bucket.name, Prefix=prefix, **more)
            for each in page.get("Contents", ()):
                name = each["Key"].removeprefix(prefix)
                if NAME.fullmatch(name) and (before is None or each["LastModified"] < before):
                    yield name
            token = page.get("NextContinuationToken", "")
            if not token:
                return

    def address(self, name: str, disposition: str, kind: str) -> str:
        """A signed address that is good for as long as is set; made here, without asking the store."""
        if not self._bucket.redirect_seconds:
            return ""
        wanted = {"ResponseContentDisposition": disposition, "ResponseContentType": kind}
        signed: str = self._client.generate_presigned_url(
            "get_object", Params={**self._where(name), **wanted}, ExpiresIn=self._bucket.redirect_seconds
        )
        return signed


def _errors() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError, ConnectionError, TimeoutError)


def _code(error: Exception) -> str:
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""


def _reason(error: Exception) -> str:
    return _code(error) or type(error).__name__
