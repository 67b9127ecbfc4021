import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contracts.geometry import CellBox
from backend.contracts.graph import (
    ControlSpec,
    CropSpec,
    GraphSpec,
    ObservableSpec,
    OutputSpec,
    PrecisionSpec,
    PromptSpec,
    Region,
    Yield,
)
from backend.geometry.ranges import Timing, is_active
from backend.geometry.regions import region_profile
from inlay_engine.operators import Crop, Window
from inlay_engine.variables import ControlVariable, Shape
from worker.build.weights import Precisions

PROMPT = PromptSpec(prompt="a", negative_prompt="", guidance=1.0, model="tiny")


def control(width: int = 8, height: int = 1, wrap: Any = "none") -> ControlSpec:
    return ControlSpec(name="x", channels=1, width=width, height=height, wrap=wrap)


def region(x: int, width: int, feather: float = 0.0, y: int = 0, height: int = 1) -> Region:
    return Region(box=CellBox(x=x, y=y, width=width, height=height), feather=feather)


@pytest.mark.parametrize(
    ("wrap", "of", "expected"),
    [
        ("none", region(2, 4), [0, 0, 1, 1, 1, 1, 0, 0]),
        ("none", region(1, 6, feather=2), [0, 0.25, 0.75, 1, 1, 0.75, 0.25, 0]),
        ("none", region(0, 4, feather=2), [1, 1, 0.75, 0.25, 0, 0, 0, 0]),
        ("none", region(4, 4, feather=1), [0, 0, 0, 0, 0.5, 1, 1, 1]),
        ("none", region(0, 8, feather=3), [1] * 8),
        ("none", region(2, 3, feather=6), [0, 0, 1 / 12, 3 / 12, 1 / 12, 0, 0, 0]),
        ("x", region(0, 4, feather=2), [0.25, 0.75, 0.75, 0.25, 0, 0, 0, 0]),
        ("x", region(6, 4, feather=1), [1, 0.5, 0, 0, 0, 0, 0.5, 1]),
        ("x", region(-2, 4, feather=1), [1, 0.5, 0, 0, 0, 0, 0.5, 1]),
        ("x", region(3, 8, feather=2), [1] * 8),
        ("y", region(0, 4, feather=2), [1, 1, 0.75, 0.25, 0, 0, 0, 0]),
    ],
)
def test_a_profile_falls_linearly_to_its_edge(wrap: str, of: Region, expected: list[float]) -> None:
    assert region_profile(of, control(wrap=wrap), {})[0].tolist() == pytest.approx(expected)


def test_in_a_corner_the_nearer_edge_counts() -> None:
    seen = region_profile(region(1, 6, feather=2, y=1, height=6), control(8, 8), {})
    assert seen[1, 1:7].tolist() == pytest.approx([0.25] * 6)
    assert seen[2, 1:7].tolist() == pytest.approx([0.25, 0.75, 0.75, 0.75, 0.75, 0.25])
    assert seen[0].tolist() == seen[7].tolist() == [0.0] * 8


@given(steps=st.integers(1, 60), cut=st.floats(0.01, 0.99))
@settings(deadline=None)
def test_ranges_that_meet_share_the_steps_between_them(steps: int, cut: float) -> None:
    early, late = ([is_active(each, k, steps) for k in range(steps)] for each in ((0.0, cut), (cut, 1.0)))
    assert [a + b for a, b in zip(early, late, strict=True)] == [1] * steps
    assert late[-1] or cut > (steps - 1) / steps


def weights(
    observables: dict[str, tuple[int, int, PrecisionSpec]], step: int = 0, of: int = 10, width: int = 8
) -> dict[str, Any]:
    """Return the weights, at one step, of crops (start, length) of one row of cells."""
    x = ControlVariable("x", Shape(1, 1, width))
    spec = graph_of(observables, width)
    operators = {name: Crop(x, Window(start, 0, length, 1)) for name, (start, length, _) in observables.items()}
    precisions = Precisions(spec, operators, torch.device("cpu"))
    found = {name: precisions.of(name)(step, of) for name in observables}
    return {name: weight[0].tolist() if isinstance(weight, torch.Tensor) else weight for name, weight in found.items()}


