"""With lambda 1, equal weights and eta 0, the method is MultiDiffusion: its latents equal those of diffusers."""

from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPanoramaPipeline  # type: ignore[attr-defined]
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from backend.contracts.geometry import Canvas, CellBox, Wrap
from backend.contracts.graph import (
    ControlSpec,
    CropSpec,
    GraphSpec,
    ObservableSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
)
from backend.contracts.job import Job
from backend.contracts.layout import Panorama
from backend.contracts.sampling import Sampling
from inlay_engine.parametrization import Prediction
from inlay_engine.sampler import State
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from worker.build.prepare import prepare
from worker.diffusion.loading import Models

PROMPT, NEGATIVE, GUIDANCE, STEPS = "mountains by the sea", "fog", 4.0, 4
WINDOW, STRIDE = 64, 8  # latent cells, fixed in the pipeline


def panorama(width: int, height: int, wrap: Wrap) -> tuple[GraphSpec, Job]:
    """Return windows of 64 cells, every 8 cells, over a canvas in pixels, in the order of
    `StableDiffusionPanoramaPipeline.get_views`.

    They go row by row, and across the edge if the canvas wraps.
    """
    across, down = width // 8, height // 8
    columns = across // STRIDE if wrap == "x" else (across - WINDOW) // STRIDE + 1
    rows = (down - WINDOW) // STRIDE + 1
    prompted = PromptSpec(prompt=PROMPT, negative_prompt=NEGATIVE, guidance=GUIDANCE, model="tiny")
    observables = [
        ObservableSpec(
            name=f"y{row * columns + column + 1}",
            operator=CropSpec(
                kind="crop",
                control="x",
                box=CellBox(x=column * STRIDE, y=row * STRIDE, width=WINDOW, height=WINDOW),
            ),
            prompted=prompted,
            precision=PrecisionSpec(group="windows"),
        )
        for row in range(rows)
        for column in range(columns)
    ]
    graph = GraphSpec(
        controls=[ControlSpec(name="x", channels=4, width=across, height=down, wrap=wrap)],
        observables=observables,
        outputs=[OutputSpec(node="x", width=width, height=height)],
    )
    layout = Panorama(kind="panorama", canvas=Canvas(width=width, height=height, wrap=wrap), prompt=PROMPT)
    return graph, Job(layout=layout, sampling=Sampling(model="tiny", steps=STEPS, scheduler="ddim", eta=0.0, seed=0))


@pytest.mark.parametrize(
    ("prediction", "width", "height", "wrap"),
    [("epsilon", 576, 576, "none"), ("v_prediction", 576, 512, "x")],
)
def test_the_latents_are_those_of_diffusers(
    tmp_path: Path, prediction: Prediction, width: int, height: int, wrap: Wrap
) -> None:
    folder = tmp_path / "tiny"
    write_tiny_checkpoint(folder, channels=4, native_size=512, prediction=prediction)
    noise = torch.randn(1, 4, height // 8, width // 8, generator=torch.Generator().manual_seed(1))

    pipeline = StableDiffusionPanoramaPipeline.from_pretrained(folder, local_files_only=True)
    assert isinstance(pipeline.scheduler, DDIMScheduler)
    pipeline.set_progress_bar_config(disable=True)
    expected = pipeline(
        PROMPT,
        negative_prompt=NEGATIVE,
        guidance_scale=GUIDANCE,
        num_inference_steps=STEPS,
        width=width,
        height=height,
        latents=noise,
        eta=0.0,
        circular_padding=wrap == "x",
        view_batch_size=1 if wrap == "x" else 4,
        output_type="latent",
        return_dict=False,
    )[0]
    assert isinstance(expected, torch.Tensor)

    prepared = prepare(*panorama(width, height, wrap), Models(tmp_path, "cpu"))
    *_, last = prepared.sample(State(0, {"x": noise[0]}))
    assert (last.controls["x"] - expected[0]).abs().max() < 1e-3
    assert expected.std() > 0.1
