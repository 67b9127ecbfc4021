"""The models that this server offers, each with its pin, defaults and vocabulary."""

from fastapi import APIRouter
from pydantic import BaseModel

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.services import Inlay
from backend.contracts.document import Name
from backend.contracts.model import Model

router = APIRouter(prefix="/api/models", tags=["models"])


class ModelList(BaseModel):
    items: list[Model]


@router.get("", operation_id="listModels", responses=problems())
def all(inlay: Inlay, _: Caller) -> ModelList:
    """Every model that a job may name, in the order of ids."""
    return ModelList(items=inlay.catalog.list())


@router.get("/{id}", operation_id="getModel", responses=problems(404, 422))
def get(id: Name, inlay: Inlay, _: Caller) -> Model:
    return inlay.catalog.get(id)
