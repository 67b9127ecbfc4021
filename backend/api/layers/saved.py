"""The pictures of a job that layers are made of: its saved pictures, and the last kept frames of its other controls."""

import io
from dataclasses import dataclass
from functools import cached_property, partial
from uuid import UUID

import numpy as np
from PIL import Image

from backend.api.layers.cuts import Cuts, Pixels
from backend.api.layers.plan import Planner
from backend.api.services import Services
from backend.contracts.graph import GraphSpec
from backend.contracts.job import FINAL, JobResource
from backend.geometry.shares import Shares
from backend.store.errors import Conflict, NotFound
from backend.store.frames import Place
from backend.store.rows import StoredOutput

_ENDS = {"succeeded": "has succeeded", "failed": "has failed", "cancelled": "was cancelled"}


@dataclass(frozen=True)
class Saved:
    """The pictures of one image of a job that has ended. `outputs` names the saved pictures by their nodes, the main
    one first. `frames` names the last kept frames of the controls that are not saved."""

    inlay: Services
    job: JobResource
    graph: GraphSpec
    outputs: dict[str, StoredOutput]
    frames: dict[str, Place]

    @classmethod
    def of(cls, inlay: Services, owner: str | None, id: UUID, image: int) -> "Saved":
        """Find the pictures. Raises Conflict for a job that has not ended, and NotFound if the image has no
        pictures."""
        ((job, stored),) = inlay.jobs.several(owner, [id])
        if job.state not in FINAL:
            raise Conflict(f"Job {id} is {job.state}. Its layers can be exported once it has ended.")
        if not stored:
            raise Conflict(f"Job {id} {_ENDS[job.state]} and has no pictures, so it has no layers.")
        graph = inlay.jobs.graph(owner, id)
        suffix = "" if image == 1 else f".{image}"
        named = {output.name: output for output in stored}
        names = {output.node: f"{output.node}{suffix}" for output in graph.outputs}
        outputs = {node: named[name] for node, name in names.items() if name in named}
        if not outputs:
            raise NotFound(f"Job {id} has no pictures of image {image}. Its pictures are {', '.join(named)}.")
        taken = len(job.spec.taken)
        steps = range((image - 1) * taken + 1, image * taken + 1)
        last = inlay.frames.last(owner, id, steps)
        open_controls = [(index, one.name) for index, one in enumerate(graph.controls) if one.name not in outputs]
        frames = {name: last[index] for index, name in open_controls if index in last}
        return cls(inlay, job, graph, outputs, frames)

    @property
    def told(self) -> str:
        """The pictures as text. It differs if one of them does."""
        return " ".join([*(one.key for one in self.outputs.values()), *(one.tag for one in self.frames.values())])

    @property
    def pixels(self) -> int:
        """The number of pixels that the planner holds in memory."""
        sizes = [(self.outputs[node].width, self.outputs[node].height) for node in self._whole]
        sizes += [self._size(name) for name in self.frames]
        return sum(width * height for width, height in sizes)

    def planner(self, views: bool) -> Planner:
        """Read the pictures of controls and composites. Those of observables are read when their layers are made."""
        pictures = {node: self._picture(node) for node in self._whole}
        pictures |= {name: self._frame(name) for name in self.frames}
        own = {node: partial(self._picture, node) for node in self.outputs if node not in pictures}
        cuts = Cuts(self.graph, self._cell, pictures)
        shares = Shares(self.graph, self.job.spec.taken, self.job.spec.sampling.planned)
        return Planner(cuts, shares, self._whole[0], own, frozenset(self.frames), views)

    @cached_property
    def _whole(self) -> list[str]:
        """The nodes of the saved pictures that are no observables. If all are observables, the first of them."""
        seen = {view.name for view in self.graph.views}
        nodes = [*self.outputs]
        return [node for node in nodes if node not in seen] or nodes[:1]

    @cached_property
    def _cell(self) -> int:
        """The pixels per latent cell of the job's model. Raises Conflict if the server has no such model any more."""
        model = self.job.spec.sampling.model
        try:
            return self.inlay.catalog.get(model).description.cell
        except NotFound as error:
            raise Conflict(
                f"The layers lie on the latent grid of {model!r}, which this server no longer offers."
            ) from error

    def _size(self, control: str) -> tuple[int, int]:
        """Return the width and height of a control in pixels."""
        (spec,) = (one for one in self.graph.controls if one.name == control)
        return spec.width * self._cell, spec.height * self._cell

    def _picture(self, node: str) -> Pixels:
        return np.asarray(_decoded(self.inlay.images.get(self.outputs[node].key)))

    def _frame(self, control: str) -> Pixels:
        """Return the last kept frame of a control, enlarged to the control's size."""
        ((_, frame),) = self.inlay.frames.read(self.frames[control])
        return np.asarray(_decoded(frame).resize(self._size(control), Image.Resampling.BICUBIC))


def _decoded(file: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(file)).convert("RGB")
    except OSError as error:
        raise NotFound("A picture in the store is damaged. Make it again from its job's document.") from error
