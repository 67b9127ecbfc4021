"""Runs of the bundled models, prepared as a job's are: the backend compiles them, the worker builds them."""

from functools import cache
from pathlib import Path
from typing import Any

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion.loading import Models

MODELS = Path(__file__).parents[1] / "models"
MODEL = "papercut"


@cache
def _models() -> Models:
    return Models(MODELS)


def prepare_bundled(layout: dict[str, Any], sampling: dict[str, Any]) -> tuple[GraphSpec, PreparedRun]:
    """Compile a job of this layout for papercut and prepare its run."""
    job = Job.model_validate({"layout": layout, "sampling": {"model": MODEL, **sampling}})
    described = {model.description.id: model for model in ModelCatalog(MODELS).list()}
    compiled = compile_job(resolve(job, described, Limits()), described, Limits())
    return compiled.graph, prepare(compiled.graph, compiled.job, _models())
