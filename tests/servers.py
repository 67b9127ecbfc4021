"""Real servers for tests. Each is started on a free port in its own temporary folder, and stopped at the end.

    with postgres_server() as url, redis_server() as redis_url: ...

Postgres refuses to run as root. If the tests run as root, Postgres runs as the user `postgres` that its package
creates.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis
from psycopg import sql

START_SECONDS = 60


class ServerMissingError(Exception):
    """A server that the tests need is not installed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresCluster:
    """A Postgres server that can be stopped and started again. `url` is the address of its first database,
    postgresql://..../postgres."""

    def __init__(self, folder: Path, durable: bool) -> None:
        data, port = folder / "data", free_port()
        _run_as_postgres(
            [postgres_program("initdb"), "-D", str(data), "-U", "inlay", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "max_connections": "200",
            "fsync": "off",
            "synchronous_commit": "on" if durable else "off",
            "full_page_writes": "off",
        }
        arguments = [item for name, value in settings.items() for item in ("-c", f"{name}={value}")]
        self.url = f"postgresql://inlay@127.0.0.1:{port}/postgres"
        self._command = [postgres_program("postgres"), "-D", str(data), *arguments]
        self._log = folder / "log"
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        running = _running(
            self._command, self._log, lambda: _postgres_answers(self.url), signal.SIGINT, account="postgres"
        )
        self._process = self._running.enter_context(running)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server. With SIGINT it closes its connections first (fast); with SIGQUIT it ends at once
        (immediate)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
        self._running.close()


@contextmanager
def postgres_cluster(durable: bool = True) -> Iterator[PostgresCluster]:
    """Yield a running cluster with the superuser `inlay`. With `durable`, committed data survives the end of the
    server."""
    with _folder_of("postgres") as folder:
        cluster = PostgresCluster(folder, durable)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the URL of a running cluster."""
    with postgres_cluster(durable=False) as cluster:
        yield cluster.url


def create_database(server_url: str, name: str, template: str = "template1") -> str:
    """Create a database by copying the files of `template`, which is the fast way. Returns its URL."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(statement + sql.SQL(" STRATEGY FILE_COPY" if server.info.server_version >= 150000 else ""))
    return server_url.removesuffix("/postgres") + f"/{name}"


def drop_database(server_url: str, name: str) -> None:
    """Drop a database, even if clients are still connected to it."""
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Yield redis://127.0.0.1:port/0, a Redis that writes nothing to disk. With `port`, it starts on that port."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise ServerMissingError(
            "redis-server is not installed: apt install redis-server (Debian), brew install redis (macOS)"
        )
    with tempfile.TemporaryDirectory(prefix="inlay-redis-") as name:
        port = port or free_port()
        command = [
            binary,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            name,
        ]
        url = f"redis://127.0.0.1:{port}/0"
        with _running(command, Path(name) / "log", lambda: _redis_answers(url), signal.SIGTERM):
            yield url


@contextmanager
def _running(
    command: Sequence[str], log: Path, answers: Callable[[], bool], stop: signal.Signals, account: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server process from its first answer to the end of the block. `stop` is the signal that ends it cleanly."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd="/", user=_account(account) if account else None
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _postgres_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False


def postgres_program(program: str) -> str:
    """Return the path of a Postgres program, from pg_config, Debian's folders (newest first), or PATH."""
    folders: list[Path] = []
    if (pg_config := shutil.which("pg_config")) is not None:
        folders.append(
            Path(subprocess.run([pg_config, "--bindir"], check=True, capture_output=True, text=True).stdout.strip())
        )
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    for folder in folders:
        if (folder / program).exists():
            return str(folder / program)
    if (found := shutil.which(program)) is not None:
        return found
    raise ServerMissingError(
        f"PostgreSQL's {program} is not installed: apt install postgresql (Debian), brew install postgresql (macOS)"
    )


def _account(name: str) -> int | None:
    """Return the id of the user to run a server as, if the tests run as root and the server refuses that."""
    return pwd.getpwnam(name).pw_uid if os.geteuid() == 0 else None


def _run_as_postgres(command: Sequence[str]) -> None:
    user = _account("postgres")
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", user=user)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")


@contextmanager
def _folder_of(account: str) -> Iterator[Path]:
    """Return a temporary folder that the server's user may write. Its path is short enough for a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix=f"inlay-{account}-"))
    try:
        if (user := _account(account)) is not None:
            os.chown(folder, user, -1)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
