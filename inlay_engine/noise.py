"""Counter-based noise. A draw depends only on the seed, the node, the step and the round, and not on earlier draws."""

import hashlib
import math
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class FilledNoise:
    """The noise that fills up the views of operators that lose noise. `moves` has m for each step of a run: after step
    k, a node's noise n becomes sqrt(1 - m^2) * n + m * z, with a new draw z. So n is white at every step, and does not
    change after a step whose m is 0.

    n depends on the counters alone. It is computed from the draws of all steps before, in their order, and the last n
    of each node is remembered."""

    noise: Noise
    moves: tuple[float, ...]
    _known: dict[tuple[str, Shape, int | None], tuple[int, Latent]] = field(default_factory=dict)

    def white(self, node: str, shape: Shape, step: int, *, seed: int | None = None) -> Latent:
        """Return the white noise of `node` at step `step` (from 0). `seed`, if given, replaces the run's own seed."""
        key = node, shape, seed
        at, n = self._known.get(key, (0, None))
        if n is None or at > step:
            at, n = 0, self.noise.white(node, shape, 0, seed=seed)
        for before in range(at, step):
            m = self.moves[before]
            if m > 0:
                n = math.sqrt(1 - m**2) * n + m * self.noise.white(node, shape, before + 1, seed=seed)
        self._known[key] = step, n
        return n


def _digest(seed: int, node: str, step: int, round: int) -> int:
    """Return 32 bits. torch's CPU generator uses no more bits of a seed."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{node}/{step}/{round}".encode(), digest_size=4).digest(), "big")
