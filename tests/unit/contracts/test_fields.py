"""The fields of uploads and prompts are found by their types, anywhere in a document."""

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from backend.contracts.document import Document, MaskId, Name, PictureId, Prompt, Sha256
from backend.contracts.fields import IsPrompt, NamesUpload, marked, parts
from backend.contracts.job import Job
from backend.contracts.layout import Prompted
from backend.contracts.model import ModelPin
from backend.contracts.start import Start
from backend.contracts.uploads import named

ID = "c" * 64
PATTERN = get_args(Sha256)[1].metadata[0].pattern

Step = tuple[type[BaseModel], str, Any]
"""A model, one of its fields, and the field's type."""


def within(hint: Any) -> Iterator[Any]:
    """Yield a type and all types in it."""
    yield hint
    if get_origin(hint) in (Annotated, Union, UnionType, list, dict):
        for one in get_args(hint):
            yield from within(one)


@cache
def fields_of(model: type[BaseModel]) -> list[tuple[str, Any, list[type[BaseModel]]]]:
    """Return the name and type of each field, and the models in it. A hundred thousand ways lead through the models."""
    hints = get_type_hints(model, include_extras=True)
    return [
        (
            name,
            hints[name],
            [one for one in within(hints[name]) if isinstance(one, type) and issubclass(one, BaseModel)],
        )
        for name in model.model_fields
    ]


def ways(model: type[BaseModel], before: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield each field that a document of this model may have, once, as the path of fields that lead to it."""
    for name, hint, models in fields_of(model):
        way = (*before, (model, name, hint))
        yield way
        for inner in models:
            if all(inner is not one[0] for one in way):
                yield from ways(inner, way)


def holding(hint: Any, value: Any) -> Any:
    """Return a value for a field of this type that contains `value`."""
    while get_origin(hint) in (Annotated, Union, UnionType):
        hint = get_args(hint)[0]
    return {list: [value], dict: {"a": value}}.get(get_origin(hint) or type(None), value)


def document(way: tuple[Step, ...], value: Any) -> Any:
    """Return a document in which only the field at the end of this path is set."""
    for model, name, hint in reversed(way):
        value = model.model_construct(**dict.fromkeys(model.model_fields) | {name: holding(hint, value)})
    return value


def places(way: tuple[Step, ...]) -> str:
    return ".".join(name for _, name, _ in way)


@cache
def takes_digest(model: type[BaseModel], name: str) -> bool:
    """Return true if a field takes a SHA-256."""
    hint = get_type_hints(model, include_extras=True)[name]
    return any(getattr(part, "pattern", None) == PATTERN for one in within(hint) for part in metadata(one))


def metadata(hint: Any) -> list[Any]:
    said = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return [part for one in said for part in getattr(one, "metadata", [])]


WAYS = [*ways(Job)]
DIGESTS = [way for way in WAYS if takes_digest(*way[-1][:2])]
UPLOADS = [way for way in DIGESTS if way[-1][0] is not ModelPin]
PROMPTS = [way for way in WAYS if way[-1][1].endswith("prompt") and way[-1][2] is not Prompted]


def test_every_sort_of_field_is_walked() -> None:
    assert {places(way) for way in DIGESTS} >= {
        "layout.patches.mask",
        "layout.windows.control.picture",
        "layout.graph.observables.prompted.reference.picture",
        "start.picture",
        "start.mask",
        "models.sha256",
    }
    assert {places(way) for way in PROMPTS} >= {
        "layout.prompt",
        "layout.head.negative_prompt",
        "sampling.coarse.prompt",
    }


@pytest.mark.parametrize("way", UPLOADS, ids=places)
def test_every_field_that_takes_a_digest_names_an_upload_but_for_pins(way: tuple[Step, ...]) -> None:
    job = document(way, ID)
    assert [one.id for one in named(job)] == [ID]
    (found,) = named(job)
    assert [part for part in found.location if isinstance(part, str) and part != "a"] == places(way).split(".")


def test_the_hash_of_a_pinned_model_is_no_upload() -> None:
    for way in DIGESTS:
        if way[-1][0] is ModelPin:
            assert named(document(way, ID)) == []


@pytest.mark.parametrize("way", PROMPTS, ids=places)
def test_every_prompt_is_found(way: tuple[Step, ...]) -> None:
    assert [found.value for found in marked(document(way, "a house"), IsPrompt)] == ["a house"]


class Depth(Document):
    """A model with fields that no other model has."""

    seen: PictureId
    shapes: dict[Name, MaskId] = {}
    more: list[PictureId | None] = []
    told: Annotated[Prompt, "anything"] | None = None


class Deep(Start):
    depth: list[Depth] | None = None


def test_a_new_field_is_found_by_its_type() -> None:
    ids = [letter * 64 for letter in "abcde"]
    depth = Depth(seen=ids[1], shapes={"one": ids[2]}, more=[ids[3], None, ids[4]], told="a hill")
    start = Deep(picture=ids[0], depth=[depth])
    assert [found.value for found in marked(start, NamesUpload)] == ids
    assert [found.location for found in marked(start, IsPrompt)] == [("depth", 0, "told")]
    assert [location for location, _ in parts(start, Depth)] == [("depth", 0)]


def test_names_that_stand_for_uploads_are_taken_by_the_type_of_their_field() -> None:
    asked = []

    def id_of(name: str, kind: str) -> str:
        asked.append((name, kind))
        return ID

    given = {"picture": "a.png", "depth": [{"seen": "b.png", "shapes": {"one": "c.png"}}]}
    start = Deep.model_validate(given, context=id_of)
    assert asked == [("a.png", "picture"), ("b.png", "picture"), ("c.png", "mask")]
    assert {found.value for found in marked(start, NamesUpload)} == {ID}


def test_a_mask_of_a_graph_is_no_upload() -> None:
    """The field names a mask of the graph and not an upload, although a patch has a field of the same name for an
    upload."""
    way = next(way for way in WAYS if places(way) == "layout.graph.controls.reseeds.region.mask")
    assert named(document(way, ID)) == []
