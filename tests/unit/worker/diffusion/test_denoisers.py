from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from backend.contracts.graph import PromptSpec
from worker.diffusion.denoisers import Conditioning
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.memory import Batches


def asked(model: StableDiffusion, prompt: str, guidance: float) -> Conditioning:
    spec = PromptSpec(prompt=prompt, negative_prompt="fog", guidance=guidance, model=model.description.id)
    return model.conditioning(spec, CropCoordinates.whole(128, 128))


def latents(count: int, width: int = 16) -> list[torch.Tensor]:
    return list(torch.randn(count, 8, 16, width, generator=torch.Generator().manual_seed(3)).unbind(0))


@pytest.mark.parametrize("kind", ["tiny", "noisy"])
@pytest.mark.parametrize("guidance", [0.0, 1.0, 3.5])
def test_the_clean_prediction_is_what_diffusers_makes_of_the_unet(
    kind: str, guidance: float, request: pytest.FixtureRequest, models_folder: Path
) -> None:
    model: StableDiffusion = request.getfixturevalue(kind)
    [y], timestep = latents(1), 421
    conditioning = asked(model, "a desert", guidance)
    embeddings = torch.stack([conditioning.negative.tokens, conditioning.positive.tokens])
    with torch.no_grad():
        negative, positive = model.network.unet(y[None].expand(2, -1, -1, -1), timestep, embeddings).sample
    guided = negative + guidance * (positive - negative)
    folder = {"tiny": "tiny", "noisy": "second"}[kind]
    scheduler: Any = DDIMScheduler.from_pretrained(models_folder / folder / "scheduler")
    scheduler.set_timesteps(10)
    expected = scheduler.step(guided, timestep, y).pred_original_sample

    at = next(instant for instant in model.clock.schedule(1000).instants if model.clock.timestep(instant) == timestep)
    [clean] = model.model(Batches(4)).predict_clean([y], at, [conditioning])
    torch.testing.assert_close(clean, expected, rtol=1e-4, atol=1e-4)
    assert (positive - negative).abs().max() > 0.01


def test_a_guidance_of_one_or_none_runs_one_pass(tiny: StableDiffusion) -> None:
    assert [len(asked(tiny, "a desert", guidance).passes) for guidance in (0, 1, 3)] == [1, 1, 2]


def test_micro_batches_change_only_the_rounding(tiny: StableDiffusion) -> None:
    """The views have two sizes, with and without guidance, and the batches divide them anywhere."""
    views = [*latents(3), *latents(2, width=24)]
    conditionings = [asked(tiny, prompt, g) for prompt, g in zip("abcde", (3, 1, 2, 3, 3), strict=True)]
    at = tiny.clock.schedule(3).instants[1]
    alone = [
        tiny.model(Batches(1)).predict_clean([view], at, [conditioning])[0]
        for view, conditioning in zip(views, conditionings, strict=True)
    ]
    batches: list[int] = []
    hook = tiny.network.unet.register_forward_pre_hook(lambda module, inputs: batches.append(inputs[0].shape[0]))
    together = tiny.model(Batches(4)).predict_clean(views, at, conditionings)
    hook.remove()
    assert batches == [3, 2, 4]
    for one, other in zip(alone, together, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-4)


def test_the_same_call_gives_the_same_bits(tiny: StableDiffusion) -> None:
    views, at = latents(5), tiny.clock.schedule(3).instants[1]
    conditionings = [asked(tiny, "a desert", 3)] * 5
    first, second = (tiny.model(Batches(4)).predict_clean(views, at, conditionings) for _ in range(2))
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_memory_that_runs_out_costs_a_batch_and_not_the_run(tiny: StableDiffusion) -> None:
    """torch itself runs out of memory for more than two rows. The answers are those of smaller batches."""
    views, at = latents(5), tiny.clock.schedule(3).instants[1]
    conditionings = [asked(tiny, prompt, 3) for prompt in "abcde"]
    sizes: list[int] = []

    def narrow(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        sizes.append(len(inputs[0]))
        if len(inputs[0]) > 2:
            torch.empty(2**50)

    batches = Batches(8)
    hook = tiny.network.unet.register_forward_pre_hook(narrow)
    survived = tiny.model(batches).predict_clean(views, at, conditionings)
    hook.remove()
    assert sizes == [5, 2, 2, 2, 2, 2]
    assert batches.limit == 2
    for one, other in zip(survived, tiny.model(Batches(2)).predict_clean(views, at, conditionings), strict=True):
        assert torch.equal(one, other)
