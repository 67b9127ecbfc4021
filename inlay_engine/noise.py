"""Counter-based noise. A draw depends only on the seed, the node, the step and the round, and not on earlier draws."""

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from inlay_engine.variables import ControlVariable, Latent, Shape


@dataclass(frozen=True)
class Noise:
    """White noise of a run. It is drawn on the CPU in float32 and then moved, so that every device gets the same
    numbers. `batch` gives leading axes of independent draws."""

    seed: int
    batch: tuple[int, ...] = ()
    device: torch.device | str = "cpu"
    dtype: torch.dtype = torch.float32

    def white(self, node: str, shape: Shape, step: int, round: int = 0, *, seed: int | None = None) -> Latent:
        """Return standard normal noise for `node`, seeded with hash(seed, node, step, round). `seed`, if given,
        replaces the run's own seed."""
        digest = _digest(self.seed if seed is None else seed, node, step, round)
        generator = torch.Generator().manual_seed(digest)
        draw = torch.randn(*self.batch, *shape, generator=generator, dtype=torch.float32)
        return draw.to(self.device, self.dtype)

    def below(self, bound: int, node: str, step: int) -> int:
        """Return a uniformly distributed integer from 0 to `bound` - 1 for `node` at `step`."""
        return _digest(self.seed, node, step, 0) % bound

    def control(self, control: ControlVariable, step: int, round: int = 0) -> Latent:
        """Return the noise of a control, with its reseeds applied in order. Where a reseed has profile p, the earlier
        noise keeps sqrt(1 - p) of its amplitude, and the reseed's own noise gets the amplitude sqrt(p). Amplitudes of
        the same seed add up, and the sum is scaled to variance 1. So a reseed with the seed that a place already has
        changes nothing."""
        amplitudes: dict[int, Tensor] = {self.seed: torch.ones(control.shape[1:])}
        for reseed in control.reseeds:
            profile = reseed.profile.to("cpu", torch.float32)
            amplitudes = {seed: amplitude * (1 - profile).sqrt() for seed, amplitude in amplitudes.items()}
            amplitudes[reseed.seed] = amplitudes.get(reseed.seed, 0.0) + profile.sqrt()
        scale = torch.stack([amplitude**2 for amplitude in amplitudes.values()]).sum(0).sqrt()
        draws = [
            self.white(control.mirrors or control.name, control.shape, step, round, seed=seed)
            * (amplitude / scale).to(self.device, self.dtype)
            for seed, amplitude in amplitudes.items()
        ]
        return torch.stack(draws).sum(0)


def _digest(seed: int, node: str, step: int, round: int) -> int:
    """Return 32 bits. torch's CPU generator uses no more bits of a seed."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{node}/{step}/{round}".encode(), digest_size=4).digest(), "big")
