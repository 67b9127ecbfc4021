"""The command line. It joins the API, the reconciler and the worker into the two ways to run Inlay."""

import gc
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
from sqlalchemy.exc import DBAPIError

from backend import logs
from backend.api.main import create_app, server_options
from backend.api.settings import Settings, is_loopback
from backend.contracts.limits import MAX_SEED
from backend.delivery.addresses import pool
from backend.delivery.sender import Sender
from backend.reconciler import Reconciler
from backend.settings import CHECKOUT
from backend.store.bus import ApiBus
from backend.store.bus_local import LocalApiBus
from backend.store.bus_redis import RedisApiBus
from backend.store.credentials import Credentials, digest, new_key
from backend.store.database import connect
from backend.store.deliveries import Deliveries
from backend.store.heartbeat import Heartbeat
from backend.store.jobs import Jobs
from backend.store.limits import OwnerLimits
from backend.store.schema import MIGRATIONS
from backend.version import VERSION
from inlay import access, database, models, retention, workers
from inlay.backup import commands
from inlay.embedded import EmbeddedWorker
from inlay.home import Home
from inlay.terminal import err, fail, out, sentences, valid

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Compositional generation: draw, prompt, watch.")
app.add_typer(models.commands, name="models")
app.add_typer(access.users_commands, name="users")
app.add_typer(access.keys_commands, name="keys")
app.command("audit")(access.list_audit)
app.command("retention")(retention.retain)
app.command("backup")(commands.make_backup)
app.command("restore")(commands.restore_backup)
app.command("workers")(workers.list_workers)

MOST_FILES = 65_536
COLLECTIONS = (5_000, 10, 20)
"""The garbage collector's thresholds. With Python's own, 1,000 new requests cause ten full collections."""
SWITCH_SECONDS = 0.001  # for which a thread may keep the others waiting; Python's own is five times as long

Host = Annotated[str | None, typer.Option(envvar=["HOST"], help="The address to listen on; INLAY_HOST sets it too.")]
Ranks = Annotated[
    int | None,
    typer.Option(min=1, max=16, help="The number of devices that compute one job together; INLAY_RANKS sets it too."),
]
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
def run(host: Host = None, port: Port = None, ranks: Ranks = None) -> None:
    """Start the studio, the API and one worker on this machine. No other server is needed."""
    os.environ.setdefault("INLAY_LOG_LEVEL", "warning")  # for this process and for the worker
    if ranks is not None:
        os.environ["INLAY_RANKS"] = str(ranks)  # for the worker
    settings = _settings(host, port)
    with Home(settings.data).taken(), _listening(settings) as listener:
        database.upgrade(settings)
        _check_access(settings)
        bus = LocalApiBus()
        with EmbeddedWorker(bus, _jobs(settings)), _reconciling(settings, bus), _posting(settings):
            _serve(settings, bus, listener)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Start the API of a deployment with Postgres, Redis and workers of its own. Run `inlay migrate` first."""
    settings = _settings(host, port)
    database.check(settings)
    _check_access(settings)
    with _listening(settings) as listener:
        _serve(settings, _redis_bus(settings), listener)


@app.command()
def reconcile() -> None:
    """Start the reconciler of a deployment: it requeues lost jobs, wakes workers, deletes unused pictures and posts to
    webhooks."""
    settings = _settings(None, None)
    database.check(settings)
    logs.configure(settings.log_level, settings.log_format, process="reconciler")
    logs.take_over()
    jobs, stopping = _jobs(settings), threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.set())
    with _posting(settings), Heartbeat(jobs.database, "reconciler"):
        _reconciler(settings, jobs, _redis_bus(settings)).run(stopping)


@app.command("migrate")
def migrate_database() -> None:
    """Upgrade the database to this version's schema."""
    database.upgrade(_settings(None, None))
    out.print("The database is at the newest schema.")


@app.command()
def key(owner: Annotated[str, typer.Argument(help="The owner whose jobs the key gives access to.")]) -> None:
    """Make an API key for INLAY_API_KEYS, and print its entry there. `inlay keys add` keeps keys in the database."""
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
    return database.settings_of(**given)


def _check_access(settings: Settings) -> None:
    """End the command if other machines reach the server and it knows no keys: then it would refuse everybody."""
    if settings.api_keys or settings.sign_in_proxies or is_loopback(settings.host):
        return
    with closing(connect(settings.database)) as users, suppress(DBAPIError):  # a server also starts without it
        if not Credentials(users, {}, 0).any_users():
            fail(
                f"Other machines reach {settings.host}, and the server knows no user who may use it. Add one with "
                "`inlay users add` and `inlay keys add`, or bind 127.0.0.1."
            )


def _redis_bus(settings: Settings) -> RedisApiBus:
    if settings.redis is None:
        fail("INLAY_REDIS_URL is not set. A deployment needs it, as redis://host:6379/0; `inlay run` does not.")
    return RedisApiBus(*settings.redis)


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
    _allow_connections()
    app = create_app(settings, bus)
    logs.take_over()
    server = _Server(uvicorn.Config(app, **server_options(settings, app)))
    server.address = _address(settings, listener)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        sys.exit(3)


def _allow_connections() -> None:
    """Let this process open as many files as the system allows. Each connection is one, and a usual limit of 1,024 is
    below what one address may have open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # some systems refuse
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class _Server(uvicorn.Server):
    """A server that prints its address once it answers."""

    address = ""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving and return. uvicorn's own handler would end the process before the worker hands its job back."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _shorten_pauses()
        if self.started:
            out.print(f"Inlay is at [bold]{self.address}[/bold]   (Ctrl-C stops it)", highlight=False)


def _shorten_pauses() -> None:
    """Make the moments short in which all clients wait: for a full garbage collection, which would go through all
    modules for a quarter of a second, and for threads that compute."""
    gc.collect()
    gc.freeze()  # what is there now lives as long as the process
    gc.set_threshold(*COLLECTIONS)
    sys.setswitchinterval(SWITCH_SECONDS)


def _address(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{listener.getsockname()[1]}"


def _reconciler(settings: Settings, jobs: Jobs, bus: ApiBus) -> Reconciler:
    rules = settings.retention
    return Reconciler(jobs, settings.open_images(), bus, audit_days=settings.audit_days, rules=rules)


def _jobs(settings: Settings) -> Jobs:
    running = OwnerLimits(running=settings.max_running or None)
    return Jobs(connect(settings.database), settings.lease_seconds, settings.max_attempts, running)


@contextmanager
def _reconciling(settings: Settings, bus: ApiBus) -> Iterator[None]:
    """Run the reconciler in a thread of this process during the block."""
    jobs = _jobs(settings)
    with _thread("reconciler", _reconciler(settings, jobs, bus).run), Heartbeat(jobs.database, "reconciler"):
        yield


@contextmanager
def _posting(settings: Settings) -> Iterator[None]:
    """Post to webhooks in a thread of this process during the block."""
    deliveries = Deliveries(connect(settings.database))
    with _thread("webhooks", Sender(deliveries, pool(settings.webhook_networks), settings.public_url).run):
        yield


@contextmanager
def _thread(name: str, run: Callable[[threading.Event], None]) -> Iterator[None]:
    """Call `run` in a thread during the block, with the event that stops it."""
    over = threading.Event()
    thread = threading.Thread(target=run, args=[over], name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


if __name__ == "__main__":
    app()
