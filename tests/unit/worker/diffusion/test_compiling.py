"""The settings that make passes faster, and that they do not change the results."""

from pathlib import Path

import pytest
import torch
from structlog.testing import capture_logs
from torch._inductor import config
from torch._inductor.utils import fresh_cache

from backend.contracts.graph import PromptSpec
from tests.tiny.stable_diffusion import load_tiny_checkpoint
from worker.diffusion.compiling import compile_network, compiles
from worker.diffusion.kind import CropCoordinates, LoadedModel
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import DTYPES, Models
from worker.diffusion.memory import Batches
from worker.settings import Settings


def predicted(model: LoadedModel) -> torch.Tensor:
    """Predict one view under guidance, both of its passes in one batch. A second batch size would be compiled again."""
    view = torch.randn(8, 16, 16, generator=torch.Generator().manual_seed(3))
    asked = PromptSpec(prompt="a desert", negative_prompt="fog", guidance=3, model="tiny")
    conditioning = model.conditioning(asked, CropCoordinates.whole(128, 128))
    [clean] = model.model(Batches(2)).predict_clean([view], model.clock.schedule(3).instants[1], [conditioning])
    return clean


@pytest.mark.slow
def test_a_compiled_network_predicts_the_same(tiny: StableDiffusion, models_folder: Path) -> None:
    """Without a compiler, the network is not compiled and predicts the same to the bit."""
    model = Models(models_folder, "cpu", compiled=True).get("tiny")
    assert (model.denoiser._compiled_call_impl is not None) == compiles("cpu")
    torch.testing.assert_close(predicted(model), predicted(tiny), rtol=0, atol=1e-3 if compiles("cpu") else 0)


def test_without_a_compiler_networks_run_as_they_are_and_one_line_says_so(models_folder: Path) -> None:
    """The test configures torch so that it finds no compiler."""
    compiles.cache_clear()
    torch._dynamo.reset()
    try:
        with fresh_cache(), config.patch({"cpp.cxx": (None, "no-such-compiler")}), capture_logs() as logs:
            networks = [load_tiny_checkpoint(models_folder, "tiny").denoiser for _ in range(2)]
            for network in networks:
                compile_network(network)
    finally:
        compiles.cache_clear()
        torch._dynamo.reset()
    assert [network._compiled_call_impl for network in networks] == [None, None]
    assert [one["event"] for one in logs] == ["nothing_compiles"]


@pytest.mark.parametrize("precision", ["auto", "float32", "float16", "bfloat16"])
def test_precision_is_a_setting(models_folder: Path, precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PRECISION", precision)
    model = Models(models_folder, "cpu", dtype=DTYPES[Settings().precision]).get("tiny")
    wanted = torch.float32 if precision == "auto" else getattr(torch, precision)
    assert next(model.denoiser.parameters()).dtype == wanted
    assert predicted(model).dtype == torch.float32
    assert predicted(model).isfinite().all()
