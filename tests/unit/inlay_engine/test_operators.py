import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from inlay_engine.errors import GraphError
from inlay_engine.operators import (
    Background,
    Compose,
    Composite,
    Crop,
    Differentiable,
    Flip,
    Identity,
    LatentMap,
    ObservationOperator,
    Part,
    Place,
    Resize,
    Roll,
    Rotate,
    White,
    Window,
)
from inlay_engine.operators.resize import Mode
from inlay_engine.variables import Latent, Shape
from tests.unit.inlay_engine.graphs import MODES, control, dense, maps, operators, shapes, units


def lost(of: ObservationOperator | LatentMap, scale: float | None = None) -> Tensor:
    """Return the matrix that makes the lost noise from all white noise that is drawn for it. It has no columns if
    nothing is lost. An operator is asked at its own scale, or at a smaller one."""
    drawn: dict[str, Shape] = {}

    def record(tag: str, shape: Shape) -> Latent:
        assert tag not in drawn, f"{tag!r} was drawn twice, and so is not independent"
        drawn[tag] = shape
        return torch.zeros(*shape, dtype=torch.float64)

    def missing(white: White) -> Latent | None:
        if isinstance(of, LatentMap):
            return of.lost_noise(white)
        return of.lost_noise(white, of.scale if scale is None else scale)

    none = missing(record) is None
    assert none == (not drawn)
    blocks = [torch.empty(units(of.shape).shape[0], 0, dtype=torch.float64)]
    for chosen, size in drawn.items():
        unit = units(size)

        def white(tag: str, shape: Shape, chosen: str = chosen, unit: Tensor = unit) -> Latent:
            return unit if tag == chosen else torch.zeros(len(unit), *shape, dtype=torch.float64)

        noise = missing(white)
        assert noise is not None
        blocks.append(noise.flatten(1).T)
    return torch.cat(blocks, dim=1)


