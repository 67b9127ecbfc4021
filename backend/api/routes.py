"""The API's routes, errors and OpenAPI description, without a database or settings."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from backend.api import (
    compile,
    documents,
    errors,
    frames,
    gallery,
    health,
    jobs,
    layers,
    layouts,
    models,
    queue,
    scrape,
    stream,
    uploads,
)
from backend.contracts.events import ClientMessage, Event, Follow, Hello, ServerProblem, Show
from backend.version import VERSION

TITLE = "Inlay"
DESCRIPTION = """Compositional image generation: submit a layout of prompts as a job, follow it, fetch the picture.

Errors are RFC 9457 problem documents. If the server has API keys, send `Authorization: Bearer KEY`."""
TAGS = [
    {"name": "jobs", "description": "Submit a job document, follow its events, cancel, retry, fetch pictures."},
    {"name": "layouts", "description": "Job documents that are saved under a name."},
    {"name": "models", "description": "The models and adapters that a job may name."},
    {"name": "stream", "description": stream.__doc__},
    {"name": "queue", "description": "The number of waiting and running jobs."},
    {"name": "uploads", "description": "Pictures and masks that jobs use."},
    {"name": "health", "description": "For operators and their monitors."},
]
_REFERENCE = "#/components/schemas/{model}"


class Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document. Its schemas include the websocket's messages and the problem document."""
        if self.openapi_schema is None:
            schema = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                routes=self.routes,
                tags=self.openapi_tags,
                separate_input_output_schemas=False,
            )
            schemas = schema["components"]["schemas"]
            schemas |= _messages()
            schemas["EventList"]["properties"]["items"]["items"] = {"$ref": _REFERENCE.format(model="Event")}
            self.openapi_schema = schema
        return self.openapi_schema


def build(**options: Any) -> Api:
    """Make an application of the routes and error answers. `backend.api.main` adds the rest."""
    app = Api(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        **options,
    )
    for part in (
        gallery,
        jobs,
        frames,
        layers,
        compile,
        documents,
        layouts,
        models,
        queue,
        stream,
        uploads,
        health,
        scrape,
    ):
        app.include_router(part.router)
    errors.install(app)
    return app


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
