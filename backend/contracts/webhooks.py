"""Webhooks: addresses to which the server posts the events of jobs (docs/webhooks.md)."""

from datetime import datetime
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from backend.contracts.document import Document
from backend.contracts.limits import MAX_URL

WebhookEvent = Literal["job_queued", "job_started", "job_notice", "job_succeeded", "job_failed", "job_cancelled"]
WEBHOOK_EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)
ENDS: tuple[WebhookEvent, ...] = ("job_succeeded", "job_failed", "job_cancelled")
DeliveryState = Literal["waiting", "delivered", "dead"]


def _is_address(url: str) -> str:
    """Return the URL if a server can post to it. Raises ValueError otherwise."""
    if not url.isascii() or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise ValueError("must be an address in ASCII without spaces")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("must be an address such as https://example.org/inlay") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("must be an address such as https://example.org/inlay")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain a user name or password; receivers check the signature")
    return url


WebhookUrl = Annotated[
    str,
    Field(min_length=1, max_length=MAX_URL, examples=["https://example.org/inlay"]),
    AfterValidator(_is_address),
]
WebhookEvents = Annotated[list[WebhookEvent], Field(min_length=1, max_length=len(WEBHOOK_EVENTS))]


class NewWebhook(Document):
    """The address to post to, and the kinds of events to post: if left out, the three that end a job."""

    url: WebhookUrl
    events: WebhookEvents = list(ENDS)


class Webhook(Document):
    """A webhook. It is turned off (`enabled` is false) once its address answers 410 Gone."""

    id: UUID
    url: str
    events: list[WebhookEvent]
    enabled: bool
    created_at: datetime


class Delivery(Document):
    """One event on its way to one webhook. `attempts` counts the posts so far. `next_at` is the time of the next one,
    or null. `error` says why the last one failed."""

    id: UUID
    webhook: UUID
    job_id: UUID
    seq: int
    event: WebhookEvent
    state: DeliveryState
    attempts: int
    status: int | None
    error: str | None
    at: datetime
    next_at: datetime | None


class SigningSecret(BaseModel):
    """The secret that signs the posts to your webhooks, in the form of Standard Webhooks: `whsec_` and base64."""

    secret: str
