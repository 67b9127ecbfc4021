"""A small job and its graph, and functions that only tests need."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job, JobResource, Problem
from backend.store.database import Database
from backend.store.jobs import Claim, Jobs, StoredOutput
from backend.store.leases import Asked
from backend.store.tables import jobs, now

GRAPH = GraphSpec.model_validate(
    {
        "controls": [{"name": "x", "channels": 4, "width": 32, "height": 16}],
        "observables": [
            {
                "name": "y",
                "operator": {"kind": "identity", "control": "x"},
                "prompted": {"prompt": "a hill", "negative_prompt": "", "guidance": 3.0, "model": "papercut"},
                "precision": {"group": "all"},
            }
        ],
        "outputs": [{"node": "x", "width": 256, "height": 128}],
    }
)

PROBLEM = Problem(title="Broken", detail="The sampler found a number that is not finite.")


def job(prompt: str = "a hill by day", model: str = "papercut", steps: int = 4, seed: int = 1) -> Job:
    layout = {"kind": "regions", "canvas": {"width": 256, "height": 128}, "prompt": prompt}
    return Job.model_validate({"layout": layout, "sampling": {"model": model, "steps": steps, "seed": seed}})


def submit(store: Jobs, owner: str = "ann", *, cost: int = 10, model: str = "papercut", **options: Any) -> JobResource:
    resource, created = store.submit(owner, job(model=model), GRAPH, cost, **options)
    assert created
    return resource


def claimed(store: Jobs, worker: str = "w1") -> Claim:
    claim = store.claim(worker)
    assert claim is not None
    return claim


def picture(claim: Claim, name: str = "x") -> StoredOutput:
    return StoredOutput(name=name, key=f"{claim.prefix}{name}.png", width=256, height=128)


def step(store: Jobs, claim: Claim, number: int = 1, of: int = 4) -> Asked | None:
    return store.progress(claim, number, of, {"y": 0.5}, {"y": 1.0}, 0.1 * number)


def let_lease_run_out(database: Database, id: UUID) -> None:
    """Let the lease end now, as if its time had passed."""
    with database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == id).values(lease_until=now(-0.001)))


def let_its_time_come(database: Database, id: UUID) -> None:
    """Let a job that waits after a fault be due now, as if the time had passed."""
    with database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == id).values(not_before=now(-0.001)))


def kinds(store: Jobs, id: UUID, owner: str = "ann") -> list[str]:
    """Return the types of a job's events, after a check that their seq has no gap."""
    events = store.events(owner, id, 0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [event.type.removeprefix("job_") for event in events]
