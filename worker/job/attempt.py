"""One attempt at a job: sample and decode its images one after another, and store the pictures."""

import io
import time
from collections.abc import Callable
from dataclasses import replace

import structlog
from PIL import Image

from backend.contracts.graph import OutputSpec
from backend.contracts.job import Job, Progress
from backend.store.errors import LeaseLost
from backend.store.frames import Frames
from backend.store.jobs import Claim, StoredOutput
from backend.store.tallies import Name, seconds_of
from backend.traces import span
from inlay_engine.run_residual import added_residual
from inlay_engine.sampler import Step
from worker.build.pictures import Pictures
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.job.best import choice, kept
from worker.job.checkpoint import Saved, Saver
from worker.job.faults import FINAL
from worker.job.frames import FrameWriter
from worker.job.lease_keeper import LeaseKeeper
from worker.job.patience import is_transient, persist
from worker.job.png import alone, png
from worker.job.previews import PreviewSender
from worker.job.reports import Reports
from worker.job.stopping import notice, unfinished
from worker.job.stopwatch import Stopwatch
from worker.job.stored_pictures import stored
from worker.job.worker import Worker

_log = structlog.get_logger("worker")


class Cancelled(Exception):
    """A user asked for the job to stop."""


class HandBack(Exception):
    """This worker is stopping, and another one has to resume the job."""


