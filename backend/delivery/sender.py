"""The sender posts the events of jobs to webhooks, signed by Standard Webhooks 1.0.

A post that fails is repeated after growing pauses, and is dead after the last one. Several senders may run: each takes
posts of its own from the outbox.
"""

import json
import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
AT_ONCE = 8
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

    def run(self, stopping: threading.Event) -> None:
        """Post until `stopping` is set. If the database is away, try again."""
        structlog.contextvars.bind_contextvars(process="webhooks")
        rest = 0.0
        while not stopping.wait(POLL_SECONDS):
            try:
                while self.run_once() and not stopping.is_set():
                    pass
                rest -= POLL_SECONDS
                if rest <= 0:
                    self._deliveries.expire()
                    rest = EXPIRE_SECONDS
            except Exception as error:
                log.warning("webhook_sender_failed", error=f"{type(error).__name__}: {error}")

    def run_once(self) -> int:
        """Post what is due now, at most AT_ONCE posts. Returns their number."""
        posts = self._deliveries.take(AT_ONCE)
        if posts:
            with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
                list(threads.map(self._send, posts))
        return len(posts)

    def _send(self, post: Post) -> None:
        named = {"process": "webhooks", "delivery": str(post.id), "job": str(post.data["job_id"])}
        with structlog.contextvars.bound_contextvars(**named):
            self._settle(post)

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
