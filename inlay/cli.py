"""The command line. It joins the API, the reconciler and the worker into the two ways to run Inlay."""

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn

from backend.api.auth import digest, new_key
from backend.api.main import create_app, server_options
from backend.api.settings import Settings
from backend.contracts.limits import MAX_SEED
from backend.reconciler import Reconciler
from backend.settings import CHECKOUT
from backend.store.bus import ApiBus
from backend.store.bus_local import LocalApiBus
from backend.store.bus_redis import RedisApiBus
from backend.store.database import MIGRATIONS, connect, migrate
from backend.store.jobs import Jobs
from backend.version import VERSION
from inlay import models
from inlay.embedded import EmbeddedWorker
from inlay.terminal import err, fail, out, sentences, valid

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Compositional generation: draw, prompt, watch.")
app.add_typer(models.commands, name="models")

Host = Annotated[str | None, typer.Option(envvar=["HOST"], help="The address to listen on; INLAY_HOST sets it too.")]
Port = Annotated[int | None, typer.Option(envvar=["PORT"], help="The port to listen on; INLAY_PORT sets it too.")]


def _print_version(asked: bool) -> None:
    if asked:
        out.print(VERSION, highlight=False)
        raise typer.Exit


@app.callback()
def before_every_command(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    if not MIGRATIONS.is_dir():
        fail(
            f"Inlay works only from its checkout, and {CHECKOUT} is not one: the database's migrations are missing. "
            "Clone the repository, and install it with `pip install --editable .` or `make run`."
        )


@app.command()
def run(host: Host = None, port: Port = None) -> None:
    """Start the studio, the API and one worker on this machine. No other server is needed."""
    os.environ.setdefault("INLAY_LOG_LEVEL", "warning")  # for this process and for the worker
    settings = _settings(host, port)
    with _data_folder(settings.data), _listening(settings) as listener:
        migrate(settings.database)
        bus = LocalApiBus()
        with EmbeddedWorker(bus, _jobs(settings)), _reconciling(settings, bus):
            _serve(settings, bus, listener)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Start the API of a deployment with Postgres, Redis and workers of its own. Run `inlay migrate` first."""
    settings = _settings(host, port)
    with _listening(settings) as listener:
        _serve(settings, _redis_bus(settings), listener)


@app.command()
def reconcile() -> None:
    """Start the reconciler of a deployment: it requeues lost jobs, wakes workers and deletes unused pictures."""
    settings = _settings(None, None)
    _reconciler(settings, _redis_bus(settings)).run(threading.Event())


@app.command("migrate")
def migrate_database() -> None:
    """Upgrade the database to this version's schema."""
    migrate(_settings(None, None).database)
    out.print("The database is at the newest schema.")


@app.command()
def key(owner: Annotated[str, typer.Argument(help="The owner whose jobs the key gives access to.")]) -> None:
    """Make an API key. Prints the key once, and the entry to add to INLAY_API_KEYS."""
    made = new_key()
    out.print(f"key    {made}\nentry  {owner}:{digest(made)}", soft_wrap=True, highlight=False)


@app.command()
def generate(
    document: Annotated[Path, typer.Argument(help="A job document, or a picture that carries one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")] = Path("out.png"),
    model: Annotated[str | None, typer.Option(help="Use this model instead of the document's.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MAX_SEED, help="Use this seed instead.")] = None,
    picture: Annotated[Path | None, typer.Option(help="The picture to start from (img2img).")] = None,
    strength: Annotated[
        float | None, typer.Option(help="How much to change the picture: near 0 keeps it, 1 ignores it.")
    ] = None,
    mask: Annotated[Path | None, typer.Option(help="The inpaint mask: white is redrawn, black is kept.")] = None,
) -> None:
    """Make the pictures of a job document on this machine, without a server. The first output takes the given name."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from inlay.generate import Overrides  # imported late: torch takes seconds, and `inlay run` does not need it
    from inlay.generate import generate as run_document
    from worker.settings import Settings as WorkerSettings

    with valid():
        settings = WorkerSettings()
    with sentences():
        for path in run_document(document, output, settings, err, Overrides(model, seed, picture, strength, mask)):
            out.print(path, highlight=False, soft_wrap=True)


@app.command()
def train(
    pictures: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of your pictures.")],
    captions: Annotated[Path, typer.Option(help="CSV or TSV with file, caption; or JSON lines with file_name, text.")],
    name: Annotated[str | None, typer.Option(help="The new model's id. Default: the folder's name.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Stop after this many steps.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Stop after this many minutes of training.")] = None,
    base: Annotated[str, typer.Option(help="The model whose weights the training starts from.")] = "papercut",
    keep_vae: Annotated[
        bool | None,
        typer.Option(
            "--keep-vae/--new-vae",
            help="Keep the base's VAE, so that the models share latents, or train a new one. Default: keep it if it "
            "reconstructs your pictures well enough.",
        ),
    ] = None,
    restart: Annotated[bool, typer.Option(help="Discard an interrupted training of this name.")] = False,
) -> None:
    """Train a small model on your own pictures. After Ctrl-C or a crash, the same command resumes."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from inlay.train import TrainOptions  # imported late, as for `generate`
    from inlay.train import train as train_model
    from worker.settings import Settings as WorkerSettings

    with valid():
        settings = WorkerSettings()
    options = TrainOptions(name, base, steps, minutes, keep_vae, restart)
    with sentences():
        folder = train_model(pictures, captions, options, settings)
    out.print(f"The model {folder.name!r} is in {folder}; its samples are in {folder / 'sheet.png'}.", soft_wrap=True)


def _settings(host: str | None, port: int | None) -> Settings:
    """Read the settings; the command line overrides them. Invalid settings end the command with sentences."""
    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    with valid():
        return Settings(**given)


def _redis_bus(settings: Settings) -> RedisApiBus:
    if settings.redis is None:
        fail("INLAY_REDIS_URL is not set. A deployment needs it, as redis://host:6379/0; `inlay run` does not.")
    return RedisApiBus(*settings.redis)


@contextmanager
def _data_folder(folder: Path) -> Iterator[None]:
    """Make the data folder if it is missing, and lock it for this process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        fail(f"Inlay cannot use the data folder {folder}: {error.strerror}. Set INLAY_DATA to a writable folder.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fail(f"Another Inlay already uses the data folder {folder}. Stop it, or set INLAY_DATA to another folder.")
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Bind a socket to the address in the settings."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host.strip("[]"), settings.port), family=family, backlog=2048)
    except OSError as error:
        fail(f"Inlay cannot listen on {settings.host} port {settings.port}: {error.strerror}. Set PORT to a free port.")
    with listener:
        yield listener


def _serve(settings: Settings, bus: ApiBus, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = _Server(uvicorn.Config(create_app(settings, bus), **server_options(settings)))
    server.address = _address(settings, listener)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        sys.exit(3)


class _Server(uvicorn.Server):
    """A server that prints its address once it answers."""

    address = ""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving and return. uvicorn's own handler would end the process before the worker hands its job back."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            out.print(f"Inlay is at [bold]{self.address}[/bold]   (Ctrl-C stops it)", highlight=False)


def _address(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{listener.getsockname()[1]}"


def _reconciler(settings: Settings, bus: ApiBus) -> Reconciler:
    return Reconciler(_jobs(settings), settings.open_images(), bus)


def _jobs(settings: Settings) -> Jobs:
    return Jobs(connect(settings.database), settings.lease_seconds, settings.max_attempts)


@contextmanager
def _reconciling(settings: Settings, bus: ApiBus) -> Iterator[None]:
    """Run the reconciler in a thread of this process during the block."""
    over = threading.Event()
    thread = threading.Thread(target=_reconciler(settings, bus).run, args=[over], name="reconciler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


if __name__ == "__main__":
    app()
