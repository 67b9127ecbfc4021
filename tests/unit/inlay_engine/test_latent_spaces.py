"""Models of another latent space: if both VAEs lose nothing, meeting in pixels equals meeting in latents."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from inlay_engine.agree import Agree, StepSize
from inlay_engine.errors import GraphError
from inlay_engine.fresh import Fresh
from inlay_engine.graph import Denoiser, Graph, Observable, constant
from inlay_engine.latent_spaces import ForeignView, LatentSpace
from inlay_engine.noise import Noise
from inlay_engine.operators import Compose, Crop, Flip, Identity, ObservationOperator, Resize, Window
from inlay_engine.sampler import Method, Step, sample
from inlay_engine.variables import ControlVariable, Latent
from tests.unit.inlay_engine.graphs import SHORT, Shrink, control, observable

TRIPLED = torch.tensor([[1.0, 0.5], [-0.5, 1.0], [0.25, 2.0]])
"""The map from latents of two channels to pictures of three."""


@dataclass
class Lossless:
    """A VAE of two pixels a cell. Its encoder is the exact inverse of its decoder. It counts its calls."""

    scale: float = 1.0
    decoded: int = 0
    encoded: int = 0

    def decode(self, latent: Latent, wrap_x: bool = False, wrap_y: bool = False) -> Tensor:
        self.decoded += 1
        cells = torch.einsum("rc,chw->rhw", TRIPLED, latent / self.scale)
        return cells.repeat_interleave(2, 1).repeat_interleave(2, 2)

    def encode(self, picture: Tensor, wrap_x: bool = False, wrap_y: bool = False) -> Latent:
        self.encoded += 1
        return self.scale * torch.einsum("cr,rhw->chw", torch.linalg.pinv(TRIPLED), picture[:, ::2, ::2])


X = control(height=4, width=8, wrap="x")
MIRROR = replace(X, name="x@other", mirrors="x")


def views(of: ControlVariable) -> list[ObservationOperator]:
    """The operators of the other space's models, on a control or on its mirror."""
    window = Crop(of, Window(5, 0, 6, 4))  # over the edge that wraps
    return [Compose(window, Flip(window.shape, "x")), Compose(Identity(of), Resize(of.shape, 4, 2))]


def graph(space: LatentSpace | None) -> Graph:
    """One view of the run's own model, and two of the other model. One of these two is trusted in some of its cells
    only."""
    trust = constant(torch.linspace(0, 2, 24).view(4, 6)), constant(3.0)
    foreign = [None if space is None else ForeignView(space, seen) for seen in views(MIRROR)]
    others = [
        Observable(f"y{k}", seen, Denoiser(Shrink(2), 0.7), precision, foreign=far)
        for k, (seen, precision, far) in enumerate(zip(views(X), trust, foreign, strict=True), start=2)
    ]
    return Graph((X,), (observable("y1", Identity(X), 0.4), *others))


def steps(of: Graph, **method: Any) -> list[Step]:
    return list(sample(of, SHORT, Noise(3), Method(**method)))


@pytest.mark.parametrize(
    "method",
    [
        {},
        {"eta": 0.7},
        {"fresh": Fresh(0.8, 0.0, 0.6, 0.4)},
        {"transition": "dpmsolver++"},
        {"harmonise": 1, "corrector_steps": 1},
    ],
    ids=["ddim", "eta", "fresh", "dpm", "rounds"],
)
def test_with_lossless_vaes_the_run_equals_one_that_meets_in_latents(method: dict[str, Any]) -> None:
    space = LatentSpace(Lossless(), Lossless(), {"x": MIRROR})
    near, far = steps(graph(None), **method), steps(graph(space), **method)
    for one, other in zip(near, far, strict=True):
        torch.testing.assert_close(other.controls["x"], one.controls["x"], rtol=0, atol=1e-5)
        torch.testing.assert_close(other.controls["x@other"], one.controls["x"], rtol=0, atol=1e-5)
        assert other.residual == pytest.approx(one.residual, abs=1e-5)


def test_a_pass_decodes_and_encodes_every_view_and_what_was_agreed_on() -> None:
    home, own = Lossless(), Lossless()
    steps(graph(LatentSpace(home, own, {"x": MIRROR})))
    assert (own.decoded, home.encoded) == (2 * SHORT.steps, 2 * SHORT.steps)
    assert (home.decoded, own.encoded) == (SHORT.steps, SHORT.steps)


def test_the_other_model_is_shown_latents_of_its_own() -> None:
    """The latents of its VAE are twice as large. So after the first step its mirror is twice the control."""
    space = LatentSpace(Lossless(), Lossless(scale=2.0), {"x": MIRROR})
    *_, last = steps(graph(space))
    torch.testing.assert_close(last.controls["x@other"], 2 * last.controls["x"])
    torch.testing.assert_close(last.views["y2"].clean, 2 * last.views["y2"].shared)


def test_a_run_with_mirrors_resumes_bit_for_bit() -> None:
    of, method = graph(LatentSpace(Lossless(), Lossless(scale=2.0), {"x": MIRROR})), Method(transition="dpmsolver++")
    whole = list(sample(of, SHORT, Noise(3), method))
    *_, again = sample(of, SHORT, Noise(3), method, whole[1].state)
    assert all(torch.equal(again.controls[name], value) for name, value in whole[-1].controls.items())


def test_lambda_does_not_move_between_two_spaces() -> None:
    space = LatentSpace(Lossless(), Lossless(), {"x": MIRROR})
    with pytest.raises(GraphError, match=r"'y2' works in another latent space, .*; keep the step sizes fixed"):
        steps(graph(space), agree=Agree(step_size=StepSize(0.1)))


def test_cells_of_two_sizes_are_refused() -> None:
    small = replace(MIRROR, shape=MIRROR.shape._replace(width=4))
    foreign = ForeignView(LatentSpace(Lossless(), Lossless(), {"x": small}), Identity(small))
    with pytest.raises(GraphError, match="'y' has 2 channels of 8x4 cells, but its model sees 2 channels of 4x4 cells"):
        Graph((X,), (Observable("y", Identity(X), Denoiser(Shrink(2), 0.5), foreign=foreign),))
