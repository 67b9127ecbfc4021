from typing import Any

import pytest
import torch

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    BackgroundSpec,
    CompositePart,
    CompositeSpec,
    ControlSpec,
    CropSpec,
    FlipSpec,
    GraphSpec,
    IdentitySpec,
    Mask,
    ObservableSpec,
    OperatorSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
    Region,
    ResizeSpec,
    RollSpec,
    RotateSpec,
    Shift,
)
from backend.geometry.displacement import displaced
from inlay_engine.noise import Noise
from worker.build.operators_from_spec import Operators, control, displacement

WIDTH, HEIGHT = 6, 4
WINDOW = CropSpec(kind="crop", control="x1", box=CellBox(x=1, y=1, width=3, height=2))
LEFT = Region(box=CellBox(x=0, y=0, width=3, height=4))
X1 = torch.arange(24.0).view(1, HEIGHT, WIDTH)
X2 = -X1


def graph(*operators: OperatorSpec, wrap: Any = "none", shift: Shift | None = None) -> GraphSpec:
    drawn = Mask(width=2, height=1, cells="80ff")
    prompted = PromptSpec(prompt="", negative_prompt="", guidance=1.0, model="tiny")
    return GraphSpec(
        controls=[ControlSpec(name=name, channels=1, width=WIDTH, height=HEIGHT, wrap=wrap) for name in ("x1", "x2")],
        observables=[
            ObservableSpec(name=f"y{k}", operator=operator, prompted=prompted, precision=PrecisionSpec(group="w"))
            for k, operator in enumerate(operators or (WINDOW,))
        ],
        outputs=[OutputSpec(node="x1", width=48, height=32)],
        masks={"drawn": drawn},
        shift=shift,
    )


def seen(spec: OperatorSpec, unit: int = 1) -> torch.Tensor:
    """Return an operator's view of X1 and X2. Every cell is repeated `unit` times in both directions."""
    of = graph(spec)
    controls = {each.name: control(each, of) for each in of.controls}
    if unit > 1:
        controls = {
            name: control(each.model_copy(update={"width": WIDTH * unit, "height": HEIGHT * unit}), of)
            for name, each in zip(controls, of.controls, strict=True)
        }
    operator = Operators(of, controls, torch.device("cpu"), unit).make(spec, lambda rgb: torch.tensor([100 * rgb[0]]))
    values = {"x1": X1, "x2": X2}
    large = {name: x.repeat_interleave(unit, -1).repeat_interleave(unit, -2) for name, x in values.items()}
    return operator.clean_view(large)


def test_every_kind_of_operator_shows_what_it_says() -> None:
    window = X1[:, 1:3, 1:4]
    assert torch.equal(seen(IdentitySpec(kind="identity", control="x2")), X2)
    assert torch.equal(seen(WINDOW), window)
    assert torch.equal(seen(FlipSpec(kind="flip", of=WINDOW, axis="x")), window.flip(-1))
    assert torch.equal(seen(FlipSpec(kind="flip", of=WINDOW, axis="y")), window.flip(-2))
    assert torch.equal(seen(RotateSpec(kind="rotate", of=WINDOW, turns=1)), window.rot90(1, (-2, -1)))
    assert torch.equal(seen(RollSpec(kind="roll", of=WINDOW, x=1, y=0)), window.roll(1, -1))
    halved = seen(ResizeSpec(kind="resize", of=IdentitySpec(kind="identity", control="x1"), width=3, height=2))
    assert torch.equal(halved, torch.nn.functional.avg_pool2d(X1, 2))


def test_maps_can_be_nested() -> None:
    turned = RotateSpec(kind="rotate", of=FlipSpec(kind="flip", of=WINDOW, axis="x"), turns=3)
    assert torch.equal(seen(turned), X1[:, 1:3, 1:4].flip(-1).rot90(3, (-2, -1)))


def test_a_composite_shows_one_control_inside_and_the_other_outside() -> None:
    parts = [
        CompositePart(control="x1", region=LEFT, inverse=True),
        CompositePart(control="x2", region=LEFT),
    ]
    whole = torch.cat([X2[..., :3], X1[..., 3:]], -1)
    assert torch.equal(seen(CompositeSpec(kind="composite", parts=parts)), whole)
    box = CellBox(x=2, y=1, width=3, height=2)
    assert torch.equal(seen(CompositeSpec(kind="composite", parts=parts, box=box)), whole[:, 1:3, 2:5])


def test_a_background_is_a_colour_outside_its_region() -> None:
    shown = seen(BackgroundSpec(kind="background", of=WINDOW, region=LEFT, colour=[0.5, 0.0, 0.0]))
    assert torch.equal(shown[..., :2], X1[:, 1:3, 1:3])
    assert torch.equal(shown[..., 2], torch.full((1, 2), 50.0))


def test_a_mask_lies_on_its_box() -> None:
    region = Region(box=CellBox(x=3, y=2, width=2, height=1), mask="drawn")
    whole = IdentitySpec(kind="identity", control="x1")
    shown = seen(BackgroundSpec(kind="background", of=whole, region=region, colour=[0.0, 0.0, 0.0]))
    expected = torch.zeros(1, HEIGHT, WIDTH)
    expected[0, 2, 3], expected[0, 2, 4] = X1[0, 2, 3] * 128 / 255, X1[0, 2, 4]
    torch.testing.assert_close(shown, expected)


@pytest.mark.parametrize(
    "spec",
    [
        WINDOW,
        ResizeSpec(kind="resize", of=IdentitySpec(kind="identity", control="x1"), width=3, height=2),
        RollSpec(kind="roll", of=FlipSpec(kind="flip", of=WINDOW, axis="y"), x=1, y=1),
        BackgroundSpec(kind="background", of=WINDOW, region=LEFT, colour=[1.0, 0.0, 0.0]),
    ],
)
def test_the_same_specs_observe_pictures(spec: OperatorSpec) -> None:
    """A view of pixels that is reduced to cells is equal to the view of the cells."""
    torch.testing.assert_close(torch.nn.functional.avg_pool2d(seen(spec, unit=4), 4), seen(spec))


def box_at(spec: GraphSpec) -> tuple[int, int]:
    operator = spec.observables[0].operator
    assert isinstance(operator, FlipSpec)
    assert isinstance(operator.of, CropSpec)
    return operator.of.box.x, operator.of.box.y


@pytest.mark.parametrize(("wrap", "expected"), [("none", (0, 0)), ("x", (5, 0)), ("both", (5, 2))])
def test_shifting_windows_stop_at_an_edge_or_go_around_it(wrap: Any, expected: tuple[int, int]) -> None:
    moving = FlipSpec(kind="flip", of=WINDOW.model_copy(update={"shifts": True}), axis="x")
    still = FlipSpec(kind="flip", of=WINDOW, axis="x")
    shift = Shift(x=4, y=4)
    assert box_at(displaced(graph(moving, wrap=wrap, shift=shift), 2, 3)) == expected
    assert box_at(displaced(graph(still, wrap=wrap, shift=shift), 2, 3)) == (1, 1)


def test_displacements_are_drawn_anew_at_each_step_from_the_whole_range() -> None:
    moving = graph(shift=Shift(x=4, y=1))
    drawn = [displacement(moving, Noise(7), step) for step in range(64)]
    assert drawn == [displacement(moving, Noise(7), step) for step in range(64)]
    assert drawn != [displacement(moving, Noise(8), step) for step in range(64)]
    assert {x for x, _ in drawn} == {0, 1, 2, 3}
    assert {y for _, y in drawn} == {0}
    assert displacement(graph(), Noise(7), 3) == (0, 0)
