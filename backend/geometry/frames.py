"""The sizes of previews and of kept frames."""

from backend.contracts.frames import MOST_PIXELS, MOST_SIDE, PREVIEW_SCALE
from backend.contracts.graph import GraphSpec
from backend.geometry.canvases import Size
from backend.geometry.operators import GraphGeometry


def preview_reduction(width: int, height: int) -> int:
    """Return the whole number that the sides of a preview of width x height pixels are divided by, so that it has at
    most MOST_SIDE of them."""
    return -(-max(width, height) // MOST_SIDE)


def frame_reduction(width: int, height: int) -> int:
    """Return the whole number that the sides of a preview of width x height pixels are divided by before it is kept."""
    factor = preview_reduction(width, height)
    while width * height > MOST_PIXELS * factor * factor:
        factor += 1
    return factor


def frame_size(cells: Size) -> Size:
    """Return the size in pixels of a kept frame of a node of width x height latent cells."""
    width, height = (PREVIEW_SCALE * side for side in cells)
    factor = frame_reduction(width, height)
    return Size(-(-width // factor), -(-height // factor))


def cells_of_nodes(graph: GraphSpec) -> list[Size]:
    """Return the size in latent cells of every node of GraphSpec.nodes."""
    geometry = GraphGeometry.of(graph)
    operators = [one.operator for one in (*graph.views, *graph.outputs) if one.operator is not None]
    return [*(Size(one.width, one.height) for one in graph.controls), *(geometry.size(one) for one in operators)]
