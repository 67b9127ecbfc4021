"""Validation errors become sentences, with paths into the document that the client sent."""

import math
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from backend.api.errors import as_problem
from backend.api.routes import build
from backend.api.validation_messages import sentence
from backend.contracts.job import Job
from backend.contracts.limits import MAX_ERRORS

KINDS = "'panorama', 'regions', 'scene', 'portrait', 'illusion', 'texture', 'custom'"
GOOD: dict[str, Any] = {
    "layout": {
        "kind": "regions",
        "canvas": {"width": 512, "height": 256},
        "prompt": "hills",
        "patches": [{"id": "a", "prompt": "a house", "box": {"x": 0, "y": 0, "width": 64, "height": 64}}],
    },
    "sampling": {"model": "papercut"},
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """Return GOOD with one field replaced."""

    def replace(node: Any, rest: tuple[str | int, ...]) -> Any:
        if not rest:
            return to
        if isinstance(node, list):
            return [replace(item, rest[1:]) if index == rest[0] else item for index, item in enumerate(node)]
        return {**node, rest[0]: replace(node.get(rest[0]), rest[1:])}

    return replace(GOOD, path)


def refused(body: Any) -> dict[str, Any]:
    """Return the problem for `body` as a job, through FastAPI's own validation."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Job).validate_python(body)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    response = as_problem(RequestValidationError(errors, body=body)).response()
    assert response.status_code == 422
    assert response.media_type == "application/problem+json"
    return TypeAdapter(dict[str, Any]).validate_json(bytes(response.body))


@pytest.mark.parametrize(
    ("body", "location", "message"),
    [
        (changed("sampling", "eta", to=math.nan), ["sampling", "eta"], "must be a finite number"),
        (changed("sampling", "guidance", to=math.inf), ["sampling", "guidance"], "must be a finite number"),
        (changed("sampling", "steps", to="30"), ["sampling", "steps"], "must be a whole number"),
        (changed("sampling", "steps", to=0), ["sampling", "steps"], "must be at least 1"),
        (changed("sampling", "seed", to=2**60), ["sampling", "seed"], "must be at most 9,007,199,254,740,991"),
        (changed("layout", "canvas", "depth", to=3), ["layout", "canvas", "depth"], "is not a field of this document"),
        (changed("layout", "canvas", "width", to=0), ["layout", "canvas", "width"], "must be at least 1"),
        (changed("layout", "prompt", to="x" * 1_000_000), ["layout", "prompt"], "must have at most 2,000 characters"),
        (changed("layout", "prompt", to=["x"]), ["layout", "prompt"], "must be text"),
        (changed("layout", "prompt", to="\ud800"), ["layout", "prompt"], "must be valid Unicode text"),
        (changed("layout", "kind", to="mural"), ["layout"], f"must have as 'kind' one of {KINDS}"),
        (changed("layout", to={}), ["layout"], "must have a field 'kind'"),
        (changed("layout", to=7), ["layout"], "must be an object"),
        (
            changed("layout", "patches", 0, "box", "width", to=0),
            ["layout", "patches", 0, "box", "width"],
            "must be at least 1",
        ),
        (
            changed("layout", "patches", 0, "id", to="../secret"),
            ["layout", "patches", 0, "id"],
            "must begin with a letter or digit, and have only letters, digits, '_', '.', '-'",
        ),
        (
            changed("layout", "patches", to=[GOOD["layout"]["patches"][0]] * 2),
            ["layout"],
            "two patches have the id 'a'; give each its own",
        ),
        (
            changed("sampling", "scheduler", to="euler"),
            ["sampling", "scheduler"],
            "must be 'ddim', 'dpmsolver++' or 'flow-euler'",
        ),
    ],
)
def test_a_field_is_named_by_its_place_in_the_document(body: Any, location: list[str | int], message: str) -> None:
    problem = refused(body)
    assert problem["errors"] == [{"location": location, "message": message}]
    assert problem["detail"] == f"{'.'.join(map(str, location))}: {message}."


def test_no_more_than_a_screenful_of_errors_is_listed_and_the_rest_is_counted() -> None:
    patch = {"id": "a", "prompt": 1, "box": {"x": 0, "y": 0, "width": 64, "height": 64}}
    problem = refused(changed("layout", "patches", to=[patch] * 10_000))
    assert len(problem["errors"]) == MAX_ERRORS
    assert "It is the first of 10,000 errors." in problem["detail"]


def test_a_clients_own_words_are_not_repeated_at_length() -> None:
    long = "y" * 500_000
    for body in (
        changed("sampling", long, to=1),
        changed("layout", "kind", to=long),
        changed("sampling", "eta", to=long),
    ):
        assert len(str(refused(body))) < 1_000


def test_a_location_keeps_a_field_that_has_the_name_of_a_layout() -> None:
    problem = refused(changed("layout", "regions", to=1))
    assert problem["errors"][0]["location"] == ["layout", "regions"]


def test_an_unexpected_error_does_not_reveal_its_cause() -> None:
    problem = as_problem(RuntimeError("postgresql://inlay:secret@db/inlay"))
    assert problem.status == 500
    assert b"secret" not in bytes(problem.response().body)


def patterns(node: Any) -> set[str]:
    """Return the regular expressions in a part of the OpenAPI document."""
    if isinstance(node, list):
        return {pattern for one in node for pattern in patterns(one)}
    if not isinstance(node, dict):
        return set()
    own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
    return own | {pattern for one in node.values() for pattern in patterns(one)}


def test_no_message_shows_a_regular_expression() -> None:
    found = patterns(build().openapi())
    assert len(found) > 5
    for pattern in found:
        said = sentence({"type": "string_pattern_mismatch", "ctx": {"pattern": pattern}})
        assert pattern not in said, said
