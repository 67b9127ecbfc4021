"""Continue a job with another number of steps over REST."""

import io
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend.contracts.job import Job
from tests.integration.api.harness import Hand, panorama, regions
from tests.integration.api.test_stops import stopped, submit

__all__ = ["stopped"]


def png(width: int = 256, height: int = 128) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def finished(client: TestClient, hand: Hand) -> str:
    """The id of a job that ran to its end."""
    id = submit(client)
    hand.finish(hand.start(), png())
    return id


def more(client: TestClient, id: str, **asked: Any) -> Any:
    return client.post(f"/api/jobs/{id}/continue", json=asked)


def test_a_stopped_job_is_continued_with_the_steps_of_the_request(client: TestClient, stopped: str) -> None:
    answer = more(client, stopped, steps=20)
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert (made["continues"], made["first_step"], made["progress"]) == (stopped, 2, {"step": 2, "of": 22})
    assert (made["spec"]["sampling"]["steps"], made["spec"]["sampling"]["finer"]) == (4, [{"after": 2, "steps": 20}])
    assert client.post("/api/compile", json=made["spec"]).status_code == 200, "its document runs from the start too"


def test_as_many_steps_as_are_left_are_the_planned_ones(client: TestClient, stopped: str) -> None:
    made = more(client, stopped, steps=2).json()
    assert made["spec"] == client.get(f"/api/jobs/{stopped}").json()["spec"]
    assert made["progress"] == {"step": 2, "of": 4}


def test_the_same_request_makes_one_job_and_another_one_is_refused(client: TestClient, stopped: str) -> None:
    address, named = f"/api/jobs/{stopped}/continue", {"Idempotency-Key": "k"}
    first = client.post(address, json={"steps": 20}, headers=named)
    again = client.post(address, json={"steps": 20}, headers=named)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    for other in ({"steps": 21}, {}):
        assert client.post(address, json=other, headers=named).status_code == 409


def test_the_same_refinement_makes_one_job(client: TestClient, finished: str) -> None:
    address, named = f"/api/jobs/{finished}/continue", {"Idempotency-Key": "k"}
    first = client.post(address, json={"steps": 20}, headers=named)
    again = client.post(address, json={"steps": 20}, headers=named)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ({"steps": 0}, ["steps"]),
        ({"steps": 2.5}, ["steps"]),
        ({"steps": 1001}, ["steps"]),
        ({"steps": 199}, ["steps"]),
        ({"strength": 0}, ["strength"]),
        ({"strength": 1.5}, ["strength"]),
        ({"steps": 20, "picture": "x"}, ["picture"]),
        ({"step": 20}, ["step"]),
    ],
)
def test_bad_values_are_refused_with_their_field(
    client: TestClient, stopped: str, asked: dict[str, Any], location: list[str]
) -> None:
    answer = more(client, stopped, **asked)
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, location), answer.text


def test_a_last_step_and_several_images_are_not_divided(client: TestClient, hand: Hand) -> None:
    job = client.post("/api/jobs", json=panorama()).json()["id"]
    claim = hand.start()
    hand.step(claim, 3)
    client.post(f"/api/jobs/{job}/stop")
    hand.stop(claim, 3)
    answer = more(client, job, steps=5)
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["steps"])
    assert "one step is left" in answer.json()["errors"][0]["message"]
    several = client.post("/api/jobs", json={**panorama(), "images": 2}).json()["id"]
    claim = hand.start()
    hand.step(claim, 2, 8)
    client.post(f"/api/jobs/{several}/stop")
    hand.stop(claim, 2, 8)
    answer = more(client, several, steps=5)
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["steps"])


def test_a_finished_picture_is_refined_by_image_to_image(client: TestClient, finished: str) -> None:
    answer = more(client, finished, steps=20)
    made = answer.json()
    assert answer.status_code == 201, answer.text
    spec, old = made["spec"], client.get(f"/api/jobs/{finished}").json()["spec"]
    assert made["progress"] == {"step": 0, "of": 20}, "exactly the steps that were asked for"
    assert (spec["start"]["strength"], spec["sampling"]["steps"]) == (0.3, 66)
    upload = client.get(f"/api/uploads/{spec['start']['picture']}")
    assert Image.open(io.BytesIO(upload.content)).getpixel((0, 0)) == (0, 128, 128)
    assert spec["sampling"]["seed"] != old["sampling"]["seed"], "new noise"
    assert spec["layout"] == old["layout"]
    assert len(Job.model_validate(spec).taken) == 20


@pytest.mark.parametrize(("steps", "strength"), [(1, 0.01), (7, 0.5), (20, 1.0), (5, 0.33), (60, 0.3)])
def test_a_refinement_takes_exactly_the_steps_that_are_asked_for(
    client: TestClient, finished: str, steps: int, strength: float
) -> None:
    made = more(client, finished, steps=steps, strength=strength).json()
    assert made["progress"] == {"step": 0, "of": steps}
    assert made["spec"]["start"]["strength"] == strength


def test_a_stopped_job_is_refined_if_a_strength_is_given(client: TestClient, hand: Hand, stopped: str) -> None:
    key = hand.jobs.output_key("local", UUID(stopped), "x")
    hand.images.put(key, png())
    made = more(client, stopped, strength=0.5).json()
    assert (made["continues"], made["progress"], made["spec"]["start"]["strength"]) == (
        None,
        {"step": 0, "of": 20},
        0.5,
    )


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ({"steps": 100, "strength": 0.3}, ["steps"]),
        ({"steps": 5, "picture": "y1"}, ["picture"]),
        ({"steps": 0}, ["steps"]),
    ],
)
def test_a_refinement_that_cannot_run_is_refused_with_its_field(
    client: TestClient, finished: str, asked: dict[str, Any], location: list[str]
) -> None:
    answer = more(client, finished, **asked)
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, location), answer.text


def test_a_job_of_two_canvases_is_not_refined(client: TestClient, hand: Hand) -> None:
    box = {"x": 32, "y": 32, "width": 64, "height": 64}
    prompts = {name: {"prompt": name} for name in ("background", "object", "whole")}
    layout = {"kind": "scene", "canvas": {"width": 256, "height": 128}, "box": box, **prompts}
    job = client.post("/api/jobs", json={**regions(), "layout": layout}).json()["id"]
    hand.finish(hand.start(), png())
    answer = more(client, job, steps=20)
    assert answer.status_code == 422
    assert "draws 2 canvases" in answer.json()["detail"]


def test_a_job_without_a_picture_is_not_refined(client: TestClient) -> None:
    answer = more(client, submit(client), steps=20)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:inlay:conflict")
