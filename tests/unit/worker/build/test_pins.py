"""A run uses the versions of models and adapters with which its job was accepted, or none."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from safetensors.torch import load_file, save_file

from backend.contracts.job import Compiled, Job
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_lora
from tests.tiny.stable_diffusion import write_tiny_1_or_2
from worker.build.pins import OtherVersion
from worker.build.prepare import prepare
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models

UNET = Path("sd", "unet", "diffusion_pytorch_model.safetensors")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the model `sd` and the LoRA `ink`."""
    folder = tmp_path / "models"
    write_tiny_1_or_2(folder / "sd")
    pipeline = StableDiffusionPipeline.from_pretrained(folder / "sd", local_files_only=True)
    add(write_lora(tmp_path / "ink", pipeline), folder, AddOptions(id="ink"))
    return folder


def accepted(folder: Path, **prompted: Any) -> Compiled:
    entries = ModelCatalog(folder).entries()
    window = {"prompt": "a desert", "loras": [{"lora": "ink"}], **prompted}
    layout = {"kind": "panorama", "canvas": {"width": 128, "height": 128}, "windows": [window]}
    job = Job.model_validate({"layout": layout, "sampling": {"model": "sd", "steps": 2, "seed": 1}})
    return compile_job(resolve(job, entries.models, Limits(), entries.adapters), entries.models, Limits())


def train_on(file: Path) -> None:
    """Replace a file of weights by others."""
    weights = {name: weight + 1 for name, weight in load_file(file).items()}
    file.unlink()  # the file may be linked to another one
    save_file(weights, file, metadata={"format": "pt"})


@pytest.mark.parametrize("loaded", [False, True])
def test_a_model_that_was_replaced_after_the_submission_is_refused(folder: Path, loaded: bool) -> None:
    job, models = accepted(folder), Models(folder, "cpu")
    if loaded:
        prepare(job.graph, job.job, models)
    train_on(folder / UNET)
    with pytest.raises(OtherVersion, match=r"accepted with the model sd 1 \(\w{12}\), and the worker has 1 \(\w{12}\)"):
        prepare(job.graph, job.job, models)
    unpinned = job.job.model_copy(update={"models": None})
    assert prepare(job.graph, unpinned, models).schedule.steps == 2
    again = accepted(folder)
    assert prepare(again.graph, again.job, models).schedule.steps == 2


def test_a_model_of_another_revision_is_refused(folder: Path) -> None:
    job, said = accepted(folder), folder / "sd" / "inlay.json"
    said.write_text(json.dumps(json.loads(said.read_bytes()) | {"revision": "2"}))
    with pytest.raises(OtherVersion, match=r"accepted with the model sd 1 .* and the worker has 2 .* without `models`"):
        prepare(job.graph, job.job, Models(folder, "cpu"))


def test_an_adapter_that_was_replaced_is_refused(folder: Path) -> None:
    job, models = accepted(folder), Models(folder, "cpu")
    prepare(job.graph, job.job, models)
    (file,) = (folder / "ink").glob("*.safetensors")
    train_on(file)
    with pytest.raises(OtherVersion, match=r"accepted with the LoRA ink 1 .* without `adapters`"):
        prepare(job.graph, job.job, models)
    file.unlink()
    with pytest.raises(DiffusionError, match=r"ink cannot be read: the folder has no .safetensors weights"):
        prepare(job.graph, job.job, models)


def test_weights_are_hashed_once_for_all_jobs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, hashed = accepted(folder), list[Any]()
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *given: (hashed.append(given), digest(*given))[1])
    for _ in range(2):
        prepare(job.graph, job.job, Models(folder, "cpu"))
    assert hashed == [], "the catalog of the same process has hashed them"
    train_on(folder / UNET)
    again = accepted(folder)
    prepare(again.graph, again.job, Models(folder, "cpu"))
    assert len(hashed) == 1
