"""Webhooks: addresses to which the server posts the events of your jobs (docs/webhooks.md)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import invalid, problems
from backend.api.noting import name_objects
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.api.validation_messages import Location
from backend.contracts.webhooks import (
    ENDS,
    Delivery,
    DeliveryState,
    NewWebhook,
    SigningSecret,
    Webhook,
    WebhookEvent,
    WebhookEvents,
    WebhookUrl,
)
from backend.delivery.addresses import ForbiddenAddressError, check_url

router = APIRouter(route_class=Guarded, tags=["webhooks"])


WebhookAddress = Annotated[
    WebhookUrl | None,
    Query(description="Post the events of this job to this address as well (docs/webhooks.md)."),
]
WebhookKinds = Annotated[
    WebhookEvents | None,
    Query(description="The kinds of events to post to `webhook`. If left out, the three that end a job."),
]


class WebhookList(BaseModel):
    items: list[Webhook]


class DeliveryPage(BaseModel):
    """One page of deliveries, the newest first. For the next page, send `next` as `after`; it is null on the last
    page."""

    items: list[Delivery]
    next: UUID | None


def refuse_forbidden(inlay: Services, webhook: NewWebhook, location: Location) -> None:
    """Raise ApiError 422 if the server may not post to a webhook's address."""
    try:
        check_url(webhook.url, inlay.settings.webhook_networks)
    except ForbiddenAddressError as forbidden:
        raise invalid(str(forbidden), location) from forbidden


def job_webhook(inlay: Services, url: str | None, events: list[WebhookEvent] | None) -> NewWebhook | None:
    """Return the webhook of one job, or None without an address. Raises ApiError 422 for events without an address, and
    for an address that the server may not post to."""
    if url is None:
        if events is not None:
            raise invalid(
                "without `webhook`, the events are posted nowhere; send an address", ("query", "webhook_events")
            )
        return None
    made = NewWebhook(url=url, events=list(ENDS) if events is None else events)
    refuse_forbidden(inlay, made, ("query", "webhook"))
    return made


@router.get("/api/webhooks", operation_id="listWebhooks", responses=problems())
def list_all(inlay: Inlay, owner: Caller) -> WebhookList:
    """List your webhooks, the newest first."""
    return WebhookList(items=inlay.webhooks.all(owner))


@router.post("/api/webhooks", operation_id="createWebhook", status_code=201, responses=problems(409, body=True))
def create(new: NewWebhook, request: Request, inlay: Inlay, owner: Caller) -> Webhook:
    """Make a webhook: the server posts these events of all your jobs to its address, signed with your secret."""
    refuse_forbidden(inlay, new, ("url",))
    made = inlay.webhooks.create(owner, new)
    name_objects(request, [str(made.id)])
    return made


@router.delete("/api/webhooks/{id}", operation_id="deleteWebhook", status_code=204, responses=problems(404, 422))
def delete(id: UUID, inlay: Inlay, owner: Caller) -> None:
    """Delete a webhook and its deliveries."""
    inlay.webhooks.delete(owner, id)


@router.get("/api/webhook-secret", operation_id="getWebhookSecret", responses=problems())
def secret(inlay: Inlay, owner: Caller, response: Response) -> SigningSecret:
    """Fetch the secret that signs the posts to your webhooks."""
    response.headers["Cache-Control"] = "no-store"
    return SigningSecret(secret=inlay.webhooks.secret(owner))


@router.post("/api/webhook-secret", operation_id="rotateWebhookSecret", responses=problems())
def rotate(inlay: Inlay, owner: Caller, response: Response) -> SigningSecret:
    """Make a new secret. Posts are signed with the new secret and the former one, until you make another."""
    response.headers["Cache-Control"] = "no-store"
    return SigningSecret(secret=inlay.webhooks.rotate_secret(owner))


@router.get("/api/webhook-deliveries", operation_id="listDeliveries", responses=problems(404, 422))
def deliveries(
    inlay: Inlay,
    owner: Caller,
    state: Annotated[
        DeliveryState | None, Query(description="List only deliveries in this state; `dead` ones have failed for good.")
    ] = None,
    after: Annotated[UUID | None, Query(description="List only deliveries that are older than this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryPage:
    """List the deliveries to your webhooks in the last seven days, the newest first."""
    found = inlay.deliveries.page(owner, state, after, limit + 1)
    items = found[:limit]
    return DeliveryPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post("/api/webhook-deliveries/{id}/retry", operation_id="retryDelivery", responses=problems(404, 409, 422))
def retry(id: UUID, inlay: Inlay, owner: Caller) -> Delivery:
    """Send a dead delivery again."""
    return inlay.deliveries.retry(owner, id)
