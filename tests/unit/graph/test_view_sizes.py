"""Views that are larger than their model takes are refused."""

from typing import Any

import pytest

from backend.contracts.job import Compiled, Job
from backend.graph import LayoutError, Limits, compile_job, resolve
from tests.unit.graph.documents import MODEL, custom, illusion, panorama, portrait

SMALL = MODEL.model_copy(
    update={"description": MODEL.description.model_copy(update={"id": "small", "largest_view": 256})}
)
MODELS = {"papercut": MODEL, "small": SMALL}
WINDOW: list[str | int] = ["sampling", "windows", "size"]


def compiled(layout: dict[str, Any], size: int | None = None, model: str = "small") -> Compiled:
    sampling = {"model": model, "windows": {"size": size, "stride": size}}
    job = Job.model_validate({"layout": layout, "sampling": sampling})
    return compile_job(resolve(job, MODELS, Limits()), MODELS, Limits())


def graph(width: int, model: str | None = None) -> dict[str, Any]:
    """Return a custom graph of one view of this many cells."""
    prompted = {"prompt": "a hill", "model": model}
    return custom(
        {
            "controls": [{"name": "x", "channels": 8, "width": width, "height": 16}],
            "observables": [{"name": "y", "operator": {"kind": "identity", "control": "x"}, "prompted": prompted}],
            "outputs": [{"node": "x", "width": 64, "height": 64}],
        }
    )


SMALL_WINDOW = panorama(512, 512, prompt=None, windows=[{"prompt": "a"}, {"prompt": "b", "model": "small"}])


@pytest.mark.parametrize(
    ("job", "place"),
    [
        ((panorama(512, 512), 264), WINDOW),
        ((SMALL_WINDOW, 264, "papercut"), WINDOW),
        ((illusion(width=512, height=512), 264), WINDOW),
        ((portrait(128, 264),), ["layout", "canvas", "height"]),
        ((portrait(264, 128),), ["layout", "canvas", "width"]),
        ((graph(36),), ["layout", "graph", "observables", 0, "operator"]),
        ((graph(36, "small"), None, "papercut"), ["layout", "graph", "observables", 0, "operator"]),
    ],
)
def test_a_view_larger_than_its_model_takes_is_refused_with_its_place(
    job: tuple[Any, ...], place: list[str | int]
) -> None:
    with pytest.raises(LayoutError, match="'small' sees at most 256 pixels along a side, and a view has") as refused:
        compiled(*job)
    assert refused.value.location == place


@pytest.mark.parametrize(
    "job",
    [(panorama(512, 512), 256), (portrait(128, 256),), (graph(32),), (panorama(512, 512), 264, "papercut")],
)
def test_a_view_as_large_as_its_model_takes_is_accepted(job: tuple[Any, ...]) -> None:
    assert compiled(*job).views > 0
