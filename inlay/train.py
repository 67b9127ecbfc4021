"""`inlay train`: train a model on a user's pictures and put it where the studio offers models."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.contracts.model import Model
from backend.store.errors import NotFound
from backend.store.models import ModelCatalog
from inlay.device import chosen_device
from inlay.errors import CommandError, Stopped
from inlay.registry.names import check_free, id_of, title_of
from inlay.terminal import err, out, say
from training.errors import TrainingError
from training.finetune import BeginPart, Training, check_base, own_tokenizer, train_own, write_model
from training.loop import Run
from training.pictures import fingerprint, read_pictures
from training.progress import MinuteLog
from training.sampling import TrainedModel
from training.text import MAX_TOKENS
from training.vae_choice import VaeChoice, choose_vae
from worker.diffusion.errors import DiffusionError
from worker.diffusion.loading import Models
from worker.settings import Settings

FORMAT = 3  # of the checkpoints; a training of another format cannot be resumed
DATA, LOCK = "trained-on", "lock"
"""Files in a training's folder: the fingerprint of its pictures, and the lock that a running training holds."""
ROOM = 20
"""The disk space that a training needs, as a multiple of the size of its base's weights. The base stores half floats. A
training stores two checkpoints in float32, each with the weights, their average and the optimiser's two moments."""


@dataclass(frozen=True)
class TrainOptions:
    """The user's choices for a training. None leaves a choice to Inlay."""

    name: str | None
    base: str
    steps: int | None
    minutes: float | None
    keep_vae: bool | None
    restart: bool


def train(pictures: Path, captions: Path, options: TrainOptions, settings: Settings) -> Path:
    """Train a model on the pictures of a folder, or resume an interrupted training. Returns the model's folder.

    Raises CommandError before it starts if a picture, a caption or the name is not usable; Stopped after Ctrl-C.
    """
    id = id_of(title_of(pictures)) if options.name is None else options.name
    check_free(id, settings.models, "--name")
    device = chosen_device(settings)
    try:
        warm = ModelCatalog(settings.models).get(options.base)
        check_base(warm)
        warm_folder, read = Models(settings.models).find(options.base)[0], read_pictures(pictures, captions)
    except (TrainingError, NotFound, DiffusionError) as error:
        raise CommandError(str(error)) from error
    training = Training(read, warm_folder, settings.data / "training" / id, options.steps, options.minutes, device)
    with _alone(training.folder):
        _begin(training, warm, options.restart)
        _check_room(training)
        with _writing(training.folder), _stoppable():
            choice = _chosen(training, warm, options.keep_vae)
            _warn_of_long(training)
            with _progress() as begin:
                model = train_own(training, choice, begin)
                begin("Drawing the sample sheet", 1.0, 0.0)
                target = _registered(model, training, choice, id, warm, settings.models)
    shutil.rmtree(training.folder)
    return target


def _chosen(training: Training, warm: Model, keep_vae: bool | None) -> VaeChoice:
    """Choose the VAE, and say which one and why."""
    try:
        choice = choose_vae(training.pictures, training.base, training.folder, keep_vae)
    except TrainingError as error:
        raise CommandError(str(error)) from error
    say(choice.reason(warm.description.id))
    return choice


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
    except TrainingError as error:
        raise CommandError(str(error)) from error


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


def _warn_of_long(training: Training) -> None:
    tokenizer = own_tokenizer(training)
    long = sum(len(tokenizer(caption)["input_ids"]) > MAX_TOKENS for caption in training.captions)
    if long:
        captions = "One caption is" if long == 1 else f"{long} captions are"
        err.print(
            f"{captions} longer than {MAX_TOKENS} tokens. The model reads only the first {MAX_TOKENS}.", highlight=False
        )


@contextmanager
def _progress() -> Iterator[BeginPart]:
    """Show a progress bar with the time left. If standard output is no terminal, print a line a minute instead."""
    if out.is_terminal:
        columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()]
        with Progress(*columns, console=err) as progress:
            task = progress.add_task("Getting ready", total=1.0)
            yield lambda part, done, share: _Bar(progress, task, part, done, share)
    else:
        yield _log_part


def _log_part(part: str, done: float, share: float) -> MinuteLog:
    if not share:
        say(part)
    return MinuteLog(say, part, done, share)


class _Bar:
    """A watcher that moves a progress bar. `done` and `share`: the share of the training that is done before this
    part, and the part's own share."""

    def __init__(self, progress: Progress, task: TaskID, part: str, done: float, share: float) -> None:
        self._progress, self._task, self._done, self._share = progress, task, done, share
        progress.update(task, description=part, completed=done)

    def begin(self, run: Run) -> None:
        self.step(run)

    def step(self, run: Run) -> None:
        self._progress.update(self._task, completed=self._done + self._share * run.share_done)

    def end(self, run: Run) -> None:
        self.step(run)


def _registered(model: TrainedModel, training: Training, choice: VaeChoice, id: str, warm: Model, models: Path) -> Path:
    """Write the model into a temporary folder, then rename it, so that it is never half there."""
    partial, target = models / f".{id}.partial", models / id
    try:
        shutil.rmtree(partial, ignore_errors=True)
        write_model(model, training, choice, id, warm, partial)
        partial.rename(target)
    except OSError as error:
        raise CommandError(
            f"The model could not be saved in {models}: {error.strerror}. Run the same command again."
        ) from error
    return target
