"""The training of a decoder that paints clean edges from the latents that a sampler leaves.

A decoder trained on errors alone blurs edges whose position the latents leave uncertain. It blurs a sampler's latents
more, because they are smoother. So a critic is trained beside it, which tells drawings from decoded pictures (Esser et
al. 2021), and the decoded pictures have to look like drawings to the critic's layers (Larsen et al. 2016). Some
latents of a batch are an encoder's, some have noise, some are the denoiser's estimates from noisy latents, and some are
a sampler's. The encoder and its latents stay as they are.
"""

import itertools
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from training.autoencoder import CELL, NORM_GROUPS, TRANSFORMS, Transform, freeze_encoder, picture_error
from training.denoiser import build_scheduler
from training.loop import Batch, BatchMaker, Losses, LossFunction
from training.pixels import to_floats

Pictures = Float[Tensor, "batch 3 height width"]
ScaledLatents = Float[Tensor, "batch channels rows columns"]
Estimate = Callable[[ScaledLatents, Tensor], ScaledLatents]
"""A function from noisy latents and their timesteps to the denoiser's velocity."""

NOISE = 0.6
"""The largest standard deviation of the noise on a latent, relative to that of the latents."""
TIMESTEPS = (40, 450)
"""The first and last timestep, of 1,000, at which the denoiser estimates latents. Later estimates are of other
pictures."""
SQUARE_WEIGHT = 1.0
MOST = 4.0
"""The largest weight of the score and of the likeness."""
WIDTHS = (32, 64, 96)
DETAIL = 8.0
"""The channels of the critic's blocks, and the factor by which it sees detail enlarged."""
TURNS = ("flip_x", "rotate_90", "rotate_180")
"""The transforms that the loss keeps applying; each is drawn for one batch in eight."""


