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


Keep = Literal["none", "outputs", "all"]


class Preview(Document):
    """The previews of a job, and the frames that the server keeps of its run. The worker makes them after every
    `every`-th step and after the last step of each image, or never if `every` is 0. The frames stay as long as the job.
    `keep` says which ones: "none"; the denoised estimates of the "outputs"; or "all", which are the denoised estimate,
    the noisy latent and the disagreement of every node, and its weights where they change."""

    every: Annotated[int, Field(ge=0, le=MAX_STEPS)] = 1
    keep: Keep = "outputs"


class Job(Document):
    """A job document. It holds everything that affects the picture, and nothing else.

    `start` is the picture to start from (null: noise alone). `outputs` names the nodes of the graph to save as pictures
    (null: the layout's main picture; for a scene, its composite, its background and its object). `images` is the number
    of pictures of each node. Their seeds count up from the sampling's seed; the second picture is named `<node>.2`, the
    third `<node>.3`, and so on. `keep` is the number of images to keep, those whose views agree best; null keeps all.
    The server fills in `models` and `adapters` when it accepts the job. If a document already names them, a server that
    has other versions refuses it.
    """

    layout: Layout
    sampling: Sampling
    start: Start | None = None
    preview: Preview = Preview()
    outputs: Annotated[list[Name], Field(min_length=1, max_length=MAX_OUTPUTS)] | None = None
    images: Annotated[int, Field(ge=1, le=MAX_IMAGES)] = 1
    keep: Annotated[int, Field(ge=1, le=MAX_IMAGES)] | None = None
    models: Annotated[list[ModelPin], Field(max_length=MAX_MODELS)] | None = None
    adapters: Annotated[list[ModelPin], Field(max_length=MAX_PINS)] | None = None

    @property
    def taken(self) -> range:
        """The steps that each image takes, counted from 0: all steps of the sampling, or only the last of them after a
        start picture."""
        return range(self.start.first(self.sampling.planned) if self.start else 0, len(self.sampling.places))

    @property
    def places(self) -> list[tuple[float, int]]:
        """The place of each step that an image takes, among the planned steps of the sampling."""
        return self.sampling.places[self.taken.start :]


class Continuation(Document):
    """A continuation with another number of steps. Without `strength`, a job that was stopped runs the noise levels
    that are left in `steps` steps; left out, in the steps that were planned. With `strength`, or for a job that ran to
    its end, the new job starts from a picture of this one (image to image) and runs `steps` steps of that strength, 20
    at 0.3 if they are left out. `picture` is the name of that picture, by default the first that shows the canvas."""

    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | None = None
    strength: Annotated[float, Field(gt=0, le=1)] | None = None
    picture: Name | None = None


class Progress(Document):
    """The progress of a run: step `step` of `of` is done. A job's `of` counts the steps of all its images, a picture's
    those of its own image."""

    step: int
    of: int


class Output(Document):
    """A picture of a job. `stopped_at` is null for a finished picture; for an unfinished one it is the step after which
    its run was stopped. `residual` is that of the run that made it: the better the views agree, the less it is. It is
    null for unfinished pictures, and for pictures of an earlier version."""

    name: str
    url: str
    width: int
    height: int
    residual: float | None = None
    stopped_at: Progress | None = None


class Problem(Document):
    """The reason why a job failed: `title` names the kind of failure, `detail` says what happened and what to do."""

    title: str
    detail: str


Paused = Literal["job", "owner", "queue"]


class JobResource(Document):
    """A job as the API shows it. `owner` is the name of the user whose job it is. `position` is the number of queued
    jobs before it, and 1,000 if there are at least so many; it is null if the job is not queued. `starts_in` is the
    expected number of seconds until a worker takes the job; it is null if the job is not queued or is paused, or if the
    time of a job before it is not known. `paused` says why no worker takes a queued job: the "job" is paused, all jobs
    of its "owner" are, or the whole "queue" is. Jobs of a higher `priority` run first. A `background` job, whose
    priority is -1, runs only when no other job can run. `spec` is the
    resolved document. `last_seq` is the seq of the newest event; a client can follow the job from it. While the job
    waits for another attempt or runs again, `last_error` is the error of the last attempt, and `retry_at` is the time
    when the next attempt is due.

    `can_continue` is true for a job that was stopped before its end. A job that continues it begins where it stopped.
    `continues` is the id of the job that this job continues; that job may be deleted by now. `first_step` is the number
    of steps that it had done; they have no frames and no progress events here. `favourite` and `tags` are
    the owner's marks. A job with a `trashed_at` is in the trash, and is deleted a day after that time."""

    id: UUID
    owner: str
    state: JobState
    position: int | None
    starts_in: float | None = None
    paused: Paused | None = None
    priority: int = 0
    background: bool = False
    cancel_requested: bool
    stop_requested: bool = False
    can_continue: bool = False
    continues: UUID | None = None
    first_step: int = 0
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
    favourite: bool = False
    tags: list[str] = []
    trashed_at: datetime | None = None
    spec: Job


class SnappedBox(Document):
    """The box on the model's latent grid that a patch takes, in canvas pixels."""

    id: str
    box: Box


class Compiled(Document):
    """A description of what a job would run: its graph, its views per step, its cost, and its expected time. The cost
    is in view-forwards: active steps x views x guidance passes x rounds per step x images. `seconds` is estimated from
    finished jobs, and null if there are none. `notes` are sentences about other costs. `frames_bytes` estimates the
    space that the kept frames of the run take: the size of each frame, times the bytes per pixel that were measured for
    its kind over whole runs of papercut. A model whose previews have more detail needs up to twice as much."""

    job: Job
    graph: GraphSpec
    views: int
    cost: int
    seconds: float | None
    boxes: list[SnappedBox]
    notes: list[str] = []
    frames_bytes: int = 0
