"""The VAE's decoder and encoder, and the linear map for previews."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float, UInt8
from torch import Tensor

from backend.contracts.frames import PREVIEW_SCALE
from backend.contracts.model import LatentRgb
from worker.diffusion.finite import all_finite, run_finite
from worker.diffusion.memory import PASS_SHARE, free_bytes
from worker.diffusion.networks import device_of, dtype_of
from worker.diffusion.tiles import NO_ROOM, Room, Tile, Tiling

Rgb = UInt8[np.ndarray, "height width 3"]
Pixels = Float[Tensor, "3 height width"]
"""A picture with values of about [0, 1]; a decoder's output may go slightly beyond."""
Latent = Float[Tensor, "channels rows columns"]
Area = tuple[slice, slice]

REMEMBERED = 256  # colours whose latents the encoder caches

DECODING_MAPS, ENCODING_MAPS = 6.5, 4.0
"""The memory of a decoder and of an encoder at its largest, in maps of the last upsampling's width. It was measured as
the resident memory on a CPU."""
PAUSED_MAPS = 1.5
"""The memory of a tile that waits at a normalisation, in such maps: one for the input of its residual block, and a half
for a map of half that width."""

WORK = {"cuda": 10 * 2**30, "cpu": 2**29}  # bytes for the feature maps of a tile, if AT_ONCE needs no more
AT_ONCE = 512 * 512  # the fewest pixels at once, even beyond WORK: smaller tiles are mostly margin


def map_bytes(vae: AutoencoderKL) -> int:
    """Return the bytes of a pixel in one map of the last upsampling's width."""
    widths = vae.config["block_out_channels"]
    return widths[min(1, len(widths) - 1)] * torch.float32.itemsize


def pixels_at_once(vae: AutoencoderKL) -> int:
    """Return the number of pixels of a tile that this VAE decodes or encodes on its device."""
    work = WORK.get(device_of(vae).type, WORK["cpu"])
    return max(AT_ONCE, int(work / DECODING_MAPS / map_bytes(vae)))


def room(vae: AutoencoderKL, cell: int, maps: float) -> Room:
    """Return how large a canvas the free memory of the VAE's device holds. `cell`: pixels per cell along one side.
    `maps`: those that exist at once while a canvas runs in one piece."""
    cells = PASS_SHARE * free_bytes(device_of(vae)) / map_bytes(vae) / cell**2
    return Room(int(cells / maps), int(cells / PAUSED_MAPS))


