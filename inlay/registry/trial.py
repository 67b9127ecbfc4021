"""Every network of a model is asked once when it is added or checked, and every weight is looked at."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open

from backend.contracts.graph import PromptSpec
from worker.diffusion.adapters.active_adapters import ViewAdapters
from worker.diffusion.adapters.control import Control
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import CropCoordinates, LoadedModel
from worker.diffusion.loading import Models
from worker.diffusion.memory import Batches

CELLS = 16  # along a side of the view that is tried


def loaded_and_tried(id: str, models: Path, budget: int | None) -> LoadedModel:
    """A model in main memory, as a worker loads it, each of whose networks answered once with numbers. It is loaded in
    bfloat16: half the memory, and the range of float32. DiffusionError where it cannot be loaded, a network answers
    with NaN or infinities, or it takes more than `budget` bytes."""
    model = Models(models, "cpu", budget, torch.bfloat16).get(id)
    _try(model)
    return model


def _try(model: LoadedModel) -> None:
    description = model.description
    cells = min(CELLS, description.native_size // description.cell)
    side = cells * description.cell
    grey = np.full((side, side, 3), 128, np.uint8)
    latent = model.encoder.encode(grey)
    asked = PromptSpec(prompt="a picture", negative_prompt="", guidance=2.0, model=description.id)
    posed = (Control(torch.zeros(3, side, side)),) if description.controlnets else ()
    conditioning = model.conditioning(asked, CropCoordinates.whole(side, side), ViewAdapters(controls=posed))
    at = model.clock.schedule(4).instants[1]
    noise = torch.randn(latent.shape, generator=torch.Generator().manual_seed(0))
    [clean] = model.model(Batches(1)).predict_clean([at.alpha * latent + at.sigma * noise], at, [conditioning])
    model.decoder.decode(clean)
    model.previews.show(clean)


def check_numbers(files: Iterable[Path]) -> None:
    """DiffusionError, naming the weight, for a file of weights that holds NaN or infinities. Masks of attention may: an
    infinity hides a word there."""
    for file in files:
        try:
            with safe_open(file, framework="pt") as weights:
                names = [name for name in weights.keys() if not name.endswith("mask")]  # noqa: SIM118 (no mapping)
                found = next((name for name in names if not _finite(weights.get_tensor(name))), None)
        except (SafetensorError, OSError) as error:
            raise DiffusionError(f"{file} cannot be read to its end; copy it again.") from error
        if found is not None:
            raise DiffusionError(
                f"{file}: the weight {found} holds NaN or infinities, so that no picture can come of it. The file is "
                f"damaged, or the training that wrote it broke down; take another copy or version."
            )


def _finite(tensor: torch.Tensor) -> bool:
    if not tensor.is_floating_point():
        return True
    wide = tensor.float() if tensor.element_size() == 1 else tensor
    return bool(wide.isfinite().all())