def graph_of(observables: dict[str, tuple[int, int, PrecisionSpec]], width: int = 8) -> GraphSpec:
    """Return a graph of crops (start, length) of one row of cells."""
    return GraphSpec(
        controls=[control(width)],
        observables=[
            ObservableSpec(
                name=name,
                operator=CropSpec(kind="crop", control="x", box=CellBox(x=start, y=0, width=length, height=1)),
                prompted=PROMPT,
                precision=precision,
            )
            for name, (start, length, precision) in observables.items()
        ],
        outputs=[OutputSpec(node="x", width=8, height=1)],
    )


def test_a_group_counts_once_however_it_is_tiled() -> None:
    windows = PrecisionSpec(group="windows", weight=3.0)
    found = weights({"a": (0, 4, windows), "b": (2, 4, windows), "c": (4, 4, windows)})
    assert found == {"a": [3, 3, 1.5, 1.5], "b": [1.5] * 4, "c": [1.5, 1.5, 3, 3]}


def test_bell_shaped_windows_share_each_cell_in_proportion() -> None:
    bell = PrecisionSpec(group="windows", weight=3.0, shape="gaussian")
    found = weights({"a": (0, 4, bell), "b": (2, 4, bell), "c": (4, 4, bell)})
    near, far = (math.exp(-(((place + 0.5) / 4 - 0.5) ** 2) / 0.02) for place in (1, 0))
    share = 3 * near / (near + far)
    assert found["a"] == pytest.approx([3, 3, share, 3 - share])
    assert found["b"] == pytest.approx([3 - share, share, share, 3 - share])


def test_groups_do_not_divide_each_other() -> None:
    one, other = PrecisionSpec(group="one"), PrecisionSpec(group="other", weight=2.0)
    assert weights({"a": (0, 8, one), "b": (0, 8, other)}) == {"a": [1.0] * 8, "b": [2.0] * 8}


def test_an_observable_counts_in_its_group_only_where_it_is_trusted() -> None:
    """The windows of a patch see cells outside its box, but have no weight there."""
    patch = PrecisionSpec(group="patch:1", inside=region(2, 3))
    found = weights({"a": (0, 5, patch), "b": (4, 4, patch)})
    assert found == {"a": [0, 0, 1, 1, 0.5], "b": [0.5, 0, 0, 0]}


def test_the_background_loses_the_weight_that_a_patch_takes() -> None:
    soft = region(2, 4, feather=2)
    background = PrecisionSpec(group="background", outside=[Yield(region=soft, weight=1.0)])
    patch = PrecisionSpec(group="patch:1", inside=soft)
    found = weights({"back": (0, 8, background), "patch": (0, 8, patch)})
    assert found["back"] == pytest.approx([1, 1, 0.75, 0.25, 0.25, 0.75, 1, 1])
    assert found["patch"] == pytest.approx([0, 0, 0.25, 0.75, 0.75, 0.25, 0, 0])


@pytest.mark.parametrize(("weight", "left"), [(0.25, 0.75), (1.0, 0.0), (5.0, 0.0)])
def test_a_patch_of_low_weight_lets_the_background_through(weight: float, left: float) -> None:
    background = PrecisionSpec(group="background", outside=[Yield(region=region(2, 4), weight=weight)])
    assert weights({"back": (0, 8, background)})["back"] == pytest.approx([1, 1, left, left, left, left, 1, 1])


def test_a_window_without_weight_anywhere_is_inactive() -> None:
    background = PrecisionSpec(group="background", outside=[Yield(region=region(2, 4), weight=1.0)])
    assert weights({"a": (0, 4, background), "b": (2, 4, background)}) == {"a": [1, 1, 0, 0], "b": None}


def test_precisions_follow_their_active_ranges() -> None:
    late = PrecisionSpec(group="patch:1", active=[0.5, 1.0])
    background = PrecisionSpec(group="background", outside=[Yield(region=region(0, 8), weight=0.5, active=[0.5, 1.0])])
    observables = {"back": (0, 8, background), "patch": (0, 8, late)}
    assert weights(observables, step=4) == {"back": [1.0] * 8, "patch": None}
    assert weights(observables, step=5) == {"back": [0.5] * 8, "patch": [1.0] * 8}
    assert weights(observables, step=9) == {"back": [0.5] * 8, "patch": [1.0] * 8}


