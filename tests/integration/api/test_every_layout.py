"""Every layout over REST: compiled, accepted, given to a worker, and followed."""

from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from backend.api.examples import ILLUSION, PANORAMA, REGIONS, SCENE, TEXTURE
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.tabs import follow, hear, see, tab

CANVAS = {"width": 256, "height": 128}
BOX = {"x": 64, "y": 32, "width": 64, "height": 64}
LAYOUTS: list[dict[str, Any]] = [
    {
        "kind": "scene",
        "canvas": CANVAS,
        "box": BOX,
        "background": {"prompt": "a desert"},
        "object": {"prompt": "a cactus"},
        "whole": {"prompt": "a cactus in a desert"},
        "soft": 16,
    },
    {"kind": "portrait", "canvas": CANVAS, "body": {"prompt": "a figure"}, "head": {"prompt": "a face", "box": BOX}},
    {
        "kind": "illusion",
        "canvas": CANVAS,
        "views": [{"prompt": "a hill", "transform": "identity"}, {"prompt": "a bowl", "transform": "rotate_180"}],
    },
    {"kind": "texture", "canvas": CANVAS, "prompt": "pebbles"},
]


def document(layout: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"layout": layout, "sampling": {"model": "papercut", "steps": 4}, **rest}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout["kind"])
def test_a_layout_is_compiled_accepted_and_handed_to_a_worker(
    client: TestClient, hand: Hand, layout: dict[str, Any]
) -> None:
    compiled = client.post("/api/compile", json=document(layout, images=2)).json()
    assert compiled["cost"] == 2 * client.post("/api/compile", json=document(layout)).json()["cost"]
    made = client.post("/api/jobs", json=document(layout, images=2))
    assert made.status_code == 201, made.text
    assert made.json()["progress"] == {"step": 0, "of": 8}
    claim = hand.start()
    assert claim.spec.model_dump(mode="json") == made.json()["spec"]
    assert claim.spec.sampling.agree.solver in ("diagonal", "conjugate")
    assert claim.graph.model_dump(mode="json") == compiled["graph"]
    own = document({"kind": "custom", "graph": compiled["graph"]})
    assert client.post("/api/compile", json=own).json()["graph"] == compiled["graph"]


@pytest.mark.parametrize("example", [PANORAMA, REGIONS, SCENE, ILLUSION, TEXTURE])
def test_the_examples_of_the_description_are_accepted(client: TestClient, example: dict[str, Any]) -> None:
    assert client.post("/api/jobs", json=example).status_code == 201


def test_a_field_of_a_nested_document_is_named_by_its_place(client: TestClient) -> None:
    graph = client.post("/api/compile", json=panorama(coarse={"weight": 5})).json()["graph"]
    graph["observables"][-1]["operator"]["of"]["kind"] = "mural"
    refused = client.post("/api/compile", json=document({"kind": "custom", "graph": graph})).json()
    place = ["layout", "graph", "observables", len(graph["observables"]) - 1, "operator", "of"]
    assert refused["errors"][0]["location"] == place
    moving = client.post("/api/compile", json=panorama(agree={"step_size": {"mu": -1}})).json()
    assert moving["errors"][0]["location"] == ["sampling", "agree", "step_size", "mu"]
    word = client.post("/api/compile", json=panorama(agree={"step_size": "free"})).json()
    assert word["errors"] == [{"location": ["sampling", "agree", "step_size"], "message": "must be 'fixed'"}]


def test_the_preview_of_a_scene_is_its_composite(server: httpx2.Client, hand: Hand) -> None:
    made = server.post("/api/jobs", json=document(LAYOUTS[0])).json()
    claim = hand.start()
    with tab(server) as socket:
        follow(socket, **{made["id"]: 0})
        hear(socket)
        hand.preview(claim.id, claim.graph.nodes.index("scene"), 1)
        assert see(socket)[:3] == (1, claim.graph.nodes.index("scene"), "x0")


def test_a_notice_of_the_worker_is_heard(server: httpx2.Client, hand: Hand) -> None:
    made = server.post("/api/jobs", json=panorama()).json()
    claim = hand.start()
    hand.jobs.progress(claim, 3, 4, {}, {}, 0.3, ["The conjugate solver did not converge; gradient descent took over."])
    with tab(server) as socket:
        follow(socket, **{made["id"]: 2})
        notice = hear(socket)
    assert (notice["type"], notice["seq"], notice["step"]) == ("job_notice", 3, 3)
    assert notice["detail"].startswith("The conjugate solver")
    assert server.get(f"/api/jobs/{made['id']}/events").json()["items"][-2] == notice
