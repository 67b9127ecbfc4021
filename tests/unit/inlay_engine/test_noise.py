from typing import Any

import torch

from inlay_engine.noise import FilledNoise, Noise
from inlay_engine.variables import ControlVariable, Latent, Reseed, Shape

SHAPE = Shape(4, 16, 24)


def test_a_draw_does_not_depend_on_what_was_drawn_before() -> None:
    noise, other = Noise(7), Noise(7)
    first = noise.white("x", SHAPE, step=3)
    for step in (9, 1, 4):
        other.white("y", SHAPE, step)
    torch.manual_seed(5)
    assert torch.equal(first, other.white("x", SHAPE, step=3))


def test_every_part_of_the_counter_matters() -> None:
    noise = Noise(7)
    draws = [
        noise.white("x", SHAPE, step=3),
        noise.white("y", SHAPE, step=3),
        noise.white("x", SHAPE, step=4),
        noise.white("x", SHAPE, step=3, round=1),
        noise.white("x", SHAPE, step=3, seed=8),
    ]
    flat = torch.stack([draw.flatten() for draw in draws])
    correlation = torch.corrcoef(flat) - torch.eye(len(draws))
    assert correlation.abs().max() < 0.1
    assert abs(flat.std() - 1) < 0.05


def test_another_precision_holds_the_same_numbers() -> None:
    single, double = Noise(7).white("x", SHAPE, 0), Noise(7, dtype=torch.float64).white("x", SHAPE, 0)
    assert torch.equal(single.double(), double)


def reseeded(*reseeds: tuple[float, int]) -> ControlVariable:
    """Return a control whose left half is reseeded with the given profile values and seeds, in order."""
    profiles = []
    for value, seed in reseeds:
        profile = torch.zeros(SHAPE[1:])
        profile[:, :12] = value
        profiles.append(Reseed(profile, seed))
    return ControlVariable("x", SHAPE, reseeds=tuple(profiles))


def test_a_reseed_changes_its_region_and_nothing_else() -> None:
    noise = Noise(7)
    plain, patched = (noise.control(control, 0) for control in (reseeded(), reseeded((1.0, 99))))
    assert torch.equal(patched[..., 12:], plain[..., 12:])
    assert torch.equal(patched[..., :12], noise.white("x", SHAPE, 0, seed=99)[..., :12])
    assert torch.equal(noise.control(reseeded((1.0, 3), (1.0, 99)), 0), patched)


def test_a_soft_reseed_mixes_both_and_keeps_the_variance() -> None:
    noise = Noise(7, batch=(200,))
    mixed = noise.control(reseeded((0.25, 99)), 0)
    below, own = noise.white("x", SHAPE, 0), noise.white("x", SHAPE, 0, seed=99)
    torch.testing.assert_close(mixed[..., :12], (0.75**0.5 * below + 0.5 * own)[..., :12])
    assert abs(mixed[..., :12].var() - 1) < 0.01


def test_a_reseed_with_the_seed_that_stands_there_changes_nothing() -> None:
    noise = Noise(7)
    assert torch.allclose(noise.control(reseeded((0.5, 7)), 0), noise.control(reseeded(), 0))
    twice = noise.control(reseeded((1.0, 99), (0.5, 99)), 0)
    assert torch.allclose(twice, noise.control(reseeded((1.0, 99)), 0))


def test_filled_noise_depends_on_the_counters_alone() -> None:
    """A run that resumes at a step computes the noise anew, bit for bit; so does one that goes back."""
    moves = (0.3, 1.0, 0.0, 0.7, 0.2)
    along = FilledNoise(Noise(7), moves)
    seen = [along.white("y/", SHAPE, step) for step in range(5)]
    assert torch.equal(seen[0], Noise(7).white("y/", SHAPE, 0))
    assert torch.equal(seen[2], Noise(7).white("y/", SHAPE, 2)), "all of it was drawn anew after step 1"
    assert torch.equal(seen[3], seen[2])
    for step in (4, 1, 3):
        assert torch.equal(FilledNoise(Noise(7), moves).white("y/", SHAPE, step), seen[step])
        assert torch.equal(along.white("y/", SHAPE, step), seen[step])
    small = Shape(4, 2, 3)
    assert along.white("y/", small, 4).shape == tuple(small), "a view that moves may change its size"


def test_filled_noise_draws_once_a_step() -> None:
    class Counted(Noise):
        drawn = 0

        def white(self, *args: Any, **kwargs: Any) -> Latent:
            Counted.drawn += 1
            return super().white(*args, **kwargs)

    along = FilledNoise(Counted(7), (0.3,) * 50)
    for step in range(50):
        for _ in range(3):
            along.white("y/", SHAPE, step)
    assert Counted.drawn == 50
