"""One job, from claim to finish."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.contracts.events import PreviewHeader, pack_preview
from backend.contracts.job import Job, Problem
from backend.contracts.limits import MAX_SEED
from backend.store.bus import View, WorkerBus
from backend.store.errors import LeaseLost
from backend.store.images import Images
from backend.store.jobs import Claim, Jobs, StoredOutput
from backend.store.pictures.documents import PNG_KEY
from inlay_engine.errors import EngineError
from inlay_engine.sampler import Step
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.job import checkpoint
from worker.job.checkpoint import Saved
from worker.job.lease_keeper import LeaseKeeper
from worker.job.stopwatch import Stopwatch
from worker.job.stored_pictures import stored
from worker.settings import Settings

_log = structlog.get_logger("worker")


class _Cancelled(Exception):
    """Somebody asked for the job to stop."""


class _HandBack(Exception):
    """This worker is stopping; another shall go on."""


@dataclass(frozen=True)
class Worker:
    """What a job is run with. `stopping` says whether this process was asked to end."""

    name: str
    jobs: Jobs
    images: Images
    bus: WorkerBus
    models: Models
    settings: Settings
    stopping: Callable[[], bool]


def work(worker: Worker) -> bool:
    """Run the next job that is queued, if any, to one of its ends; False where none is queued."""
    claim = worker.jobs.claim(worker.name, worker.models.loaded())
    if claim is None:
        return False
    log = _log.bind(job=str(claim.id), fence=claim.fence, attempt=claim.attempt)
    log.info("job_started")
    worker.bus.hint(claim.id)
    try:
        _settle(worker, claim)
        log.info("job_settled")
    except LeaseLost:
        log.warning("lease_lost")
        worker.images.delete([_key(claim, name) for name in _names(claim)])
    finally:
        worker.bus.hint(claim.id)
    return True


def _settle(worker: Worker, claim: Claim) -> None:
    """Run the job and record how it ended; LeaseLost where it is no longer ours to say."""
    watch = Stopwatch()
    try:
        outputs = _make(worker, claim, watch)
        steady = watch.steady(claim.spec.images * len(claim.spec.taken))
        worker.jobs.finish(claim, outputs, watch.elapsed, steady)
    except LeaseLost:
        raise
    except _Cancelled:
        worker.jobs.cancelled(claim)
    except _HandBack:
        worker.jobs.release(claim, "the worker that ran it was stopped")
    except (EngineError, DiffusionError) as error:
        worker.jobs.fail(claim, Problem(title=error.title, detail=str(error)))
    except Exception:
        _log.exception("job_broke", job=str(claim.id))
        detail = f"Something broke that should not have. The worker's log has the cause under job {claim.id}."
        worker.jobs.fail(claim, Problem(title="Internal error", detail=detail))


def _make(worker: Worker, claim: Claim, watch: Stopwatch) -> list[StoredOutput]:
    """Sample and decode the job's images one after another, and store its pictures."""
    with LeaseKeeper(worker.jobs, claim, worker.settings.cancel_seconds) as lease_keeper:
        lease_keeper.expect(worker.settings.first_step_seconds)
        saver = checkpoint.Saver(worker.jobs, worker.images, claim, worker.settings)
        saved, pictures = saver.load(), stored(worker.images)
        while saved.image < claim.spec.images:
            job = alone(claim.spec, saved.image)
            prepared = prepare(claim.graph, job, worker.models, pictures, worker.settings.micro_batch)
            watch.loaded()
            last = _Run(worker, claim, prepared, lease_keeper, saver, watch).sample(saved)
            lease_keeper.expect(worker.settings.first_step_seconds)
            made = {
                _name(output.node, saved.image): png(prepared.decode(last, output), job)
                for output in claim.graph.outputs
            }
            watch.decoded()
            saved = Saved(saved.image + 1, None, {**saved.pictures, **made})
        return [_store(worker, claim, name, picture) for name, picture in saved.pictures.items()]


def alone(job: Job, image: int) -> Job:
    """The document of one of a job's images (from 0) by itself."""
    assert job.sampling.seed is not None, "an accepted job has a seed"
    seed = (job.sampling.seed + image) % (MAX_SEED + 1)
    return job.model_copy(update={"images": 1, "sampling": job.sampling.model_copy(update={"seed": seed})})