class Attempt:
    """The work of one claim of a job. `make` runs it; `finish` records that it succeeded."""

    def __init__(self, worker: Worker, claim: Claim) -> None:
        self.lease_keeper = LeaseKeeper(worker.jobs, claim, worker.settings.cancel_seconds, worker.leave)
        self._worker, self._claim = worker, claim
        self._frames = FrameWriter(Frames(worker.jobs.database, worker.images), claim)
        self._sender = PreviewSender(worker.bus, self._frames)
        self._reports = Reports(worker.jobs, worker.bus, claim, self.lease_keeper, self._sender, self._measure)
        self._saver = Saver(worker.jobs, worker.images, claim, worker.settings, self._write_frames)
        self._watch = Stopwatch()
        self._stopped: str | None = None

    def make(self) -> list[StoredOutput]:
        """Sample, decode and store, until the job is done or the user stops it.

        Raises LeaseLost, Cancelled, HandBack, an error of FINAL, or any other error that stops the attempt. The
        finished steps and pictures are then in the checkpoint, if the stores can be reached.
        """
        with self.lease_keeper, self._frames, self._sender:
            try:
                return self._make()
            except (LeaseLost, Cancelled, HandBack, *FINAL):
                raise
            except Exception as error:
                if not is_transient(error):
                    self._save_what_there_is()
                raise

    def finish(self, outputs: list[StoredOutput]) -> None:
        """Record the pictures, after all steps that the database does not know yet."""
        self._reports.flush()
        steady = self._watch.steady(self._claim.spec.images * len(self._claim.spec.taken))
        size = self._saver.size
        self._worker.jobs.finish(self._claim, outputs, self._watch.elapsed, steady, self._stopped, size)

    def key(self, name: str) -> str:
        """Return the key of a picture in the picture store."""
        return f"{self._claim.prefix}{name}.png"

    def _make(self) -> list[StoredOutput]:
        self._expect_long()
        saved = persist(self._saver.load, self._tire())
        persist(lambda: self._frames.begin(self._done(saved)), self._tire())
        pictures = stored(self._worker.images, lambda call: persist(call, self._tire()))
        spec, stopped = self._claim.spec, list[StoredOutput]()
        while saved.image < spec.images:
            if self.lease_keeper.stop_requested and saved.image and saved.state is None:
                self._stop(saved.image, None)
                break
            job = alone(spec, saved.image)
            self._expect_first_step()
            with span("prepare"):
                prepared = self._prepared(job, pictures)
            self._watch.loaded()
            with span("sample"):
                last, residual = self._sample(prepared, saved)
            if last.index < last.of:
                stopped = self._unfinished(prepared, last, job, saved.image)
                break
            saved = self._finished(prepared, last, job, saved, residual)
        return [
            self._store(_name(one.node, image), saved.pictures[image][one.node], saved.residuals[image])
            for image in kept(spec, saved.residuals)
            for one in self._claim.graph.outputs
        ] + stopped

    def _prepared(self, job: Job, pictures: Pictures) -> PreparedRun:
        """Prepare the run of one image, on all ranks of the worker."""
        leader, settings = self._worker.leader, self._worker.settings
        make = prepare if leader is None else leader.prepare
        return make(self._claim.graph, job, self._worker.models, pictures, settings.micro_batch)

    def _finished(self, prepared: PreparedRun, last: Step, job: Job, saved: Saved, residual: float) -> Saved:
        """Decode a finished image, and return the progress after it. Only the images that may be kept are decoded."""
        residuals = (*saved.residuals, residual)
        best = kept(self._claim.spec, residuals)
        made = {image: nodes for image, nodes in saved.pictures.items() if image in best}
        if saved.image in best:
            with span("decode"):
                made[saved.image] = {
                    one.node: self._decoded(prepared, last, one, job) for one in self._claim.graph.outputs
                }
            self._measure("decode", self._watch.decoded())
        self._saver.latest = Saved(saved.image + 1, None, made, residuals)
        return self._saver.latest

    def _unfinished(self, prepared: PreparedRun, last: Step, job: Job, image: int) -> list[StoredOutput]:
        """Decode and store the estimate of the step after which the user stopped the job."""
        step, of = prepared.progress(last)
        at = Progress(step=step, of=of)
        self._stop(image, at)
        outputs = [
            self._store(_name(one.node, image), self._decoded(prepared, last, one, job, unfinished(at)), None, at)
            for one in self._claim.graph.outputs
        ]
        self._measure("decode", self._watch.decoded())
        return outputs

    def _decoded(
        self, prepared: PreparedRun, last: Step, output: OutputSpec, job: Job, note: str | None = None
    ) -> bytes:
        """Return an output as PNG. Each output may take as long to decode as `first_step_seconds` says."""
        self._expect_long()
        return png(prepared.decode(last, output), job, note)

    def _stop(self, image: int, at: Progress | None) -> None:
        """Save the progress, so that another job can continue from it, and note that the user stopped the job."""
        self._stopped = notice(self._claim.spec, image, at)
        persist(self._saver.save, self._tire())

    def _done(self, saved: Saved) -> int:
        """Return the number of steps, over all images, that the saved progress has behind it."""
        taken = self._claim.spec.taken
        return saved.image * len(taken) + (saved.state.step - taken.start if saved.state else 0)

    def _sample(self, prepared: PreparedRun, saved: Saved) -> tuple[Step, float]:
        """Denoise from the saved state and report each step. Stops between steps if the job has to stop. Returns the
        last step that was taken, and the residual of the run."""
        last: Step | None = None
        residual, notices = saved.residual, set[str]()
        for step in prepared.sample(saved.state):
            residual += added_residual(step)
            last = self._with_choice(step, (*saved.residuals, residual))
            self.lease_keeper.expect(self._passes * self._worker.settings.step_seconds)
            self._reports.step(prepared, last, saved.image, self._watch.elapsed, notices)
            self._check()
            if step.index < step.of:
                self._keep(replace(saved, state=step.state, residual=residual))
            self._measure("step", self._watch.stepped())
            if self.lease_keeper.stop_requested:
                break
        assert last is not None, "a graph has at least one step, and a checkpoint leaves at least one"
        return last, residual

    def _with_choice(self, step: Step, residuals: tuple[float, ...]) -> Step:
        """Add to the last step of the last image a notice that says which images are kept. It is recorded with the
        step, so a resumed job neither loses nor repeats it."""
        spec = self._claim.spec
        if step.index < step.of or len(residuals) < spec.images:
            return step
        sentence = choice(spec, residuals)
        return replace(step, notices=(*step.notices, sentence)) if sentence else step

    def _measure(self, name: Name, seconds: float) -> None:
        self._worker.activity.measures.add(seconds_of(name, self._claim.spec.sampling.model, seconds))

    def _check(self) -> None:
        if self.lease_keeper.gone:
            raise LeaseLost(f"Job {self._claim.id} was taken from this worker, or the database was away for too long")
        if self.lease_keeper.cancel_requested:
            raise Cancelled

    def _keep(self, saved: Saved) -> None:
        self._saver.latest = saved
        if self._worker.stopping():
            self._save_what_there_is()
            raise HandBack
        self._saver.save_if_due()

    def _save_what_there_is(self) -> None:
        """Save the progress, if the stores can be reached and the device can still be read. Otherwise the next attempt
        resumes from the checkpoint before."""
        try:
            self._saver.save()
        except LeaseLost:
            raise
        except Exception as error:
            _log.warning("checkpoint_not_saved", job=str(self._claim.id), error=str(error))

    def _store(
        self, name: str, picture: bytes, residual: float | None, stopped_at: Progress | None = None
    ) -> StoredOutput:
        self._expect_long()
        key = self.key(name)
        persist(lambda: self._worker.images.put(key, picture), self._tire())
        width, height = Image.open(io.BytesIO(picture)).size
        seen = {"width": width, "height": height, "bytes": len(picture)}
        return StoredOutput(name=name, key=key, **seen, residual=residual, stopped_at=stopped_at)

    def _write_frames(self) -> None:
        """Wait for the frames so far, as `FrameWriter.flush` does."""
        self._sender.flush()
        self._frames.flush()

    @property
    def _passes(self) -> int:
        """The largest number of passes of one step."""
        sampling = self._claim.spec.sampling
        return 1 + sampling.harmonise + sampling.corrector_steps

    def _expect_first_step(self) -> None:
        """Expect that an image is prepared and takes its first step."""
        settings = self._worker.settings
        self.lease_keeper.expect(settings.first_step_seconds + (self._passes - 1) * settings.step_seconds)

    def _expect_long(self) -> None:
        self.lease_keeper.expect(self._worker.settings.first_step_seconds)

    def _tire(self) -> Callable[[], bool]:
        """Return a function that says when to stop waiting for a picture store that is away, counted from now."""
        until = time.monotonic() + self._worker.settings.away_seconds
        keeper = self.lease_keeper
        return lambda: time.monotonic() > until or keeper.gone or keeper.cancel_requested or self._worker.stopping()


def _name(node: str, image: int) -> str:
    return f"{node}.{image + 1}" if image else node
