"""Uploads over HTTP, and patches with masks."""

import io
from typing import Any

import httpx2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.contracts.limits import MAX_UPLOAD
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from tests.integration.api.harness import regions
from tests.picture_files import chunk, encoded, exif, iccp, jpeg_with, png_with, profile, segment, turned

CANVAS = np.zeros((128, 256), np.uint8)  # the canvas of regions()


def mask(values: np.ndarray) -> bytes:
    return encoded(Image.fromarray(values))


def painted(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    values = CANVAS.copy()
    values[top:bottom, left:right] = 255
    return values


def upload(client: TestClient, data: bytes, kind: str = "image/png", **options: Any) -> httpx2.Response:
    return client.post("/api/uploads", content=data, headers={"Content-Type": kind, **options})


def test_a_mask_is_kept_and_given_back(client: TestClient) -> None:
    answer = upload(client, mask(painted(0, 0, 64, 64)))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["width"], made["height"], made["url"]) == (256, 128, answer.headers["location"])
    fetched = client.get(made["url"])
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/png")
    known = client.get(made["url"], headers={"If-None-Match": fetched.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert upload(client, fetched.content).json() == made


def picture(client: TestClient, width: int = 256, height: int = 128) -> str:
    """Upload a picture, and return its id."""
    shown = encoded(Image.linear_gradient("L").resize((width, height)).convert("RGB"))
    answer = client.post("/api/uploads?kind=picture", content=shown)
    assert answer.status_code == 201
    return answer.json()["id"]


def test_a_picture_is_kept_in_colour(client: TestClient) -> None:
    shown = Image.effect_noise((64, 48), 50).convert("RGB")
    made = client.post("/api/uploads?kind=picture", content=encoded(shown, "PNG")).json()
    fetched = Image.open(io.BytesIO(client.get(made["url"]).content))
    assert (fetched.mode, fetched.tobytes()) == ("RGB", shown.tobytes())


def test_a_picture_is_taken_upright_whatever_else_its_exif_holds(client: TestClient) -> None:
    """The EXIF has a resolution that is text instead of a number."""
    tiff = exif(turned(6), (0x011A, 2, 4, b"300\0"))
    shown = Image.linear_gradient("L").resize((64, 32)).convert("RGB")
    for data in (
        jpeg_with(encoded(shown, "JPEG"), segment(0xE1, b"Exif\0\0" + tiff)),
        png_with(encoded(shown), chunk(b"eXIf", tiff)),
    ):
        answer = client.post("/api/uploads?kind=picture", content=data)
        assert (answer.status_code, answer.json()["width"], answer.json()["height"]) == (201, 32, 64)


def test_a_picture_is_kept_in_the_colours_that_it_means(client: TestClient) -> None:
    wide = png_with(encoded(Image.new("RGB", (8, 8), (60, 180, 60))), iccp(profile()))
    made = client.post("/api/uploads?kind=picture", content=wide).json()
    kept = np.asarray(Image.open(io.BytesIO(client.get(made["url"]).content))).astype(int)
    assert np.abs(kept - (0, 181, 42)).max() <= 3


@pytest.mark.parametrize("kind", ["mask", "picture"])
def test_a_mask_whose_black_is_nearly_black_redraws_what_is_white_alone(client: TestClient, kind: str) -> None:
    clear = painted(32, 16, 96, 80)
    compiled = []
    for values in (clear, np.where(clear, 253, 2).astype(np.uint8)):
        id = client.post(f"/api/uploads?kind={kind}", content=mask(values)).json()["id"]
        job = {**regions(), "start": {"picture": picture(client), "strength": 1, "mask": id}}
        compiled.append(client.post("/api/compile", json=job).json())
    assert compiled[0]["graph"] == compiled[1]["graph"]
    assert compiled[0]["cost"] == compiled[1]["cost"]


def test_a_job_starts_from_a_picture(client: TestClient) -> None:
    part = upload(client, mask(painted(0, 0, 64, 64))).json()["id"]
    start = {"picture": picture(client), "strength": 0.5, "mask": part}
    whole, started = regions(), {**regions(), "start": start}
    costs = [client.post("/api/compile", json=job).json()["cost"] for job in (whole, started)]
    assert costs[1] < costs[0] / 2
    made = client.post("/api/jobs", json=started).json()
    assert made["spec"]["start"]["picture"] == start["picture"]
    assert made["progress"]["of"] * 2 == made["spec"]["sampling"]["steps"]


@pytest.mark.parametrize(
    ("start", "location", "says"),
    [
        ({"picture": "0" * 64}, ["picture"], "upload the picture first"),
        ({"mask": "0" * 64}, ["mask"], "upload the mask first"),
        ({"strength": 0}, ["strength"], "must be more than 0"),
        ({"strength": 2}, ["strength"], "must be at most 1"),
        ({"picture": "https://example.com/a.png"}, ["picture"], ""),
        ({"picture": "a picture of another shape"}, ["fit"], "another shape"),
    ],
)
def test_a_start_that_cannot_be_is_refused(client: TestClient, start: dict, location: list, says: str) -> None:
    if start.get("picture", "").startswith("a picture"):
        start = {"picture": picture(client, 128, 128)}
    job = {**regions(), "start": {"picture": picture(client), **start}}
    for address in ("/api/compile", "/api/jobs"):
        answer = client.post(address, json=job)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["location"] == ["start", *location]
        assert says in error["message"]
    assert client.get("/api/jobs").json()["items"] == []


def guided(**guide: Any) -> dict[str, Any]:
    job = regions()
    return {**job, "layout": {**job["layout"], "guides": [guide]}}


@pytest.mark.parametrize(
    ("guide", "field", "says"),
    [
        ({"kind": "sketch", "picture": "0" * 64}, "picture", "upload the picture first"),
        ({"kind": "palette", "colour": [1.0, 0.5, 0.0], "mask": "0" * 64}, "mask", "upload the mask first"),
        ({"kind": "palette", "colour": [1.0, 0.5]}, "colour", "3"),
        ({"kind": "palette", "colour": [1.0, 0.5, 2.0]}, "colour", "must be at most 1"),
        ({"kind": "palette", "colour": [1.0, 0.5, 0.0], "deviation": -1.0}, "deviation", "must be at least 0"),
    ],
)
def test_a_guide_that_cannot_be_is_refused(client: TestClient, guide: dict[str, Any], field: str, says: str) -> None:
    for address in ("/api/compile", "/api/jobs"):
        answer = client.post(address, json=guided(**guide))
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["location"][:4] == ["layout", "guides", 0, field]
        assert says in error["message"]


def test_the_uploads_of_guides_are_kept_for_as_long_as_their_job(client: TestClient) -> None:
    named = picture(client)
    made = client.post("/api/jobs", json=guided(kind="sketch", picture=named)).json()
    assert made["spec"]["layout"]["guides"][0]["scale"] > 0
    uploads = client.app.state.services.uploads  # pyright: ignore
    uploads.sweep(unused_seconds=-1)
    assert client.get(f"/api/uploads/{named}").status_code == 200
    client.post(f"/api/jobs/{made['id']}/cancel")
    client.delete(f"/api/jobs/{made['id']}")
    uploads.sweep(unused_seconds=-1)
    assert client.get(f"/api/uploads/{named}").status_code == 404


def test_a_patch_may_be_a_mask(client: TestClient) -> None:
    values = painted(32, 16, 96, 80)
    values[32:36, 16:24] = 0  # half of the first cell's pixels
    id = upload(client, mask(values)).json()["id"]
    job = regions({"id": "house", "prompt": "a house", "mask": id})
    compiled = client.post("/api/compile", json=job).json()
    assert compiled["boxes"] == [{"id": "house", "box": {"x": 16, "y": 32, "width": 64, "height": 64}}]
    cells = compiled["graph"]["masks"]["house"]
    assert (cells["width"], cells["height"], cells["cells"][:4]) == (8, 8, "80ff")
    made = client.post("/api/jobs", json=job)
    assert (made.status_code, made.json()["spec"]["layout"]["patches"][0]["mask"]) == (201, id)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (CANVAS, "black or transparent everywhere"),
        (np.full((64, 64), 255, np.uint8), "the mask has 64 x 64 pixels and the canvas 256 x 128"),
        (None, "upload the mask first"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(client: TestClient, values: np.ndarray | None, says: str) -> None:
    id = "0" * 64 if values is None else upload(client, mask(values)).json()["id"]
    answer = client.post("/api/jobs", json=regions({"id": "house", "prompt": "a house", "mask": id}))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["location"] == ["layout", "patches", 0, "mask"]
    assert says in error["message"]


def test_a_patch_is_either_a_box_or_a_mask(client: TestClient) -> None:
    for shape in ({}, {"mask": "0" * 64, "box": {"x": 0, "y": 0, "width": 64, "height": 64}}):
        answer = client.post("/api/compile", json=regions({"id": "a", "prompt": "a house", **shape}))
        assert answer.status_code == 422
        assert "either a `box` or a `mask`" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not a PNG, JPEG or WebP picture"),
        (b"", 415, "not a PNG, JPEG or WebP picture"),
        (mask(CANVAS)[:60], 422, "damaged"),
        (encoded(Image.new("1", (8192, 4096))), 422, "8,192 x 4,096 pixels"),
        (bytes(MAX_UPLOAD + 1), 413, "at most 64 MiB"),
    ],
    ids=["svg", "nothing", "broken", "too many pixels", "too large"],
)
def test_a_file_that_is_not_a_picture_is_refused(client: TestClient, data: bytes, status: int, says: str) -> None:
    for kind in ("mask", "picture"):
        answer = client.post(f"/api/uploads?kind={kind}", content=data)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert says in answer.json()["detail"]


def test_an_owner_uses_only_what_they_uploaded(settings: Settings, bus: LocalApiBus) -> None:
    keys = {digest("ann"): "ann", digest("bob"): "bob"}
    ann, bob = {"Authorization": "Bearer ann"}, {"Authorization": "Bearer bob"}
    with TestClient(create_app(settings.model_copy(update={"api_keys": keys}), bus)) as client:
        made = upload(client, mask(painted(0, 0, 64, 64)), **ann).json()
        job = regions({"id": "house", "prompt": "a house", "mask": made["id"]})
        assert client.get(made["url"], headers=ann).status_code == 200
        assert client.get(made["url"], headers=bob).status_code == 404
        assert client.post("/api/compile", json=job, headers=ann).status_code == 200
        refused = client.post("/api/compile", json=job, headers=bob)
        assert refused.status_code == 422
        assert "upload the mask first" in refused.json()["detail"]
