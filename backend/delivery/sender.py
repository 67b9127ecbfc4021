"""The sender posts the events of jobs to webhooks, signed by Standard Webhooks 1.0.

A post that fails is repeated after growing pauses, and is dead after the last one. Several senders may run: each takes
posts of its own from the outbox. Each post has a thread of its own, so that none waits for another one to end.
"""

import json
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpcore2
import structlog
from standardwebhooks.webhooks import Webhook as Signer

from backend.delivery.addresses import ForbiddenAddressError
from backend.store.deliveries import Deliveries, Post
from backend.version import VERSION

PAUSES = (5.0, 30.0, 120.0, 600.0, 3600.0, 5 * 3600.0, 10 * 3600.0)
"""Seconds between two posts of an event. After one post more than there are pauses, the event is dead."""
POLL_SECONDS = 1.0
EXPIRE_SECONDS = 600.0  # time between two searches for old deliveries
STOP_SECONDS = 3.0  # time that a sender which is told to stop gives the posts under way
AT_ONCE = 24  # posts under way; each may need one of the database's 30 connections
_TIMES = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 10.0}  # seconds

log = structlog.get_logger(__name__)


class Sender:
    """Posts due deliveries. `public_url` is put before the addresses of pictures."""

    def __init__(
        self,
        deliveries: Deliveries,
        pool: httpcore2.ConnectionPool,
        public_url: str | None = None,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._deliveries, self._pool, self._public_url, self._pauses = deliveries, pool, public_url, pauses
        self._under_way: list[Post] = []
        self._ends = 0
        self._ended = threading.Condition()

    def run(self, stopping: threading.Event) -> None:
        """Post until `stopping` is set. If the database is away, try again. Posts that do not end in STOP_SECONDS after
        that are left, and posted again by the next sender."""
        structlog.contextvars.bind_contextvars(process="webhooks")
        expire_at = time.monotonic()
        while not stopping.is_set():
            ends = self._ends
            try:
                self.begin_due()
                if time.monotonic() >= expire_at:
                    self._deliveries.expire()
                    expire_at = time.monotonic() + EXPIRE_SECONDS
            except Exception as error:
                log.warning("webhook_sender_failed", error=f"{type(error).__name__}: {error}")
            self._rest(stopping, ends)
        self.wait(STOP_SECONDS)

    def _rest(self, stopping: threading.Event, ends: int) -> None:
        """Wait until another post may be due: for POLL_SECONDS, or until more posts than `ends` have ended."""
        if not self._under_way and self._ends == ends:
            stopping.wait(POLL_SECONDS)
            return
        with self._ended:
            self._ended.wait_for(lambda: self._ends > ends, POLL_SECONDS)

    def begin_due(self) -> int:
        """Begin the posts that are due, as far as fewer than AT_ONCE are under way. Returns their number."""
        with self._ended:
            under_way = list(self._under_way)
        free = AT_ONCE - len(under_way)
        posts = self._deliveries.take(free, under_way) if free > 0 else []
        for post in posts:
            with self._ended:
                self._under_way.append(post)
            # A daemon thread, so that the process does not wait for a receiver when it ends.
            threading.Thread(target=self._send, args=[post], name="webhook", daemon=True).start()
        return len(posts)

    def wait(self, seconds: float) -> None:
        """Wait until no post is under way, and at most `seconds`."""
        with self._ended:
            self._ended.wait_for(lambda: not self._under_way, seconds)

    def _send(self, post: Post) -> None:
        named = {"process": "webhooks", "delivery": str(post.id), "job": str(post.data["job_id"])}
        with structlog.contextvars.bound_contextvars(**named):
            try:
                self._settle(post)
            except Exception as error:
                log.warning("webhook_sender_failed", error=f"{type(error).__name__}: {error}")
            finally:
                with self._ended:
                    self._under_way.remove(post)
                    self._ends += 1
                    self._ended.notify_all()

    def _settle(self, post: Post) -> None:
        status, error = self._post(post)
        if status is not None and 200 <= status < 300:
            self._deliveries.delivered(post, status)
            return
        log.info("webhook_post_failed", attempt=post.attempt, status=status, error=error)
        if status == 410:
            self._deliveries.gave_up(post, status, error)
            self._deliveries.turn_off(post)
        elif post.attempt > len(self._pauses):
            self._deliveries.gave_up(post, status, error)
        else:
            pause = self._pauses[post.attempt - 1] * random.uniform(0.9, 1.2)  # so that retries do not come in waves
            self._deliveries.failed(post, status, error, pause)

    def _post(self, post: Post) -> tuple[int | None, str]:
        """Post once. Returns the status, or None without an answer, and the reason for a failure."""
        body = json.dumps(self._message(post), separators=(",", ":"))
        headers = {"content-type": "application/json", "user-agent": f"Inlay/{VERSION}", **_signed(post, body)}
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        try:
            with self._pool.stream(
                "POST", post.url, headers=sent, content=body.encode(), extensions={"timeout": _TIMES}
            ) as answer:
                status = answer.status
        except ForbiddenAddressError as refused:
            return None, str(refused)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError) as error:
            return None, f"The server could not post: {type(error).__name__} {error}".rstrip()[:500]
        if 300 <= status < 400:
            return status, f"The address answered {status}, a redirect, and redirects are not followed."
        return status, f"The address answered {status}."

    def _message(self, post: Post) -> dict[str, object]:
        data = post.data
        if self._public_url is not None and "outputs" in data:
            base = f"{self._public_url}/"
            shown = [output | {"url": urljoin(base, output["url"].lstrip("/"))} for output in data["outputs"]]
            data = data | {"outputs": shown}
        return {"type": post.event, "timestamp": post.at.isoformat(), "data": data}


def _signed(post: Post, body: str) -> dict[str, str]:
    """Return the headers of Standard Webhooks: the id, which is the same in every attempt, the time, and a signature by
    each secret."""
    id, at = f"msg_{post.id.hex}", datetime.now(UTC)
    signatures = [Signer(secret).sign(msg_id=id, timestamp=at, data=body) for secret in post.secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
