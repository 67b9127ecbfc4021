"""Fill in what a job left open, so that the stored document gives the same picture whatever later defaults are."""

import secrets
from collections.abc import Mapping

from backend.contracts.job import Job
from backend.contracts.model import Model
from backend.contracts.sampling import Agree, Sampling, Windows
from backend.graph.errors import LayoutError
from backend.graph.limits import Limits
from backend.graph.prompts import asked, model_of


def resolve(job: Job, models: Mapping[str, Model], limits: Limits) -> Job:
    """The job with every open setting filled from its model's defaults; LayoutError where it asks for too much, for a
    model that is not here, or for a model that has changed since the document was made."""
    limits.check_document(job)
    base = model_of(job.sampling.model, models, ["sampling", "model"])
    sampling = _resolve_sampling(job.sampling, base)
    named = sorted({sampling.model, *(name for name in _own_models(job) if name in models)})
    pins = [models[name].pin for name in named]
    for index, pin in enumerate(job.models or []):
        here = model_of(pin.id, models, ["models", index])
        if here.pin != pin:
            raise LayoutError(
                f"this document was made with {pin.id} {pin.revision} ({pin.sha256[:12]}), and this server has "
                f"{here.pin.revision} ({here.sha256[:12]}); leave `models` out to run it with that",
                ["models", index],
            )
    return job.model_copy(update={"sampling": sampling, "models": pins, "outputs": job.outputs or ["x"]})


def _resolve_sampling(sampling: Sampling, model: Model) -> Sampling:
    default = model.description.defaults
    return sampling.model_copy(
        update={
            "scheduler": sampling.scheduler or default.scheduler,
            "guidance": default.guidance if sampling.guidance is None else sampling.guidance,
            "eta": default.eta if sampling.eta is None else sampling.eta,
            "seed": secrets.randbelow(2**32) if sampling.seed is None else sampling.seed,
            "agree": Agree(solver="diagonal", step_size=sampling.agree.step_size),
            "windows": Windows(
                size=sampling.windows.size or default.window,
                stride=sampling.windows.stride or min(default.stride, sampling.windows.size or default.stride),
            ),
        }
    )


def _own_models(job: Job) -> list[str]:
    if job.layout.kind == "custom":
        return [one.prompted.model for one in job.layout.graph.observables]
    return [one.model for _, one in asked(job.layout) if one.model is not None]
