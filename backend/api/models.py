"""The models and adapters that this server has, each with what it needs, and whether a worker has room for it."""

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.services import Inlay
from backend.contracts.document import Name
from backend.contracts.model import Adapter, Model

router = APIRouter(prefix="/api/models", tags=["models"])


class OfferedModel(Model):
    """A model that a job may name. `fits`: whether its weights, as they are on disk, are within what the worker with
    the most room gives to models; null while no worker has said what that is."""

    fits: bool | None


class ModelList(BaseModel):
    """`adapters`: ControlNets, LoRAs and IP-Adapters beside the models."""

    items: list[OfferedModel]
    adapters: list[Adapter]


@router.get("", operation_id="listModels", responses=problems())
def all(inlay: Inlay, _: Caller) -> ModelList:
    """List the models that a job may name, and the adapters, in the order of their ids."""
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
