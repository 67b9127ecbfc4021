"""Whole runs under a pose, against diffusers' own pipeline, from the same noise."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionControlNetPipeline  # type: ignore[attr-defined]
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor

from backend.contracts.graph import PromptSpec
from inlay_engine.parametrization import Prediction
from inlay_engine.transitions import ddim
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.worker.diffusion.test_control import STANDING
from worker.diffusion.adapters.active_adapters import ViewAdapters
from worker.diffusion.adapters.control import Control, draw_pose
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.loading import Models
from worker.diffusion.memory import Batches

PROMPT, NEGATIVE, STEPS, WIDTH, HEIGHT = "a figure by the sea", "fog", 8, 128, 192
NOISE = torch.randn(1, 8, HEIGHT // 8, WIDTH // 8, generator=torch.Generator().manual_seed(1))


def theirs(folder: Path, picture: Tensor, guidance: float, strength: float, active: tuple[float, float]) -> Tensor:
    pipeline = StableDiffusionControlNetPipeline.from_pretrained(
        folder,
        controlnet=ControlNetModel.from_pretrained(folder / "controlnet_pose", local_files_only=True),
        local_files_only=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    latents = pipeline(
        PROMPT,
        image=picture[None],
        negative_prompt=NEGATIVE,
        guidance_scale=guidance,
        num_inference_steps=STEPS,
        latents=NOISE,
        controlnet_conditioning_scale=strength,
        control_guidance_start=active[0],
        control_guidance_end=active[1],
        output_type="latent",
        return_dict=False,
    )[0]
    assert isinstance(latents, Tensor)
    return latents[0]


def ours(folder: Path, picture: Tensor, guidance: float, strength: float, active: tuple[float, float]) -> Tensor:
    loaded = Models(folder.parent, "cpu").get("posed")
    schedule = loaded.clock.schedule(STEPS)
    prompted = PromptSpec(prompt=PROMPT, negative_prompt=NEGATIVE, guidance=guidance, model="posed")
    asked = loaded.conditioning(
        prompted,
        CropCoordinates.whole(WIDTH, HEIGHT),
        ViewAdapters((Control(picture, strength, schedule.levels(*active)),)),
    )
    model, noisy = loaded.model(Batches(4)), NOISE[0]
    for t, s in pairwise(schedule.instants):
        [clean] = model.predict_clean([noisy], t, [asked])
        noisy = ddim(noisy, clean, t, s)
    return noisy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prediction", "guidance", "strength", "active"),
    [
        ("epsilon", 3.5, 1.0, (0.0, 1.0)),
        ("v_prediction", 3.5, 0.7, (0.0, 1.0)),
        ("v_prediction", 1.0, 1.5, (0.25, 0.625)),
    ],
)
def test_the_latents_under_a_pose_are_those_of_diffusers(
    tmp_path: Path, prediction: Prediction, guidance: float, strength: float, active: tuple[float, float]
) -> None:
    folder = tmp_path / "posed"
    write_tiny_checkpoint(folder, id="posed", prediction=prediction, pose=True)
    picture = draw_pose(STANDING, WIDTH, HEIGHT, native=128)
    expected = theirs(folder, picture, guidance, strength, active)
    assert (ours(folder, picture, guidance, strength, active) - expected).abs().max() < 1e-3
    assert (ours(folder, picture, guidance, 0.0, active) - expected).abs().max() > 0.1, "the pose has no say"
