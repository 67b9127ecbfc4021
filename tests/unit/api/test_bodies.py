"""Every request's body is read strictly: a text is not a number, and a number is not true or false."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ValidationError

from backend.api.gallery import Cancellation
from backend.api.routes import build
from backend.contracts.document import Document


def models(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation, and those in their fields, that are not in `seen`. Models may hold themselves,
    as operators do."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation, seen)
    for part in get_args(annotation):
        yield from models(part, seen)


def test_every_body_is_a_strict_document() -> None:
    bodies = {
        model
        for route in iter_route_contexts(build().routes)
        if (body := getattr(route, "body_field", None)) is not None
        for model in models(body.field_info.annotation, set())
    }
    assert Cancellation in bodies
    assert not {model.__name__ for model in bodies if not issubclass(model, Document)}


@pytest.mark.parametrize("wrong", ["true", 1, "yes"])
def test_only_true_cancels_all_jobs(wrong: object) -> None:
    with pytest.raises(ValidationError, match="valid boolean"):
        Cancellation.model_validate({"all": wrong})


def test_a_selection_takes_ids_as_text() -> None:
    id = "3f0a1c52-1f1f-4c55-9a55-0a4f8f1b7d10"
    asked = Cancellation.model_validate({"ids": [id]})
    assert asked.ids is not None
    assert str(asked.ids[0]) == id
