"""A command says what is wrong with a setting, an address or a name."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.settings import CHECKOUT
from inlay.cli import app


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "1000")


def inlay(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize("command", [("run",), ("serve",), ("users", "list")], ids=lambda words: words[0])
def test_a_command_names_the_setting_that_it_cannot_use(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INLAY_DATABASE_URL", "postgres://u:hunter2@h/inlay")
    monkeypatch.setenv("INLAY_SIGN_IN_SCOPES", "artists:paint")
    result = inlay(*command)
    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.output.splitlines()] == [
        "INLAY_DATABASE_URL",
        "INLAY_SIGN_IN_SCOPES",
    ]
    assert "hunter2" not in result.output


def test_a_message_keeps_its_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_IMAGES_URL", "[red]/srv/x")
    assert "'[red]/srv/x' is not a picture store" in inlay("users", "list").output


def test_run_refuses_a_setting_of_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_MICRO_BATCH", "many")
    result = inlay("run")
    assert result.exit_code == 2
    assert result.output.startswith("INLAY_MICRO_BATCH: ")


def test_a_deployed_worker_names_the_setting_that_it_cannot_use() -> None:
    settings = {"INLAY_REDIS_URL": "redis://127.0.0.1:1/0", "INLAY_MICRO_BATCH": "many"}
    command = [str(Path(sys.executable).parent / "celery"), "--app", "worker.app", "worker", "--pool", "prefork"]
    done = subprocess.run(command, env=os.environ | settings, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "INLAY_MICRO_BATCH: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_shells_name_of_the_host_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conda exports HOST as the name of a platform."""
    monkeypatch.setenv("HOST", "x86_64-conda-linux-gnu")
    monkeypatch.setenv("INLAY_REDIS_URL", "redis://127.0.0.1:1/0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        said = inlay("run").output
    assert "cannot listen on 127.0.0.1 port" in said
    assert os.strerror(errno.EADDRINUSE) in said
    assert "Set PORT to a free port." in said


def test_an_address_of_another_machine_is_not_a_matter_of_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_API_KEYS", f"ann:{'0' * 64}")
    said = inlay("run", "--host", "192.0.2.1", "--port", "0").output
    assert "cannot listen on 192.0.2.1" in said
    assert "Is INLAY_HOST, or --host, an address of this machine?" in said
    assert "PORT to" not in said


@pytest.mark.parametrize("owner", ["a b", "ann:bob", "ann,bob", "[red]ann", ""])
def test_a_key_is_made_only_for_a_name_that_a_user_can_have(owner: str) -> None:
    result = inlay("key", owner)
    assert result.exit_code != 0
    assert "entry" not in result.output
    assert "begins with a letter or a digit" in result.output


def test_a_user_is_added_to_the_database_that_the_command_names(tmp_path: Path) -> None:
    assert f"Added the user ann to {tmp_path}/data/inlay.db." in inlay("users", "add", "ann").output
