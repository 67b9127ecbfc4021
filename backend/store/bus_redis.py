"""The bus of a deployment. Celery's broker carries the doorbell; Redis streams of limited length carry hints and
previews."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID

import redis
import redis.asyncio
import structlog
from celery import Celery

from backend.contracts.events import What
from backend.store.bus import WANT_SECONDS, Hint, Message, PreviewMessage, View

WAKE_TASK = "inlay.wake"
WAKE_QUEUE = "inlay"
_HINTS, _PREVIEWS, _WANTED = "inlay:hints", "inlay:previews", "inlay:wanted:{}"
_KEEP_HINTS, _KEEP_PREVIEWS = 10_000, 200
_BLOCK_MS = 2_000
_RETRY_SECONDS = 1.0
_log = structlog.get_logger("bus")


def doorbell(broker_url: str) -> Celery:
    """Make a Celery application that only sends messages, and soon gives up if it cannot reach the broker."""
    app = Celery("inlay", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2},
        task_publish_retry=False,
    )
    return app


class _Doorbell:
    def __init__(self, broker_url: str) -> None:
        self._celery = doorbell(broker_url)

    def ring(self) -> None:
        try:
            self._celery.send_task(WAKE_TASK, queue=WAKE_QUEUE, ignore_result=True)
        except Exception as error:  # kombu passes on the errors of its transports
            _log.warning("doorbell_failed", error=str(error))


class RedisApiBus(_Doorbell):
    """The API's end of the bus. `stream_url` is the Redis database of hints and previews; it may differ from the
    broker's."""

    def __init__(self, broker_url: str, stream_url: str) -> None:
        super().__init__(broker_url)
        self._redis = redis.Redis.from_url(stream_url, socket_timeout=5, socket_connect_timeout=2)
        self._stream_url = stream_url

    def want(self, job_id: UUID, node: int, what: What) -> None:
        key = _WANTED.format(job_id)
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(key, {f"{node}:{what}": time.time() + WANT_SECONDS})
                pipe.expire(key, int(WANT_SECONDS))
                pipe.execute()
        except redis.RedisError as error:
            _log.warning("want_failed", error=str(error))

    def healthy(self) -> bool:
        try:
            return bool(self._redis.ping())
        except redis.RedisError:
            return False

    def worker_started(self) -> bool:
        return True

    async def messages(self) -> AsyncIterator[Message]:
        client = redis.asyncio.Redis.from_url(self._stream_url, socket_timeout=30, socket_connect_timeout=2)
        after: dict[str, str] = {}
        try:
            while True:
                try:
                    for stream in {_HINTS, _PREVIEWS} - after.keys():
                        newest = cast(list[tuple[bytes, Any]], await client.xrevrange(stream, count=1))
                        after[stream] = newest[0][0].decode() if newest else "0"
                    news = await client.xread(cast(Any, after), block=_BLOCK_MS, count=100)
                except redis.RedisError as error:
                    _log.warning("bus_reader_waits", error=str(error))
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                for stream, entries in cast(list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]], news):
                    after[stream.decode()] = entries[-1][0].decode()
                    for _, fields in entries:
                        yield _message(fields)
        finally:
            await client.aclose()


class RedisWorkerBus(_Doorbell):
    """A worker's end of the bus."""

    def __init__(self, broker_url: str, stream_url: str) -> None:
        super().__init__(broker_url)
        self._redis = redis.Redis.from_url(stream_url, socket_timeout=5, socket_connect_timeout=2)

    def hint(self, job_id: UUID) -> None:
        self._add(_HINTS, {b"job": job_id.bytes}, _KEEP_HINTS)

    def preview(self, job_id: UUID, frame: bytes) -> None:
        self._add(_PREVIEWS, {b"job": job_id.bytes, b"frame": frame}, _KEEP_PREVIEWS)

    def wanted(self, job_id: UUID) -> set[View]:
        try:
            members = cast(list[bytes], self._redis.zrangebyscore(_WANTED.format(job_id), time.time(), "+inf"))
        except redis.RedisError as error:
            _log.warning("wanted_failed", error=str(error))
            return set()
        pairs = (member.decode().split(":") for member in members)
        return {(int(node), cast(What, what)) for node, what in pairs}

    def _add(self, stream: str, fields: dict[bytes, bytes], keep: int) -> None:
        try:
            self._redis.xadd(stream, cast(Any, fields), maxlen=keep, approximate=True)
        except redis.RedisError as error:
            _log.warning("bus_send_failed", stream=stream, error=str(error))


def _message(fields: dict[bytes, bytes]) -> Message:
    job_id = UUID(bytes=fields[b"job"])
    return PreviewMessage(job_id, fields[b"frame"]) if b"frame" in fields else Hint(job_id)
