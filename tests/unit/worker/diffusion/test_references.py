"""IP-Adapters of the registry: in whole jobs, against diffusers' own pipelines, and what is refused."""

import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import CLIPImageProcessorPil

from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_ip_adapter
from tests.tiny.stable_diffusion import write_tiny_1_or_2, write_tiny_checkpoint
from tests.tiny.stable_diffusion_3 import write_tiny_3
from tests.tiny.stable_diffusion_xl import write_tiny_xl
from tests.unit.worker.diffusion.composing import composed, first_views, noise, run, several, theirs
from tests.unit.worker.diffusion.test_controlnets import picture
from worker.diffusion.adapters.reference import FILE, load_ip_adapter
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models

PIPELINES: dict[str, Any] = {"sd": StableDiffusionPipeline, "xl": StableDiffusionXLPipeline}
FIRST, SECOND = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models `sd` and `xl`; IP-Adapters `look` and `plus` for the first, `xl-look` for the second."""
    folder = tmp_path_factory.mktemp("seen")
    sources = folder.parent / f"{folder.name}-sources"
    write_tiny_1_or_2(folder / "sd", id="sd")
    write_tiny_xl(folder / "xl")
    for id, model, plus in (("look", "sd", False), ("plus", "sd", True), ("xl-look", "xl", False)):
        file = write_ip_adapter(sources / id, folder / model / "unet", plus=plus)
        add(file, folder, AddOptions(id=id, kind="stable-diffusion-xl" if model == "xl" else None))
    return folder


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


def uploads(id: str) -> Image.Image:
    return {FIRST: picture(), SECOND: picture().rotate(90, expand=True)}[id]


def seen(adapter: str = "look", picture: str = FIRST, weight: float = 1.0) -> dict[str, Any]:
    return {"reference": {"adapter": adapter, "picture": picture, "weight": weight}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "adapter", "weight"), [("sd", "look", 0.7), ("sd", "plus", 1.0), ("xl", "xl-look", 0.7)]
)
def test_a_view_that_takes_after_a_picture_is_the_picture_of_diffusers(
    model: str, adapter: str, weight: float, folder: Path, models: Models
) -> None:
    def dress(pipeline: Any) -> None:
        pipeline.load_ip_adapter(folder / adapter, subfolder="", weight_name=FILE, local_files_only=True)
        pipeline.set_ip_adapter_scale(weight)

    description = models.find(model)[1]
    load = PIPELINES[model].from_pretrained
    expected = theirs(folder / model, load, noise(4), prepare=dress, ip_adapter_image=picture())
    ours = run(composed(models, description, pictures=uploads, **seen(adapter, weight=weight)), noise(4)).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    for other in ({}, seen(adapter, SECOND, weight), seen(adapter, weight=weight / 2)):
        changed = run(composed(models, description, pictures=uploads, **other), noise(4)).controls["x"]
        assert (changed - expected).abs().max() > 0.02, f"{other} has no say"


@pytest.mark.slow
@pytest.mark.parametrize("micro_batch", [16, 3])
def test_views_of_one_model_after_several_pictures_are_what_each_is_alone(models: Models, micro_batch: int) -> None:
    prompts = [seen(), {}, seen("plus"), seen(picture=SECOND), seen(weight=0.4), seen() | {"guidance": 1.0}]
    description = models.find("sd")[1]

    def views(*prompts: dict[str, Any]) -> list[Tensor]:
        prepared = several(models, description, prompts, pictures=uploads, micro_batch=micro_batch)
        return first_views(prepared, noise(4))

    together = views(*prompts)
    for one, asked in zip(together, prompts, strict=True):
        torch.testing.assert_close(one, views(asked)[0], rtol=0, atol=1e-4)
    names = [*models.get("sd").adapter_host.network.state_dict()]
    assert not any("_ip" in name for name in names), "what was active is taken off"


def test_a_long_thin_picture_is_seen_by_its_middle_in_little_memory(folder: Path, models: Models) -> None:
    """A picture of usual proportions is seen as CLIP's own processor prepares it."""
    unet = models.get("sd").denoiser
    assert isinstance(unet, UNet2DConditionModel)
    adapter = load_ip_adapter(folder / "look", unet, torch.device("cpu"), torch.float32)
    ramp = Image.linear_gradient("L").resize((8, 2**16)).convert("RGB")
    for long, middle in (
        (ramp, ramp.crop((0, 2**15 - 16, 8, 2**15 + 16))),
        (ramp.rotate(90, expand=True), ramp.rotate(90, expand=True).crop((2**15 - 16, 0, 2**15 + 16, 8))),
    ):
        tracemalloc.start()
        seen = adapter.see(long).words
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 10e6
        assert torch.equal(seen, adapter.see(middle).words)
        assert not torch.equal(seen, adapter.see(long.crop((0, 0, 8, 8))).words)
    side: int = adapter.encoder.config.to_dict()["image_size"]
    prepare = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    for usual in (picture(), picture(512, 128)):
        pixels = prepare(usual, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            expected = adapter.projection(adapter.encoder(pixels).image_embeds)[0]
        assert torch.equal(adapter.see(usual).words, expected)


def test_models_of_one_architecture_share_an_ip_adapter(folder: Path, tmp_path: Path) -> None:
    for name in ("look", "sd"):
        (tmp_path / name).symlink_to(folder / name)
    write_tiny_1_or_2(tmp_path / "twin", id="twin", version=2, seed=5)
    write_tiny_checkpoint(tmp_path / "papercut", id="papercut", channels=4)
    models = Models(tmp_path, "cpu")
    adapters = [
        composed(models, models.find(id)[1], pictures=uploads, **seen()).graph.at(0).observables[0]
        for id in ("sd", "twin")
    ]
    first, second = (one.denoiser.conditioning.adapters.reference.adapter for one in adapters)
    assert first is second
    with pytest.raises(DiffusionError, match="is loaded for another UNet, whose attention layers"):
        composed(models, models.find("papercut")[1], pictures=uploads, **seen())


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda it: it | {"ip_adapter.0.to_k_lora.down.weight": torch.zeros(2, 2)},
            "is no IP-Adapter that Inlay supports",
        ),
        (
            lambda it: {name: one for name, one in it.items() if "1.to_k_ip" not in name},
            "cannot be attached to the model",
        ),
        (
            lambda it: it | {f"ip_adapter.99.{n}.weight": torch.zeros(8, 32) for n in ("to_k_ip", "to_v_ip")},
            "another UNet",
        ),
    ],
)
def test_an_ip_adapter_that_does_not_fit_is_refused(
    spoil: Callable[[dict[str, Tensor]], dict[str, Tensor]], sentence: str, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "look", tmp_path / "look")
    (tmp_path / "sd").symlink_to(folder / "sd")
    save_file(spoil(load_file(folder / "look" / FILE)), tmp_path / "look" / FILE)
    models = Models(tmp_path, "cpu")
    with pytest.raises(DiffusionError, match=sentence):
        composed(models, models.find("sd")[1], pictures=uploads, **seen())
    assert models.loaded() == {"sd"}


def test_other_networks_refuse_the_ip_adapter(folder: Path, tmp_path: Path) -> None:
    source = write_ip_adapter(tmp_path / "source", folder / "sd" / "unet")
    add(source, tmp_path / "models", AddOptions(id="look", kind="stable-diffusion-3"))
    write_tiny_3(tmp_path / "models" / "sd3", t5=False)
    models = Models(tmp_path / "models", "cpu")
    with pytest.raises(DiffusionError, match=r"attends to text of width 32, and 'sd3' attends to text of width 64"):
        composed(models, models.find("sd3")[1], pictures=uploads, **seen())
