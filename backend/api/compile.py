"""`POST /api/compile`: describe the run of a job without running it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter

from backend.api.auth import Caller
from backend.api.errors import problems
from backend.api.examples import JOBS
from backend.api.scopes import Guarded
from backend.api.services import Inlay, Services
from backend.contracts.job import Compiled, Job
from backend.contracts.uploads import named
from backend.graph import LayoutError, compile_job, resolve

router = APIRouter(route_class=Guarded, prefix="/api/compile", tags=["jobs"])


@router.post("", operation_id="compileJob", responses=problems(body=True))
def compile(job: Annotated[Job, JOBS], inlay: Inlay, owner: Caller) -> Compiled:
    """Describe what a job would run: its graph, its cost, the seconds it will likely take, and its boxes on the model's
    grid. Nothing is queued."""
    compiled = compiled_for(owner, job, inlay)
    rate = inlay.jobs.seconds_per_cost(job.sampling.model)
    return compiled.model_copy(update={"seconds": None if rate is None else rate * compiled.cost})


def compiled_for(owner: str, job: Job, inlay: Services) -> Compiled:
    """Resolve and compile an owner's job, reading the owner's uploads. Raises LayoutError if the job cannot run."""
    entries, limits = inlay.catalog.entries(), inlay.settings.limits
    resolved = resolve(job, entries.models, limits, entries.adapters)
    sizes = partial(inlay.uploads.size, owner)
    compiled = compile_job(resolved, entries.models, limits, partial(inlay.uploads.mask, owner), sizes)
    for location, id in named(job):
        if sizes(id) is None:
            raise LayoutError(f"there is no upload {id[:12]}… here; upload the picture first", [*location])
    return compiled
