"""`inlay generate`: compile a job document, sample it, and save its pictures, without a server."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.api.validation_messages import locate, sentence
from backend.contracts.job import Compiled, Job
from backend.graph import LayoutError, Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from backend.store.pictures import PictureError
from backend.store.pictures.documents import carried_document
from backend.store.pictures.png import is_one as is_png
from inlay.device import chosen_device
from inlay.errors import CommandError, Stopped
from inlay.pictures import Files
from inlay_engine.errors import EngineError
from inlay_engine.run_residual import added_residual
from inlay_engine.sampler import Step
from worker.build.prepare import prepare
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import DTYPES, Models
from worker.job.best import choice, kept
from worker.job.png import alone, png
from worker.settings import Settings

Saved = tuple[Path, bytes]
"""The path of a picture and its PNG bytes."""


@dataclass(frozen=True)
class Named:
    """The paths of a run's pictures. The picture of the first of `nodes` goes to `target`. The pictures of other nodes
    go beside it, with the node's name added. If there are several images, each picture also has its image's number."""

    target: Path
    nodes: Sequence[str]
    images: int

    def path(self, node: str, image: int) -> Path:
        """Return the path of a node's picture in image `image`, counted from 0."""
        parts = [self.target.stem]
        parts += [node] if node != self.nodes[0] else []
        parts += [f"{image + 1:0{len(str(self.images))}d}"] if self.images > 1 else []
        return self.target.with_name("-".join(parts) + self.target.suffix)


@dataclass(frozen=True)
class Overrides:
    """Values from the command line that replace those of a document."""

    model: str | None = None
    seed: int | None = None
    picture: Path | None = None
    strength: float | None = None
    mask: Path | None = None

    def into(self, text: str) -> str:
        """Put the picture, strength and mask into the document's text. A mask replaces a box."""
        paths = {name: str(path.absolute()) for name in ("picture", "mask") if (path := getattr(self, name))}
        given = paths | ({} if self.strength is None else {"strength": self.strength})
        try:
            document = json.loads(text)
        except ValueError:
            return text
        if not given or not isinstance(document, dict):
            return text
        before = document.get("start")
        kept = {} if not isinstance(before, dict) else before
        kept = {name: value for name, value in kept.items() if self.mask is None or name != "box"}
        return json.dumps({**document, "start": kept | given})

    def of(self, job: Job) -> Job:
        """Put the model and seed into the job. Another model also drops the weights that the document is pinned to."""
        if self.model is not None:
            job = job.model_copy(update={"models": None})
        given = {name: value for name, value in (("model", self.model), ("seed", self.seed)) if value is not None}
        return job.model_copy(update={"sampling": job.sampling.model_copy(update=given)})


def generate(
    document: Path, target: Path, settings: Settings, console: Console, instead: Overrides = Overrides()
) -> list[Path]:
    """Run a job document and save its pictures, with a progress bar on `console`. Returns the paths in order.

    Each picture carries its resolved document, as a server's pictures do, and is written whole or not at all.
    Raises CommandError if the document cannot be read or run, or a picture cannot be saved; Stopped after Ctrl-C.
    """
    _check_target(target)
    device = chosen_device(settings)
    compiled, files = _compiled(document, settings.models, instead)
    models = Models(settings.models, device, settings.memory_budget, DTYPES[settings.precision], settings.compile)
    saved: list[Path] = []
    try:
        for path, picture in _pictures(compiled, files, target, models, settings.micro_batch, console):
            _save(path, picture, saved)
    except (EngineError, DiffusionError) as error:
        raise CommandError(f"{error.title}. {error}") from error
    except KeyboardInterrupt:
        kept = f"These pictures are saved: {', '.join(map(str, saved))}." if saved else "No picture was saved."
        raise Stopped(f"Stopped. {kept}") from None
    return saved


def _check_target(target: Path) -> None:
    if target.suffix.lower() != ".png" or target.is_dir():
        raise CommandError(f"{target} is not the name of a PNG file. Pictures are saved as .png only.")
    if not target.parent.is_dir():
        raise CommandError(f"The folder {target.parent} does not exist. Make it first, or choose another with -o.")
    if not os.access(target.parent, os.W_OK):
        raise CommandError(f"The folder {target.parent} is not writable. Choose another with -o.")


