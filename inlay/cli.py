"""The command line. It joins the API, the reconciler and the worker into the two ways to run Inlay."""

import errno
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError

from backend import logs
from backend.api.settings import Settings, is_loopback
from backend.contracts.limits import MAX_SEED
from backend.imports import lasting
from backend.settings import CHECKOUT
from backend.store.bus import ApiBus
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import Credentials, digest, new_key
from backend.store.database import connect
from backend.store.heartbeat import Heartbeat
from backend.store.schema import MIGRATIONS
from backend.version import VERSION
from inlay import access, database, models, retention, workers
from inlay.backup import commands
from inlay.embedded import EmbeddedWorker
from inlay.home import Home
from inlay.terminal import err, fail, out, say, sentences, valid
from worker.settings import Settings as WorkerSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Compositional generation: draw, prompt, watch.")
app.add_typer(models.commands, name="models")
app.add_typer(access.users_commands, name="users")
app.add_typer(access.keys_commands, name="keys")
app.command("audit")(access.list_audit)
app.command("retention")(retention.retain)
app.command("backup")(commands.make_backup)
app.command("restore")(commands.restore_backup)
app.command("workers")(workers.list_workers)

Host = Annotated[str | None, typer.Option(help="The address to listen on; INLAY_HOST sets it too.")]
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
def run(context: typer.Context, host: Host = None, port: Port = None, ranks: Ranks = None) -> None:
    """Start the studio, the API and one worker on this machine. No other server is needed."""
    if not os.environ.get("INLAY_LOG_LEVEL"):
        os.environ["INLAY_LOG_LEVEL"] = "warning"  # for this process and for the worker
    if ranks is not None:
        os.environ["INLAY_RANKS"] = str(ranks)  # for the worker
    settings = _settings(host, port)
    with valid():
        WorkerSettings()  # the worker would end again and again
    with Home(settings.data).taken(), _listening(settings) as listener:
        database.upgrade(settings)
        _check_access(settings)
        bus = LocalApiBus()
        with EmbeddedWorker(bus, database.jobs_of(settings), context.obj):
            with lasting():  # imported late: FastAPI takes a second, in which the worker goes on to start
                from inlay.background import posting, reconciling
                from inlay.serving import serve
            with reconciling(settings, bus), posting(settings):
                serve(settings, bus, listener)


@app.command("serve")
def serve_alone(host: Host = None, port: Port = None) -> None:
    """Start the API of a deployment with Postgres, Redis and workers of its own. Run `inlay migrate` first."""
    settings = _settings(host, port)
    database.check(settings)
    _check_access(settings)
    from inlay.serving import serve  # imported late, as for `run`

    with _listening(settings) as listener:
        serve(settings, _redis_bus(settings), listener)


@app.command()
def reconcile() -> None:
    """Start the reconciler of a deployment: it requeues lost jobs, wakes workers, deletes unused pictures and posts to
    webhooks."""
    settings = _settings(None, None)
    database.check(settings)
    logs.configure(settings.log_level, settings.log_format, process="reconciler")
    logs.take_over()
    from inlay.background import posting, reconciler  # imported late, as for `run`

    jobs, stopping = database.jobs_of(settings), threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.set())
    with posting(settings), Heartbeat(jobs.database, "reconciler"):
        reconciler(settings, jobs, _redis_bus(settings)).run(stopping)


@app.command("migrate")
def migrate_database() -> None:
    """Upgrade the database to this version's schema."""
    database.upgrade(_settings(None, None))
    say("The database is at the newest schema.")


@app.command()
def key(owner: Annotated[str, typer.Argument(help="The owner whose jobs the key gives access to.")]) -> None:
    """Make an API key for INLAY_API_KEYS, and print its entry there. `inlay keys add` keeps keys in the database."""
    access.check_name(owner)
    made = new_key()
    say(f"key    {made}\nentry  {owner}:{digest(made)}")


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

    with valid():
        settings = WorkerSettings()
    with sentences():
        for path in run_document(document, output, settings, err, Overrides(model, seed, picture, strength, mask)):
            say(str(path))


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

    with valid():
        settings = WorkerSettings()
    options = TrainOptions(name, base, steps, minutes, keep_vae, restart)
    with sentences():
        folder = train_model(pictures, captions, options, settings)
    say(f"The model {folder.name!r} is in {folder}; its samples are in {folder / 'sheet.png'}.")


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


def _redis_bus(settings: Settings) -> ApiBus:
    from backend.store.bus_redis import RedisApiBus  # imported late, as for `run`

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
        what = {
            errno.EADDRINUSE: "Set PORT to a free port.",
            errno.EACCES: "Set PORT to a port above 1023.",
        }.get(error.errno or 0, "Is INLAY_HOST, or --host, an address of this machine?")
        fail(f"Inlay cannot listen on {settings.host} port {settings.port}: {error.strerror}. {what}")
    with listener:
        yield listener


if __name__ == "__main__":
    app()
