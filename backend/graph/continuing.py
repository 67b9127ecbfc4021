"""Another number of steps for a job that has pictures already: the rest of a stopped run in finer steps, or a finished
picture refined by image to image."""

from uuid import UUID

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.contracts.limits import MAX_FINER
from backend.contracts.sampling import Finer
from backend.contracts.start import Start
from backend.graph.errors import LayoutError


def with_rest(job: Job, done: int, steps: int, most: int) -> Job:
    """Return a stopped job whose rest, after `done` steps, has `steps` steps. A run takes at most `most` steps. Raises
    LayoutError, with the place in the request, if its rest cannot be divided."""
    after = job.taken.start + done
    left = job.taken.stop - after
    if job.images > 1:
        raise LayoutError(
            f"this job makes {job.images} images, and all of them have the same steps; continue it without `steps`",
            ["steps"],
        )
    if steps == left:
        return job
    if left < 2:
        raise LayoutError(
            "one step is left, which cannot be divided; continue without `steps`, and then refine the finished picture",
            ["steps"],
        )
    if after + steps > most:
        raise LayoutError(
            f"{done} steps are done, so this server takes at most {most - after} more; a run has at most {most}",
            ["steps"],
        )
    if len(job.sampling.finer) >= MAX_FINER:
        raise LayoutError(
            f"the rest of this run was given another number of steps {MAX_FINER} times already; continue it without "
            "`steps`",
            ["steps"],
        )
    finer = [*job.sampling.finer, Finer(after=after, steps=steps)]
    return job.model_copy(update={"sampling": job.sampling.model_copy(update={"finer": finer})})


def refined(job: Job, picture: str, steps: int, strength: float, most: int) -> Job:
    """Return the job that starts from its own finished picture, the upload `picture`, and takes `steps` steps at
    `strength`. Its seed is open, so its noise is new; a part that the job keeps of its start picture stays kept. The
    run that these steps end has at most `most` steps. Raises LayoutError if it would need more."""
    old = job.start or Start(picture=picture)
    start = old.model_copy(update={"picture": picture, "strength": strength, "fit": "same"})
    of = next((of for of in range(steps, most + 1) if of - start.first(of) == steps), None)
    if of is None:
        needed, fewer = round(steps / strength), most - start.first(most)
        raise LayoutError(
            f"{steps} steps at strength {strength:g} are the end of a run of {needed:,} steps, and this server takes "
            f"{most}; take at most {fewer} steps, or more strength",
            ["steps"],
        )
    sampling = job.sampling.model_copy(update={"steps": of, "finer": [], "seed": None})
    return job.model_copy(update={"sampling": sampling, "start": start, "images": 1, "keep": None})


def check_refinable(graph: GraphSpec, id: UUID, name: str) -> None:
    """Raises LayoutError unless the picture `name` shows the one canvas of a job's graph, so that a run can start from
    it."""
    if len(graph.controls) > 1:
        raise LayoutError(
            f"job {id} draws {len(graph.controls)} canvases, and no single picture holds all of them; only a job with "
            "one canvas can be refined",
            ["strength"],
        )
    canvas = graph.controls[0].name
    if not shows(name, canvas):
        raise LayoutError(
            f"the picture {name!r} is a view of the canvas; refine {canvas!r}, and save it among the outputs",
            ["picture"],
        )


def shows(name: str, node: str) -> bool:
    """Tell whether a picture of this name shows the node: `x` and `x.2` show x."""
    before, _, number = name.rpartition(".")
    return name == node or (before == node and number.isdigit())
