"""The layers of a job over REST: which jobs have them, from which pictures, and how they are sent."""

import io
import re
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import httpx2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from psd_tools import PSDImage

from backend.store.frames import Frame, Frames
from backend.store.jobs import Claim, StoredOutput
from tests.integration.api.harness import Hand, panorama, patch, regions
from tests.integration.api.test_every_layout import LAYOUTS, document

ORA, PSD = "image/openraster", "image/vnd.adobe.photoshop"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because layers are made of files."""
    return sqlite_url


def encoded(seed: int, kind: str = "PNG", width: int = 256, height: int = 128) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, lossless=True)
    return file.getvalue()


def finish(hand: Hand, claim: Claim, *names: str) -> None:
    """End a job with a picture of each name."""
    outputs = []
    for seed, name in enumerate(names):
        key = f"{claim.prefix}{name}.png"
        hand.images.put(key, encoded(seed))
        outputs.append(StoredOutput(name=name, key=key, width=256, height=128))
    hand.jobs.finish(claim, outputs, 2.0)


def submit(client: TestClient, body: dict[str, Any]) -> str:
    answer = client.post("/api/jobs", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def names(answer: httpx2.Response) -> list[str]:
    """Return the names of an OpenRaster file's layers, the lowest first."""
    assert answer.status_code == 200, answer.text
    stack = fromstring(ZipFile(io.BytesIO(answer.content)).read("stack.xml"))
    return [layer.attrib["name"] for layer in stack.iter("layer")][::-1]


def test_a_finished_job_has_layers_in_both_formats(client: TestClient, hand: Hand) -> None:
    id = submit(client, regions(patch(feather=8)))
    finish(hand, hand.start(), "x")
    ora, psd = (client.get(f"/api/jobs/{id}/layers", params=query) for query in ({}, {"format": "psd"}))
    assert (ora.headers["content-type"], psd.headers["content-type"]) == (ORA, PSD)
    found = names(ora)
    assert found[0] == "x (picture)"
    assert "a (cut from x)" in found
    document = PSDImage.open(io.BytesIO(psd.content))
    assert [layer.name for layer in document.descendants() if not layer.is_group()] == found
    for answer, ending in ((ora, "ora"), (psd, "psd")):
        name = rf'attachment; filename="\d{{4}}-\d\d-\d\d_\d{{6}}_hills_{id[:8]}\.{ending}"'
        assert re.fullmatch(name, answer.headers["content-disposition"])
    assert len(client.get(f"/api/jobs/{id}/layers", params={"views": False}).content) < len(ora.content)


