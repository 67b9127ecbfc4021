"""`GET /metrics`, for Prometheus."""

from fastapi import APIRouter, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay

router = APIRouter(route_class=Guarded, tags=["health"])


@router.get(
    "/metrics",
    operation_id="getMetrics",
    response_class=Response,
    responses=problems()
    | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."}},
)
def metrics(inlay: Inlay, _: Caller) -> Response:
    """Report the counts and times of this process, and the counts of jobs in the database, for Prometheus."""
    return Response(generate_latest(inlay.metrics.registry), media_type=CONTENT_TYPE_LATEST)