def _save(path: Path, picture: bytes, saved: list[Path]) -> None:
    """Write a temporary file and rename it, so that a picture is never half written, and add it to `saved`. If
    Ctrl-C comes between the two, the file is renamed all the same."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(picture)
        saved.append(path)
        partial.replace(path)
    except KeyboardInterrupt:
        if path in saved and partial.exists():
            partial.replace(path)
        raise
    except OSError as error:
        raise CommandError(f"The picture {path} could not be saved: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def compiled_document(document: Path, models_folder: Path, instead: Overrides = Overrides()) -> Compiled:
    """Resolve and compile a document with the models of a folder. Raises CommandError if it cannot be run."""
    return _compiled(document, models_folder, instead)[0]


def _compiled(document: Path, models_folder: Path, instead: Overrides) -> tuple[Compiled, Files]:
    """Resolve and compile a document, and read the pictures that it names."""
    limits = Limits()
    files = Files(document.parent, limits.max_pixels)
    job = instead.of(_job(document, instead.into(_text(document)), files))
    entries = ModelCatalog(models_folder).entries()
    if not entries.models:
        raise CommandError(f"There is no model in {models_folder}. Set INLAY_MODELS to the folder that holds models.")
    try:
        resolved = resolve(job, entries.models, limits, entries.adapters)
        return compile_job(resolved, entries.models, limits, files.mask, files.size), files
    except LayoutError as error:
        where = ".".join(map(str, error.location))
        raise CommandError(f"{document} cannot be run: {where}: {error.detail}.") from error


def _text(document: Path) -> str:
    """Return the JSON of a document, from a text file or from a picture that carries it."""
    try:
        data = document.read_bytes()
        text = carried_document(data) if is_png(data) else data.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{document} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{document} is not a JSON document: it is not text.") from error
    except PictureError as error:
        raise CommandError(f"{document} cannot be read. {error}") from error
    if text is None:
        raise CommandError(
            f"The picture {document} carries no job document. Pictures that Inlay made carry one, until a program "
            "removes it."
        )
    return text


def _job(document: Path, text: str, files: Files) -> Job:
    """Parse a document's text, and read the files that it names. Raises CommandError with one line for each problem."""
    try:
        return Job.model_validate_json(text, context=files.id_of)
    except ValidationError as error:
        raise CommandError("\n".join([f"{document} is not a job document.", *_problems(error, text)])) from error


def _problems(error: ValidationError, text: str) -> Iterator[str]:
    """Yield one line for each invalid field."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    for problem in error.errors():
        where = ".".join(map(str, locate(["body", *problem["loc"]], body))) or "the document"
        yield f"  {where} {sentence(problem)}"


def _pictures(
    compiled: Compiled, files: Files, target: Path, models: Models, micro_batch: int, console: Console
) -> Iterator[Saved]:
    """Yield the pictures of a job, one image after another. If the job keeps a part of its images, yield those when all
    are made, the best first."""
    job, outputs = compiled.job, compiled.graph.outputs
    named = Named(target, [output.node for output in outputs], job.images)
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    residuals: list[float] = []
    made: dict[int, list[Saved]] = {}
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Loading the model", total=None)
        for image in range(job.images):
            one = alone(job, image)
            prepared = prepare(compiled.graph, one, models, files.picture, micro_batch)
            last: Step | None = None
            residuals.append(0.0)
            for last in prepared.sample():
                residuals[image] += added_residual(last)
                done, taken = prepared.progress(last)
                progress.update(task, description="Denoising", completed=image * taken + done, total=job.images * taken)
            assert last is not None, "a graph has at least one step"
            best = kept(job, residuals)
            made = {earlier: saved for earlier, saved in made.items() if earlier in best}
            if image in best:
                made[image] = [(named.path(out.node, image), png(prepared.decode(last, out), one)) for out in outputs]
            if job.keep is None:
                yield from made.pop(image)
    if sentence := choice(job, residuals):
        console.print(sentence, highlight=False, markup=False)
    for image in kept(job, residuals):
        yield from made.get(image, [])
