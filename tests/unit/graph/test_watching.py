"""Views of weight 0: they are in the graph and in the cost, and have no say."""

from typing import Any

import pytest

from backend.graph import LayoutError
from tests.unit.graph.documents import box, compiled, custom, panorama, portrait, regions


def test_a_head_of_weight_0_watches() -> None:
    asked, watching = (compiled(portrait(head={"weight": weight})) for weight in (4.0, 0.0))
    names = [one.name for one in watching.graph.observables]
    assert names == [one.name for one in asked.graph.observables]
    assert [one.precision.weight for one in watching.graph.observables] == [1.0, 0.0]
    assert (watching.cost, watching.views) == (asked.cost, asked.views)


def test_the_background_does_not_yield_to_a_patch_of_weight_0() -> None:
    full, watching = (compiled(regions((0, 0, 256, 256), weight=weight)) for weight in (1.0, 0.0))
    assert watching.views > full.views, "the background's windows below the patch stay"
    (patch,) = {one.precision.weight for one in watching.graph.observables if one.patch is not None}
    assert patch == 0.0


@pytest.mark.parametrize("layout", [portrait(head={"weight": -1.0}), regions((0, 0, 64, 64), weight=-0.5)])
def test_a_weight_below_0_is_refused(layout: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        compiled(layout)


def graph(weight: float, x: int = 8) -> dict[str, Any]:
    """Return a window over the left of a canvas, one that starts at x, and a coarse view of the whole."""
    prompted = {"prompt": "", "negative_prompt": "", "guidance": 3.0, "model": "papercut"}

    def view(name: str, operator: dict[str, Any], weight: float = 1.0) -> dict[str, Any]:
        return {
            "name": name,
            "operator": operator,
            "prompted": prompted,
            "precision": {"group": name, "weight": weight},
        }

    def crop(at: int) -> dict[str, Any]:
        return {"kind": "crop", "control": "x", "box": box(at, 0, 16, 16)}

    whole = {"kind": "resize", "of": {"kind": "identity", "control": "x"}, "width": 16, "height": 16}
    return {
        "controls": [{"name": "x", "channels": 8, "width": 24, "height": 16}],
        "observables": [view("left", crop(0)), view("right", crop(x)), view("coarse", whole, weight)],
        "outputs": [{"node": "x", "width": 192, "height": 128}],
    }


def test_a_view_that_watches_does_not_choose_the_solver() -> None:
    solvers = {weight: compiled(custom(graph(weight))).job.sampling.agree.solver for weight in (0.0, 1.0)}
    assert solvers == {0.0: "diagonal", 1.0: "conjugate"}
    diagonal = {"agree": {"solver": "diagonal"}}
    assert compiled(custom(graph(0.0)), diagonal).job.sampling.agree.solver == "diagonal"
    with pytest.raises(LayoutError, match="view coarse mixes cells"):
        compiled(custom(graph(1.0)), diagonal)


def test_cells_that_only_a_watching_view_sees_are_refused() -> None:
    with pytest.raises(LayoutError, match=r"no model observes .* add a view that sees these pixels"):
        compiled(custom(graph(0.0, x=4)))
    assert compiled(custom(graph(1.0, x=4))).views == 3


def test_a_coarse_view_of_weight_0_is_left_out() -> None:
    assert [one.name for one in compiled(panorama(512, 128), {"coarse": {"weight": 0.0}}).graph.observables] == [
        one.name for one in compiled(panorama(512, 128)).graph.observables
    ]
