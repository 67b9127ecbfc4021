"""`inlay users`, `inlay keys` and `inlay audit`, with the database of a server that may run meanwhile."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.store.audit import Audit
from backend.store.credentials import Credentials, KeyRefused
from backend.store.database import connect
from inlay.cli import app


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INLAY_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def inlay(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def key_of(result: Result) -> tuple[str, str]:
    """Return the key that a command printed, and its id."""
    found = re.search(r"key\s+(\S+)\s+id\s+(\S+)", result.output)
    assert found is not None, result.output
    return found[1], found[2]


def test_a_key_is_made_rotated_and_revoked(data: Path) -> None:
    assert "no users" in inlay("users", "list").output
    assert inlay("users", "add", "ann").exit_code == 0
    old, id = key_of(inlay("keys", "add", "ann", "--scope", "admin", "--label", "[red]laptop"))
    new, _ = key_of(inlay("keys", "rotate", id, "--hours", "1"))
    database = connect(f"sqlite:///{data}/inlay.db")
    credentials = Credentials(database, {}, 1)
    assert {credentials.of_key(one).scope for one in (old, new)} == {"admin"}
    assert "Revoked the key" in inlay("keys", "revoke", id[:6]).output
    with pytest.raises(KeyRefused, match="was revoked"):
        credentials.of_key(old)
    listed = inlay("keys", "list", "ann").output
    assert "[red]laptop" in listed
    assert "revoked" in listed
    assert old not in listed
    inlay("users", "disable", "ann")
    with pytest.raises(KeyRefused, match="disabled"):
        credentials.of_key(new)
    assert "disabled" in inlay("users", "list").output
    inlay("users", "enable", "ann")
    assert credentials.of_key(new).owner == "ann"
    noted = [one.action for one in Audit(database).page()]
    assert noted == ["enableUser", "disableUser", "revokeKey", "rotateKey", "addKey", "addUser"]
    shown = inlay("audit", "--object", "ann").output
    assert "addUser" in shown
    assert old not in inlay("audit").output
    database.close()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("users", "add", "a b"), "begins with a letter or a digit"),
        (("users", "add", "\x1b[31mann"), "begins with a letter or a digit"),
        (("users", "remove", "zoe", "--last"), "no user zoe"),
        (("keys", "add", "zoe"), "no user zoe"),
        (("keys", "add", "zoe", "--label", "a\nb"), "no line breaks"),
        (("keys", "revoke", "00000000"), "No key has an id"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(words: tuple[str, ...], says: str) -> None:
    result = inlay(*words)
    assert result.exit_code != 0
    assert says in " ".join(result.output.split())


def test_a_server_that_others_reach_needs_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_HOST", "0.0.0.0")
    inlay("users", "list")
    refused = inlay("serve")
    assert refused.exit_code != 0
    assert "inlay users add" in refused.output
    inlay("users", "add", "ann")
    assert "INLAY_REDIS_URL" in inlay("serve").output  # the next thing that it lacks
