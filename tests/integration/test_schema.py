"""Every process that uses the database says at its start if the database has another schema, and does not start."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from typer.testing import CliRunner

from alembic import command
from backend.store.database import connect
from backend.store.migrations import migrate, migrating
from backend.store.schema import known_revisions
from inlay.cli import app
from tests.integration.deployment import BIN, ROOT
from tests.servers import create_database

NEEDED = known_revisions()[0]
SERVICES = [("inlay", "serve"), ("inlay", "reconcile"), ("inlay", "users", "list"), ("inlay", "audit")]
WORKERS = [
    ("celery", "--app", "worker.app", "worker", "--pool", "prefork", "--concurrency", "1", "--queues", "inlay"),
    ("python", "-m", "worker.local", "--fd", "0"),
]
OLDER = ["The database is older than this Inlay", "schema 0009", f"needs {NEEDED}", "run `inlay migrate`"]
NEWER = ["This Inlay is older than the database", f"up to {NEEDED}", "has 9999", "restore a backup"]
EMPTY = ["no tables of Inlay yet", "Run `inlay migrate`"]


@pytest.fixture
def empty_url(postgres_template: str) -> str:
    return create_database(postgres_template, f"inlay_schema_{uuid4().hex}")


def leave_at(url: str, revision: str) -> None:
    """Give the database an earlier schema, or pretend that a later program has upgraded it."""
    with migrating(url) as config:
        command.upgrade(config, "0009" if revision == "0009" else "head")
    if revision != "0009":
        database = connect(url)
        with database.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        database.close()


def refused(words: tuple[str, ...], url: str, home: Path) -> str:
    """Run a process that must not start. Returns what it said, in one line."""
    environment = os.environ | {
        "INLAY_DATABASE_URL": url,
        "INLAY_DATA": str(home),
        "INLAY_REDIS_URL": "redis://127.0.0.1:1/0",
        "INLAY_PORT": "0",
        "COLUMNS": "1000",
    }
    program, *rest = words
    done = subprocess.run(
        [str(BIN / program), *rest],
        env=environment,
        cwd=ROOT,
        input="{}\n",  # the settings that `inlay run` sends its worker
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    said = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("words", [*SERVICES, *WORKERS], ids=lambda words: "-".join(words[:3]))
def test_no_process_starts_on_an_older_database(words: tuple[str, ...], empty_url: str, tmp_path: Path) -> None:
    leave_at(empty_url, "0009")
    said = refused(words, empty_url, tmp_path)
    assert all(part in said for part in OLDER), said


@pytest.mark.parametrize("words", [*SERVICES, *WORKERS, ("inlay", "migrate")], ids=lambda words: "-".join(words[:3]))
def test_no_process_starts_on_a_newer_database(words: tuple[str, ...], empty_url: str, tmp_path: Path) -> None:
    leave_at(empty_url, "9999")
    said = refused(words, empty_url, tmp_path)
    assert all(part in said for part in NEWER), said


@pytest.mark.parametrize("words", [SERVICES[0], WORKERS[0]], ids=["serve", "celery"])
def test_no_process_starts_on_an_empty_database(words: tuple[str, ...], empty_url: str, tmp_path: Path) -> None:
    said = refused(words, empty_url, tmp_path)
    assert all(part in said for part in EMPTY), said


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INLAY_DATA", str(tmp_path))
    monkeypatch.setenv("INLAY_PORT", "0")
    return tmp_path


@pytest.mark.parametrize("words", [("run",), ("users", "list"), ("migrate",)], ids=lambda words: words[0])
def test_the_embedded_mode_refuses_a_newer_database(words: tuple[str, ...], home: Path) -> None:
    url = f"sqlite:///{home / 'inlay.db'}"
    migrate(url)
    leave_at(url, "9999")
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert all(part in said for part in NEWER), said


def test_the_embedded_mode_upgrades_by_itself(home: Path) -> None:
    url = f"sqlite:///{home / 'inlay.db'}"
    leave_at(url, "0009")
    assert CliRunner().invoke(app, ["users", "list"]).exit_code == 0
    with connect(url).read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == NEEDED


def test_a_command_says_that_the_database_is_away(tmp_path: Path) -> None:
    for words in (("inlay", "migrate"), ("inlay", "users", "list")):
        said = refused(words, "postgresql://inlay@127.0.0.1:1/inlay", tmp_path)
        assert "The database refused: connection failed" in said
        assert "Is it up" in said


def test_this_program_knows_its_own_migrations() -> None:
    files = sorted((ROOT / "alembic" / "versions").glob("*.py"))
    assert len(known_revisions()) == len(files)
    scripts = ScriptDirectory(str(ROOT / "alembic"))
    assert known_revisions() == tuple(script.revision for script in scripts.walk_revisions())
    assert scripts.get_heads() == [NEEDED]


def test_a_start_on_an_upgraded_database_imports_no_alembic(home: Path) -> None:
    code = (
        "import sys; from inlay import database; from inlay.cli import app; from backend.api.settings import Settings\n"
        "database.upgrade(Settings()); sys.exit('alembic.config' in sys.modules)"
    )
    assert home == Path(os.environ["INLAY_DATA"])
    run = [subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode for _ in range(2)]
    assert run == [1, 0], "the first start upgrades"
