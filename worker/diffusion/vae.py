"""Between latents and pictures: the VAE's decoder for results, a linear map for previews, its encoder for colours."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float, UInt8
from torch import Tensor

from backend.contracts.model import LatentRgb

Rgb = UInt8[np.ndarray, "height width 3"]

WRAP_CELLS = 16  # of the far side that the decoder sees over a wrapping edge; its response fades well within
PREVIEW_SCALE = 4  # preview pixels per latent cell
REMEMBERED = 256  # colours whose latents are kept


@dataclass(frozen=True, eq=False)
class Decoder:
    """The VAE's decoder, in float32 whatever the UNet's precision: in half precision it overflows on some checkpoints.

    `cell`: pixels per latent cell.
    """

    vae: AutoencoderKL
    cell: int

    @torch.no_grad()
    def decode(self, latent: Float[Tensor, "channels rows columns"], wrap_x: bool = False, wrap_y: bool = False) -> Rgb:
        """The picture of a scaled latent. On an axis that wraps it is decoded with its far side beside it, so that its
        edges meet."""
        pad_y, pad_x = (
            min(WRAP_CELLS, size) if wraps else 0
            for size, wraps in zip(latent.shape[1:], (wrap_y, wrap_x), strict=True)
        )
        padded = torch.nn.functional.pad(latent[None].float(), (pad_x, pad_x, pad_y, pad_y), mode="circular")
        unscaled = padded / self.vae.config["scaling_factor"] + (self.vae.config.get("shift_factor") or 0.0)
        picture = self.vae.decode(unscaled, return_dict=False)[0][0]
        _, height, width = latent.shape
        top, left = pad_y * self.cell, pad_x * self.cell
        inner = picture[:, top : top + height * self.cell, left : left + width * self.cell]
        return to_bytes(inner / 2 + 0.5)


@dataclass(frozen=True, eq=False)
class Encoder:
    """The VAE's encoder for plain pictures of one colour, `side` pixels high and wide: the model's native size."""

    vae: AutoencoderKL
    side: int
    _known: dict[tuple[float, ...], Tensor] = field(default_factory=dict)

    @torch.no_grad()
    def colour(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        """The scaled latent of one cell of this colour (in [0, 1]): the mean over the inner half of the picture, which
        the padding at its edges does not reach."""
        key = tuple(rgb)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            plain = torch.tensor(key, device=self.vae.device)[:, None, None].expand(3, self.side, self.side)
            latent = self.vae.encode(plain[None] * 2 - 1, return_dict=False)[0].mode()[0]
            rows, columns = (size // 4 for size in latent.shape[1:])
            inner = latent[:, rows : latent.shape[1] - rows, columns : latent.shape[2] - columns].mean((1, 2))
            shift = self.vae.config.get("shift_factor") or 0.0
            self._known[key] = (inner - shift) * self.vae.config["scaling_factor"]
        return self._known[key]


def preview(latent: Float[Tensor, "channels rows columns"], mapping: LatentRgb) -> Rgb:
    """A quick picture of a scaled latent through the model's linear map, smoothly enlarged."""
    factors, bias = latent.new_tensor(mapping.factors), latent.new_tensor(mapping.bias)
    return enlarge(torch.einsum("chw,cr->rhw", latent, factors) + bias[:, None, None])


def enlarge(picture: Float[Tensor, "3 rows columns"]) -> Rgb:
    """A picture of one pixel a cell, in [0, 1], at PREVIEW_SCALE pixels a cell."""
    larger = torch.nn.functional.interpolate(picture[None], scale_factor=PREVIEW_SCALE, mode="bilinear")[0]
    return to_bytes(larger)


def to_bytes(picture: Float[Tensor, "3 height width"]) -> Rgb:
    return (picture.clamp(0, 1) * 255).round().to("cpu", torch.uint8).permute(1, 2, 0).contiguous().numpy()
