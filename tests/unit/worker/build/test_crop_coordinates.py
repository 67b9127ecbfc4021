from typing import Any

import pytest
from pydantic import TypeAdapter

from backend.contracts.graph import ControlSpec, OperatorSpec
from worker.build.crop_coordinates import crop_coordinates
from worker.diffusion.kind import CropCoordinates

CONTROLS = {name: ControlSpec(name=name, channels=4, width=40, height=16) for name in ("x", "z")}
CROP = {"kind": "crop", "control": "x", "box": {"x": 10, "y": 2, "width": 8, "height": 6}}
WHOLE = {"kind": "identity", "control": "x"}
PARTS = [
    {"control": "x", "region": {"box": {"x": 4, "y": 4, "width": 8, "height": 8}}},
    {"control": "z", "region": {"box": {"x": 4, "y": 4, "width": 8, "height": 8}}, "inverse": True},
]


def seen(**spec: Any) -> CropCoordinates:
    return crop_coordinates(TypeAdapter(OperatorSpec).validate_python(spec), CONTROLS, cell=8)


def test_the_whole_canvas_begins_at_its_corner() -> None:
    assert seen(**WHOLE) == CropCoordinates.whole(320, 128)
    assert seen(kind="composite", parts=PARTS) == CropCoordinates.whole(320, 128)


def test_a_window_begins_where_its_box_does() -> None:
    window = CropCoordinates(left=80, top=16, width=64, height=48, canvas_width=320, canvas_height=128)
    assert seen(**CROP) == window
    assert seen(kind="composite", parts=PARTS, box=CROP["box"]) == window
    over_grey = {"kind": "background", "of": CROP, "region": PARTS[0]["region"], "colour": [0.5, 0.5, 0.5]}
    assert seen(**over_grey) == window
    assert seen(kind="roll", of=CROP, x=3, y=1) == window


def test_a_coarse_view_is_the_whole_of_a_larger_canvas() -> None:
    coarse = seen(kind="resize", of=WHOLE, width=16, height=16)
    assert coarse == CropCoordinates(left=0, top=0, width=128, height=128, canvas_width=320, canvas_height=128)


def test_the_corner_of_a_resized_window_is_at_its_own_scale() -> None:
    half = seen(kind="resize", of=CROP, width=4, height=2)
    assert half == CropCoordinates(left=40, top=5, width=32, height=16, canvas_width=320, canvas_height=128)


@pytest.mark.parametrize(
    ("axis", "left", "top"),
    [("x", (40 - 10 - 8) * 8, 2 * 8), ("y", 10 * 8, (16 - 2 - 6) * 8)],
)
def test_a_flipped_window_is_one_of_the_flipped_canvas(axis: str, left: int, top: int) -> None:
    flipped = seen(kind="flip", of=CROP, axis=axis)
    assert (flipped.left, flipped.top, flipped.width, flipped.height) == (left, top, 64, 48)


def test_a_rotated_window_is_one_of_the_rotated_canvas() -> None:
    """The turn is counter-clockwise: the right side becomes the top."""
    once = seen(kind="rotate", of=CROP, turns=1)
    assert once == CropCoordinates(left=16, top=22 * 8, width=48, height=64, canvas_width=128, canvas_height=320)
    twice = seen(kind="rotate", of=CROP, turns=2)
    both = {"kind": "flip", "of": {"kind": "flip", "of": CROP, "axis": "x"}, "axis": "y"}
    assert twice == seen(**both)
    assert seen(kind="rotate", of={"kind": "rotate", "of": CROP, "turns": 1}, turns=3) == seen(**CROP)


def test_a_window_over_an_edge_that_wraps_lies_over_it_in_the_mirror_too() -> None:
    over = CROP | {"box": {"x": 36, "y": 0, "width": 16, "height": 16}}
    assert seen(**over).left == 36 * 8
    assert seen(kind="flip", of=over, axis="x").left == 28 * 8
