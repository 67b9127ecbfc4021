"""The job store against a small model of it, under any order of actions by users, workers and the reconciler.

The model of a job is its state, its fence, its attempt, its checkpoint, and if a cancel or a stop was requested. All
claims that were ever made stay in use, so most writes come from workers that lost their job long ago.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from sqlalchemy import update

from backend.contracts.graph import GraphSpec
from backend.contracts.job import FINAL, TRANSITIONS, Job, JobState, Problem
from backend.store.database import connect
from backend.store.errors import Conflict, LeaseLost, NotFound
from backend.store.jobs import Claim, Jobs, StoredOutput, Wanted
from backend.store.leases import Asked
from backend.store.migrations import migrate
from backend.store.tables import jobs as table
from backend.store.tables import now

MAX_ATTEMPTS = 2
SPEC = Job.model_validate(
    {
        "layout": {"kind": "panorama", "canvas": {"width": 256, "height": 64}, "prompt": "sea"},
        "sampling": {"model": "papercut", "steps": 3, "seed": 1},
    }
)
GRAPH = GraphSpec.model_validate(
    {
        "controls": [{"name": "x", "channels": 4, "width": 32, "height": 8}],
        "observables": [
            {
                "name": "y",
                "operator": {"kind": "identity", "control": "x"},
                "prompted": {"prompt": "sea", "negative_prompt": "", "guidance": 3.0, "model": "papercut"},
                "precision": {"group": "all"},
            }
        ],
        "outputs": [{"node": "x", "width": 256, "height": 64}],
    }
)
SMALL = ("job_progress", "job_notice")
PROBLEM = Problem(title="Broken", detail="The sampler found a number that is not finite.")


@dataclass
class Model:
    """The expected state of a job."""

    state: JobState = "queued"
    fence: int = 0
    attempt: int = 0
    cancel_requested: bool = False
    stop_requested: bool = False
    checkpoint: str | None = None
    origin: UUID | None = None
    picture: str | None = None
    history: list[JobState] = field(default_factory=lambda: ["queued"])

    def move(self, state: JobState) -> None:
        assert state in TRANSITIONS[self.state], f"{self.state} -> {state}"
        self.state = state
        self.history.append(state)
        if state in ("failed", "cancelled"):
            self.checkpoint = None

    @property
    def asked(self) -> Asked | None:
        return "cancel" if self.cancel_requested else "stop" if self.stop_requested else None


@cache
def migrated() -> bytes:
    """Return an empty, migrated database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inlay.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


