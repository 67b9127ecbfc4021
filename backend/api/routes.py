"""The API's routes, errors and OpenAPI description, without a database or settings."""

from copy import deepcopy
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from backend.api import (
    audit,
    compile,
    documents,
    errors,
    frames,
    gallery,
    health,
    job_events,
    jobs,
    layers,
    layouts,
    models,
    queue,
    scrape,
    session,
    sharing,
    stream,
    uploads,
    users,
    webhooks,
    workers,
)
from backend.api.scopes import Guarded
from backend.contracts.events import ClientMessage, Event, Follow, Hello, ServerProblem, Show
from backend.version import VERSION

TITLE = "Inlay"
DESCRIPTION = """Compositional image generation: submit a layout of prompts as a job, follow it, fetch the picture.

Errors are RFC 9457 problem documents. If the server has API keys, send `Authorization: Bearer KEY`."""
TAGS = [
    {"name": "jobs", "description": "Submit a job document, follow its events, cancel, retry, fetch pictures."},
    {"name": "layouts", "description": "Job documents that are saved under a name."},
    {"name": "links", "description": "Links by which jobs and saved layouts are shared with people without a key."},
    {"name": "models", "description": "The models and adapters that a job may name."},
    {"name": "stream", "description": stream.__doc__},
    {"name": "queue", "description": "The number of waiting and running jobs."},
    {"name": "uploads", "description": "Pictures and masks that jobs use."},
    {"name": "webhooks", "description": "Addresses to which the server posts the events of jobs."},
    {"name": "access", "description": "Who may use the server: sign-ins, users, keys, and the log of what was done."},
    {"name": "health", "description": "For operators and their monitors."},
]
_REFERENCE = "#/components/schemas/{model}"


_PARTS = (
    gallery,
    jobs,
    job_events,
    frames,
    layers,
    compile,
    documents,
    layouts,
    models,
    queue,
    stream,
    uploads,
    webhooks,
    session,
    sharing,
    users,
    audit,
    workers,
    health,
    scrape,
)


class Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document. Its schemas include the websocket's messages and the problem document."""
        if self.openapi_schema is None:
            self.openapi_schema = deepcopy(_described())
        return self.openapi_schema


def build(**options: Any) -> Api:
    """Make an application of the routes and error answers. `backend.api.main` adds the rest.

    All applications of a process share the routes: FastAPI reads the types of an operation when it is first asked.
    """
    for part in _PARTS:
        if not issubclass(part.router.route_class, Guarded):
            raise TypeError(f"The routes of {part.__name__} check no key. Make its router with route_class=Guarded.")
    app = Api(
        title=TITLE,
        version=VERSION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=_routes(),
        **options,
    )
    errors.install(app)
    return app


@cache
def _routes() -> list[BaseRoute]:
    routes = APIRouter()
    for part in _PARTS:
        routes.include_router(part.router)
    return routes.routes


@cache
def _described() -> dict[str, Any]:
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        routes=_routes(),
        tags=TAGS,
        separate_input_output_schemas=False,
    )
    schemas = document["components"]["schemas"]
    schemas |= _messages()
    schemas["EventList"]["properties"]["items"]["items"] = {"$ref": _REFERENCE.format(model="Event")}
    return document


def _messages() -> dict[str, Any]:
    """Return the schemas of problem documents and of the websocket's messages. No REST operation names them."""
    models = [errors.ProblemDetails, Hello, Follow, Show, ServerProblem]
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_REFERENCE)
    schemas = definitions["$defs"]
    unions: dict[str, TypeAdapter[Any]] = {"Event": TypeAdapter(Event), "ClientMessage": TypeAdapter(ClientMessage)}
    for name, union in unions.items():
        schema = union.json_schema(ref_template=_REFERENCE)
        schemas |= schema.pop("$defs")
        schemas[name] = {"title": name} | schema
    return schemas
