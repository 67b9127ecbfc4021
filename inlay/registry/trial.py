"""The trial of a new model: run each network once, and check every weight."""

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

CELLS = 16  # latent cells along a side of the trial's view


def loaded_and_tried(id: str, models: Path, budget: int | None) -> LoadedModel:
    """Load a model into main memory as a worker does, and run each of its networks once. It is loaded in bfloat16,
    which takes half the memory and has the range of float32. Raises DiffusionError if it cannot be loaded, takes more
    than `budget` bytes, or returns NaN or infinities."""
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
    """Raise DiffusionError, which names the weight, if a file of weights holds NaN or infinities. Attention masks may
    hold infinities, which hide words."""
    for file in files:
        try:
            with safe_open(file, framework="pt") as weights:
                names = [name for name in weights.keys() if not name.endswith("mask")]  # noqa: SIM118 (no mapping)
                found = next((name for name in names if not _finite(weights.get_tensor(name))), None)
        except (SafetensorError, OSError) as error:
            raise DiffusionError(f"{file} cannot be read to its end; copy it again.") from error
        if found is not None:
            raise DiffusionError(
                f"{file}: the weight {found} holds NaN or infinities, so it cannot make pictures. The file is "
                f"damaged, or its training diverged; take another copy or version."
            )


def _finite(tensor: torch.Tensor) -> bool:
    if not tensor.is_floating_point():
        return True
    wide = tensor.float() if tensor.element_size() == 1 else tensor
    return bool(wide.isfinite().all())
