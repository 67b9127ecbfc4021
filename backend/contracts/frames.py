"""The frames that the server keeps of a run, and the index that lists them (docs/protocol.md, Frames)."""

from typing import Literal
from uuid import UUID

from backend.contracts.document import Document
from backend.contracts.events import What
from backend.contracts.job import Keep

PREVIEW_SCALE = 4  # pixels of a preview per latent cell
MOST_SIDE = 16_383  # pixels of a preview; many browsers draw no larger ones
MOST_PIXELS = 2**19  # of a kept frame

Colour = tuple[float, float, float]
QUIET: Colour = (0.91, 0.91, 0.92)
ACCENT: Colour = (0.88, 0.32, 0.14)
FULL_RESIDUAL = 0.5  # in units of the latents' standard deviation

NodeKind = Literal["control", "observable", "law", "picture"]


class Legend(Document):
    """The scale of a map. A cell of the value `low` has the colour `low_colour`, a cell of the value `high` or more has
    `high_colour`, and values between them have colours on the straight line. Colours are red, green and blue from 0 to
    1. The scale is the same at every step and for every node."""

    low: float
    high: float
    low_colour: Colour
    high_colour: Colour
    unit: str


LEGENDS: dict[What, Legend] = {
    "residual": Legend(
        low=0,
        high=FULL_RESIDUAL,
        low_colour=QUIET,
        high_colour=ACCENT,
        unit="standard deviations of the latents",
    ),
    "weights": Legend(low=0, high=1, low_colour=QUIET, high_colour=ACCENT, unit="share of the weight on a cell"),
}


class FrameSeries(Document):
    """The kept frames of one kind of a node: their size in pixels, their steps in order, and their bytes together. A
    frame of weights stands until the next one, because weights are kept only at the steps where they change."""

    what: What
    width: int
    height: int
    steps: list[int]
    bytes: int


class FramedNode(Document):
    """A node with its kept frames. `index` is its place in GraphSpec.nodes, which previews name. `saved` is true if the
    job saves the node as a picture. `patch` is the id of the drawn patch that an observable belongs to, or null.
    `columns` and `rows` are its size in latent cells."""

    name: str
    index: int
    kind: NodeKind
    saved: bool
    patch: str | None
    columns: int
    rows: int
    series: list[FrameSeries]


class FrameIndex(Document):
    """The kept frames of a job. Steps count from 1 over all images of the job, as `Progress` does; `taken` is the
    number of steps of one image. `cell` is the number of canvas pixels along a side of a latent cell; it is null if the
    server no longer has the model. `complete` is true if the job has ended and no frame of its steps is missing.
    `version` changes when frames of the same steps are made again, because another attempt made them. `nodes` lists the
    nodes that have frames. `bytes` counts all frames."""

    job_id: UUID
    keep: Keep
    every: int
    taken: int
    of: int
    cell: int | None
    complete: bool
    version: int
    bytes: int
    nodes: list[FramedNode]
    legends: dict[What, Legend] = LEGENDS