def tiling(network: torch.nn.Module, vae: AutoencoderKL, cell: int, limit: int | None) -> Tiling:
    """Return the tiling of a VAE's decoder or encoder. `limit`: the pixels of a tile, and of the largest canvas in one
    piece; None: as many as the memory holds."""

    maps = DECODING_MAPS if network is vae.decoder else ENCODING_MAPS

    def free() -> Room:
        found = room(vae, cell, maps)
        return found if limit is None else found._replace(whole=NO_ROOM.whole)

    return Tiling(network, (limit or pixels_at_once(vae)) // cell**2, free)


@dataclass(frozen=True, eq=False)
class Decoder:
    """The decoder of a VAE. If its output in half precision holds NaN or infinities, it switches to float32 for good
    and decodes again.

    `cell`: pixels per latent cell along one side. `limit`: pixels decoded at once, by default as many as the
    memory holds. `model`: the model's id, for errors. Every method raises NotFiniteError if the picture is not finite.
    """

    vae: AutoencoderKL
    cell: int
    limit: int | None = None
    model: str = ""

    @cached_property
    def tiling(self) -> Tiling:
        return tiling(self.vae.decoder, self.vae, self.cell, self.limit)

    @torch.no_grad()
    def decode(self, latent: Latent, wrap_x: bool = False, wrap_y: bool = False) -> Rgb:
        """Decode a scaled latent; what the memory cannot hold, in tiles. On an axis that wraps, the opposite edges of
        the picture fit together."""
        _, rows, columns = latent.shape
        picture = np.empty((rows * self.cell, columns * self.cell, 3), np.uint8)

        def keep(area: Area, decoded: Tensor) -> None:
            picture[area] = to_bytes(decoded)

        self._decode(latent, (wrap_y, wrap_x), keep)
        return picture

    @torch.no_grad()
    def pixels(self, latent: Latent, wrap_x: bool = False, wrap_y: bool = False) -> Pixels:
        """Decode as `decode` does, to floats on the latent's device instead of bytes."""
        _, rows, columns = latent.shape
        picture = torch.empty(3, rows * self.cell, columns * self.cell, device=latent.device)

        def keep(area: Area, decoded: Tensor) -> None:
            picture[:, *area] = decoded

        self._decode(latent, (wrap_y, wrap_x), keep)
        return picture

    def _decode(self, latent: Latent, wraps: tuple[bool, bool], take: Callable[[Area, Tensor], None]) -> None:
        """Call `take` with every part of the picture, in about [0, 1]. If the picture is decoded again, `take` gets
        every part again."""
        _, rows, columns = latent.shape
        factor, shift = 1 / self.vae.config["scaling_factor"], self.vae.config.get("shift_factor") or 0.0

        def forward(tile: Tile) -> Tensor:
            seen = latent[:, tile.rows.cells(rows, latent.device)][:, :, tile.columns.cells(columns, latent.device)]
            shown = (seen[None].float() * factor + shift).to(dtype_of(self.vae))
            return self.vae.decode(shown, return_dict=False)[0][0].float()

        def decoded_finite() -> bool:
            finite: list[Tensor] = []

            def keep(tile: Tile, decoded: Tensor) -> None:
                own = decoded[:, tile.rows.own(self.cell), tile.columns.own(self.cell)]
                finite.append(own.isfinite().all())
                take((tile.rows.on_canvas(self.cell), tile.columns.on_canvas(self.cell)), own / 2 + 0.5)

            self.tiling.run((rows, columns), wraps, forward, keep)
            return bool(torch.stack(finite).all())

        run_finite(self.vae, decoded_finite, f"the VAE decoder of the model {self.model!r}")


@dataclass(frozen=True, eq=False)
class Encoder:
    """The encoder of a VAE. If its output in half precision holds NaN or infinities, it switches to float32 for good
    and encodes again.

    `side`: the side of the model's native size, in pixels. `limit`: pixels encoded at once, by default as
    many as the memory holds. `model`: the model's id, for errors. Every method raises NotFiniteError if the latent is
    not finite.
    """

    vae: AutoencoderKL
    side: int
    limit: int | None = None
    model: str = ""
    _known: dict[tuple[float, ...], Tensor] = field(default_factory=dict)

    @property
    def cell(self) -> int:
        """The pixels per latent cell along one side."""
        return 2 ** (len(self.vae.config["block_out_channels"]) - 1)

    @property
    def zero(self) -> float:
        """The scaled latent of a raw latent of 0."""
        return -self._shift * self.vae.config["scaling_factor"]

    @cached_property
    def tiling(self) -> Tiling:
        return tiling(self.vae.encoder, self.vae, self.cell, self.limit)

    @torch.no_grad()
    def encode(self, picture: Rgb, wrap_x: bool = False, wrap_y: bool = False) -> Latent:
        """Return the scaled latent of a picture, on the VAE's device: the mode of the VAE's distribution. Above the
        limit, the picture is encoded in tiles. On an axis that wraps, the encoder sees the opposite edge beside each
        edge. Raises ValueError if a side is not a whole number of cells."""
        height, width = picture.shape[:2]
        if height % self.cell or width % self.cell:
            raise ValueError(f"A picture of {width} x {height} pixels is no whole number of cells of {self.cell}.")
        pixels = torch.from_numpy(np.require(picture, requirements="W")).permute(2, 0, 1)
        return self._encode(pixels, (wrap_y, wrap_x), lambda shown: shown / 127.5 - 1)

    @torch.no_grad()
    def encode_pixels(self, picture: Pixels, wrap_x: bool = False, wrap_y: bool = False) -> Latent:
        """Encode a picture of floats as `encode` does one of bytes."""
        return self._encode(picture, (wrap_y, wrap_x), lambda shown: shown * 2 - 1)

    def _encode(self, pixels: Tensor, wraps: tuple[bool, bool], signed: Callable[[Tensor], Tensor]) -> Latent:
        """Return the scaled latent of pixels whose sides are whole numbers of cells. `signed` maps the pixels to [-1,
        1]."""
        rows, columns = (side // self.cell for side in pixels.shape[1:])
        latent = torch.empty(self.vae.config["latent_channels"], rows, columns, device=device_of(self.vae))
        cells = pixels.unflatten(2, (columns, self.cell)).unflatten(1, (rows, self.cell))

        def forward(tile: Tile) -> Tensor:
            seen = cells[:, tile.rows.cells(rows, cells.device)][:, :, :, tile.columns.cells(columns, cells.device)]
            shown = seen.flatten(3, 4).flatten(1, 2).to(device_of(self.vae), torch.float32)
            return self._encoded(signed(shown))

        def keep(tile: Tile, encoded: Tensor) -> None:
            latent[:, tile.rows.on_canvas(1), tile.columns.on_canvas(1)] = encoded[
                :, tile.rows.own(1), tile.columns.own(1)
            ]

        def encoded_finite() -> bool:
            self.tiling.run((rows, columns), wraps, forward, keep)
            return all_finite([latent])

        run_finite(self.vae, encoded_finite, self._network)
        return latent

    @torch.no_grad()
    def colour(self, rgb: Sequence[float]) -> Float[Tensor, " channels"]:
        """Return the scaled latent of one cell of this colour, in [0, 1]. It is the mean over the inner half of a plain
        picture of the native size, where the padding at the edges has no effect."""
        key = tuple(rgb)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            plain = torch.tensor(key, device=device_of(self.vae))[:, None, None].expand(3, self.side, self.side)
            latent = torch.empty(0)

            def encoded_finite() -> bool:
                nonlocal latent
                latent = self._encoded(plain * 2 - 1)
                return all_finite([latent])

            run_finite(self.vae, encoded_finite, self._network)
            rows, columns = (size // 4 for size in latent.shape[1:])
            inner = latent[:, rows : latent.shape[1] - rows, columns : latent.shape[2] - columns]
            self._known[key] = inner.mean((1, 2))
        return self._known[key]

    def _encoded(self, signed: Tensor) -> Tensor:
        """Return the scaled latent of pixels in [-1, 1], of (3, height, width). Tiles wait in here for each other, so
        that the calls overlap, and jaxtyping would take their axes for those of one call."""
        latent = self.vae.encode(signed[None].to(dtype_of(self.vae)), return_dict=False)[0].mode()[0].float()
        return (latent - self._shift) * self.vae.config["scaling_factor"]

    @property
    def _network(self) -> str:
        return f"the VAE encoder of the model {self.model!r}"

    @property
    def _shift(self) -> float:
        return self.vae.config.get("shift_factor") or 0.0


@dataclass(frozen=True, eq=False)
class Codec:
    """The decoder and the encoder of one VAE. The engine uses them to convert latents between models of different
    latent spaces."""

    decoder: Decoder
    encoder: Encoder

    def decode(self, latent: Latent, wrap_x: bool = False, wrap_y: bool = False) -> Pixels:
        return self.decoder.pixels(latent, wrap_x, wrap_y)

    def encode(self, picture: Pixels, wrap_x: bool = False, wrap_y: bool = False) -> Latent:
        return self.encoder.encode_pixels(picture, wrap_x, wrap_y)


def preview(latent: Latent, mapping: LatentRgb) -> Rgb:
    """Return a preview of a scaled latent, by the model's linear map and bilinear enlargement."""
    factors, bias = latent.new_tensor(mapping.factors), latent.new_tensor(mapping.bias)
    return enlarge(torch.einsum("chw,cr->rhw", latent, factors) + bias[:, None, None])


def enlarge(picture: Float[Tensor, "3 rows columns"]) -> Rgb:
    """Enlarge a picture in [0, 1] from one pixel a cell to PREVIEW_SCALE pixels a cell."""
    larger = torch.nn.functional.interpolate(picture[None], scale_factor=PREVIEW_SCALE, mode="bilinear")[0]
    return to_bytes(larger)


def to_bytes(picture: Float[Tensor, "3 height width"]) -> Rgb:
    return (picture.clamp(0, 1) * 255).round().to("cpu", torch.uint8).permute(1, 2, 0).contiguous().numpy()
