"""Continue a job that has pictures: the rest of a stopped one, or more steps that refine a finished one."""

from uuid import UUID

from backend.api.compile import compiled_for
from backend.api.services import Services
from backend.contracts.job import Compiled, Continuation, Job, JobResource
from backend.graph.continuing import check_refinable, refined, shows, with_rest
from backend.graph.errors import LayoutError
from backend.store.errors import Conflict
from backend.store.pictures import as_colour

REFINING_STEPS, REFINING_STRENGTH = 20, 0.3


def rest_of(inlay: Services, owner: str, stopped: JobResource, asked: Continuation) -> Compiled | None:
    """Check that a stopped job still runs here, and compile it with another rest, if one is asked for. Raises
    LayoutError if it cannot run, for example because a model has changed since."""
    if asked.picture is not None:
        raise LayoutError("a picture is chosen to be refined; give a `strength` too, or leave it out", ["picture"])
    if asked.steps is None:
        compiled_for(owner, stopped.spec, inlay)
        return None
    job = with_rest(stopped.spec, stopped.progress.step, asked.steps, inlay.settings.limits.max_steps)
    compiled = compiled_for(owner, job, inlay)
    return None if job == stopped.spec else compiled


def refinement(inlay: Services, owner: str, ended: JobResource, asked: Continuation) -> Job:
    """Return the document that refines a picture of a job, which is stored as an upload to start from. Raises Conflict
    if the job has no picture, and LayoutError for a picture that cannot be refined so."""
    if ended.state != "succeeded":
        raise Conflict("Only a job that has succeeded has a picture to refine. Wait until it has, or retry it.")
    name = _picture(inlay, owner, ended, asked.picture)
    steps = REFINING_STEPS if asked.steps is None else asked.steps
    strength = REFINING_STRENGTH if asked.strength is None else asked.strength
    most = inlay.settings.limits.max_steps
    refined(ended.spec, "0" * 64, steps, strength, most)  # raises LayoutError before anything is stored
    png = inlay.images.get(inlay.jobs.output_key(owner, ended.id, name))
    upload = inlay.uploads.create(owner, as_colour(png, inlay.settings.max_pixels))
    return refined(ended.spec, upload.id, steps, strength, most)


def _picture(inlay: Services, owner: str, ended: JobResource, asked: str | None) -> str:
    """Return the name of the picture to refine. Raises LayoutError if the job has no such picture, or if the picture
    does not show the whole canvas."""
    graph, names = inlay.jobs.graph(owner, ended.id), [output.name for output in ended.outputs]
    if asked is not None and asked not in names:
        raise LayoutError(f"job {ended.id} has no picture {asked!r}, only {', '.join(names)}", ["picture"])
    if asked is None:
        canvas = graph.controls[0].name
        asked = next((name for name in names if shows(name, canvas)), names[0])
    check_refinable(graph, ended.id, asked)
    return asked


def refines(job: JobResource, asked: Continuation) -> bool:
    """Tell whether a request asks for a refinement, in place of the rest of a stopped job."""
    return asked.strength is not None or (asked.steps is not None and not job.can_continue)


def fingerprint(id: UUID, asked: Continuation) -> str:
    """Return the text by which two requests with the same idempotency key are compared."""
    return f"continue {id} {asked.model_dump_json()}"
