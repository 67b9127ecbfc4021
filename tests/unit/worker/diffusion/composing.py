"""Helpers that make jobs of a whole canvas, and the same pictures by diffusers' own pipelines, from the same noise."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from backend.contracts.graph import (
    ControlSpec,
    GraphSpec,
    IdentitySpec,
    ObservableSpec,
    OperatorSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
)
from backend.contracts.job import Job
from backend.contracts.model import ModelDescription
from inlay_engine.sampler import State, Step
from worker.build.pictures import Pictures, no_pictures
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.loading import Models
from worker.diffusion.parts import placed

PROMPT, NEGATIVE, GUIDANCE, STEPS, WIDTH, HEIGHT = "a figure by the sea", "fog", 4.0, 5, 192, 128

Load = Callable[..., Any]


def noise(channels: int, width: int = WIDTH, height: int = HEIGHT) -> Tensor:
    return torch.randn(1, channels, height // 8, width // 8, generator=torch.Generator().manual_seed(1))


def theirs(folder: Path, load: Load, latents: Tensor, **options: Any) -> Tensor:
    """Return the latents that diffusers' pipeline makes. `prepare` may change the pipeline first. The weights lie in
    memory as those of the worker do, so that both round alike."""
    pipeline = load(folder, local_files_only=True, **options.pop("parts", {}))
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            placed(part, torch.device("cpu"))
    options.pop("prepare", lambda _: None)(pipeline)
    pipeline.set_progress_bar_config(disable=True)
    asked = {"negative_prompt": NEGATIVE, "guidance_scale": GUIDANCE, "num_inference_steps": STEPS} | options
    size = {"width": 8 * latents.shape[-1], "height": 8 * latents.shape[-2]}
    answer = pipeline(PROMPT, latents=latents, output_type="latent", return_dict=False, **(size | asked))[0]
    assert isinstance(answer, Tensor)
    return answer[0]


def composed(
    models: Models,
    description: ModelDescription,
    operator: OperatorSpec | None = None,
    width: int = WIDTH,
    pictures: Pictures = no_pictures,
    height: int = HEIGHT,
    **prompted: Any,
) -> PreparedRun:
    """Prepare a job of one observable: the whole canvas, or the operator's view of it."""
    return several(models, description, [prompted], operator, width, pictures, height=height)


def several(
    models: Models,
    description: ModelDescription,
    prompts: Sequence[Mapping[str, Any]],
    operator: OperatorSpec | None = None,
    width: int = WIDTH,
    pictures: Pictures = no_pictures,
    micro_batch: int = 16,
    height: int = HEIGHT,
) -> PreparedRun:
    """Prepare a job with one observable for each prompt, named y1, y2, and so on."""
    plain = {"prompt": PROMPT, "negative_prompt": NEGATIVE, "guidance": GUIDANCE, "model": description.id}
    graph = GraphSpec(
        controls=[
            ControlSpec(
                name="x",
                channels=description.channels,
                width=width // description.cell,
                height=height // description.cell,
            )
        ],
        observables=[
            ObservableSpec(
                name=f"y{number}",
                operator=operator or IdentitySpec(kind="identity", control="x"),
                prompted=PromptSpec.model_validate({**plain, **prompted}),
                precision=PrecisionSpec(group=f"y{number}"),
            )
            for number, prompted in enumerate(prompts, start=1)
        ],
        outputs=[OutputSpec(node="x", width=width, height=height)],
    )
    layout = {"kind": "panorama", "canvas": {"width": width, "height": height}, "prompt": "unused: the graph is given"}
    sampling = {"model": description.id, "steps": STEPS, "eta": 0.0, "seed": 0}
    job = Job.model_validate({"layout": layout, "sampling": sampling})
    return prepare(graph, job, models, pictures, micro_batch)


def run(prepared: PreparedRun, latents: Tensor) -> Step:
    *_, last = prepared.sample(State(0, {"x": latents[0]}))
    return last


def first_views(prepared: PreparedRun, latents: Tensor) -> list[Tensor]:
    """Return the clean view of each observable in the first step, on which the other observables have no effect."""
    step = next(iter(prepared.sample(State(0, {"x": latents[0]}))))
    return [step.views[one.name].clean for one in prepared.graph.at(0).observables]
