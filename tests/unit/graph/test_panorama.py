"""The prompts of a panorama: where they lie, and which windows take them."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.unit.graph.documents import canvas, compiled

NAMES = ("left", "middle", "right", "far")


def several(count: int, wrap: str = "none", width: int = 512, height: int = 128, **rest: Any) -> dict[str, Any]:
    prompts = [{"prompt": name, "seed": index} for index, name in enumerate(NAMES[:count])]
    return {"kind": "panorama", "canvas": canvas(width, height, wrap), "windows": prompts, **rest}


def prompts_of(layout: dict[str, Any], **sampling: Any) -> list[str]:
    return [one.prompted.prompt for one in compiled(layout, sampling).graph.observables]


def zones_of(layout: dict[str, Any]) -> list[tuple[int, int]]:
    boxes = [one.region.box for one in compiled(layout).graph.controls[0].reseeds]
    along_x = layout.get("axis", "x") == "x"
    return [(box.x, box.width) if along_x else (box.y, box.height) for box in boxes]


def test_prompts_are_spread_evenly_without_positions() -> None:
    assert prompts_of(several(3)) == ["left"] * 2 + ["middle"] * 3 + ["right"] * 2
    assert zones_of(several(3)) == [(0, 21), (21, 22), (43, 21)]


def test_each_window_takes_the_prompt_whose_position_is_nearest() -> None:
    layout = several(3, positions=[0.1, 0.2, 0.9])
    assert prompts_of(layout) == ["left"] + ["middle"] * 3 + ["right"] * 3
    assert zones_of(layout) == [(0, 10), (10, 25), (35, 29)]


def test_positions_lie_along_the_axis() -> None:
    layout = several(2, width=128, height=512, axis="y", positions=[0.1, 0.2])
    assert prompts_of(layout) == ["left"] + ["middle"] * 6
    assert zones_of(layout) == [(0, 10), (10, 54)]


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("wrap", ["none", "x"])
def test_positions_that_are_spread_evenly_change_nothing(count: int, wrap: str) -> None:
    even = several(count, wrap)
    positions = [(index + 0.5) / count for index in range(count)]
    assert compiled(even | {"positions": positions}).graph == compiled(even).graph


def test_around_an_edge_that_wraps_the_last_prompt_and_the_first_are_neighbours() -> None:
    layout = several(2, wrap="x", positions=[0.5, 0.75])
    assert zones_of(layout) == [(8, 32), (40, 32)]
    assert zones_of(several(2, wrap="x", positions=[0.25, 0.5])) == [(56, 32), (24, 32)]


@given(
    positions=st.lists(st.floats(0, 1, width=16), min_size=1, max_size=4, unique=True).map(sorted),
    wrap=st.sampled_from(["none", "x"]),
)
def test_the_zones_lie_on_the_canvas_and_leave_no_gap(positions: list[float], wrap: str) -> None:
    zones = zones_of(several(len(positions), wrap, positions=positions))
    assert all(0 <= first < 64 and 1 <= size <= 64 for first, size in zones)
    for (first, size), (after, _) in pairwise(zones):
        assert (first + size - after) % 64 in (0, 1)  # a zone has one cell at least
    if wrap == "none":
        assert zones[0][0] == 0
        assert zones[-1][0] + zones[-1][1] == 64


def test_more_prompts_than_cells_have_zones_on_the_canvas() -> None:
    windows = [{"prompt": "a desert", "seed": index} for index in range(64)]
    zones = zones_of({"kind": "panorama", "canvas": canvas(128, 128), "windows": windows})
    assert all(first + size <= 16 for first, size in zones)


def test_a_prompt_without_a_window_is_told_of() -> None:
    [note] = compiled(several(3, positions=[0.5, 0.55, 0.6])).notes
    assert note.startswith("prompt 2 of the panorama has no window")
    assert compiled(several(3)).notes == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"positions": [0.1, 0.2]}, "prompts: 3, positions: 2"),
        ({"positions": [0.1, 0.5, 0.5]}, "0.5 does not lie after 0.5"),
        ({"positions": [0.9, 0.5, 0.6]}, "0.5 does not lie after 0.9"),
        ({"positions": [0.1, 0.5, 1.1]}, "less than or equal to 1"),
        ({"positions": [-0.1, 0.5, 1]}, "greater than or equal to 0"),
        ({"positions": [0.5], "windows": None, "prompt": "a desert"}, "has no positions"),
    ],
)
def test_positions_that_mean_nothing_are_refused_with_their_field(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says) as refused:
        compiled(several(3) | change)
    assert all("positions" in error["loc"] for error in refused.value.errors())
