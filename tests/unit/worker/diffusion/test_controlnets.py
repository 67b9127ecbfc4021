"""ControlNets of the registry: in whole jobs, against diffusers' own pipelines, and what is refused."""

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline
from diffusers.pipelines.controlnet.pipeline_controlnet_sd_xl import StableDiffusionXLControlNetPipeline
from PIL import Image
from torch import Tensor

from backend.contracts.geometry import CellBox
from backend.contracts.graph import BackgroundSpec, CropSpec, IdentitySpec, Region
from inlay.registry.adding import AddOptions, add
from tests.tiny.adapters import write_controlnet
from tests.tiny.stable_diffusion import write_tiny_1_or_2
from tests.tiny.stable_diffusion_xl import write_tiny_xl
from tests.unit.worker.diffusion.composing import HEIGHT, WIDTH, composed, first_views, noise, run, several, theirs
from training.enlarging import enlarge
from worker.build.pictures import PictureMissing
from worker.diffusion.adapters.control import edges
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models

PICTURE = "c" * 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models `sd` and `xl`, with the ControlNets `canny` and `depth` for the first and `xl-canny` for the second."""
    folder = tmp_path_factory.mktemp("controlled")
    write_tiny_1_or_2(folder / "sd", id="sd")
    write_tiny_xl(folder / "xl")
    source = folder.parent / f"{folder.name}-sources"
    for seed, (id, model) in enumerate({"canny": "sd", "depth": "sd", "xl-canny": "xl"}.items(), start=1):
        add(write_controlnet(source / id, folder / model / "unet", seed), folder, AddOptions(id=id))
    return folder


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return Models(folder, "cpu")


def picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A picture of squares of several colours with a little noise."""
    generator = np.random.default_rng(2)
    squares = generator.integers(0, 255, (height // 32, width // 32, 3)).repeat(32, 0).repeat(32, 1)
    return Image.fromarray((squares * 0.9 + generator.integers(0, 20, squares.shape)).astype(np.uint8))


def pixels(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255


def shown(kind: str = "picture", controlnet: str = "canny", **changes: Any) -> dict[str, Any]:
    return {"picture": {"kind": kind, "picture": PICTURE, "controlnet": controlnet} | changes}


def posed(scale: int) -> dict[str, Any]:
    return {"pose": {"joints": [[scale * 14.0 * k, scale * 9.0 * k] for k in range(14)], "controlnet": "canny"}}


def uploads(id: str) -> Image.Image:
    assert id == PICTURE
    return picture()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "pipeline", "kind", "options", "asked"),
    [
        ("sd", StableDiffusionControlNetPipeline, "picture", {}, {}),
        (
            "sd",
            StableDiffusionControlNetPipeline,
            "edges",
            {"controlnet_conditioning_scale": 0.7, "control_guidance_start": 0.2, "control_guidance_end": 0.8},
            {"strength": 0.7, "active": [0.2, 0.8]},
        ),
        ("xl", StableDiffusionXLControlNetPipeline, "edges", {}, {}),
    ],
)
def test_one_view_under_a_controlnet_is_the_picture_of_diffusers(
    model: str, pipeline: Any, kind: str, options: dict[str, Any], asked: dict[str, Any], folder: Path, models: Models
) -> None:
    net = {"sd": "canny", "xl": "xl-canny"}[model]
    image = pixels(picture())
    image = edges(image) if kind == "edges" else image
    parts = {"controlnet": ControlNetModel.from_pretrained(folder / net, local_files_only=True)}
    expected = theirs(folder / model, pipeline.from_pretrained, noise(4), parts=parts, image=image[None], **options)
    description = models.find(model)[1]
    ours = run(composed(models, description, pictures=uploads, **shown(kind, net, **asked)), noise(4)).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    bare = run(composed(models, description), noise(4)).controls["x"]
    assert (bare - expected).abs().max() > 0.02, "the picture has no say"


def test_edges_are_white_lines_where_colours_change() -> None:
    found = edges(pixels(picture()))
    assert sorted(found.unique().tolist()) == [0, 1]
    assert found[:, 30:34].mean() > 5 * found[:, 8:24].mean(), "squares meet at rows 32, 64, ..."


@pytest.mark.parametrize("micro_batch", [16, 3])
def test_views_of_one_model_under_several_controlnets_are_what_each_is_alone(models: Models, micro_batch: int) -> None:
    prompts = [shown(), shown("edges", "depth", strength=0.5), {}, shown("picture", "depth")]
    description = models.find("sd")[1]

    def views(*prompts: dict[str, Any]) -> list[Tensor]:
        return first_views(several(models, description, prompts, pictures=uploads, micro_batch=micro_batch), noise(4))

    together = views(*prompts)
    for one, asked in zip(together, prompts, strict=True):
        torch.testing.assert_close(one, views(asked)[0], rtol=0, atol=1e-4)
    differences = [float((one - other).abs().max()) for one, other in itertools.combinations(together, 2)]
    assert min(differences) > 0.01


def test_a_pose_and_a_picture_add_up_and_a_pose_may_have_a_registered_controlnet(models: Models) -> None:
    joints = {"joints": [[14.0 * k, 9.0 * k] for k in range(14)]}
    description = models.find("sd")[1]
    posed, both, other = (
        first_views(
            composed(models, description, pictures=uploads, pose=joints | {"controlnet": net}, **more), noise(4)
        )
        for net, more in (("canny", {}), ("canny", shown()), ("depth", {}))
    )
    assert min(float((posed[0] - one[0]).abs().max()) for one in (both, other)) > 0.01


def test_a_window_sees_its_own_part_of_the_picture(models: Models) -> None:
    """The window gives the same result as a view of a canvas that is only this part."""
    description = models.find("sd")[1]
    window = CropSpec(kind="crop", control="x", box=CellBox(x=16, y=0, width=16, height=16))
    whole = composed(models, description, window, 320, lambda _: picture(320), **shown())
    [control] = whole.graph.at(0).observables[0].denoiser.conditioning.adapters.controls
    assert torch.equal(control.picture, pixels(picture(320))[:, :, 128:256])


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (shown(), shown()),
        (shown("edges"), shown("edges")),
        (posed(1), posed(2)),
    ],
)
def test_a_vae_with_larger_cells_shows_the_controlnet_the_picture_that_it_knows(
    folder: Path, models: Models, small: dict[str, Any], large: dict[str, Any]
) -> None:
    """The canvas has twice as many pixels and as many cells."""
    if not (folder / "sd-large").exists():
        shutil.copytree(folder / "sd", folder / "sd-large")
        enlarge(AutoencoderKL.from_pretrained(folder / "sd" / "vae", local_files_only=True), 8).save_pretrained(
            folder / "sd-large" / "vae"
        )
        told = json.loads((folder / "sd" / "inlay.json").read_text())
        told |= {"id": "sd-large", "cell": 16, "native_size": 2 * told["native_size"]}
        (folder / "sd-large" / "inlay.json").write_text(json.dumps(told))

    def seen(id: str, scale: int, asked: dict[str, Any]) -> Tensor:
        size = {"width": scale * WIDTH, "height": scale * HEIGHT}
        prepared = composed(models, models.find(id)[1], pictures=uploads, **size, **asked)
        [control] = prepared.graph.at(0).observables[0].denoiser.conditioning.adapters.controls
        return control.picture

    assert torch.equal(seen("sd-large", 2, large), seen("sd", 1, small))


