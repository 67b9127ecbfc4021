"""Fill in the settings that a job leaves open, so that the stored document gives the same picture after defaults
change."""

import secrets
from collections.abc import Mapping

from backend.contracts.job import Job
from backend.contracts.limits import MAX_SEED
from backend.contracts.model import Adapter, Model, ModelDefaults, ModelDescription, Preset
from backend.contracts.sampling import Agree, Coarse, Sampling, Scheduler, Windows
from backend.graph import guides, outputs
from backend.graph.adapters import NONE
from backend.graph.adapters import pins as adapter_pins
from backend.graph.combinations import check_combinations
from backend.graph.errors import LayoutError
from backend.graph.limits import Limits
from backend.graph.prompts import asked, model_of
from backend.graph.wording import check_weights

DESCENT_ITERATIONS, DESCENT_RATE = 30, 1.0  # the engine's defaults (inlay_engine/agree)
USUAL_STEPS: dict[Scheduler, int] = {"ddim": 30, "dpmsolver++": 20, "flow-euler": 28}
"""The steps of a scheduler other than the model's. A preset takes more or fewer in proportion."""


def resolve(job: Job, models: Mapping[str, Model], limits: Limits, adapters: Mapping[str, Adapter] = NONE) -> Job:
    """Return the job with every open setting filled in from its model's defaults, except the solver, which
    `compile_job` chooses. Raises LayoutError if the job asks for too much, if its settings exclude each other, or if a
    model or an adapter is not installed, does not fit, or has changed since the document was made."""
    _check_keep(job)
    check_weights(job)
    base = model_of(job.sampling.model, models, ["sampling", "model"])
    _check_scheduler(job.sampling, base.description)
    _check_spacing(job.sampling, base.description)
    sampling = _resolve_sampling(job, base.description)
    planned = job.model_copy(update={"sampling": sampling})
    limits.check_document(planned)
    check_combinations(planned)  # also of what the model's defaults fill in
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
    filled = {
        "layout": guides.settled(job.layout, base.description),
        "sampling": sampling,
        "models": pins,
        "adapters": adapter_pins(job, models, adapters),
        "outputs": job.outputs or outputs.main(job.layout),
    }
    return job.model_copy(update=filled)


def _check_keep(job: Job) -> None:
    """Raises LayoutError if a job is to keep more images than it makes."""
    if job.keep is not None and job.keep > job.images:
        raise LayoutError(
            f"a job that makes {job.images} {'image' if job.images == 1 else 'images'} cannot keep {job.keep}; keep at "
            f"most {job.images}, or make more images",
            ["keep"],
        )


def _check_scheduler(sampling: Sampling, model: ModelDescription) -> None:
    """Raises LayoutError for flow's Euler steps with a model that does not predict flow."""
    if sampling.scheduler == "flow-euler" and model.prediction != "flow":
        raise LayoutError(
            f"flow-euler is for models that predict flow, and {model.id!r} predicts {model.prediction}; set the "
            "scheduler to ddim",
            ["sampling", "scheduler"],
        )


def _check_spacing(sampling: Sampling, model: ModelDescription) -> None:
    """Raises LayoutError for even log-SNR with a model that predicts flow."""
    if sampling.spacing == "log-snr" and model.prediction == "flow":
        raise LayoutError(
            f"log-snr is a spacing for models that predict epsilon or v, and {model.id!r} predicts flow; set the "
            "spacing to timesteps, or leave it out",
            ["sampling", "spacing"],
        )


def _resolve_sampling(job: Job, model: ModelDescription) -> Sampling:
    sampling, default = job.sampling, model.defaults
    descends = sampling.agree.solver == "descent"
    steps = _steps(job, model)
    scheduler = steps.scheduler
    return sampling.model_copy(
        update={
            "scheduler": scheduler,
            "steps": steps.steps,
            "spacing": steps.spacing,
            "guidance": default.guidance if sampling.guidance is None else sampling.guidance,
            "eta": _eta(job, scheduler, default),
            "seed": _seed(job),
            "coarse": _coarse(job, default),
            "windows": _windows(sampling.windows, default),
            "agree": _descent(sampling.agree) if descends else sampling.agree,
        }
    )


