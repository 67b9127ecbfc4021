"""A model for a user's own pictures: read, trained, and put where the studio offers models."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.contracts.model import Model
from backend.store.errors import NotFound
from backend.store.models import ModelCatalog
from inlay.device import chosen_device
from inlay.errors import CommandError, Stopped
from inlay.registry.names import free_name, name_of
from training.errors import TrainingError
from training.finetune import Told, Training, check_base, own_tokenizer, train_own, write_model
from training.pictures import fingerprint, read_pictures
from training.sampling import TrainedModel
from training.text import MAX_TOKENS
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.settings import Settings

DATA, LOCK = "trained-on", "lock"
"""Files in a training's folder: what tells its pictures from others, and what a running training holds."""
ROOM = 20
"""What a training keeps, in terms of its base's weights: half floats there; here two checkpoints of whole floats, each
of the weights, their average and the optimiser's two."""


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

    CommandError where a picture, a caption or the name will not do, with nothing begun; Stopped after Ctrl-C.
    """
    id = free_name(name if name is not None else name_of(pictures), settings.models, "--name")
    device = chosen_device(settings)
    try:
        warm = ModelCatalog(settings.models).get(base)
        check_base(warm)
        warm_folder, read = Models(settings.models).find(base)[0], read_pictures(pictures, captions)
    except (TrainingError, NotFound, DiffusionError) as error:
        raise CommandError(str(error)) from error
    training = Training(read, warm_folder, settings.data / "training" / id, steps, minutes, device)
    with _alone(training.folder):
        _begin(training, warm, restart)
        _check_room(training)
        with _writing(training.folder), _stoppable(), _bar(console) as told:
            _warn_of_long(training, console)
            model = train_own(training, told)
            told("Drawing the sample sheet", 1.0)
            target = _registered(model, training, id, warm, settings.models)
    shutil.rmtree(training.folder)
    return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A training's folder, made where it is missing, for this process alone."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"Another training is at work in {folder}. Wait for it, or choose another --name."
            ) from None
        yield


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """CommandError where a folder cannot be written, or is full."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else error.__context__  # torch.save wraps what the file said
        if not isinstance(cause, OSError):
            raise
        raise CommandError(
            f"{folder} cannot be written: {cause.strerror}. Make room there, or set INLAY_DATA to another folder. What "
            "was saved before is kept, and the same command goes on from it."
        ) from error


@contextmanager
def _stoppable() -> Iterator[None]:
    """Stopped, with a word on how to go on, after Ctrl-C; CommandError where nothing more can be learned."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped("Stopped; what was learned is kept. The same command goes on from there.") from None
    except FloatingPointError as error:
        raise CommandError(
            f"The training went astray: {error}. Begin anew with --restart, from other pictures."
        ) from error


def _begin(training: Training, warm: Model, restart: bool) -> None:
    """Ready the training's folder, or find that it holds a training on the same pictures."""
    mark, data = training.folder / DATA, f"{warm.sha256} {fingerprint(training.pictures)}"
    if not restart and mark.exists() and mark.read_text() != data:
        raise CommandError(
            f"{training.folder} holds an interrupted training on other pictures or captions. Begin anew with "
            "--restart, or choose another --name."
        )
    with _writing(training.folder):
        for path in training.folder.iterdir() if restart else []:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
        mark.write_text(data)


def _check_room(training: Training) -> None:
    """CommandError where the folder would be full before the end."""
    kept, weights = (
        sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())
        for folder, pattern in ((training.folder, "*"), (training.base, "*.safetensors"))
    )
    room, free = ROOM * weights - kept, shutil.disk_usage(training.folder).free
    if free < room:
        raise CommandError(
            f"This training needs {room / 1e6:,.0f} MB, and {training.folder} has room for {free / 1e6:,.0f} MB. Make "
            "room there, or set INLAY_DATA to another folder."
        )


def _warn_of_long(training: Training, console: Console) -> None:
    tokenizer = own_tokenizer(training)
    long = sum(len(tokenizer(caption)["input_ids"]) > MAX_TOKENS for caption in training.captions)
    if long:
        captions = "one caption" if long == 1 else f"{long} captions"
        console.print(
            f"Of {captions} the model reads the beginning only: more than {MAX_TOKENS} tokens.", highlight=False
        )


@contextmanager
def _bar(console: Console) -> Iterator[Told]:
    """A progress bar with the time left."""
    columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Getting ready", total=1.0)
        yield lambda part, share: progress.update(task, description=part, completed=share)


def _registered(model: TrainedModel, training: Training, id: str, warm: Model, models: Path) -> Path:
    """Write the model beside where it shall be, then move it there whole."""
    partial, target = models / f".{id}.partial", models / id
    try:
        shutil.rmtree(partial, ignore_errors=True)
        write_model(model, training, id, warm, partial)
        partial.rename(target)
    except OSError as error:
        raise CommandError(
            f"The model could not be saved in {models}: {error.strerror}. Run the same again."
        ) from error
    return target
