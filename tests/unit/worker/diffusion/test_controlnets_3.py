"""ControlNets of Stable Diffusion 3: against diffusers' own pipeline, in a whole job, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.controlnets.controlnet_sd3 import SD3ControlNetModel, SD3MultiControlNetModel
from diffusers.pipelines.controlnet_sd3.pipeline_stable_diffusion_3_controlnet import (
    StableDiffusion3ControlNetPipeline,
)
from PIL import Image
from torch import Tensor

from backend.contracts.geometry import CellBox
from backend.contracts.graph import CropSpec
from backend.contracts.job import Job
from backend.contracts.model import AdapterDescription
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_controlnet, write_controlnet_3
from tests.tiny.stable_diffusion import write_tiny_1_or_2
from tests.tiny.stable_diffusion_3 import write_tiny_3
from tests.unit.worker.diffusion.composing import HEIGHT, WIDTH, composed, first_views, noise, run, several, theirs
from worker.build.prepare import prepare
from worker.diffusion.adapters.control import draw_pose, edges
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import LoadedModel
from worker.diffusion.loading import Models

PICTURE = "c" * 64
LARGE: dict[str, Any] = {
    "joint_attention_dim": None,
    "use_pos_embed": False,
    "force_zeros_for_pooled_projection": False,
}
"""The configuration of Stability's ControlNets for 3.5 large: they read no prompt and have no positions of
their own."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model `sd3` with its own ControlNet for poses, and the ControlNets `plain`, `deep`, `whole` and `large` for it;
    `whole` gets the pooled prompt. ControlNet `canny` is for Stable Diffusion 1."""
    folder = tmp_path_factory.mktemp("controlled")
    source = folder.parent / f"{folder.name}-sources"
    write_tiny_3(folder / "sd3", t5=False, pose=True, layers=5)
    write_tiny_1_or_2(source / "sd", id="sd")
    configs = {"plain": {}, "deep": {"num_layers": 2}, "whole": {"force_zeros_for_pooled_projection": False}}
    for seed, (id, config) in enumerate((configs | {"large": LARGE}).items(), start=1):
        add(write_controlnet_3(source / id, folder / "sd3" / "transformer", seed, **config), folder, AddOptions(id=id))
    add(write_controlnet(source / "canny", source / "sd" / "unet"), folder, AddOptions(id="canny"))
    return folder


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


def picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    colours = np.random.default_rng(2).integers(0, 255, (height // 32, width // 32, 3), dtype=np.uint8)
    return Image.fromarray(colours.repeat(32, 0).repeat(32, 1))


def pixels(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255


def uploads(id: str) -> Image.Image:
    assert id == PICTURE
    return picture()


def shown(controlnet: str = "plain", kind: str = "picture", **changes: Any) -> dict[str, Any]:
    return {"picture": {"kind": kind, "picture": PICTURE, "controlnet": controlnet} | changes}


def of_diffusers(folder: Path, net: Any, image: Any, **options: Any) -> Tensor:
    """Make the picture with diffusers' pipeline. `image` is in [0, 1]. The pipeline takes tensors without conversion,
    in [-1, 1]."""
    nothing = {"controlnet": net, "text_encoder_3": None, "tokenizer_3": None}
    signed = [one[None] * 2 - 1 for one in image] if isinstance(image, list) else image[None] * 2 - 1
    load = StableDiffusion3ControlNetPipeline.from_pretrained
    return theirs(folder / "sd3", load, noise(16), parts=nothing, control_image=signed, **options)


def of_registry(folder: Path, id: str) -> SD3ControlNetModel:
    return SD3ControlNetModel.from_pretrained(folder / id, local_files_only=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("net", "kind", "options", "asked"),
    [
        ("plain", "picture", {}, {}),
        ("deep", "edges", {}, {}),
        ("whole", "picture", {"controlnet_conditioning_scale": 0.7}, {"strength": 0.7}),
        ("large", "picture", {"control_guidance_start": 0.2, "control_guidance_end": 0.8}, {"active": [0.2, 0.8]}),
    ],
)
def test_one_view_under_a_controlnet_is_the_picture_of_diffusers(
    net: str, kind: str, options: dict[str, Any], asked: dict[str, Any], folder: Path, models: Models
) -> None:
    image = pixels(picture())
    image = edges(image) if kind == "edges" else image
    expected = of_diffusers(folder, of_registry(folder, net), image, **options)
    description = models.find("sd3")[1]
    ours = run(composed(models, description, pictures=uploads, **shown(net, kind, **asked)), noise(16)).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    bare = run(composed(models, description), noise(16)).controls["x"]
    assert (bare - expected).abs().max() > 0.02, "the picture has no say"


def test_a_pose_and_a_picture_add_up_as_in_diffusers(folder: Path, models: Models) -> None:
    """One ControlNet is the model's own for poses, the other is from the registry."""
    joints = [[14.0 * k, 9.0 * k] for k in range(14)]
    both = SD3MultiControlNetModel([of_registry(folder, "sd3/controlnet_pose"), of_registry(folder, "plain")])
    images = [draw_pose(joints, WIDTH, HEIGHT, native=128), pixels(picture())]
    expected = of_diffusers(folder, both, images, controlnet_conditioning_scale=[0.8, 1.0])
    asked: dict[str, Any] = shown() | {"pose": {"joints": joints, "strength": 0.8}}
    ours = run(composed(models, models.find("sd3")[1], pictures=uploads, **asked), noise(16)).controls["x"]
    assert (ours - expected).abs().max() < 1e-3