@pytest.mark.parametrize("format", ["ora", "psd"])
def test_layers_are_fetched_again_only_if_they_differ(client: TestClient, hand: Hand, format: str) -> None:
    id = submit(client, panorama())
    finish(hand, hand.start(), "x")
    address = f"/api/jobs/{id}/layers"
    first = client.get(address, params={"format": format})
    again = client.get(address, params={"format": format}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert client.get(address, params={"format": format}).content == first.content
    other = client.get(address, params={"format": format, "views": False})
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("format", ["ora", "psd"])
def test_head_is_get_without_the_body(client: TestClient, server: httpx2.Client, hand: Hand, format: str) -> None:
    id = submit(client, panorama())
    finish(hand, hand.start(), "x")
    for asked in (client, server):
        got, head = (asked.request(how, f"/api/jobs/{id}/layers?format={format}") for how in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-type", "content-disposition", "cache-control"):
            assert head.headers[name] == got.headers[name]


def test_a_file_is_named_by_a_prompt_in_any_script(client: TestClient, hand: Hand) -> None:
    body = panorama()
    body["layout"]["prompt"] = "草地 é"
    id = submit(client, body)
    finish(hand, hand.start(), "x")
    header = client.get(f"/api/jobs/{id}/layers").headers["content-disposition"]
    header.encode("ascii")
    assert header.endswith(f"_%E8%8D%89%E5%9C%B0-%C3%A9_{id[:8]}.ora")


def test_each_image_of_a_job_has_layers(client: TestClient, hand: Hand) -> None:
    id = submit(client, panorama() | {"images": 3, "keep": 2})
    finish(hand, hand.start(), "x.3", "x")
    merged: list[Any] = []
    for image in (1, 3):
        answer = client.get(f"/api/jobs/{id}/layers", params={"image": image})
        assert f"_{image}.ora" in answer.headers["content-disposition"]
        with ZipFile(io.BytesIO(answer.content)) as file:
            merged.append(np.asarray(Image.open(file.open("mergedimage.png"))))
    assert (merged[1] == np.asarray(Image.open(io.BytesIO(encoded(0))))).all()
    assert (merged[0] == np.asarray(Image.open(io.BytesIO(encoded(1))))).all()
    dropped = client.get(f"/api/jobs/{id}/layers", params={"image": 2})
    assert (dropped.status_code, dropped.json()["detail"]) == (
        404,
        f"Job {id} has no pictures of image 2. Its pictures are x.3, x.",
    )


def test_a_job_that_has_not_ended_has_no_layers_yet(client: TestClient, hand: Hand) -> None:
    id = submit(client, panorama())

    def refused() -> str:
        answer = client.get(f"/api/jobs/{id}/layers")
        assert answer.status_code == 409
        return answer.json()["detail"]

    assert refused() == f"Job {id} is queued. Its layers can be exported once it has ended."
    claim = hand.start()
    assert refused() == f"Job {id} is running. Its layers can be exported once it has ended."
    hand.cancel(claim)
    assert refused() == f"Job {id} was cancelled and has no pictures, so it has no layers."


def test_a_stopped_job_has_the_layers_of_its_last_step(client: TestClient, hand: Hand) -> None:
    id = submit(client, panorama())
    claim = hand.start()
    hand.step(claim, 2)
    hand.stop(claim, 2)
    hand.images.put(f"{claim.prefix}x.png", encoded(1))
    assert names(client.get(f"/api/jobs/{id}/layers"))[0] == "x (picture)"


def test_the_frames_of_a_run_stand_in_for_controls_that_are_not_saved(client: TestClient, hand: Hand) -> None:
    body = document(LAYOUTS[0], outputs=["scene"], preview={"every": 1, "keep": "all"})
    ids = []
    for kept in (True, False):
        ids.append(submit(client, body))
        claim = hand.start()
        hand.step(claim, 4)
        if kept:
            shots = [
                Frame(node, "x0", step, 128, 64, encoded(10 * node + step, "WEBP", 128, 64))
                for node in range(len(claim.graph.nodes))
                for step in (3, 4)
            ]
            Frames(hand.jobs.database, hand.images).keep(claim, shots)
        finish(hand, claim, "scene")
    with_frames, without = (names(client.get(f"/api/jobs/{id}/layers")) for id in ids)
    assert with_frames[:3] == ["scene (picture)", "x1 (last frame of the run)", "x2 (last frame of the run)"]
    assert "x2 in scene" in with_frames
    assert not any("x1" in name or "x2" in name for name in without)
    file = ZipFile(io.BytesIO(client.get(f"/api/jobs/{ids[0]}/layers").content))
    frame = Image.open(io.BytesIO(encoded(4, "WEBP", 128, 64))).resize((256, 128), Image.Resampling.BICUBIC)
    assert (np.asarray(Image.open(file.open("data/layer0001.png"))) == np.asarray(frame)).all()


def test_wrong_requests_are_refused(client: TestClient, hand: Hand) -> None:
    id = submit(client, panorama())
    finish(hand, hand.start(), "x")
    for query in ({"format": "xcf"}, {"image": 0}, {"image": 17}, {"views": "some"}):
        refused = client.get(f"/api/jobs/{id}/layers", params=query)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["location"] == ["query", *query]


def test_layers_beyond_the_limit_are_refused_with_a_way_out(
    client: TestClient, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = submit(client, panorama())
    finish(hand, hand.start(), "x")
    monkeypatch.setattr("backend.api.layers.MOST_PIXELS", 40_000)
    refused = client.get(f"/api/jobs/{id}/layers").json()
    assert (refused["status"], refused["errors"][0]["location"]) == (422, ["query", "views"])
    assert refused["detail"].endswith("Leave the views out with views=false.")
    assert client.get(f"/api/jobs/{id}/layers", params={"views": False}).status_code == 200


def test_a_damaged_or_lost_picture_is_told(client: TestClient, hand: Hand) -> None:
    id = submit(client, panorama())
    claim = hand.start()
    finish(hand, claim, "x")
    hand.images.put(f"{claim.prefix}x.png", b"\x89PNG half")
    assert client.get(f"/api/jobs/{id}/layers").status_code == 404
    hand.images.delete([f"{claim.prefix}x.png"])
    assert client.get(f"/api/jobs/{id}/layers?format=psd").status_code == 404