class Critic(nn.Module):
    """Scores overlapping squares of 38 pixels, with one score for 8 x 8 pixels: high for drawings.

    It gets a picture's detail as three further channels. Without them it learned nothing in 150 steps, because a
    drawing and its blurred copy differ at few pixels.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        blocks = [
            nn.Sequential(nn.Conv2d(last, width, 4, 2, 1), nn.GroupNorm(NORM_GROUPS, width), nn.LeakyReLU(0.2))
            for last, width in itertools.pairwise((6, *widths))
        ]
        self.blocks = nn.ModuleList([*blocks, nn.Sequential(nn.Conv2d(widths[-1], widths[-1], 3, 1, 1))])
        self.score = nn.Sequential(nn.LeakyReLU(0.2), nn.Conv2d(widths[-1], 1, 1))

    def forward(self, pictures: Pictures) -> tuple[list[Tensor], Tensor]:
        """Return the features of each block, and the scores."""
        blurred = functional.avg_pool2d(functional.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
        seen, features = torch.cat([pictures, DETAIL * (pictures - blurred)], dim=1), list[Tensor]()
        for block in self.blocks:
            seen = block(seen)
            features.append(seen)
        return features, self.score(seen)


class SharpDecoder(nn.Module):
    """A VAE with a frozen encoder, and the critic of its pictures. `steps` counts the steps of the training.

    `small`: the VAE of half-size pictures that makes the latents, if the decoder paints pictures twice as large.
    """

    steps: Tensor

    def __init__(
        self, vae: AutoencoderKL, small: AutoencoderKL | None = None, widths: tuple[int, ...] = WIDTHS
    ) -> None:
        super().__init__()
        self.vae = freeze_encoder(vae)
        self.small = small.requires_grad_(False) if small else None
        self.critic = Critic(widths)
        self.register_buffer("steps", torch.zeros(()))

    @torch.no_grad()
    def latents(self, pictures: Pictures) -> ScaledLatents:
        """Return the scaled latents of pictures."""
        encoder, seen = (self.small, functional.avg_pool2d(pictures, 2)) if self.small else (self.vae, pictures)
        return encoder.encode(seen).latent_dist.mean.float() * encoder.config["scaling_factor"]  # pyright: ignore


@dataclass(frozen=True)
class Judgement:
    """The weight of the critic's judgement. `praise`, `likeness`: the sizes of the gradients of the critic's score and
    of the likeness, relative to that of the errors, at the decoder's last layer (Esser et al. 2021, Equation 7). With a
    praise of 0.5 and no likeness, the pictures got stripes. `head_start`: the first steps, in which the decoder learns
    from the errors alone while the critic learns to judge."""

    praise: float = 0.05
    likeness: float = 0.1
    head_start: int = 120


@dataclass(frozen=True)
class Parts:
    """The number of pictures of each kind in a batch, in this order: exact latents, noisy ones, and the denoiser's
    estimates. Behind them come latents of the sampler, which have no picture."""

    exact: int = 4
    noisy: int = 4
    estimated: int = 4
    sampled: int = 4

    @property
    def pictured(self) -> int:
        return self.exact + self.noisy + self.estimated

    @property
    def all(self) -> int:
        return self.pictured + self.sampled

    @property
    def least(self) -> int:
        """The smallest number of pictures of a kind, which is also the most processes that can share a batch."""
        return min(astuple(self))

    def times(self, factor: int) -> "Parts":
        """Return the same parts for a batch that is `factor` times as large."""
        return Parts(*(factor * count for count in astuple(self)))

    def shared(self, processes: int) -> "Parts":
        """Return the share of one of several processes."""
        return Parts(*(count // processes for count in astuple(self)))


@torch.no_grad()
def blend(vae: nn.Module, other: nn.Module, share: float) -> None:
    """Move the weights of a VAE by `share` of the way to those of another one that was trained from it."""
    for mine, its in zip(vae.parameters(), other.parameters(), strict=True):
        mine.lerp_(its, share)


def with_samples(make: BatchMaker, samples: np.ndarray, count: int, cell: int = CELL) -> BatchMaker:
    """Add "sampled" to each batch: `count` crops of a sampler's scaled latents, as large as the batch's pictures.

    `samples`: an array of shape (samples, channels, rows, columns). `cell`: the pixels of a cell.
    """

    def both(stream: np.random.Generator) -> Batch:
        batch = make(stream)
        side = batch["pixels"].shape[1] // cell
        top, left = (int(stream.integers(length - side + 1)) for length in samples.shape[-2:])
        chosen = samples[stream.integers(len(samples), size=count), :, top : top + side, left : left + side]
        return {**batch, "sampled": torch.from_numpy(chosen)}

    return both


def sharp_loss(parts: Parts, estimate: Estimate, judgement: Judgement = Judgement()) -> LossFunction:
    """Return the loss function of a SharpDecoder. "pixels" of a batch holds `parts.all` pictures. The decoder paints
    the first `parts.pictured` of them, and the critic sees all as drawings."""
    kept = torch.as_tensor(build_scheduler().alphas_cumprod, dtype=torch.float32)

    def loss(module: nn.Module, batch: Batch, generator: torch.Generator) -> Losses:
        assert isinstance(module, SharpDecoder)
        vae, turn, pictures = module.vae, _turn(batch), to_floats(batch["pixels"])
        scale = vae.config["scaling_factor"]
        with torch.no_grad():
            latents = module.latents(pictures[: parts.pictured])
            latents = _disturbed(latents, parts, estimate, kept.to(latents.device), generator)
        latents, pictures = turn(torch.cat([latents, batch["sampled"].to(latents)])), turn(pictures)
        painted = vae.decode(latents / scale).sample.float()  # pyright: ignore
        error = picture_error(painted[: parts.pictured], pictures[: parts.pictured], SQUARE_WEIGHT)
        seen = _judged(module.critic, painted, pictures, parts.pictured)
        last, begun = vae.decoder.conv_out.weight, (module.steps >= judgement.head_start).float()
        module.steps += 1
        praise, likeness = (
            begun * _weight(share, error, one, last) * one
            for share, one in ((judgement.praise, -seen.score), (judgement.likeness, seen.unlike))
        )
        mistakes = _mistakes(module.critic(pictures)[1], module.critic(painted.detach())[1])
        return {"loss": error + praise + likeness + mistakes, "error": error, "unlike": seen.unlike, "critic": mistakes}

    return loss


def _turn(batch: Batch) -> Transform:
    """Return the transform of a batch: one of TURNS, or more often none."""
    name = [*TRANSFORMS][int(batch["transform"])]
    return TRANSFORMS[name] if name in TURNS else lambda grid: grid


def _disturbed(
    latents: ScaledLatents, parts: Parts, estimate: Estimate, kept: Tensor, generator: torch.Generator
) -> ScaledLatents:
    """Return the latents of a batch's pictures: the first as they are, the next with noise, and the last as the
    denoiser estimates them from a noisy latent. `kept`: the signal's share of the variance at each timestep."""
    exact, noisy, estimated = latents.split([parts.exact, parts.noisy, parts.estimated])
    strength = NOISE * torch.rand(len(noisy), 1, 1, 1, generator=generator, device=latents.device)
    noisy = noisy + strength * _white(noisy, generator)
    times = torch.randint(*TIMESTEPS, (len(estimated),), generator=generator, device=latents.device)
    alpha, sigma = (share[times].sqrt().view(-1, 1, 1, 1) for share in (kept, 1 - kept))
    seen = alpha * estimated + sigma * _white(estimated, generator)
    return torch.cat([exact, noisy, alpha * seen - sigma * estimate(seen, times)])


def _white(like: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randn(like.shape, generator=generator, device=like.device)


class _Judged(NamedTuple):
    """The critic's mean score of decoded pictures, and how much their features differ from those of the drawings,
    relative to the size of the features."""

    score: Tensor
    unlike: Tensor


def _judged(critic: Critic, painted: Pictures, pictures: Pictures, pictured: int) -> _Judged:
    """Judge decoded pictures without a gradient for the critic. The first `pictured` of both show the same
    drawings."""
    critic.requires_grad_(False)
    ours, scores = critic(painted)
    with torch.no_grad():
        drawn = critic(pictures[:pictured])[0]
    critic.requires_grad_(True)
    unlike = [
        (one[:pictured] - other).abs().mean() / other.abs().mean() for one, other in zip(ours, drawn, strict=True)
    ]
    return _Judged(scores.mean(), torch.stack(unlike).mean())


def _weight(share: float, error: Tensor, other: Tensor, last: Tensor) -> Tensor:
    """Return the weight at which the gradient of `other` at the weights `last` has `share` of the size of the gradient
    of `error`."""
    wanted, is_now = (torch.autograd.grad(one, last, retain_graph=True)[0].norm() for one in (error, other))
    return (share * wanted / (is_now + 1e-6)).clamp(max=MOST).detach()


def _mistakes(drawn: Tensor, painted: Tensor) -> Tensor:
    """Return the critic's hinge loss, from its scores of drawings and of decoded pictures."""
    return functional.relu(1 - drawn).mean() + functional.relu(1 + painted).mean()