def _names(claim: Claim) -> list[str]:
    """Of all pictures that the job is to make."""
    return [_name(output.node, image) for image in range(claim.spec.images) for output in claim.graph.outputs]


def _name(node: str, image: int) -> str:
    return f"{node}.{image + 1}" if image else node


@dataclass(eq=False)
class _Run:
    """The sampling of one image, told step by step."""

    worker: Worker
    claim: Claim
    prepared: PreparedRun
    lease_keeper: LeaseKeeper
    saver: checkpoint.Saver
    watch: Stopwatch

    def sample(self, saved: Saved) -> Step:
        """Denoise from where `saved` left off, reporting each step; stops between steps where it must."""
        last: Step | None = None
        notices: set[str] = set()
        for step in self.prepared.sample(saved.state):
            last = step
            self.lease_keeper.expect(self.worker.settings.step_seconds)
            cancel = self._report(step, saved.image, notices)
            if self.lease_keeper.lost:
                raise LeaseLost(f"Job {self.claim.id} was taken from this worker while it sampled")
            if cancel or self.lease_keeper.cancel_requested:
                raise _Cancelled
            if step.index < step.of:
                self._save(replace(saved, state=step.state))
            self.watch.stepped()
        assert last is not None, "a graph has at least one step, and a checkpoint leaves at least one"
        return last

    def _save(self, saved: Saved) -> None:
        if self.worker.stopping():
            self.saver.save(saved)
            raise _HandBack
        self.saver.save_if_due(saved)

    def _report(self, step: Step, image: int, notices: set[str]) -> bool:
        """Record how the step went, and offer its previews; whether to cancel."""
        jobs, claim, seconds = self.worker.jobs, self.claim, self.watch.elapsed
        done, taken = self.prepared.progress(step)
        index, of = image * taken + done, claim.spec.images * taken
        for notice in step.notices:
            kind = re.sub(r"[-+.\d]+(e[-+]\d+)?", "", notice)  # the same sentence with other figures is no news
            if kind not in notices:
                notices.add(kind)
                jobs.notice(claim, index, notice)
        told = [name for name in claim.graph.nodes if name in step.residual]
        residual = {name: step.residual[name] for name in told}
        step_sizes = {name: float(step.step_sizes[name]) for name in told}
        cancel = jobs.progress(claim, index, of, residual, step_sizes, seconds)
        self.worker.bus.hint(claim.id)
        self._preview(step, index)
        return cancel

    def _preview(self, step: Step, index: int) -> None:
        """Offer the main picture, and what somebody asked to see."""
        every = self.claim.spec.preview.every
        if not every or index % every:
            return
        nodes = self.claim.graph.nodes
        main: View = (nodes.index(self.claim.graph.outputs[0].node), "x0")
        for node, what in {main} | self.worker.bus.wanted(self.claim.id):
            if node < len(nodes):
                picture = Image.fromarray(self.prepared.preview(step, nodes[node], what))
                encoded = io.BytesIO()
                picture.save(encoded, "WEBP", quality=85, method=2)
                header = PreviewHeader(self.claim.id, index, node, what)
                self.worker.bus.preview(self.claim.id, pack_preview(header, encoded.getvalue()))


def _store(worker: Worker, claim: Claim, name: str, picture: bytes) -> StoredOutput:
    key = _key(claim, name)
    worker.images.put(key, picture)
    width, height = Image.open(io.BytesIO(picture)).size
    return StoredOutput(name=name, key=key, width=width, height=height)


def png(picture: Image.Image, job: Job) -> bytes:
    """The picture as a PNG that carries the resolved job document, from which it can be made again.

    The document is ASCII in the chunk tEXt, which programs that save the picture again keep more often than iTXt.
    """
    text = PngInfo()
    text.add_text(PNG_KEY, job.model_dump_json(ensure_ascii=True))
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", pnginfo=text, compress_level=6)
    return encoded.getvalue()


def _key(claim: Claim, name: str) -> str:
    return f"{claim.prefix}{name}.png"
