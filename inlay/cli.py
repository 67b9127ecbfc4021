"""The command line: composes the API, the reconciler and the worker into the two ways to run Inlay."""

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
from backend.contracts.document import MAX_SEED
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
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    if not MIGRATIONS.is_dir():
        fail(
            f"Inlay works only from its checkout, and {CHECKOUT} is none: the database's migrations are missing. "
            "Clone the repository, and install it with `pip install --editable .` or `make run`."
        )


@app.command()
def run(host: Host = None, port: Port = None) -> None:
    """Everything in one place: SQLite, a folder of pictures, one worker process. Needs no other server."""
    os.environ.setdefault("INLAY_LOG_LEVEL", "warning")  # for the worker as well: a terminal shows what needs a person
    settings = _settings(host, port)
    with _data_folder(settings.data), _listening(settings) as listener:
        migrate(settings.database)
        bus = LocalApiBus()
        with EmbeddedWorker(bus), _reconciling(settings, bus):
            _serve(settings, bus, listener)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """The API of a deployment: Postgres, Redis, and workers elsewhere. Migrate first."""
    settings = _settings(host, port)
    with _listening(settings) as listener:
        _serve(settings, _redis_bus(settings), listener)


@app.command()
def reconcile() -> None:
    """The caretaker of a deployment: expired leases, lost doorbells, pictures that nothing names."""
    settings = _settings(None, None)
    _reconciler(settings, _redis_bus(settings)).run(threading.Event())


@app.command("migrate")
def migrate_database() -> None:
    """Bring the database to this version's schema."""
    migrate(_settings(None, None).database)
    out.print("The database is at the newest schema.")


@app.command()
def key(owner: Annotated[str, typer.Argument(help="Whose jobs the key opens.")]) -> None:
    """Make an API key: prints it once, and the entry for INLAY_API_KEYS that admits it."""
    made = new_key()
    out.print(f"key    {made}\nentry  {owner}:{digest(made)}", soft_wrap=True, highlight=False)


@app.command()
def generate(
    document: Annotated[Path, typer.Argument(help="A job document, or a picture that carries one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")] = Path("out.png"),
    model: Annotated[str | None, typer.Option(help="A model's id, in place of the document's.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MAX_SEED, help="In place of the document's.")] = None,
    picture: Annotated[Path | None, typer.Option(help="A picture to start from, of the canvas's shape.")] = None,
    strength: Annotated[float | None, typer.Option(help="Of the change to it: close to 0 it stays, at 1 not.")] = None,
    mask: Annotated[Path | None, typer.Option(help="White where the picture is redrawn; the rest is kept.")] = None,
) -> None:
    """Make the pictures of a job document here, without a server. Several are told apart in their names."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from inlay.generate import Overrides  # the engine takes seconds to import; `inlay run` does without
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
    captions: Annotated[Path, typer.Option(help="CSV or TSV: file, caption. JSON lines: file_name, text.")],
    name: Annotated[str | None, typer.Option(help="The new model's id; else the folder's name.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Stop after so many steps.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Stop after so many minutes of training.")] = None,
    base: Annotated[str, typer.Option(help="The model whose weights to begin from.")] = "papercut",
    restart: Annotated[bool, typer.Option(help="Forget a training of this name that was interrupted.")] = False,
) -> None:
    """Train a small model for your own pictures, and offer it in the studio. Run again after Ctrl-C, it goes on."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from inlay.train import train as train_model  # as above
    from worker.settings import Settings as WorkerSettings

    with valid():
        settings = WorkerSettings()
    options = {"name": name, "base": base, "steps": steps, "minutes": minutes, "restart": restart}
    with sentences():
        folder = train_model(pictures, captions, **options, settings=settings, console=err)
    out.print(f"The model {folder.name!r} is in {folder}; its samples are in {folder / 'sheet.png'}.", soft_wrap=True)


def _settings(host: str | None, port: int | None) -> Settings:
    """The settings, with what the command line says; ends with a sentence a setting where they do not hold."""
    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    with valid():
        return Settings(**given)


def _redis_bus(settings: Settings) -> RedisApiBus:
    if settings.redis is None:
        fail("INLAY_REDIS_URL is not set; a deployment needs it, as redis://host:6379/0. `inlay run` does without.")
    return RedisApiBus(*settings.redis)


@contextmanager
def _data_folder(folder: Path) -> Iterator[None]:
    """The data folder, made where it is missing, for this process alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        fail(f"The data folder {folder} cannot be used: {error.strerror}. Set INLAY_DATA to one that can be written.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fail(f"Another Inlay runs on the data folder {folder}. Stop it, or set INLAY_DATA to another folder.")
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket bound to the settings' address."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host.strip("[]"), settings.port), family=family, backlog=2048)
    except OSError as error:
        fail(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. Set PORT to a free one.")
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
    """Says where it is once it answers."""

    address = ""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving, and return: uvicorn itself would end the process before the worker was let go."""
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
    jobs = Jobs(connect(settings.database), settings.lease_seconds, settings.max_attempts)
    return Reconciler(jobs, settings.open_images(), bus)


@contextmanager
def _reconciling(settings: Settings, bus: ApiBus) -> Iterator[None]:
    """The reconciler in a thread of this process."""
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
