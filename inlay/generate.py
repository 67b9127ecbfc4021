"""A job document run here and now, without a server: compiled, sampled, decoded, saved."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.api.sentences import locate, sentence
from backend.contracts.job import Compiled, Job
from backend.graph import LayoutError, Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay.errors import CommandError
from worker.build import build
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.engine.errors import EngineError
from worker.engine.sampler import Step
from worker.run import alone, png
from worker.settings import Settings

Saved = tuple[Path, bytes]
"""Where a picture goes, and its PNG."""


@dataclass(frozen=True)
class Named:
    """Where the pictures of a run go: `target` itself for a single one; else beside it, by node where there are several
    nodes, and by number where there are several images."""

    target: Path
    nodes: int
    images: int

    def path(self, node: str, image: int) -> Path:
        """Of a node's picture of one of the images (from 0)."""
        parts = [self.target.stem]
        parts += [node] if self.nodes > 1 else []
        parts += [f"{image + 1:0{len(str(self.images))}d}"] if self.images > 1 else []
        return self.target.with_name("-".join(parts) + self.target.suffix)


def generate(document: Path, target: Path, settings: Settings, console: Console) -> list[Path]:
    """Run a job document and save its pictures, with a progress bar on `console`; the paths in the order of making.

    Each picture carries its resolved document, as those of a server do. CommandError where the document cannot be read
    or run, or a picture cannot be saved.
    """
    if target.suffix.lower() != ".png":
        raise CommandError(f"{target} is not the name of a PNG; pictures are saved as .png only.")
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent} to save pictures in; make it first.")
    compiled = compiled_document(document, settings.models)
    saved: list[Path] = []
    try:
        for path, picture in _pictures(compiled, target, settings, console):
            path.write_bytes(picture)
            saved.append(path)
    except (EngineError, DiffusionError) as error:
        raise CommandError(f"{error.title}. {error}") from error
    except OSError as error:
        raise CommandError(f"A picture could not be saved: {error.strerror}: {error.filename}.") from error
    return saved


def compiled_document(document: Path, models_folder: Path) -> Compiled:
    """A document's job, resolved with the models of a folder, and its graph. CommandError where that cannot be."""
    job = read_document(document)
    models, limits = ModelCatalog(models_folder).models(), Limits()
    if not models:
        raise CommandError(f"There is no model in {models_folder}. Set INLAY_MODELS to the folder that holds models.")
    try:
        return compile_job(resolve(job, models, limits), models, limits)
    except LayoutError as error:
        where = ".".join(map(str, error.location))
        raise CommandError(f"{document} cannot be run: {where}: {error.detail}.") from error


def read_document(document: Path) -> Job:
    """The job of a JSON file. CommandError, a line a problem, where it is none."""
    try:
        text = document.read_text()
    except OSError as error:
        raise CommandError(f"{document} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{document} is not a JSON document: it is not text.") from error
    try:
        return Job.model_validate_json(text)
    except ValidationError as error:
        raise CommandError("\n".join([f"{document} is not a job document.", *_problems(error, text)])) from error


def _problems(error: ValidationError, text: str) -> Iterator[str]:
    """A line for each field at fault."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    for problem in error.errors():
        where = ".".join(map(str, locate(["body", *problem["loc"]], body))) or "the document"
        yield f"  {where} {sentence(problem)}"


def _pictures(compiled: Compiled, target: Path, settings: Settings, console: Console) -> Iterator[Saved]:
    """The pictures of a job's images, one image after another."""
    job, outputs = compiled.job, compiled.graph.outputs
    named = Named(target, len(outputs), job.images)
    models = Models(settings.models, settings.device, settings.memory_budget)
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Loading the model", total=None)
        for image in range(job.images):
            one = alone(job, image)
            composition = build(compiled.graph, one, models, settings.micro_batch)
            last: Step | None = None
            for last in composition.sample():
                done, total = image * last.of + last.index, job.images * last.of
                progress.update(task, description="Denoising", completed=done, total=total)
            assert last is not None, "a graph has at least one step"
            for output in outputs:
                yield named.path(output.node, image), png(composition.decode(last, output), one)
