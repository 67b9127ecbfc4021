"""Previews of a run in progress, by the model's tiny decoder, or by its linear map."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from torch import Tensor

from backend.contracts.frames import PREVIEW_SCALE
from backend.contracts.model import LatentRgb, ModelDescription
from inlay_engine.variables import Latent
from worker.diffusion.errors import DiffusionError
from worker.diffusion.finite import run_finite
from worker.diffusion.networks import dtype_of
from worker.diffusion.parts import Config, component, placed
from worker.diffusion.tiles import Tile, Tiling
from worker.diffusion.vae import Rgb, preview, to_bytes

TINY = "tiny_vae"
"""The name of the folder of a model's tiny decoder: an AutoencoderTiny, in the layout of TAESD's checkpoints."""

AT_ONCE = 96 * 96  # cells that the tiny decoder takes at once: about 300 MB of feature maps in float32


@dataclass(frozen=True, eq=False)
class Previews:
    """Makes preview pictures of one model's latents. `tiny` decodes them; if it is None, `mapping` colours each cell.
    `model`: the model's id, for errors."""

    mapping: LatentRgb
    tiny: AutoencoderTiny | None = None
    model: str = ""

    @classmethod
    def load(cls, folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> "Previews":
        """Load the previews of a model folder. Raises DiffusionError if its tiny decoder is for other latents than the
        model's."""
        tiny = folder / TINY
        if not tiny.is_dir():
            return cls(description.latent_rgb)
        check_tiny(tiny, description)
        decoder = placed(component(AutoencoderTiny, tiny, torch_dtype=dtype), device)
        return cls(description.latent_rgb, decoder, description.id)

    def show(self, latent: Latent) -> Rgb:
        """Return a preview of a scaled latent, at PREVIEW_SCALE pixels a cell. Raises NotFiniteError if the tiny
        decoder returns NaN or infinities even in float32."""
        return preview(latent, self.mapping) if self.tiny is None else self._decoded(latent, self.tiny)

    @cached_property
    def _tiling(self) -> Tiling:
        assert self.tiny is not None
        return Tiling(self.tiny.decoder, AT_ONCE)

    @torch.no_grad()
    def _decoded(self, latent: Latent, tiny: AutoencoderTiny) -> Rgb:
        _, rows, columns = latent.shape
        picture = np.empty((rows * PREVIEW_SCALE, columns * PREVIEW_SCALE, 3), np.uint8)
        factor, shift = 1 / tiny.config["scaling_factor"], tiny.config.get("shift_factor") or 0.0

        def forward(tile: Tile) -> Tensor:
            seen = latent[:, tile.rows.cells(rows, latent.device)][:, :, tile.columns.cells(columns, latent.device)]
            decoded = tiny.decode((seen[None] * factor + shift).to(dtype_of(tiny)), return_dict=False)[0]
            size = (seen.shape[-2] * PREVIEW_SCALE, seen.shape[-1] * PREVIEW_SCALE)
            return torch.nn.functional.interpolate(decoded, size, mode="area")[0]

        def decoded_finite() -> bool:
            finite: list[Tensor] = []

            def keep(tile: Tile, decoded: Tensor) -> None:
                own = decoded[:, tile.rows.own(PREVIEW_SCALE), tile.columns.own(PREVIEW_SCALE)]
                finite.append(own.isfinite().all())
                area = tile.rows.on_canvas(PREVIEW_SCALE), tile.columns.on_canvas(PREVIEW_SCALE)
                picture[area] = to_bytes(own / 2 + 0.5)

            self._tiling.run((rows, columns), (False, False), forward, keep)
            return bool(torch.stack(finite).all())

        run_finite(tiny, decoded_finite, f"the tiny decoder of the model {self.model!r} ({TINY}/, for previews)")
        return picture


def check_tiny(folder: Path, model: ModelDescription) -> None:
    """Raise DiffusionError if a folder holds no tiny decoder for the model's latents."""
    config = Config(folder / "config.json")
    config.must_equal("_class_name", "AutoencoderTiny", "a tiny decoder")
    config.must_equal("latent_channels", model.channels, "a latent of the model")
    cell = config.get("upsampling_scaling_factor", 2) ** (len(config.numbers("num_decoder_blocks")) - 1)
    if cell != model.cell:
        raise DiffusionError(
            f"{config.file}: it decodes a latent cell to {cell} pixels a side, and the model to {model.cell}."
        )
