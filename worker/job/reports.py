"""Report a job's steps to its followers: events in the database, previews over the bus."""

import re
import time
from collections import deque
from collections.abc import Callable

import structlog

from backend.contracts.events import PreviewHeader
from backend.graph.frames import is_shown, kept_views, strengths
from backend.store.bus import View, WorkerBus
from backend.store.database import is_away
from backend.store.jobs import Claim, Jobs
from backend.store.leases import Asked
from backend.store.tallies import Name
from inlay_engine.sampler import Step
from worker.build.prepared_run import PreparedRun
from worker.job.lease_keeper import LeaseKeeper
from worker.job.previews import Preview, PreviewSender

_log = structlog.get_logger("worker")


class Reports:
    """All reports of one attempt. While the database is away they wait here, in order, and the job goes on. `measure`
    takes the seconds that previews held up the run."""

    def __init__(
        self,
        jobs: Jobs,
        bus: WorkerBus,
        claim: Claim,
        lease_keeper: LeaseKeeper,
        sender: PreviewSender,
        measure: Callable[[Name, float], None],
    ) -> None:
        self._jobs, self._bus, self._claim, self._lease_keeper = jobs, bus, claim, lease_keeper
        self._sender, self._measure = sender, measure
        self._kept: list[View] = kept_views(claim.graph, claim.spec.preview.keep)
        self._strengths: tuple[float, ...] | None = None
        self._untold: deque[Callable[[], Asked | None]] = deque()

    def step(self, prepared: PreparedRun, step: Step, image: int, seconds: float, notices: set[str]) -> None:
        """Record a step of the job's image `image` (from 0), and make its previews and frames. `notices` are the
        notices of this image so far; a sentence that differs from one of them only in its figures is not repeated."""
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
        if is_shown(claim.spec, image, done):
            began = time.monotonic()
            self._show(prepared, step, index)
            self._measure("preview", time.monotonic() - began)

    def flush(self) -> None:
        """Record all waiting reports. Raises the database's error if it is away, and LeaseLost as `Jobs.renew` does."""
        while self._untold:
            asked = self._untold[0]()
            self._untold.popleft()
            self._lease_keeper.confirm()
            self._lease_keeper.heed(asked)
        self._bus.hint(self._claim.id)

    def _show(self, prepared: PreparedRun, step: Step, index: int) -> None:
        """Offer previews of the main picture and of the views that somebody asked for, and keep the job's frames."""
        nodes = self._claim.graph.nodes
        main: View = (nodes.index(self._claim.graph.outputs[0].node), "x0")
        offered = {main} | {view for view in self._bus.wanted(self._claim.id) if view[0] < len(nodes)}
        kept = self._due(step)
        previews: list[Preview] = []
        for view in sorted(offered | kept):
            node, what = view
            header = PreviewHeader(self._claim.id, index, node, what)
            pixels = prepared.preview(step, nodes[node], what)
            previews.append(Preview(header, pixels, offered=view in offered, kept=view in kept))
        self._sender.send(previews)

    def _due(self, step: Step) -> set[View]:
        """Return the views whose frames this step keeps. Those of weights are kept only where a weight has changed."""
        graph, before = self._claim.graph, self._strengths
        self._strengths = strengths(graph, *step.place)
        changed = graph.shift is not None or self._strengths != before
        return {view for view in self._kept if changed or view[1] != "weights"}


def _is_new(notice: str, told: set[str]) -> bool:
    kind = re.sub(r"[-+.\d]+(e[-+]\d+)?", "", notice)
    fresh = kind not in told
    told.add(kind)
    return fresh
