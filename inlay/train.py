"""A model for a user's own pictures: read, trained, and put where the studio offers models."""

import shutil
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.contracts.model import Model
from backend.store.errors import NotFound
from backend.store.models import ModelCatalog
from inlay.errors import CommandError
from inlay.registry.names import free_name, name_of
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.settings import Settings
from worker.training.errors import TrainingError
from worker.training.own import Training, check_base, train_own, write_model
from worker.training.pictures import fingerprint, read_pictures
from worker.training.sampling import Model as Trained
from worker.training.text import MAX_TOKENS, load_tokenizer

DATA = "trained-on"
"""The file in a training's folder that tells its pictures from others."""


def train(
    pictures: Path,
    captions: Path,
    *,
    name: str | None,
    base: str,
    steps: int | None,
    minutes: float | None,
    restart: bool,
    settings: Settings,
    console: Console,
) -> Path:
    """Train a model for the pictures of a folder, or go on where an interrupted training stopped; the model's folder.

    CommandError where a picture, a caption or the name will not do, with nothing begun.
    """
    id = free_name(name if name is not None else name_of(pictures), settings.models, "--name")
    try:
        warm = ModelCatalog(settings.models).get(base)
        check_base(warm)
        warm_folder, read = Models(settings.models).find(base)[0], read_pictures(pictures, captions)
    except (TrainingError, NotFound, DiffusionError) as error:
        raise CommandError(str(error)) from error
    folder = settings.data / "training" / id
    training = Training(read, warm_folder, folder, steps, minutes, _device(settings))
    _begin(training, warm, restart)
    _warn_of_long(training, console)
    model = _trained(training, console)
    return _registered(model, training, id, warm, settings.models)


def _device(settings: Settings) -> str:
    if settings.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return settings.device


def _begin(training: Training, warm: Model, restart: bool) -> None:
    """Make the training's folder, or find that it holds a training on the same pictures."""
    mark, data = training.folder / DATA, f"{warm.sha256} {fingerprint(training.pictures)}"
    try:
        if restart:
            shutil.rmtree(training.folder, ignore_errors=True)
        if mark.exists() and mark.read_text() != data:
            raise CommandError(
                f"{training.folder} holds an interrupted training on other pictures or captions. Begin anew with "
                "--restart, or choose another --name."
            )
        training.folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(data)
    except OSError as error:
        raise CommandError(
            f"{training.folder} cannot be used: {error.strerror}. Set INLAY_DATA to a folder that can be written."
        ) from error


def _warn_of_long(training: Training, console: Console) -> None:
    tokenizer = load_tokenizer(training.base / "tokenizer")
    long = sum(len(tokenizer(picture.caption)["input_ids"]) > MAX_TOKENS for picture in training.pictures)
    if long:
        console.print(
            f"Of {long} captions the model reads the beginning only: they are longer than {MAX_TOKENS} tokens."
        )


def _trained(training: Training, console: Console) -> Trained:
    """Train with a progress bar; CommandError with a word on how to go on where somebody stops it."""
    columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Reading what was trained before", total=1.0)

        def told(part: str, share: float) -> None:
            progress.update(task, description=f"Training the {part}", completed=share)

        try:
            return train_own(training, told)
        except KeyboardInterrupt:
            raise CommandError("Stopped, and kept. The same command goes on from here.") from None


def _registered(model: Trained, training: Training, id: str, warm: Model, models: Path) -> Path:
    """Write the model beside where it shall be, then move it there whole; the training's folder is done with."""
    partial, target = models / f".{id}.partial", models / id
    try:
        shutil.rmtree(partial, ignore_errors=True)
        write_model(model, training, id, warm, partial)
        partial.rename(target)
    except OSError as error:
        raise CommandError(
            f"The model could not be saved in {models}: {error.strerror}. Run the same again."
        ) from error
    shutil.rmtree(training.folder)
    return target