def test_a_plain_background_hides_nothing_from_a_controlnet(models: Models) -> None:
    whole = IdentitySpec(kind="identity", control="x")
    region = Region(box=CellBox(x=0, y=0, width=8, height=8))
    over = BackgroundSpec(kind="background", of=whole, region=region, colour=[0.5, 0.5, 0.5])
    prepared = composed(models, models.find("sd")[1], over, pictures=uploads, **shown())
    [control] = prepared.graph.at(0).observables[0].denoiser.conditioning.adapters.controls
    assert torch.equal(control.picture, pixels(picture()))


def test_one_copy_of_a_controlnet_serves_every_view_and_the_next_job(models: Models) -> None:
    description = models.find("sd")[1]
    nets = [
        one.denoiser.conditioning.adapters.controls[0].net
        for prepared in (several(models, description, [shown(), shown("edges")], pictures=uploads) for _ in range(2))
        for one in prepared.graph.at(0).observables
    ]
    assert len({*map(id, nets)}) == 1
    assert "canny" in models.loaded()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"block_out_channels": [16, 16, 16, 16]}, r"block_out_channels is \[16, .* the UNet has \[8, 16"),
        ({"cross_attention_dim": 24}, "'wide' attends to text of width 24, and 'sd' attends to text of width 32"),
        ({"in_channels": 9, "out_channels": 9}, "'wide' reads latents with channels 9, and 'sd' reads latents with"),
    ],
)
def test_a_controlnet_of_another_width_is_refused_before_it_is_loaded(
    config: dict[str, Any], sentence: str, folder: Path, tmp_path: Path
) -> None:
    add(
        write_controlnet(tmp_path / "wide", folder / "sd" / "unet", **config),
        tmp_path / "models",
        AddOptions(id="wide"),
    )
    (tmp_path / "models" / "sd").symlink_to(folder / "sd")
    models = Models(tmp_path / "models", "cpu")
    with pytest.raises(DiffusionError, match=sentence):
        composed(models, models.find("sd")[1], pictures=uploads, **shown(controlnet="wide"))
    assert models.loaded() == {"sd"}


def test_what_is_no_controlnet_is_refused(folder: Path, models: Models) -> None:
    description = models.find("sd")[1]
    with pytest.raises(
        DiffusionError, match=r"There is no ControlNet 'ink' in .* That folder holds: canny, depth, xl-canny"
    ):
        composed(models, description, pictures=uploads, **shown(controlnet="ink"))
    with pytest.raises(DiffusionError, match="made for models of kind stable-diffusion-xl, and 'sd' is of kind"):
        composed(models, description, pictures=uploads, **shown(controlnet="xl-canny"))
    with pytest.raises(PictureMissing, match="There is no upload cccccccccccc"):
        composed(models, description, **shown())