class JobMachine(RuleBasedStateMachine):
    ids = Bundle("ids")
    claims = Bundle("claims")

    @initialize()
    def open_a_database(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="inlay-machine-")
        path = Path(self.folder.name) / "inlay.db"
        path.write_bytes(migrated())
        self.database = connect(f"sqlite:///{path}")
        self.store = Jobs(self.database, max_attempts=MAX_ATTEMPTS)
        self.models: dict[UUID, Model] = {}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule(target=ids, cost=st.integers(1, 50))
    def submit(self, cost: int) -> UUID:
        resource, created = self.store.submit("ann", SPEC, GRAPH, cost)
        assert created
        self.models[resource.id] = Model()
        return resource.id

    @rule(target=claims)
    def claim(self):
        claim = self.store.claim("w")
        if claim is None:
            assert all(model.state != "queued" for model in self.models.values())
            return multiple()
        model = self.models[claim.id]
        model.move("running")
        model.fence, model.attempt = model.fence + 1, model.attempt + 1
        assert (claim.fence, claim.attempt) == (model.fence, model.attempt)
        assert (claim.asked, claim.checkpoint) == (model.asked, model.checkpoint)
        return claim

    def write(self, claim: Claim, action: Callable[[], object], then: Callable[[Model], None]) -> None:
        """Let a worker write. It must succeed if and only if its claim holds the job."""
        model = self.models.get(claim.id)
        if model is not None and model.state == "running" and model.fence == claim.fence:
            action()
            then(model)
        else:
            with pytest.raises(LeaseLost):
                action()

    @rule(claim=claims, step=st.integers(1, 3))
    def progress(self, claim: Claim, step: int) -> None:
        answers: list[Asked | None] = []
        self.write(
            claim,
            lambda: answers.append(self.store.progress(claim, step, 3, {"y": 0.0}, {"y": 1.0}, 0.1)),
            lambda model: None,
        )
        assert all(answer == self.models[claim.id].asked for answer in answers)

    @rule(claim=claims)
    def checkpoint(self, claim: Claim) -> None:
        key = claim.prefix + "checkpoint"
        self.write(claim, lambda: self.store.checkpoint(claim, key), lambda model: setattr(model, "checkpoint", key))

    @rule(claim=claims, stopped=st.booleans())
    def finish(self, claim: Claim, stopped: bool) -> None:
        key = claim.prefix + "x.png"

        def then(model: Model) -> None:
            model.move("succeeded")
            model.picture = key
            model.checkpoint = model.checkpoint if stopped else None

        output = StoredOutput(name="x", key=key, width=256, height=64)
        why = "Stopped as asked." if stopped else None
        self.write(claim, lambda: self.store.finish(claim, [output], 1.0, stopped=why), then)

    @rule(claim=claims)
    def fail(self, claim: Claim) -> None:
        self.write(claim, lambda: self.store.fail(claim, PROBLEM), lambda model: model.move("failed"))

    @rule(claim=claims)
    def stop_as_asked(self, claim: Claim) -> None:
        self.write(claim, lambda: self.store.cancelled(claim), lambda model: model.move("cancelled"))

    @rule(claim=claims)
    def hand_back(self, claim: Claim) -> None:
        def then(model: Model) -> None:
            model.move("cancelled" if model.cancel_requested else "queued")
            model.fence, model.attempt = model.fence + 1, model.attempt - 1

        self.write(claim, lambda: self.store.release(claim, "stopped"), then)

    @rule(id=ids)
    def lose_the_worker(self, id: UUID) -> None:
        with self.database.begin() as connection:
            connection.execute(update(table).where(table.c.id == id).values(lease_until=now(-1)))
        model = self.models.get(id)
        running = model is not None and model.state == "running"
        assert self.store.requeue_expired() == ([id] if running else [])
        if model is not None and running:
            exhausted = model.attempt >= MAX_ATTEMPTS
            model.move("cancelled" if model.cancel_requested else "failed" if exhausted else "queued")
            model.fence += 1

    @rule(id=ids)
    def cancel(self, id: UUID) -> None:
        model = self.models.get(id)
        if model is None:
            with pytest.raises(NotFound):
                self.store.cancel("ann", id)
            return
        self.store.cancel("ann", id)
        if model.state not in FINAL:
            model.cancel_requested = True
        if model.state == "queued":
            model.move("cancelled")

    @rule(id=ids)
    def stop(self, id: UUID) -> None:
        model = self.models.get(id)
        running = model is not None and model.state == "running" and not model.cancel_requested
        if model is not None and (running or model.stop_requested):
            self.store.stop("ann", id)
            model.stop_requested = True
        else:
            with pytest.raises(NotFound if model is None else Conflict):
                self.store.stop("ann", id)

    @rule(target=ids, id=ids)
    def resume(self, id: UUID):
        model = self.models.get(id)
        if model is None or model.state != "succeeded" or model.checkpoint is None:
            with pytest.raises(NotFound if model is None else Conflict):
                self.store.resume("ann", id)
            return multiple()
        resource, created = self.store.resume("ann", id)
        assert (created, resource.continues) == (True, id)
        self.models[resource.id] = Model(checkpoint=model.checkpoint, origin=id)
        return resource.id

    @rule(id=ids)
    def retry(self, id: UUID) -> None:
        model = self.models.get(id)
        if model is None or model.state not in ("failed", "cancelled"):
            with pytest.raises(NotFound if model is None else Conflict):
                self.store.retry("ann", id)
            return
        self.store.retry("ann", id)
        model.move("queued")
        model.fence, model.attempt, model.cancel_requested, model.stop_requested = model.fence + 1, 0, False, False
        origin = None if model.origin is None else self.models.get(model.origin)
        model.checkpoint = None if origin is None else origin.checkpoint

    @rule(id=ids)
    def delete(self, id: UUID) -> None:
        if self.models.pop(id, None) is None:
            with pytest.raises(NotFound):
                self.store.delete("ann", id)
        else:
            self.store.delete("ann", id)

    @invariant()
    def the_store_agrees_with_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        resources = {resource.id: resource for resource in self.store.search("ann", Wanted(), None, 1000)}
        assert resources.keys() == self.models.keys()
        for id, model in self.models.items():
            resource = resources[id]
            assert (resource.state, resource.attempt, resource.cancel_requested) == (
                model.state,
                model.attempt,
                model.cancel_requested,
            )
            assert resource.stop_requested == model.stop_requested
            assert resource.can_continue == (model.state == "succeeded" and model.checkpoint is not None)
            assert bool(resource.outputs) == (model.state == "succeeded")
            assert (resource.error is not None) == (model.state == "failed")
            assert (resource.finished_at is not None) == (model.state in FINAL)
        waiting = sorted(resource.position for resource in resources.values() if resource.position is not None)
        assert waiting == list(range(sum(model.state == "queued" for model in self.models.values())))

    @invariant()
    def events_tell_the_same_story(self) -> None:
        for id, model in getattr(self, "models", {}).items():
            events = self.store.events("ann", id, 0)
            assert [event.seq for event in events] == list(range(1, self.store.get("ann", id).last_seq + 1))
            told = [event.type.removeprefix("job_") for event in events if event.type not in SMALL]
            assert told == ["started" if state == "running" else state for state in model.history]

    @invariant()
    def a_checkpoint_is_kept_as_long_as_a_job_names_it(self) -> None:
        for model in getattr(self, "models", {}).values():
            if model.checkpoint is not None:
                owner = UUID(model.checkpoint.split("/")[1])
                assert self.store.kept([owner]).covers(model.checkpoint)

    @invariant()
    def only_a_finished_jobs_picture_is_named(self) -> None:
        for id, model in getattr(self, "models", {}).items():
            if model.state == "succeeded":
                assert self.store.output_key("ann", id, "x") == model.picture
            else:
                with pytest.raises(NotFound):
                    self.store.output_key("ann", id, "x")


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
