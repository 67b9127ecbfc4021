"""The models and adapters of this server."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.document import Document, Name, Text
from backend.contracts.limits import MAX_TEXT
from backend.contracts.model import Adapter, Model

router = APIRouter(route_class=Guarded, prefix="/api/models", tags=["models"])


class OfferedModel(Model):
    """A model that a job may name. `fits` says whether its weights, at their size on disk, fit into the memory for
    models of the worker that has the most. It is null until a worker has reported its memory."""

    fits: bool | None


class ModelList(BaseModel):
    """The models of this server, and in `adapters` its ControlNets, LoRAs and IP-Adapters."""

    items: list[OfferedModel]
    adapters: list[Adapter]


class PromptParts(Document):
    """The text of one prompt, in parts that have one weight each, without the signs of weights: `a (red ball)1.4` has
    the parts `a` and `red ball`. A prompt without weights is one part."""

    parts: Annotated[list[Text], Field(min_length=1, max_length=MAX_TEXT)]


class PromptTokens(BaseModel):
    """The length of a prompt in tokens of the model's first text encoder, which is CLIP for every kind of model. The
    tokens that mark start and end are not counted. The text encoder reads at most `limit` tokens at once. It reads a
    longer prompt in several chunks, and the model attends to all of them."""

    tokens: int
    limit: int
    chunks: int


@router.get("", operation_id="listModels", responses=problems())
def all(inlay: Inlay, _: Caller) -> ModelList:
    """List the models and adapters that a job may name, in the order of their ids."""
    entries, room = inlay.catalog.entries(), inlay.devices.largest_budget()
    items = [_offered(model, room) for model in entries.models.values()]
    return ModelList(items=items, adapters=[*entries.adapters.values()])


@router.get("/{id}", operation_id="getModel", responses=problems(404, 422))
def get(id: Name, inlay: Inlay, _: Caller) -> OfferedModel:
    """Describe one model."""
    return _offered(inlay.catalog.get(id), inlay.devices.largest_budget())


@router.post("/{id}/tokens", operation_id="countTokens", responses=problems(404, body=True))
def tokens(id: Name, prompt: PromptParts, inlay: Inlay, _: Caller) -> PromptTokens:
    """Count the tokens of a prompt as the model's text encoder does."""
    model = inlay.catalog.get(id)
    length = inlay.prompt_lengths.count(inlay.catalog.entries().folders[model.description.id], prompt.parts)
    return PromptTokens(tokens=length.tokens, limit=length.limit, chunks=length.chunks)


def _offered(model: Model, room: int | None) -> OfferedModel:
    need = model.description.weights_bytes
    fits = None if need is None or room is None else need <= room
    return OfferedModel(description=model.description, sha256=model.sha256, fits=fits)
