"""One job, from claim to finish."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.contracts.events import PreviewHeader, pack_preview
from backend.contracts.graph import OutputSpec
from backend.contracts.job import Job, Problem
from backend.store.bus import View, WorkerBus
from backend.store.errors import LeaseLost
from backend.store.images import Images
from backend.store.jobs import Claim, Jobs, StoredOutput
from worker import checkpoint
from worker.build import Composition, build
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.engine.errors import EngineError
from worker.engine.sampler import Step
from worker.pulse import Pulse
from worker.settings import Settings

PNG_KEY = "inlay"  # the text chunk that holds the job document
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
        worker.images.delete([_key(claim, output) for output in claim.graph.outputs])
    finally:
        worker.bus.hint(claim.id)
    return True


def _settle(worker: Worker, claim: Claim) -> None:
    """Run the job and record how it ended; LeaseLost where it is no longer ours to say."""
    started = time.monotonic()
    try:
        outputs = _make(worker, claim, started)
        worker.jobs.finish(claim, outputs, time.monotonic() - started)
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


def _make(worker: Worker, claim: Claim, started: float) -> list[StoredOutput]:
    """Sample, decode and store the job's pictures."""
    with Pulse(worker.jobs, claim, worker.settings.cancel_seconds) as pulse:
        pulse.expect(worker.settings.first_step_seconds)
        composition = build(claim.graph, claim.spec, worker.models, worker.settings.micro_batch)
        last = _sample(worker, claim, composition, pulse, started)
        pulse.expect(worker.settings.first_step_seconds)
        return [_store(worker, claim, composition, last, output) for output in claim.graph.outputs]


def _sample(worker: Worker, claim: Claim, composition: Composition, pulse: Pulse, started: float) -> Step:
    """Denoise step by step, reporting each; stops between steps where it must."""
    saver = checkpoint.Saver(worker.jobs, worker.images, claim, worker.settings)
    last: Step | None = None
    for step in composition.sample(saver.load()):
        last = step
        pulse.expect(worker.settings.step_seconds)
        seconds = time.monotonic() - started
        cancel = worker.jobs.progress(claim, step.index, step.of, dict(step.residual), dict(step.step_sizes), seconds)
        worker.bus.hint(claim.id)
        _preview(worker, claim, composition, step)
        if pulse.lost:
            raise LeaseLost(f"Job {claim.id} was taken from this worker while it sampled")
        if cancel or pulse.cancel_requested:
            raise _Cancelled
        if step.index < step.of:
            if worker.stopping():
                saver.save(step)
                raise _HandBack
            saver.save_if_due(step)
    assert last is not None, "a graph has at least one step, and a checkpoint leaves at least one"
    return last


def _preview(worker: Worker, claim: Claim, composition: Composition, step: Step) -> None:
    """Offer the main picture, and what somebody asked to see."""
    every = claim.spec.preview.every
    if not every or step.index % every:
        return
    nodes = claim.graph.nodes
    main: View = (nodes.index(claim.graph.outputs[0].node), "x0")
    for node, what in {main} | worker.bus.wanted(claim.id):
        if node < len(nodes):
            picture = Image.fromarray(composition.preview(step, nodes[node], what))
            encoded = io.BytesIO()
            picture.save(encoded, "WEBP", quality=85, method=2)
            header = PreviewHeader(claim.id, step.index, node, what)
            worker.bus.preview(claim.id, pack_preview(header, encoded.getvalue()))


def _store(worker: Worker, claim: Claim, composition: Composition, step: Step, output: OutputSpec) -> StoredOutput:
    picture = composition.decode(step, output)
    key = _key(claim, output)
    worker.images.put(key, png(picture, claim.spec))
    return StoredOutput(name=output.node, key=key, width=picture.width, height=picture.height)


def png(picture: Image.Image, job: Job) -> bytes:
    """The picture as a PNG that carries the resolved job document, from which it can be made again."""
    text = PngInfo()
    text.add_itxt(PNG_KEY, job.model_dump_json())
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", pnginfo=text, compress_level=6)
    return encoded.getvalue()


def _key(claim: Claim, output: OutputSpec) -> str:
    return f"{claim.prefix}{output.node}.png"