def test_an_inactive_observable_does_not_count_in_its_group() -> None:
    always, early = PrecisionSpec(group="windows"), PrecisionSpec(group="windows", active=[0.0, 0.5])
    observables = {"a": (0, 8, always), "b": (0, 8, early)}
    assert weights(observables, step=0) == {"a": [0.5] * 8, "b": [0.5] * 8}
    assert weights(observables, step=5) == {"a": [1.0] * 8, "b": None}


def test_an_observable_of_weight_0_watches_while_it_is_active() -> None:
    always, watching = PrecisionSpec(group="views"), PrecisionSpec(group="views", weight=0.0, active=[0.0, 0.5])
    observables = {"a": (0, 8, always), "b": (0, 8, watching)}
    assert weights(observables, step=0) == {"a": [1.0] * 8, "b": 0.0}
    assert weights(observables, step=5) == {"a": [1.0] * 8, "b": None}


def test_steps_of_the_same_weight_share_one_object() -> None:
    """So the coverage of the graph is checked only once for all of these steps."""
    spec = GraphSpec(
        controls=[control()],
        observables=[
            ObservableSpec(
                name="a",
                operator=CropSpec(kind="crop", control="x", box=CellBox(x=0, y=0, width=8, height=1)),
                prompted=PROMPT,
                precision=PrecisionSpec(group="a"),
            )
        ],
        outputs=[OutputSpec(node="x", width=8, height=1)],
    )
    x = ControlVariable("x", Shape(1, 1, 8))
    precision = Precisions(spec, {"a": Crop(x, Window(0, 0, 8, 1))}, torch.device("cpu")).of("a")
    assert precision(0, 10) is precision(9, 10)


def test_a_patch_fades_in_and_out_over_the_background() -> None:
    """In ten steps, the patch rises over the steps 3 to 5, stays, and falls over the last two steps."""
    active, fade = [0.2, 1.0], [0.3, 0.2]
    patch = PrecisionSpec(group="patch", inside=region(2, 4), active=active, fade=fade)
    yields = Yield(region=region(2, 4), weight=1.0, active=active, fade=fade)
    background = PrecisionSpec(group="background", outside=[yields])
    found = [weights({"back": (0, 8, background), "patch": (0, 8, patch)}, step) for step in range(10)]
    rising = [0, 0, 1 / 3, 2 / 3, 1, 1, 1, 1, 1, 0.5]
    assert [(one["patch"] or [0.0] * 8)[3] for one in found] == pytest.approx(rising)
    assert [one["back"][3] for one in found] == pytest.approx([1 - strength for strength in rising], abs=1e-6)
    assert all(one["back"][0] == 1 for one in found)


def test_a_fade_goes_on_where_a_range_is_cut() -> None:
    """A patch that is bootstrapped is two observables, whose strengths are those of one."""
    whole = Timing((0.1, 0.9), (0.5, 0.3))
    early, late = whole.during((0.0, 0.4)), whole.during((0.4, 1.0))
    assert early is not None
    assert late is not None
    strengths = [[part.strength(k, 20) for k in range(20)] for part in (whole, early, late)]
    assert [a + b for a, b in zip(*strengths[1:], strict=True)] == pytest.approx(strengths[0])
    assert whole.during((0.95, 1.0)) is None


@given(
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)).filter(lambda ends: ends[0] < ends[1]),
    fade=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    steps=st.integers(1, 60),
)
@settings(deadline=None)
def test_a_weight_that_is_active_is_never_zero(
    ends: tuple[float, float], fade: tuple[float, float], steps: int
) -> None:
    strengths = [Timing(ends, fade).strength(k, steps) for k in range(steps)]
    assert [0 < strength <= 1 for strength in strengths] == [is_active(ends, k, steps) for k in range(steps)]


def test_weights_are_kept_while_nothing_fades_and_few_are_kept_while_something_does() -> None:
    fading = PrecisionSpec(group="a", active=[0.0, 0.5], fade=[0.2, 0.1])
    spec = graph_of({"a": (0, 8, fading), "b": (0, 8, PrecisionSpec(group="b"))})
    x = ControlVariable("x", Shape(1, 1, 8))
    precisions = Precisions(spec, {name: Crop(x, Window(0, 0, 8, 1)) for name in "ab"}, torch.device("cpu"))
    of_b = precisions.of("b")
    still = [of_b(step, 100) for step in range(20, 40)]
    assert all(weight is still[0] for weight in still)
    for step in range(100):
        of_b(step, 100)
    assert len(precisions._known) <= 8
