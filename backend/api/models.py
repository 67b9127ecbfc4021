"""The models and adapters of this server."""

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.services import Inlay
from backend.contracts.document import Name
from backend.contracts.model import Adapter, Model

router = APIRouter(prefix="/api/models", tags=["models"])


class OfferedModel(Model):
    """A model that a job may name. `fits` says whether its weights, at their size on disk, fit into the memory for
    models of the worker that has the most. It is null until a worker has reported its memory."""

    fits: bool | None


class ModelList(BaseModel):
    """The models of this server, and in `adapters` its ControlNets, LoRAs and IP-Adapters."""

    items: list[OfferedModel]
    adapters: list[Adapter]


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


def _offered(model: Model, room: int | None) -> OfferedModel:
    need = model.description.weights_bytes
    fits = None if need is None or room is None else need <= room
    return OfferedModel(description=model.description, sha256=model.sha256, fits=fits)
