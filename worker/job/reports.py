"""Report a job's steps to its followers: events in the database, previews over the bus."""

import io
import re
from collections import deque
from collections.abc import Callable

import structlog
from PIL import Image

from backend.contracts.events import PreviewHeader, pack_preview
from backend.store.bus import View, WorkerBus
from backend.store.database import is_away
from backend.store.jobs import Claim, Jobs
from inlay_engine.sampler import Step
from worker.build.prepared_run import PreparedRun
from worker.job.lease_keeper import LeaseKeeper

_log = structlog.get_logger("worker")


class Reports:
    """All reports of one attempt. While the database is away they wait here, in order, and the job goes on."""

    def __init__(self, jobs: Jobs, bus: WorkerBus, claim: Claim, lease_keeper: LeaseKeeper) -> None:
        self._jobs, self._bus, self._claim, self._lease_keeper = jobs, bus, claim, lease_keeper
        self._untold: deque[Callable[[], bool]] = deque()

    def step(self, prepared: PreparedRun, step: Step, image: int, seconds: float, notices: set[str]) -> None:
        """Record a step of the job's image `image` (from 0), and offer its previews. `notices` are the notices of this
        image so far; a sentence that differs from one of them only in its figures is not repeated."""
        claim = self._claim
        done, taken = prepared.progress(step)
        index, of = image * taken + done, claim.spec.images * taken
        fresh = [notice for notice in step.notices if _is_new(notice, notices)]
        told = [name for name in claim.graph.nodes if name in step.residual]
        residual = {name: step.residual[name] for name in told}
        step_sizes = {name: float(step.step_sizes[name]) for name in told}
        self._untold.append(lambda: self._jobs.progress(claim, index, of, residual, step_sizes, seconds, fresh))
        try:
            self.flush()
        except Exception as error:
            if not is_away(error):
                raise
            _log.warning("progress_waits", job=str(claim.id), reports=len(self._untold), error=str(error))
        self._preview(prepared, step, index)

    def flush(self) -> None:
        """Record all waiting reports. Raises the database's error if it is away, and LeaseLost as `Jobs.renew` does."""
        while self._untold:
            cancel = self._untold[0]()
            self._untold.popleft()
            self._lease_keeper.confirm()
            self._lease_keeper.cancel_requested |= cancel
        self._bus.hint(self._claim.id)

    def _preview(self, prepared: PreparedRun, step: Step, index: int) -> None:
        """Offer a preview of the main picture, and of the views that somebody asked for."""
        every = self._claim.spec.preview.every
        if not every or index % every:
            return
        nodes = self._claim.graph.nodes
        main: View = (nodes.index(self._claim.graph.outputs[0].node), "x0")
        for node, what in {main} | self._bus.wanted(self._claim.id):
            if node < len(nodes):
                picture = Image.fromarray(prepared.preview(step, nodes[node], what))
                encoded = io.BytesIO()
                picture.save(encoded, "WEBP", quality=85, method=2)
                header = PreviewHeader(self._claim.id, index, node, what)
                self._bus.preview(self._claim.id, pack_preview(header, encoded.getvalue()))


def _is_new(notice: str, told: set[str]) -> bool:
    kind = re.sub(r"[-+.\d]+(e[-+]\d+)?", "", notice)
    fresh = kind not in told
    told.add(kind)
    return fresh
