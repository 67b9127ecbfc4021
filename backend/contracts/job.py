"""The job document, the states of a job, and the resource that the API returns."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.contracts.document import Document, Name
from backend.contracts.geometry import Box
from backend.contracts.graph import GraphSpec
from backend.contracts.layout import Layout
from backend.contracts.limits import MAX_IMAGES, MAX_MODELS, MAX_OUTPUTS, MAX_PINS, MAX_STEPS
from backend.contracts.model import ModelPin
from backend.contracts.sampling import Sampling
from backend.contracts.start import Start

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
TRANSITIONS: dict[JobState, tuple[JobState, ...]] = {
    "queued": ("running", "cancelled", "failed"),
    "running": ("queued", "succeeded", "failed", "cancelled"),
    "succeeded": (),
    "failed": ("queued",),  # retry
    "cancelled": ("queued",),  # retry
}
FINAL: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled"})


class Preview(Document):
    """Send a preview after every `every`-th step. 0 sends none."""

    every: Annotated[int, Field(ge=0, le=MAX_STEPS)] = 1


class Job(Document):
    """Everything that affects the picture, and nothing else. `start` is the picture to start from (null: noise alone).
    `outputs` names the nodes of the graph to save as pictures (null: the layout's main picture). `images` is the number
    of pictures of each, with seeds that count up from the sampling's; the second is named `<node>.2`, the third
    `<node>.3`, and so on. The server fills `models` and `adapters` when it accepts the job. A server that has other
    versions refuses a document that already names them."""

    layout: Layout
    sampling: Sampling
    start: Start | None = None
    preview: Preview = Preview()
    outputs: Annotated[list[Name], Field(min_length=1, max_length=MAX_OUTPUTS)] | None = None
    images: Annotated[int, Field(ge=1, le=MAX_IMAGES)] = 1
    models: Annotated[list[ModelPin], Field(max_length=MAX_MODELS)] | None = None
    adapters: Annotated[list[ModelPin], Field(max_length=MAX_PINS)] | None = None

    @property
    def taken(self) -> range:
        """The steps, from 0, that each image takes: all steps of the sampling, or the last of them after a start
        picture."""
        return range(self.start.first(self.sampling.steps) if self.start else 0, self.sampling.steps)


class Output(Document):
    name: str
    url: str
    width: int
    height: int


class Progress(Document):
    """`of` counts the steps of all the job's images together."""

    step: int
    of: int


class Problem(Document):
    """The reason why a job failed: `title` names the kind of failure, `detail` says what happened and what to do."""

    title: str
    detail: str


class JobResource(Document):
    """A job as the API shows it. `position`: how many queued jobs stand before it, while it is queued. `spec`: the
    resolved document. `last_seq`: the newest event, from which a client can follow. `last_error`: what ended the
    attempt before, while the job waits for another or runs again; `retry_at`: when a job that waits is due."""

    id: UUID
    state: JobState
    position: int | None
    cancel_requested: bool
    progress: Progress
    outputs: list[Output]
    error: Problem | None
    last_error: Problem | None = None
    retry_at: datetime | None = None
    attempt: int
    seconds: float | None
    last_seq: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    spec: Job


class SnappedBox(Document):
    """The box that a patch really takes on the model's latent grid, in canvas pixels."""

    id: str
    box: Box


class Compiled(Document):
    """What a job would run: its graph, the number of views a step, the cost in view-forwards (active steps x views x
    guidance passes x rounds a step x images), the seconds expected from jobs measured before (null while none was), and
    `notes`, sentences on what else it costs."""

    job: Job
    graph: GraphSpec
    views: int
    cost: int
    seconds: float | None
    boxes: list[SnappedBox]
    notes: list[str] = []