def is_selection(matrix: Tensor) -> bool:
    return bool(((matrix == 0) | (matrix == 1)).all() and (matrix.sum(1) <= 1).all())


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.slow
@given(operator=operators(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=300)
def test_adjoint_is_the_transpose(operator: ObservationOperator, seed: int) -> None:
    controls = {parent.name: random(2, *parent.shape, seed=seed + k) for k, parent in enumerate(operator.parents)}
    view = random(2, *operator.shape, seed=seed + 2)
    seen = operator.forward(controls)
    assert seen.shape == view.shape
    given_back = operator.adjoint(view)
    assert {name: value.shape for name, value in given_back.items()} == {
        name: value.shape for name, value in controls.items()
    }
    left = (seen * view).sum()
    right = sum((controls[name] * given_back[name]).sum() for name in controls)
    torch.testing.assert_close(left, right, rtol=1e-12, atol=1e-12)


@pytest.mark.slow
@given(operator=operators())
@settings(deadline=None, max_examples=200)
def test_gain_and_selection_are_what_the_matrix_says(operator: ObservationOperator) -> None:
    matrix = dense(operator)
    power = matrix @ matrix.T
    gain = torch.as_tensor(operator.gain, dtype=torch.float64).expand(operator.shape[1:])
    per_channel = gain.expand(operator.shape).flatten()
    torch.testing.assert_close(power.sum(1), per_channel, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(operator.gram(units(operator.shape)).flatten(1), power, rtol=0, atol=1e-12)
    assert operator.linear
    assert is_selection(matrix) or not operator.selects


@pytest.mark.slow
@given(operator=operators())
@settings(deadline=None, max_examples=200)
def test_lost_noise_makes_every_noisy_view_white(operator: ObservationOperator) -> None:
    matrix, white = dense(operator), torch.eye(math.prod(operator.shape), dtype=torch.float64)
    assert 0 < operator.scale <= 1
    for scale in (operator.scale, 0.6 * operator.scale):
        filled = lost(operator, scale)
        torch.testing.assert_close(scale**2 * matrix @ matrix.T + filled @ filled.T, white, rtol=0, atol=1e-9)


@given(each=shapes().flatmap(maps))
@settings(deadline=None, max_examples=200)
def test_every_map_keeps_its_own_promises(each: LatentMap) -> None:
    matrix = each.forward(units(each.source)).flatten(1).T
    torch.testing.assert_close(each.adjoint(units(each.shape)).flatten(1), matrix, rtol=0, atol=1e-12)
    power = matrix @ matrix.T
    gain = torch.as_tensor(each.gain, dtype=torch.float64).expand(each.shape)
    torch.testing.assert_close(power.sum(1), gain.flatten(), rtol=1e-12, atol=1e-12)
    filled = lost(each)
    torch.testing.assert_close(
        each.scale**2 * power + filled @ filled.T, torch.eye(len(matrix), dtype=torch.float64), atol=1e-10, rtol=0
    )
    norm = float(torch.linalg.matrix_norm(matrix, 2))
    assert each.scale == pytest.approx(min(1, 1 / norm) if norm else 1), "no noise is added without need"
    assert each.selects == is_selection(matrix)


def test_mirrors_turns_and_rolls_move_cells_as_they_say() -> None:
    picture = torch.tensor([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    shape = Shape(1, 2, 3)
    assert Flip(shape, "x").forward(picture).tolist() == [[[3, 2, 1], [6, 5, 4]]]
    assert Flip(shape, "y").forward(picture).tolist() == [[[4, 5, 6], [1, 2, 3]]]
    assert Rotate(shape, 1).forward(picture).tolist() == [[[3, 6], [2, 5], [1, 4]]]  # counter-clockwise
    assert Roll(shape, 1, 1).forward(picture).tolist() == [[[6, 4, 5], [3, 1, 2]]]  # to the right and down
    latent = random(2, 3, 4, 5)
    for turns in (1, 2, 3):
        assert torch.equal(Rotate(Shape(3, 4, 5), turns).forward(latent), torch.rot90(latent, turns, (-2, -1)))


SIDES = [(12, 4), (12, 12), (12, 5), (9, 8), (7, 1), (16, 11), (4, 12), (5, 7)]


@pytest.mark.parametrize(("rows", "columns"), list(itertools.product(SIDES, SIDES)))
def test_area_is_the_mean_of_what_a_cell_covers(rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """If each cell is repeated as often as the result has cells, the shares of cells become whole cells."""
    (height, onto_height), (width, onto_width) = rows, columns
    latent = random(2, 3, height, width)
    seen = Resize(Shape(3, height, width), onto_width, onto_height, "area").forward(latent)
    repeated = latent.repeat_interleave(onto_height, -2).repeat_interleave(onto_width, -1)
    torch.testing.assert_close(seen, functional.avg_pool2d(repeated, (height, width)), rtol=0, atol=1e-12)
    if height % onto_height == 0 and width % onto_width == 0:
        shrunk = functional.interpolate(latent, size=(onto_height, onto_width), mode="area")
        torch.testing.assert_close(seen, shrunk, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("rows", "columns"), list(itertools.product(SIDES, SIDES)))
def test_bilinear_is_torchs_antialiased(rows: tuple[int, int], columns: tuple[int, int]) -> None:
    (height, onto_height), (width, onto_width) = rows, columns
    latent = random(2, 3, height, width)
    seen = Resize(Shape(3, height, width), onto_width, onto_height, "bilinear").forward(latent)
    shrunk = latent
    for size in [(onto_height, width), (onto_height, onto_width)]:  # torch 2.13 errs on both at once onto one column
        shrunk = functional.interpolate(shrunk, size=size, mode="bilinear", antialias=True)
    torch.testing.assert_close(seen, shrunk, rtol=0, atol=1e-12)


def test_an_area_of_k_by_k_has_a_gain_of_one_in_k_squared() -> None:
    assert Resize(Shape(4, 12, 8), 2, 3, "area").gain == pytest.approx(1 / 16)
    assert Resize(Shape(4, 12, 8), 8, 12, "area").gain == 1
    assert Resize(Shape(4, 12, 8), 8, 12, "area").lost_noise(lambda tag, shape: torch.ones(*shape)) is None


@pytest.mark.parametrize("mode", MODES)
def test_a_resize_works_in_the_precision_of_its_view(mode: Mode) -> None:
    resize = Resize(Shape(1, 7, 7), 3, 3, mode)
    noise = resize.lost_noise(lambda tag, shape: torch.ones(*shape))
    assert noise is not None
    assert noise.dtype == resize.forward(torch.ones(1, 7, 7)).dtype == torch.float32
    assert resize.forward(torch.ones(1, 7, 7)).flatten().tolist() == pytest.approx([1.0] * 9)


def test_lost_noise_of_fractional_resizes_needs_more_than_their_gain() -> None:
    """Neighbours share a cell. Noise that only restores the variance would leave them correlated."""
    resize = Resize(Shape(1, 1, 3), 2, 1, "area")
    missing = lost(resize) @ lost(resize).T
    assert missing[0, 1] == pytest.approx(-1 / 9)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sizes", [((5, 5), (2, 3)), ((11, 14), (4, 9)), ((3, 4), (8, 7))])
def test_a_resize_of_a_resize_loses_what_the_two_lose(mode: Mode, sizes: tuple[tuple[int, int], ...]) -> None:
    (width, height), (last_width, last_height) = sizes
    first = Resize(Shape(1, 7, 7), width, height, mode)
    second = Resize(first.shape, last_width, last_height, mode)
    twice = Compose(Identity(control("x", 1, 7, 7)), first, Flip(first.shape, "x"), second)
    nested = Compose(Compose(Identity(control("x", 1, 7, 7)), first, Flip(first.shape, "x")), second)
    power = dense(twice) @ dense(twice).T
    for each in (twice, nested):
        gain = torch.as_tensor(each.gain, dtype=torch.float64).expand(each.shape)
        torch.testing.assert_close(gain.flatten(), power.sum(1))
        filled = lost(each)
        whole = each.scale**2 * power + filled @ filled.T
        torch.testing.assert_close(whole, torch.eye(len(power), dtype=torch.float64))


def test_an_enlargement_repeats_cells_and_is_scaled_so_that_its_noise_can_be_made_white() -> None:
    twice = Resize(Shape(1, 2, 3), 6, 4, "area")
    seen = twice.forward(torch.arange(6.0).view(1, 2, 3))
    assert torch.equal(seen, torch.arange(6.0).view(1, 2, 3).repeat_interleave(2, -2).repeat_interleave(2, -1))
    assert twice.selects
    assert (twice.gain, twice.scale) == (4, pytest.approx(0.5))
    across = Resize(Shape(1, 4, 3), 6, 2, "area")
    assert (across.gain, across.scale) == (1, 1), "one axis repeats as often as the other averages"
    smooth = Resize(Shape(1, 8, 8), 16, 16, "bilinear")
    assert not smooth.selects
    assert torch.as_tensor(smooth.gain).flatten().tolist() == pytest.approx([4.0] * 256)
    assert smooth.scale == pytest.approx(0.5)


def test_a_placed_view_lies_where_it_is_put_and_goes_around_a_frame_that_wraps() -> None:
    row = torch.arange(1.0, 4.0).view(1, 1, 3)
    cases = {
        (1, None): [0, 1, 2, 3, 0],
        (-1, None): [2, 3, 0, 0, 0],
        (4, None): [0, 0, 0, 0, 1],
        (9, None): [0, 0, 0, 0, 0],
        (4, 5): [2, 3, 0, 0, 1],
        (6, 8): [3, 0, 0, 0, 0],
    }
    for (x, period), cells in cases.items():
        assert Place(Shape(1, 1, 3), 5, 1, x, 0, period_x=period).forward(row).flatten().tolist() == cells
    with pytest.raises(GraphError, match="3 cells wide does not fit a frame of 2"):
        Place(Shape(1, 1, 3), 2, 1, 0, 0, period_x=2)
    with pytest.raises(GraphError, match="0x1 cells is empty"):
        Place(Shape(1, 1, 3), 0, 1, 0, 0)


def test_two_parts_may_show_the_same_control() -> None:
    """A picture within itself. The noise of both parts is the same noise, so their sum has correlated noise."""
    x = control("x", 1, 4, 4)
    inset = Compose(Identity(x), Resize(x.shape, 2, 2), Place(Shape(1, 2, 2), 4, 4, 1, 1))
    soft = torch.zeros(4, 4, dtype=torch.float64)
    soft[1:3, 1:3] = 0.7
    droste = Composite((Part(Identity(x), 1 - soft), Part(inset, soft)))
    assert droste.parents == (x,)
    matrix, filled = dense(droste), lost(droste)
    white = torch.eye(16, dtype=torch.float64)
    torch.testing.assert_close(droste.scale**2 * matrix @ matrix.T + filled @ filled.T, white, rtol=0, atol=1e-9)


def test_parts_that_read_different_cells_of_one_control_lose_nothing() -> None:
    x, left = control("x", 1, 4, 4), torch.tensor([1.0, 1, 0, 0]).expand(4, 4)
    crops = [Crop(x, Window(start, 0, 2, 4)) for start in (0, 2)]
    halves = [Compose(crop, Place(crop.shape, 4, 4, 2 - crop.window.x, 0)) for crop in crops]
    swapped = Composite((Part(halves[0], 1 - left), Part(halves[1], left)))
    assert swapped.selects
    assert swapped.scale == 1
    assert not lost(swapped).any()


def test_a_background_shows_where_the_mask_is_zero() -> None:
    mask = torch.tensor([[1.0, 0.0, 0.5]])
    over = Compose(Identity(control("x", 2, 1, 3)), Background(mask, torch.tensor([10.0, 20.0])[:, None, None]))
    seen = over.clean_view({"x": torch.ones(2, 1, 3)})
    assert seen.tolist() == [[[1, 10, 5.5]], [[1, 20, 10.5]]]
    assert over.forward({"x": torch.ones(2, 1, 3)}).tolist() == [[[1, 0, 0.5]], [[1, 0, 0.5]]]
    assert torch.as_tensor(over.gain).tolist() == [[1, 0, 0.25]]
    assert not over.selects
    assert Background(mask.round(), torch.zeros(2, 1, 3)).selects


@given(operator=operators(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=100)
def test_an_affine_view_is_what_its_steps_make_of_it(operator: ObservationOperator, seed: int) -> None:
    controls = {parent.name: random(*parent.shape, seed=seed + k) for k, parent in enumerate(operator.parents)}
    torch.testing.assert_close(operator.clean_view(controls), by_hand(operator, controls), rtol=0, atol=1e-12)


def by_hand(operator: ObservationOperator, controls: dict[str, Latent]) -> Latent:
    """Compute the clean view step by step, and apply each background where it stands."""
    if isinstance(operator, Composite):
        return sum((mask * by_hand(each, controls) for each, mask in operator.parts), torch.zeros(()))
    if not isinstance(operator, Compose):
        return operator.forward(controls)
    view = by_hand(operator.operator, controls)
    for each in operator.maps:
        if isinstance(each, Background):
            view = each.mask * view + (1 - each.mask) * each.constant
        else:
            view = each.forward(view)
    return view


@pytest.mark.parametrize("frozen", [True, False])
def test_the_pullback_of_any_function_is_its_derivative_transposed(frozen: bool) -> None:
    x1, x2 = control("x1", 2, 4, 4), control("x2", 2, 4, 4)
    product = Differentiable((x1, x2), lambda of: of["x1"].sin() * of["x2"], x1.shape)
    seen = Compose(product, Rotate(x1.shape, 1), Resize(x1.shape, 3, 3, "bilinear"))
    at = {"x1": random(2, 4, 4), "x2": random(2, 4, 4, seed=1)}
    view = random(2, 3, 3, seed=2)
    with torch.inference_mode(frozen):
        pulled = seen.pullback(view, at)
    step = {"x1": random(2, 4, 4, seed=3), "x2": random(2, 4, 4, seed=4)}
    ahead, behind = (seen.forward({name: at[name] + h * step[name] for name in at}) for h in (1e-5, -1e-5))
    slope = ((ahead - behind) / 2e-5 * view).sum()
    torch.testing.assert_close(slope, sum((pulled[name] * step[name]).sum() for name in at), rtol=1e-8, atol=1e-8)
    assert not seen.linear
    assert not seen.selects
    assert seen.lost_noise(lambda tag, shape: torch.ones(*shape)) is not None


def test_the_pullback_of_a_linear_operator_is_its_adjoint_anywhere() -> None:
    x = control("x", 1, 4, 4)
    seen = Compose(Identity(x), Resize(x.shape, 2, 2))
    view = random(1, 2, 2)
    assert torch.equal(seen.pullback(view, {"x": random(1, 4, 4)})["x"], seen.adjoint(view)["x"])


def test_a_function_has_no_adjoint_of_its_own() -> None:
    x = control("x")
    squared = Differentiable((x,), lambda of: of["x"] ** 2, x.shape)
    with pytest.raises(GraphError, match="A function of control 'x' was asked for its adjoint, but it is not linear"):
        Compose(squared, Flip(x.shape, "x")).adjoint(torch.ones(2, 3, 5))


def test_a_crop_over_the_edge_reads_the_other_side() -> None:
    row = {"x": torch.arange(5.0).view(1, 1, 5)}
    crop = Crop(control(channels=1, height=1, width=5, wrap="x"), Window(4, 0, 3, 1))
    assert crop.forward(row).flatten().tolist() == [4, 0, 1]


def test_a_composite_shows_each_control_where_its_mask_is_one() -> None:
    inside = torch.tensor([[1.0, 0.0, 0.0]])
    parts = (Part(Identity(control("box", 1, 1, 3)), inside), Part(Identity(control("rest", 1, 1, 3)), 1 - inside))
    seen = Composite(parts).forward({"box": torch.full((1, 1, 3), 7.0), "rest": torch.full((1, 1, 3), 2.0)})
    assert seen.flatten().tolist() == [7, 2, 2]


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (Window(3, 0, 3, 3), "leaves control 'x', whose width is 5 cells and does not wrap"),
        (Window(0, -1, 2, 2), "leaves control 'x', whose height is 3 cells and does not wrap"),
        (Window(0, 0, 6, 3), "A window of width 6 does not fit control 'x', 5 cells"),
        (Window(0, 0, 0, 3), "A window of width 0 does not fit"),
    ],
)
def test_a_window_must_lie_on_its_control(window: Window, sentence: str) -> None:
    with pytest.raises(GraphError, match=sentence):
        Crop(control(), window)


def test_a_composite_is_refused_by_name() -> None:
    ones = torch.ones(3, 5)
    with pytest.raises(GraphError, match="must sum to 1"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b")), ones)))
    with pytest.raises(GraphError, match="'a' has 2 channels of 5x3 cells and that of 'b' has 4 channels"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b", channels=4)), 0 * ones)))
    with pytest.raises(GraphError, match="mask of 'b'"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b")), torch.zeros(2, 5))))
    with pytest.raises(GraphError, match="mask of 'b' must lie between 0 and 1"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b")), -ones)))
    with pytest.raises(GraphError, match="two or more parts, not 1"):
        Composite((Part(Identity(control("a")), ones),))


def test_masks_may_be_off_by_rounding() -> None:
    over = torch.full((3, 5), 1 + 1e-6)
    soft = Composite((Part(Identity(control("a")), over), Part(Identity(control("b")), 1 - over)))
    noise = soft.lost_noise(lambda tag, shape: torch.ones(*shape))
    assert noise is not None
    assert noise.isfinite().all()
    assert Background(over, torch.ones(2, 1, 1)).lost_noise(lambda tag, shape: torch.ones(*shape)).isfinite().all()


def test_a_map_must_take_the_view_it_is_given() -> None:
    crop = Crop(control(), Window(0, 0, 3, 2))
    sentence = "A flip of 2 channels of 5x3 cells was put on a view of control 'x' that has 2 channels of 3x2 cells"
    with pytest.raises(GraphError, match=sentence):
        Compose(crop, Flip(Shape(2, 3, 5), "x"))
    with pytest.raises(GraphError, match="A background of 1 channels of 3x2 cells was put on a view of control 'x'"):
        Compose(crop, Flip(crop.shape, "x"), Background(torch.ones(2, 3), torch.ones(1, 1, 1)))
    with pytest.raises(GraphError, match="A rotate of 2 channels of 3x2"):
        Compose(crop, Rotate(crop.shape, 1), Rotate(crop.shape, 1))


def test_a_resize_has_a_size() -> None:
    with pytest.raises(GraphError, match="asked for 0x3 cells; request 1 or more"):
        Resize(Shape(2, 3, 5), 0, 3)


@pytest.mark.parametrize("turns", [0, 4, -1])
def test_a_rotation_is_by_quarter_turns(turns: int) -> None:
    with pytest.raises(GraphError, match=f"1, 2 or 3 quarter turns, not by {turns}"):
        Rotate(Shape(1, 2, 2), turns)


def test_a_background_is_refused_where_it_does_not_fit() -> None:
    with pytest.raises(GraphError, match=r"\(2, 3, 4\) channels and cells does not fit a mask of \(3, 5\)"):
        Background(torch.ones(3, 5), torch.ones(2, 3, 4))
    with pytest.raises(GraphError, match="mask of a background must lie between 0 and 1"):
        Background(torch.full((3, 5), 1.5), torch.ones(2, 1, 1))


def test_what_a_run_without_gradients_has_computed_serves_one_with_gradients() -> None:
    resize = Resize(control("x", 1, 7, 11).shape, 5, 3, "bilinear")
    with torch.inference_mode():
        resize.forward(random(1, 7, 11))
    x = random(1, 7, 11).requires_grad_()
    resize.forward(x).sum().backward()
    assert x.grad is not None
