"""The commands of docs/deploy.md bring a dump of an older version back over a newer database."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.store.database import connect
from backend.store.migrations import migrate
from backend.store.schema import known_revisions
from backend.store.users import Users
from tests.integration.deployment import BIN, ROOT, compose_file
from tests.servers import create_database, postgres_program

RELEASE = ROOT / "tests/integration/store/releases/0012.postgres.sql"
COMPOSE, USER = "docker compose ", ("--username", "inlay")


def _block(marker: str) -> list[str]:
    """Return the commands of the block of docs/deploy.md that holds `marker`."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE | re.DOTALL)
    (found,) = (block for block in blocks if marker in block)
    return [line.partition("  #")[0].strip() for line in found.splitlines() if line.strip()]


class Host:
    """Runs commands of the page: those for Postgres and for Inlay with the tests' server, without Docker."""

    def __init__(self, url: str, folder: Path) -> None:
        parts = urlsplit(url)
        self._name = parts.path.removeprefix("/")
        self._folder = folder
        self._environment = os.environ | {
            "PGHOST": str(parts.hostname),
            "PGPORT": str(parts.port),
            "INLAY_DATABASE_URL": url,
            "INLAY_DATA": str(folder / "data"),
            "COLUMNS": "1000",
        }

    def run(self, line: str) -> str:
        """Run one command. Returns what it printed, or nothing if Docker alone can run it."""
        words, _, source = line.removeprefix(COMPOSE).partition(" < ")
        words, _, target = words.partition(" > ")
        match shlex.split(words):
            case ["exec", *rest]:
                program, *arguments = [word for word in rest if word not in ("--no-TTY", "postgres")]
                named = zip(["", *arguments], arguments, strict=False)
                command = [postgres_program(program)]
                command += [
                    self._name if (before, word) != USER and word == "inlay" else word for before, word in named
                ]
            case ["run", "--rm", "migrate"]:
                program, *arguments = compose_file()["services"]["migrate"]["command"]
                command = [str(BIN / program), *arguments]
            case ["run", "--rm", "api", "inlay", *arguments]:
                command = [str(BIN / "inlay"), *arguments]
            case _:
                return ""
        given = (self._folder / source).read_bytes() if source else b""
        done = subprocess.run(command, env=self._environment, cwd=ROOT, input=given, capture_output=True)
        assert done.returncode == 0, f"{line}: {done.stderr.decode()}"
        if target:
            (self._folder / target).write_bytes(done.stdout)
        return done.stdout.decode(errors="replace")


@pytest.fixture
def url(postgres_template: str) -> str:
    return create_database(postgres_template, f"inlay_restored_{uuid4().hex}")


def test_a_dump_of_an_older_version_comes_back_over_a_newer_database(url: str, tmp_path: Path) -> None:
    server = Host(url, tmp_path)
    connection = ["--host", str(urlsplit(url).hostname), "--port", str(urlsplit(url).port), "--username", "inlay"]
    psql = [postgres_program("psql"), *connection, "--quiet", "--set", "ON_ERROR_STOP=1"]
    subprocess.run(
        [*psql, "--dbname", urlsplit(url).path[1:], "--file", str(RELEASE)], check=True, stdout=subprocess.DEVNULL
    )
    for step in _block("> inlay.dump"):
        server.run(step)
    assert (tmp_path / "inlay.dump").stat().st_size > 0

    migrate(url)  # the database becomes a newer one, and gets a user whom the dump does not know
    database = connect(url)
    Users(database).add("late")
    with database.begin() as transaction:
        transaction.execute(text("CREATE TABLE of_a_newer_version (id INTEGER PRIMARY KEY)"))

    steps = _block("pg_restore")
    assert "stop api reconciler worker-0 worker-1 worker-cpu" in steps[0]
    assert not [step for step in steps if " up " in step], "the operator looks at the keys first"
    said = [server.run(step) for step in steps]
    assert any("user" in one and "key" in one for one in said), "the keys are listed"

    database.close()
    with connect(url).read() as restored:
        assert restored.scalar(text("SELECT version_num FROM alembic_version")) == known_revisions()[0]
        assert restored.scalar(text("SELECT count(*) FROM jobs"))
        assert restored.scalar(text("SELECT count(*) FROM sessions")) == 0
        assert restored.scalar(text("SELECT count(*) FROM users WHERE name = 'late'")) == 0
        assert restored.scalar(text("SELECT to_regclass('of_a_newer_version')")) is None


def test_what_stops_before_a_restore_are_all_services_that_use_the_database() -> None:
    used = {
        name
        for name, service in compose_file()["services"].items()
        if service.get("restart") == "unless-stopped" and service["image"].startswith("inlay")
    }
    for marker in ("pg_restore", "before-upgrade.dump"):
        (stop,) = (line for line in _block(marker) if " stop " in line)
        assert set(stop.partition(" stop ")[2].split()) == used