@pytest.mark.parametrize("micro_batch", [16, 3])
def test_views_under_several_controlnets_are_what_each_is_alone(models: Models, micro_batch: int) -> None:
    prompts = [shown(), shown("deep", "edges", strength=0.5), {}, shown("large"), shown("whole")]
    description = models.find("sd3")[1]

    def views(*prompts: dict[str, Any]) -> list[Tensor]:
        return first_views(several(models, description, prompts, pictures=uploads, micro_batch=micro_batch), noise(16))

    together = views(*prompts)
    for one, asked in zip(together, prompts, strict=True):
        torch.testing.assert_close(one, views(asked)[0], rtol=0, atol=1e-4)
    differences = [float((a - b).abs().max()) for n, a in enumerate(together) for b in together[:n]]
    assert min(differences) > 0.01


def test_a_window_sees_its_own_part_of_the_picture(models: Models) -> None:
    window = CropSpec(kind="crop", control="x", box=CellBox(x=16, y=0, width=16, height=16))
    whole = composed(models, models.find("sd3")[1], window, 320, lambda _: picture(320), **shown("whole"))
    [control] = whole.graph.at(0).observables[0].denoiser.conditioning.adapters.controls
    part = pixels(picture(320))[:, :, 128:256]
    assert torch.equal(control.picture, part)
    assert torch.equal(control.latent, models.get("sd3").encoder.encode_pixels(part))


def test_views_of_half_a_patch_are_completed_with_their_picture(models: Models) -> None:
    description = models.find("sd3")[1]
    prompts: list[dict[str, Any]] = [shown(), {}]
    under, bare = (
        run(composed(models, description, width=200, pictures=uploads, **asked), noise(16, width=200)).controls["x"]
        for asked in prompts
    )
    assert under.shape == (16, 16, 25)
    assert (under - bare).abs().max() > 0.02


def test_a_whole_job_follows_an_upload(folder: Path, models: Models) -> None:
    """The job is compiled from a document, sampled, previewed and decoded. Only its patches have ControlNets."""
    entries = ModelCatalog(folder).entries()
    offered, adapters = entries.models, entries.adapters
    control = {"kind": "edges", "picture": PICTURE, "controlnet": "plain", "active": [0, 0.7]}

    def made(control: dict[str, Any] | None) -> np.ndarray[Any, Any]:
        box = {"x": 64, "y": 0, "width": 128, "height": 128}
        patch = {"id": "p", "prompt": "a house", "box": box, "control": control}
        canvas = {"width": 256, "height": 128}
        layout = {"kind": "regions", "canvas": canvas, "prompt": "a meadow", "patches": [patch]}
        document = Job.model_validate({"layout": layout, "sampling": {"model": "sd3", "steps": 3, "seed": 1}})
        compiled = compile_job(resolve(document, offered, Limits(), adapters), offered, Limits())
        prepared = prepare(compiled.graph, compiled.job, models, uploads)
        *_, last = prepared.sample()
        assert prepared.preview(last, "x", "x0").std() > 1
        return np.asarray(prepared.decode(last, compiled.graph.outputs[0])).astype(int)

    bare, under = made(None), made(control)
    assert under.shape == (128, 256, 3)
    assert np.abs(under - bare)[:, 64:192].mean() > 1
    assert np.abs(made(control | {"controlnet": "large"}) - under)[:, 64:192].mean() > 1


