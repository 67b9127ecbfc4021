"""`inlay train`: train a model on a user's pictures and put it where the studio offers models."""

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
from inlay.registry.names import check_free, id_of, title_of
from training.errors import TrainingError
from training.finetune import ReportProgress, Training, check_base, own_tokenizer, train_own, write_model
from training.pictures import fingerprint, read_pictures
from training.sampling import TrainedModel
from training.text import MAX_TOKENS
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.settings import Settings

FORMAT = 2  # of the checkpoints; a training of another format cannot be resumed
DATA, LOCK = "trained-on", "lock"
"""Files in a training's folder: the fingerprint of its pictures, and the lock that a running training holds."""
ROOM = 20
"""The disk space that a training needs, as a multiple of the size of its base's weights. The base stores half floats. A
training stores two checkpoints in float32, each with the weights, their average and the optimiser's two moments."""


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
    """Train a model on the pictures of a folder, or resume an interrupted training. Returns the model's folder.

    Raises CommandError before it starts if a picture, a caption or the name is not usable; Stopped after Ctrl-C.
    """
    id = id_of(title_of(pictures)) if name is None else name
    check_free(id, settings.models, "--name")
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
        with _writing(training.folder), _stoppable(), _bar(console) as report:
            _warn_of_long(training, console)
            model = train_own(training, report)
            report("Drawing the sample sheet", 1.0)
            target = _registered(model, training, id, warm, settings.models)
    shutil.rmtree(training.folder)
    return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Make the training's folder if it is missing, and lock it for this process."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"Another training is running in {folder}. Wait until it ends, or choose another --name."
            ) from None
        yield


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn a failure to write the folder, or a full disk, into a CommandError."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else error.__context__  # torch.save wraps the OSError
        if not isinstance(cause, OSError):
            raise
        raise CommandError(
            f"The folder {folder} cannot be written: {cause.strerror}. Free some space, or set INLAY_DATA to another "
            "folder. Earlier checkpoints are kept; the same command resumes from them."
        ) from error


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn Ctrl-C into Stopped with a word on how to resume, and a diverged training into a CommandError."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped("Stopped. The training is saved; the same command resumes it.") from None
    except FloatingPointError as error:
        raise CommandError(f"The training diverged: {error}. Start again with --restart and other pictures.") from error


def _begin(training: Training, warm: Model, restart: bool) -> None:
    """Prepare the training's folder, or check that it holds a training on the same pictures."""
    mark, data = training.folder / DATA, f"{FORMAT} {warm.sha256} {fingerprint(training.pictures)}"
    if not restart and mark.exists() and mark.read_text() != data:
        raise CommandError(
            f"{training.folder} holds an interrupted training on other pictures or captions, or of an older Inlay. "
            "Start again with --restart, or choose another --name."
        )
    with _writing(training.folder):
        for path in training.folder.iterdir() if restart else []:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
        mark.write_text(data)


def _check_room(training: Training) -> None:
    """Raise CommandError if the disk would be full before the training ends."""
    kept, weights = (
        sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())
        for folder, pattern in ((training.folder, "*"), (training.base, "*.safetensors"))
    )
    room, free = ROOM * weights - kept, shutil.disk_usage(training.folder).free
    if free < room:
        raise CommandError(
            f"This training needs {room / 1e6:,.0f} MB, and {training.folder} has room for {free / 1e6:,.0f} MB. "
            "Free some space, or set INLAY_DATA to another folder."
        )


def _warn_of_long(training: Training, console: Console) -> None:
    tokenizer = own_tokenizer(training)
    long = sum(len(tokenizer(caption)["input_ids"]) > MAX_TOKENS for caption in training.captions)
    if long:
        captions = "One caption is" if long == 1 else f"{long} captions are"
        console.print(
            f"{captions} longer than {MAX_TOKENS} tokens. The model reads only the first {MAX_TOKENS}.", highlight=False
        )


@contextmanager
def _bar(console: Console) -> Iterator[ReportProgress]:
    """Show a progress bar with the time left."""
    columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Getting ready", total=1.0)
        yield lambda part, share: progress.update(task, description=part, completed=share)


def _registered(model: TrainedModel, training: Training, id: str, warm: Model, models: Path) -> Path:
    """Write the model into a temporary folder, then rename it, so that it is never half there."""
    partial, target = models / f".{id}.partial", models / id
    try:
        shutil.rmtree(partial, ignore_errors=True)
        write_model(model, training, id, warm, partial)
        partial.rename(target)
    except OSError as error:
        raise CommandError(
            f"The model could not be saved in {models}: {error.strerror}. Run the same command again."
        ) from error
    return target
