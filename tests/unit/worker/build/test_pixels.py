"""Pictures with models of two latent spaces: one has 8 channels and predicts v, the other has the shape of Stable
Diffusion."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from backend.contracts.graph import OutputSpec
from backend.contracts.job import Compiled, Job
from backend.contracts.model import ModelDescription
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from tests.tiny.stable_diffusion import write_tiny_1_or_2, write_tiny_checkpoint
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.loading import Models
from worker.job import checkpoint
from worker.job.checkpoint import Saved

BOX = {"x": 96, "y": 32, "width": 64, "height": 64}
INSIDE = np.zeros((128, 256), bool)
INSIDE[32:96, 96:160] = True
UPLOAD = "a" * 64
PAPERCUT = Path(__file__).parents[4] / "models" / "papercut"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_checkpoint(folder / "tiny")
    write_tiny_1_or_2(folder / "sd", seed=1)
    return folder


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


def compiled(folder: Path, by: str = "sd", space: str = "pixels", **changes: Any) -> Compiled:
    """Compile a job with a patch of model `by` on a background of `tiny`. `changes` sets the prompts and
    the sampling."""
    patch = {"id": "sun", "box": BOX, "prompt": changes.pop("patch", "the sun"), "feather": 16, "model": by}
    layout = {
        "kind": "regions",
        "canvas": {"width": 256, "height": 128, "wrap": "x"},
        "prompt": changes.pop("prompt", "mountains"),
        "patches": [patch],
        "bootstrap": 0.25,
    }
    start = changes.pop("start", None)
    sampling = {"model": "tiny", "steps": 4, "seed": 5, "agree": {"space": space}, **changes}
    offered = {one.description.id: one for one in ModelCatalog(folder).list()}
    job = Job.model_validate({"layout": layout, "sampling": sampling, "start": start})
    return compile_job(resolve(job, offered, Limits()), offered, Limits(), sizes=lambda _: (256, 128))


def prepared(folder: Path, models: Models, by: str = "sd", space: str = "pixels", **changes: Any) -> PreparedRun:
    made = compiled(folder, by, space, **changes)
    return prepare(made.graph, made.job, models, lambda _: Image.new("RGB", (256, 128), (90, 140, 200)))


def picture(of: PreparedRun) -> np.ndarray:
    *_, last = of.sample()
    return np.asarray(of.decode(last, OutputSpec(node="x", width=256, height=128))).astype(float)


@pytest.mark.slow
def test_both_prompts_have_a_say_in_their_own_part(folder: Path, models: Models) -> None:
    """The effect is small, because little of a prediction survives the conversion between random VAEs."""
    plain, patch, around = (
        picture(prepared(folder, models, **changes))
        for changes in ({}, {"patch": "a boat on the sea"}, {"prompt": "a desert"})
    )
    assert plain.std() > 5
    for changed, part, rest in ((patch, INSIDE, ~INSIDE), (around, ~INSIDE, INSIDE)):
        off = np.abs(changed - plain).mean(2)
        assert off[part].mean() > 0.3
        assert off[part].mean() > 2 * off[rest].mean()


def test_each_model_is_shown_and_previewed_in_its_own_latents(folder: Path, models: Models) -> None:
    made = prepared(folder, models, eta=0.5)
    *_, step = made.sample()
    names = [one.name for one in made.graph.at(3).observables if one.foreign is not None]
    shown = next(name for name in names if name in step.views)
    assert step.views[shown].noisy.shape == (4, 16, 16)
    assert step.views[shown].shared.shape == (8, 16, 16)
    assert step.controls["x@sd"].shape == (4, 16, 32)
    for name in names:  # one of them over grey, and no longer active
        for what in ("x0", "noisy", "residual"):
            assert made.preview(step, name, what).shape == (64, 64, 3)
        assert made.decode(step, OutputSpec(node=name, width=128, height=128)).size == (128, 128)


def test_a_checkpoint_keeps_what_the_other_model_is_shown(folder: Path, models: Models) -> None:
    made = prepared(folder, models, scheduler="dpmsolver++")
    steps = list(made.sample())
    saved = checkpoint._unpack(checkpoint._pack(Saved(state=steps[1].state)))
    *_, again = prepared(folder, models, scheduler="dpmsolver++").sample(saved.state)
    assert again.controls.keys() == {"x", "x@sd"}
    assert all(torch.equal(again.controls[name], value) for name, value in steps[-1].controls.items())


def test_both_models_start_from_the_picture(folder: Path, models: Models) -> None:
    """The picture has hardly any noise, so each model sees it as its own VAE encodes it."""
    begun = prepared(folder, models, start={"picture": UPLOAD, "strength": 0.25})
    first = next(begun.sample())
    assert begun.beginning is not None
    level = begun.schedule.instants[first.index - 1]
    for name, latent in (("x", begun.beginning.latent), ("x@sd", begun.beginning.mirrors["x@sd"])):
        assert float((first.before[name] - level.alpha * latent).std()) == pytest.approx(level.sigma, rel=0.1)


def copied(folder: Path, id: str, space: str) -> None:
    """Copy papercut under another id, with the given name for its latent space."""
    shutil.copytree(PAPERCUT, folder / id)
    said = folder / id / "inlay.json"
    description = ModelDescription.model_validate_json(said.read_bytes())
    said.write_text(description.model_copy(update={"id": id, "latent_space": space}).model_dump_json())


@pytest.mark.slow
def test_a_real_model_beside_its_double_in_pixels_makes_nearly_the_picture_that_it_makes_alone(tmp_path: Path) -> None:
    """The pictures are not equal, because papercut's VAE changes a picture by 2.5 of 255 each time it decodes and
    encodes it."""
    for id, space in (("one", "here"), ("double", "there")):
        copied(tmp_path, id, space)
    models, prompts = Models(tmp_path, "cpu"), {"prompt": "mountains by day", "patch": "the sea by day"}
    how = {"model": "one", "steps": 8, "coarse": {"weight": 0}, "eta": 0.0} | prompts
    alone, double, elsewhere = (
        picture(prepared(tmp_path, models, by, space, **how | other))
        for by, space, other in (("one", "latent", {}), ("double", "pixels", {}), ("one", "latent", {"seed": 6}))
    )
    off = np.abs(double - alone).mean()
    assert 0 < off < 10
    assert np.abs(elsewhere - alone).mean() > 3 * off


def test_models_of_one_latent_space_meet_there_wherever_they_may_meet(folder: Path, models: Models) -> None:
    made = compiled(folder, by="tiny")
    assert made.notes == []
    latent, pixels = (picture(prepared(folder, models, "tiny", space)) for space in ("latent", "pixels"))
    assert (latent == pixels).all()
