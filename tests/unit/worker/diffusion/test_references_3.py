"""IP-Adapters of Stable Diffusion 3: against diffusers' own pipeline, together with other adapters, and what is
refused."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion_3.pipeline_stable_diffusion_3 import StableDiffusion3Pipeline
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import SiglipImageProcessorPil, SiglipVisionModel

from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_controlnet_3, write_ip_adapter_3
from tests.tiny.stable_diffusion_3 import write_tiny_3
from tests.unit.worker.diffusion.composing import composed, first_views, noise, run, several, theirs
from tests.unit.worker.diffusion.test_controlnets import picture
from worker.diffusion.adapters.reference import ENCODER, FILE
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models

FIRST, SECOND = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model `sd3` with IP-Adapters `look` and `other` and a ControlNet `plain`."""
    folder = tmp_path_factory.mktemp("seen")
    sources = folder.parent / f"{folder.name}-sources"
    write_tiny_3(folder / "sd3", t5=False)
    for seed, id in enumerate(("look", "other")):
        add(write_ip_adapter_3(sources / id, folder / "sd3" / "transformer", seed), folder, AddOptions(id=id))
    add(write_controlnet_3(sources / "plain", folder / "sd3" / "transformer"), folder, AddOptions(id="plain"))
    return folder


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


def uploads(id: str) -> Image.Image:
    return {FIRST: picture(), SECOND: picture().rotate(90, expand=True)}[id]


def seen(adapter: str = "look", picture: str = FIRST, weight: float = 1.0) -> dict[str, Any]:
    return {"reference": {"adapter": adapter, "picture": picture, "weight": weight}}


def test_a_view_that_takes_after_a_picture_is_the_picture_of_diffusers(folder: Path, models: Models) -> None:
    def dress(pipeline: Any) -> None:
        pipeline.load_ip_adapter(folder / "look", subfolder="", weight_name=FILE, image_encoder_folder=None)
        pipeline.set_ip_adapter_scale(0.7)

    parts = {
        "text_encoder_3": None,
        "tokenizer_3": None,
        "image_encoder": SiglipVisionModel.from_pretrained(folder / "look" / ENCODER, local_files_only=True),
        "feature_extractor": SiglipImageProcessorPil(size={"height": 32, "width": 32}),
    }
    load, description = StableDiffusion3Pipeline.from_pretrained, models.find("sd3")[1]
    expected = theirs(folder / "sd3", load, noise(16), parts=parts, prepare=dress, ip_adapter_image=picture())
    ours = run(composed(models, description, pictures=uploads, **seen(weight=0.7)), noise(16)).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    for other in ({}, seen(picture=SECOND, weight=0.7), seen(weight=0.35)):
        changed = run(composed(models, description, pictures=uploads, **other), noise(16)).controls["x"]
        assert (changed - expected).abs().max() > 0.02, f"{other} has no say"


@pytest.mark.parametrize("micro_batch", [16, 3])
def test_views_of_one_model_after_several_pictures_are_what_each_is_alone(models: Models, micro_batch: int) -> None:
    shown: dict[str, Any] = {"picture": {"kind": "picture", "picture": FIRST, "controlnet": "plain"}}
    prompts = [seen(), {}, seen("other"), seen(picture=SECOND), seen(weight=0.4), seen() | shown]
    description = models.find("sd3")[1]

    def views(*prompts: dict[str, Any]) -> list[Tensor]:
        prepared = several(models, description, prompts, pictures=uploads, micro_batch=micro_batch)
        return first_views(prepared, noise(16))

    together = views(*prompts)
    for one, asked in zip(together, prompts, strict=True):
        torch.testing.assert_close(one, views(asked)[0], rtol=0, atol=1e-4)
    differences = [float((a - b).abs().max()) for n, a in enumerate(together) for b in together[:n]]
    assert min(differences) > 0.01
    names = [*models.get("sd3").adapter_host.network.state_dict()]
    assert not any("_ip" in name or "image_proj" in name for name in names), "what was active is taken off"


def _without(ending: str) -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    return lambda weights: {name: one for name, one in weights.items() if not name.endswith(ending)}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_without("2.to_k_ip.weight"), "it has 2 attention layers of width 32, and the model has 3 of width 32"),
        (
            lambda weights: weights | {"ip_adapter.0.to_k_ip.weight": torch.zeros(64, 32)},
            "it has 3 attention layers of width 32/64, and the model has 3 of width 32",
        ),
        (_without("image_proj.latents"), "cannot be attached to the model"),
        (
            lambda weights: weights | {"image_proj.proj_in.weight": torch.zeros(16, 24)},
            "needs an image encoder of width 24, but the one in .* has width 16",
        ),
    ],
)
def test_an_ip_adapter_that_does_not_fit_is_refused(
    spoil: Callable[[dict[str, Tensor]], dict[str, Tensor]], sentence: str, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "look", tmp_path / "look")
    (tmp_path / "sd3").symlink_to(folder / "sd3")
    save_file(spoil(load_file(folder / "look" / FILE)), tmp_path / "look" / FILE)
    models = Models(tmp_path, "cpu")
    with pytest.raises(DiffusionError, match=sentence):
        composed(models, models.find("sd3")[1], pictures=uploads, **seen())
    assert models.loaded() == {"sd3"}


def test_an_ip_adapter_of_another_transformer_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("look", "sd3"):
        (tmp_path / name).symlink_to(folder / name)
    write_tiny_3(tmp_path / "deeper", id="deeper", t5=False, layers=3)
    models = Models(tmp_path, "cpu")
    composed(models, models.find("sd3")[1], pictures=uploads, **seen())
    with pytest.raises(DiffusionError, match="it has 3 attention layers of width 32, and the model has 4 of width 32"):
        composed(models, models.find("deeper")[1], pictures=uploads, **seen())
