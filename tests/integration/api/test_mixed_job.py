"""One picture of two models, three prompts, a ControlNet, a LoRA and an IP-Adapter, through the API and a worker."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from fastapi.testclient import TestClient
from PIL import Image

from backend.api.settings import Settings
from backend.store.bus import WorkerBus
from backend.store.bus_local import LocalApiBus, LocalWorkerBus
from backend.store.database import connect
from backend.store.jobs import Jobs
from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_controlnet, write_ip_adapter, write_lora
from tests.tiny.stable_diffusion import write_tiny_1_or_2
from worker.diffusion.loading import Models
from worker.job.run import work
from worker.job.worker import Worker
from worker.settings import Settings as WorkerSettings


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The settings, with the models `sd` and `twin` and the adapters `canny`, `ink` and `look`, added as operators add
    them."""
    sources = tmp_path / "sources"
    write_tiny_1_or_2(settings.models / "sd", id="sd")
    write_tiny_1_or_2(settings.models / "twin", id="twin", version=2, seed=5)
    twin = StableDiffusionPipeline.from_pretrained(settings.models / "twin", local_files_only=True)
    add(write_controlnet(sources / "canny", settings.models / "sd" / "unet"), settings.models, AddOptions())
    add(write_lora(sources / "ink", twin), settings.models, AddOptions())
    add(write_ip_adapter(sources / "look", settings.models / "twin" / "unet"), settings.models, AddOptions(id="look"))
    return settings


def squares() -> bytes:
    colours = np.random.default_rng(1).integers(0, 255, (4, 8, 3), dtype=np.uint8).repeat(32, 0).repeat(32, 1)
    encoded = io.BytesIO()
    Image.fromarray(colours).save(encoded, "PNG")
    return encoded.getvalue()


def document(house: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    box = {"y": 0, "width": 128, "height": 128}
    patches = [
        {"id": "house", "prompt": "a house", "box": box | {"x": 0}, **house},
        {"id": "tree", "prompt": "a tree", "box": box | {"x": 128}, "model": "twin", **tree},
    ]
    canvas = {"width": 256, "height": 128}
    layout = {"kind": "regions", "canvas": canvas, "prompt": "a meadow", "patches": patches}
    return {"layout": layout, "sampling": {"model": "sd", "steps": 3, "seed": 1}}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mixed_job_is_one_picture(
    client: TestClient, settings: Settings, ends: tuple[LocalApiBus, LocalWorkerBus]
) -> None:
    bus: WorkerBus = ends[1]
    worker = Worker(
        name="w1",
        jobs=Jobs(connect(settings.database)),
        images=settings.open_images(),
        bus=bus,
        models=Models(settings.models, "cpu"),
        settings=WorkerSettings(),
        stopping=lambda: False,
    )
    upload = client.post("/api/uploads?kind=picture", content=squares()).json()["id"]
    adapters = (
        {"control": {"kind": "edges", "picture": upload, "controlnet": "canny"}},
        {"loras": [{"lora": "ink"}], "reference": {"adapter": "look", "picture": upload, "weight": 0.6}},
    )

    def made(*patches: dict[str, Any]) -> Any:
        created = client.post("/api/jobs", json=document(*patches))
        assert created.status_code == 201, created.text
        assert work(worker)
        job = client.get(created.headers["location"]).json()
        assert job["state"] == "succeeded", job["error"]
        return job

    def pixels(job: Any) -> np.ndarray[Any, Any]:
        return np.asarray(Image.open(io.BytesIO(client.get(job["outputs"][0]["url"]).content))).astype(int)

    plain, mixed = made({}, {}), made(*adapters)
    assert plain["spec"]["adapters"] is None
    assert [pin["id"] for pin in mixed["spec"]["adapters"]] == ["canny", "ink", "look"]
    assert {pin["id"] for pin in mixed["spec"]["models"]} == {"sd", "twin"}
    for half in (np.s_[:, :128], np.s_[:, 128:]):
        assert np.abs(pixels(plain)[half] - pixels(mixed)[half]).mean() > 1
    again = client.post("/api/jobs", json=mixed["spec"])
    assert again.status_code == 201, again.text
    assert work(worker)
    repeated = client.get(again.headers["location"]).json()
    assert np.array_equal(pixels(repeated), pixels(mixed))
    worker.jobs.database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_setting_that_does_not_fit_is_refused_with_its_place(client: TestClient) -> None:
    asked = document({}, {"reference": {"adapter": "ink", "picture": "0" * 64}})
    answer = client.post("/api/jobs", json=asked)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["location"] == ["layout", "patches", 1, "reference", "adapter"]
    assert "'ink' is a LoRA, and an IP-Adapter is wanted here; choose one of: look" in error["message"]
