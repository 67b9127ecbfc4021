import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from backend.contracts.graph import PromptSpec
from backend.contracts.pose import JOINTS
from inlay_engine.clock import Instant, Levels
from worker.diffusion.adapters.active_adapters import ViewAdapters
from worker.diffusion.adapters.control import COLOURS, LIMB_SHADE, LIMBS, Control, draw_pose
from worker.diffusion.denoisers import Conditioning
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.memory import Batches

WHOLE = CropCoordinates.whole(128, 128)
STANDING = [
    *([64.0, 22.0], [64.0, 38.0]),
    *([50.0, 38.0], [42.0, 56.0], [38.0, 74.0]),
    *([78.0, 38.0], [86.0, 56.0], [92.0, 72.0]),
    *([56.0, 78.0], [54.0, 98.0], [52.0, 118.0]),
    *([72.0, 78.0], [74.0, 98.0], [76.0, 118.0]),
]


def colour_at(picture: Tensor, x: float, y: float) -> list[float]:
    return [float(channel) for channel in picture[:, int(y), int(x)] * 255]


def test_every_joint_and_limb_has_its_colour_where_it_is() -> None:
    picture = draw_pose(STANDING, 128, 128, native=128)
    assert picture.shape == (3, 128, 128)
    for (x, y), colour in zip(STANDING, COLOURS, strict=True):
        assert colour_at(picture, x, y) == pytest.approx(colour)
    places: dict[str, list[float]] = dict(zip(JOINTS, STANDING, strict=True))
    for (start, end), colour in zip(LIMBS, COLOURS, strict=False):
        (x0, y0), (x1, y1) = places[start], places[end]
        shade = [int(channel * LIMB_SHADE) for channel in colour]
        assert colour_at(picture, (x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx(shade), (start, end)
    drawn = (picture.sum(0) > 0).float().mean()
    assert 0.01 < drawn < 0.2, "the rest is black"


def test_every_joint_is_on_a_limb() -> None:
    assert set(itertools.chain.from_iterable(LIMBS)) == set(JOINTS)
    assert len(COLOURS) == len(JOINTS)


def test_limbs_are_as_wide_as_the_model_s_own_pictures_ask() -> None:
    """On a canvas of twice the size, the same model gets limbs of the same width."""
    neck_to_nose = [[256.0, 100.0], [256.0, 300.0]]

    def width(canvas: int, native: int) -> int:
        return int((draw_pose(neck_to_nose, canvas, canvas, native)[:, 200].sum(0) > 0).sum())

    assert width(512, 512) == width(1024, 512) == pytest.approx(8, abs=1)
    assert width(512, 128) < width(512, 256) < width(512, 512)


def test_a_pose_may_lie_outside_the_canvas_and_end_early() -> None:
    shifted = draw_pose([[x + 64, y - 20] for x, y in STANDING], 128, 128, native=128)
    whole = draw_pose(STANDING, 256, 256, native=128)
    assert torch.equal(shifted[:, :100, 64:], whole[:, 20:120, :64])
    assert not draw_pose([[-1e6, 1e6]] * 14, 64, 64, 64).any()
    head = draw_pose(STANDING[:2], 128, 128, native=128)
    assert 0 < int((head.sum(0) > 0).sum()) < 100
    assert not draw_pose([], 64, 64, 64).any()
    with pytest.raises(DiffusionError, match=r"at most 14 joints \(nose, neck, .* this one has 15"):
        draw_pose([[0.0, 0.0]] * 15, 64, 64, 64)


@pytest.fixture
def asked(posed: StableDiffusion) -> Conditioning:
    prompted = PromptSpec(prompt="a desert", negative_prompt="fog", guidance=3, model="posed")
    return posed.conditioning(prompted, WHOLE, ViewAdapters((Control(draw_pose(STANDING, 128, 128, native=128)),)))


def answers(model: StableDiffusion, at: Instant, *asked: Conditioning, micro_batch: int = 16) -> list[Tensor]:
    y = torch.randn(8, 16, 16, generator=torch.Generator().manual_seed(5))
    return model.model(Batches(micro_batch)).predict_clean([y] * len(asked), at, asked)


AT = Instant(0.0)


def controlled(asked: Conditioning, **changes: object) -> Conditioning:
    [control] = asked.adapters.controls
    return replace(asked, adapters=ViewAdapters((replace(control, **changes),)))


def test_views_with_and_without_control_share_a_batch(posed: StableDiffusion, asked: Conditioning) -> None:
    bare = replace(asked, adapters=ViewAdapters())
    half = controlled(asked, strength=0.5)
    apart = [answers(posed, AT, one)[0] for one in (asked, bare, half)]
    for micro_batch in (16, 3):
        together = answers(posed, AT, asked, bare, half, micro_batch=micro_batch)
        for one, other in zip(apart, together, strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=1e-4)
    differences = [float((one - other).abs().max()) for one, other in itertools.combinations(apart, 2)]
    assert min(differences) > 0.05


def test_a_control_has_its_say_in_its_own_range_only(posed: StableDiffusion, asked: Conditioning) -> None:
    [bare] = answers(posed, AT, replace(asked, adapters=ViewAdapters()))
    for levels in (Levels(0.1, math.inf), Levels(-math.inf, 0.0), Levels(math.inf, math.inf)):
        assert torch.equal(answers(posed, AT, controlled(asked, active=levels))[0], bare)
    assert torch.equal(answers(posed, AT, controlled(asked, strength=0.0))[0], bare)
    inside = controlled(asked, active=Levels(0.0, 0.1))
    assert torch.equal(answers(posed, AT, inside)[0], answers(posed, AT, asked)[0])


def test_another_pose_is_another_picture(posed: StableDiffusion, asked: Conditioning) -> None:
    mirrored = controlled(asked, picture=draw_pose([[128 - x, y] for x, y in STANDING], 128, 128, native=128))
    one, other = answers(posed, AT, asked, mirrored)
    assert (one - other).abs().max() > 0.02


def test_a_model_without_a_controlnet_refuses_a_pose(tiny: StableDiffusion) -> None:
    prompted = PromptSpec(prompt="a desert", negative_prompt="", guidance=3, model="tiny")
    with pytest.raises(DiffusionError, match="'tiny' has no ControlNet for poses"):
        tiny.conditioning(prompted, WHOLE, ViewAdapters((Control(torch.zeros(3, 128, 128)),)))