def test_a_view_larger_than_a_controlnet_has_positions_for_is_refused(folder: Path, tmp_path: Path) -> None:
    add(
        write_controlnet_3(tmp_path / "small", folder / "sd3" / "transformer", pos_embed_max_size=10),
        tmp_path / "models",
        AddOptions(id="small"),
    )
    (tmp_path / "models" / "sd3").symlink_to(folder / "sd3")
    models = Models(tmp_path / "models", "cpu")
    description = models.find("sd3")[1]
    composed(models, description, width=160, pictures=uploads, **shown("small"))
    with pytest.raises(DiffusionError, match="'sd3' sees at most 160 pixels along a side under its ControlNet, and a "):
        composed(models, description, width=192, pictures=uploads, **shown("small"))


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"joint_attention_dim": 24}, "'wide' attends to text of width 24, and 'sd3' attends to text of width 64"),
        ({"in_channels": 4}, "'wide' reads latents with channels 4, and 'sd3' reads latents with channels 16"),
        ({"pooled_projection_dim": 24}, "pooled_projection_dim is 24, but the transformer has 56"),
        (
            {"num_attention_heads": 8, "caption_projection_dim": 64},
            "blocks have width 64, but the transformer's have 32",
        ),
        ({"num_layers": 6}, "num_layers is 6, but the transformer has 5 blocks to add to"),
        ({"extra_conditioning_channels": 1}, "extra_conditioning_channels is set, and Inlay does not support"),
    ],
)
def test_a_controlnet_that_does_not_fit_is_refused_before_it_is_loaded(
    config: dict[str, Any], sentence: str, folder: Path, tmp_path: Path
) -> None:
    made = write_controlnet_3(tmp_path / "wide", folder / "sd3" / "transformer", **config)
    add(made, tmp_path / "models", AddOptions(id="wide"))
    (tmp_path / "models" / "sd3").symlink_to(folder / "sd3")
    models = Models(tmp_path / "models", "cpu")
    with pytest.raises(DiffusionError, match=sentence):
        composed(models, models.find("sd3")[1], pictures=uploads, **shown("wide"))
    assert models.loaded() == {"sd3"}


def test_a_controlnet_of_another_kind_is_refused(folder: Path, models: Models, tmp_path: Path) -> None:
    """It is also refused if the operator added it under the model's kind."""
    description = models.find("sd3")[1]
    with pytest.raises(DiffusionError, match="'canny' is made for models of kind stable-diffusion, and 'sd3' is of"):
        composed(models, description, pictures=uploads, **shown("canny"))
    (tmp_path / "sd3").symlink_to(folder / "sd3")
    add(folder / "canny", tmp_path, AddOptions(id="forced", kind="stable-diffusion-3"))
    with pytest.raises(DiffusionError, match="'forced' attends to text of width 32, and 'sd3' attends"):
        composed(Models(tmp_path, "cpu"), description, pictures=uploads, **shown("forced"))


def test_a_controlnet_says_which_models_it_fits(folder: Path, models: Models) -> None:
    adapters: dict[str, AdapterDescription] = {
        id: models.find_adapter(id, "controlnet")[1] for id in ("plain", "large", "canny")
    }
    assert {id: (one.kind, one.cross_attention_dim, one.in_channels) for id, one in adapters.items()} == {
        "plain": ("stable-diffusion-3", 64, 16),
        "large": ("stable-diffusion-3", None, 16),
        "canny": ("stable-diffusion", 32, 4),
    }
    loaded: LoadedModel = models.get("sd3")
    assert [id for id, one in adapters.items() if one.misfit(loaded.description) is None] == ["plain", "large"]