def _steps(job: Job, model: ModelDescription) -> Preset:
    """Return the job's scheduler, number of steps and spacing. What it leaves open is that of its preset or, without
    one, the model's default. A job that names its scheduler and no spacing gets even timesteps, so that documents from
    before this field give the same pictures. Raises LayoutError if the model does not have the preset."""
    sampling, default = job.sampling, model.defaults
    usual = Preset(scheduler=default.scheduler, steps=default.steps, spacing=default.spacing)
    if sampling.preset is None:
        named = usual
    elif sampling.preset in model.presets:
        named = model.presets[sampling.preset]
    else:
        raise LayoutError(
            f"{model.id!r} has no preset {sampling.preset!r}; leave the preset out for its defaults, or give steps and "
            "a scheduler",
            ["sampling", "preset"],
        )
    scheduler = sampling.scheduler or ("ddim" if _needs_ddim(job) else named.scheduler)
    as_named = scheduler == named.scheduler
    steps = named.steps if as_named else max(1, round(USUAL_STEPS[scheduler] * named.steps / usual.steps))
    spacing = named.spacing if as_named and sampling.scheduler is None else "timesteps"
    return Preset(
        scheduler=scheduler,
        steps=steps if sampling.steps is None else sampling.steps,
        spacing=sampling.spacing or spacing,
    )


def _needs_ddim(job: Job) -> bool:
    """Return true for jobs with settings that only DDIM has: the descent solver, and fresh noise, which a job that
    keeps a part of a picture takes by default (docs/decisions/0015)."""
    sampling = job.sampling
    renews = sampling.fresh is not None and bool(sampling.fresh.share or sampling.fresh.filled)
    keeps = sampling.eta is None and job.start is not None and job.start.keeps
    return sampling.agree.solver == "descent" or bool(sampling.eta) or renews or keeps


def _descent(agree: Agree) -> Agree:
    """Return the settings of the paper's descent. It takes a fixed number of iterations, so that number and the rate
    decide the picture."""
    rate, iterations = agree.rate or DESCENT_RATE, agree.iterations or DESCENT_ITERATIONS
    return agree.model_copy(update={"rate": rate, "iterations": iterations})


def _eta(job: Job, scheduler: str, default: ModelDefaults) -> float:
    """Return the job's eta, or its default. The model's default is for DDIM; other schedulers take 0, and the descent
    solver as well. A job that keeps a part of a picture takes 1, because the redrawn part then joins the kept one
    better (docs/decisions/0015)."""
    if job.sampling.eta is not None:
        return job.sampling.eta
    if scheduler != "ddim" or job.sampling.agree.solver == "descent":
        return 0.0
    return 1.0 if job.start is not None and job.start.keeps else default.eta


def _seed(job: Job) -> int:
    last = MAX_SEED - (job.images - 1)
    if job.sampling.seed is None:
        return secrets.randbelow(2**32)
    if job.sampling.seed > last:
        raise LayoutError(
            f"the seeds of {job.images} images count up from this one; take a seed of at most {last:,}",
            ["sampling", "seed"],
        )
    return job.sampling.seed


def _coarse(job: Job, default: ModelDefaults) -> Coarse:
    """Return the job's coarse view, or the model's default. A custom graph has only the views that it names, and a
    coarse view would change the counting solver's sums, so both take weight 0."""
    if job.sampling.coarse is not None:
        return job.sampling.coarse
    if job.layout.kind == "custom" or job.sampling.agree.solver == "counting":
        return Coarse(weight=0.0)
    return default.coarse or Coarse(weight=0.0)


def _windows(windows: Windows, default: ModelDefaults) -> Windows:
    size = windows.size or default.window
    stride = size if windows.shift else min(default.stride, size)
    return windows.model_copy(update={"size": size, "stride": windows.stride or stride})


def _own_models(job: Job) -> list[str]:
    if job.layout.kind == "custom":
        return [one.prompted.model for one in job.layout.graph.observables if one.prompted.model is not None]
    return [one.model for _, one in asked(job.layout) if one.model is not None]
