"""Run one job, from claim to finish."""

from collections.abc import Callable

import structlog
import torch

from backend.store.database import is_away
from backend.store.errors import LeaseLost
from backend.store.jobs import Claim
from backend.traces import span
from worker.job.attempt import Attempt, Cancelled, HandBack
from worker.job.faults import FINAL, final_problem, passing_problem
from worker.job.patience import is_transient, persist
from worker.job.worker import Worker
from worker.ranks.errors import RankLost
from worker.ranks.leader import EXIT_RANK

EXIT_DEVICE = 71  # the process ended itself because its device refuses all work after an error
BACKOFF = 4  # each pause before another attempt is so many times the one before
_log = structlog.get_logger("worker")


def work(worker: Worker) -> bool:
    """Run the next job that is due until it ends in some way. Returns false if no job is due, or if the worker is told
    to stop while the database is away."""
    claim = _claim(worker)
    if claim is None:
        return False
    named = {"job": str(claim.id), "owner": claim.owner, "fence": claim.fence, "attempt": claim.attempt}
    facts = {"inlay_job": str(claim.id), "inlay_attempt": claim.attempt, "inlay_model": claim.spec.sampling.model}
    with structlog.contextvars.bound_contextvars(**named), span("job", claim.traceparent, **facts):
        _run(worker, claim)
    return True


def _claim(worker: Worker) -> Claim | None:
    """Claim the next job that is due, and keep trying while the database is away, until the worker is told to stop.

    The answer to a claim may be lost with the connection after the database has recorded the claim. Nobody runs that
    job, and nobody renews its lease, so the reconciler queues it again, and the next attempt runs it.
    """
    try:
        return persist(lambda: worker.jobs.claim(worker.name, worker.models.loaded()), worker.stopping)
    except Exception as error:
        if worker.stopping() and is_transient(error):
            return None
        raise


def _run(worker: Worker, claim: Claim) -> None:
    _log.info("job_started")
    worker.bus.hint(claim.id)
    worker.activity.job = claim.id
    attempt = Attempt(worker, claim)
    try:
        _settle(worker, claim, attempt)
        _log.info("job_settled")
    except LeaseLost as error:
        _log.warning("lease_lost", reason=str(error))
        _delete(worker, claim)
    finally:
        worker.activity.job = None
        worker.bus.hint(claim.id)


def _settle(worker: Worker, claim: Claim, attempt: Attempt) -> None:
    """Run the job and record how it ended. Raises LeaseLost if this worker no longer holds it."""
    try:
        outputs = attempt.make()
        _record(attempt, lambda: attempt.finish(outputs))
    except LeaseLost:
        raise
    except Cancelled:
        _record(attempt, lambda: worker.jobs.cancelled(claim))
    except HandBack:
        _hand_back(worker, claim, attempt)
    except FINAL as error:
        problem = final_problem(error)
        _record(attempt, lambda: worker.jobs.fail(claim, problem))
    except Exception as error:
        if worker.stopping() and is_transient(error):
            _hand_back(worker, claim, attempt)
            return
        _log.exception("attempt_failed")
        _try_again(worker, claim, attempt, error)
        if isinstance(error, torch.AcceleratorError):
            worker.leave(EXIT_DEVICE)
        if isinstance(error, RankLost):
            worker.leave(EXIT_RANK)


def _hand_back(worker: Worker, claim: Claim, attempt: Attempt) -> None:
    _record(attempt, lambda: worker.jobs.release(claim, "the worker that ran it was stopped"))


def _try_again(worker: Worker, claim: Claim, attempt: Attempt, error: Exception) -> None:
    problem = passing_problem(error, claim.id, claim.attempt, worker.jobs.max_attempts)
    seconds = worker.settings.retry_seconds * BACKOFF ** (claim.attempt - 1)
    _record(attempt, lambda: worker.jobs.retry_later(claim, problem, seconds))


def _record(attempt: Attempt, end: Callable[[], None]) -> None:
    """Record the end of an attempt, and keep trying for as long as the lease may last. Raises LeaseLost if the database
    stays away."""
    try:
        persist(end, lambda: attempt.lease_keeper.gone)
    except Exception as error:
        if not is_away(error):
            raise
        raise LeaseLost("The database was away for longer than the lease, and could not be told the end") from error


def _delete(worker: Worker, claim: Claim) -> None:
    """Delete this attempt's files, except those that the job names: the answer to a finish may have been lost, and the
    job keeps its frames. The reconciler deletes what cannot be deleted now."""
    try:
        keys = [*worker.images.list_prefix(claim.prefix)]
        kept = worker.jobs.kept([claim.id])
        worker.images.delete([key for key in keys if not kept.covers(key)])
    except Exception as error:
        if not is_transient(error):
            raise
        _log.warning("pictures_left_to_the_sweep", error=str(error))
